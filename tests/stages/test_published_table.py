"""`[published]` in a config, without a study: what is redone, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from scribeeval.errors import InputError
from scribeeval.run import Silent
from scribeeval.stages import alone

TABLE = Path(__file__).parents[2] / "datasets" / "duggan2025" / "published_means.csv"
CONFIG = '[published]\ntable = "means.csv"\n'


class Said(Silent):
    """A reporter that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        """Keep one line."""
        self.lines.append(line)


def study(folder: Path, config: str = CONFIG, table: str | None = None) -> list[str]:
    text = TABLE.read_text(encoding="utf-8") if table is None else table
    (folder / "means.csv").write_text(text, encoding="utf-8")
    (folder / "c.toml").write_text(config, encoding="utf-8")
    said = Said()
    alone.study(folder / "c.toml", folder / "run", said)
    return said.lines


def result(folder: Path) -> Any:
    return json.loads((folder / "run" / "published.json").read_text(encoding="utf-8"))


def test_a_published_table_needs_no_study(tmp_path: Path) -> None:
    assert "published: 5 measures, 10 figures" in study(tmp_path)
    assert (tmp_path / "run" / "report.html").is_file()
    assert not (tmp_path / "run" / "study.json").exists()
    assert result(tmp_path)["reliability"] is None


def test_a_second_run_is_fresh_and_a_changed_table_is_not(tmp_path: Path) -> None:
    study(tmp_path)
    first = (tmp_path / "run" / "published.json").read_bytes()
    assert study(tmp_path)[0] == "published: fresh"
    assert (tmp_path / "run" / "published.json").read_bytes() == first
    changed = TABLE.read_text(encoding="utf-8").replace("10.3,8.2", "10.3,8.1")
    assert study(tmp_path, table=changed)[0] == "published: 5 measures, 10 figures"
    measure = result(tmp_path)["measures"]["time_in_notes_min_per_appointment"]
    assert measure["figures"]["change_in_text"]["verdict"] == "not_reproduced"
    assert result(tmp_path)["columns"]["change_in_text"]["estimator"] is None, "four of five are not all"


def test_one_figure_alone_names_no_estimator(tmp_path: Path) -> None:
    study(tmp_path, table="measure,unit,before,after,change_x\nm,min,10.3,8.2,-20.4\n")
    column = result(tmp_path)["columns"]["change_x"]
    assert column["given_by"]["ratio_of_means"] == column["n_figures"] == 1
    assert column["estimator"] is None


def test_a_formula_in_the_table_is_not_run_by_a_spreadsheet(tmp_path: Path) -> None:
    study(tmp_path, table="measure,unit,before,after,change_x\n=1+1,min,10.3,8.2,-20.4\n")
    lines = (tmp_path / "run" / "tables" / "published.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith("'=1+1,")


BAD = {
    "missing": ('[published]\ntable = "nowhere.csv"\n', ("nowhere.csv", "check the path")),
    "key": (CONFIG + "cite = 1\n", ("[published]", "'cite'", "is not known")),
    "no table": ("[published]\n", ("[published]", "'table'", "missing")),
    "level": (CONFIG + 'reliability = "certain"\n', ("[published]", "'reliability'")),
    "neither": ('[run]\nname = "x"\n', ("no [study] table",)),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_config_is_one_line(tmp_path: Path, name: str) -> None:
    config, words = BAD[name]
    with pytest.raises(InputError) as caught:
        study(tmp_path, config)
    (problem,) = caught.value.problems
    assert all(word in problem for word in words)
    assert not (tmp_path / "run" / "published.json").exists()


def test_a_mean_that_may_be_0_is_named_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"means\.csv: measure 'm': .* may be 0 before rounding"):
        study(tmp_path, table="measure,unit,before,after,change_x\nm,min,0.0,1.0,5\n")
