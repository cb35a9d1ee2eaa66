"""A config is checked key by key, and each problem is one line."""

from datetime import date
from pathlib import Path

import pytest

from scribeeval.config import load_config
from scribeeval.errors import InputError

ROOT = Path(__file__).parent.parent
STUDY = """[run]
name = "y"
[study]
ehr_use = "e.csv"
measures = ["time_in_notes_min_per_appointment"]
"""
FAULTS = [
    ('[run]\nnam = "x"\nname = "y"\n', "[run] key 'nam' is not known; did you mean 'name'?"),
    (
        '[run]\nname = "y"\n[draft.models.house]\ndrafter = "gguf"\nmodell = "x"\n',
        "[draft.models.house] key 'modell' is not known; did you mean 'model'?",
    ),
    (
        '[run]\nname = "y"\n[draft.models.model]\ndrafter = "gguf"\nmodell = "x"\n',
        "[draft.models.model] key 'modell' is not known; did you mean 'model'?",
    ),
    ('[run]\nname = "y"\n[skore]\n', "key 'skore' is not known; did you mean 'score'?"),
    ('[run]\nname = "y"\n[score]\nmetrics = ["wre"]\n', "[score] 'metrics': metric 'wre' is not known; "),
    ('[run]\nname = "y"\n[score]\nexclude_patterns = ["("]\n', "not a regular expression"),
    ('[run]\nname = "a/b"\n', "[run] 'name'"),
    ('[run]\nname = "y"\n[study]\nehr_use = "e.csv"\n', "[study] key 'measures' is missing"),
    (
        '[run]\nname = "y"\n[study]\nehr_use = "e.csv"\nmeasures = ["closure"]\n',
        "measure 'closure' is not known",
    ),
    (STUDY + 'primary = "same_day_closure_rate"\n', "primary: measure of this study 'same_day_closure_rate'"),
    (STUDY + 'family = ["note_length"]\n', "family: measure of this study 'note_length' is not known"),
    (STUDY + 'imports = "i.toml"\n', "give ehr_use (a tidy table) or imports"),
    (STUDY.replace('ehr_use = "e.csv"\n', ""), "give ehr_use (a tidy table) or imports"),
    (STUDY + 'multiplicity = "bonferroni"\n', "[study] 'multiplicity'"),
    (STUDY + '[[study.links]]\noutcome = "rvu"\n', "links: measure of this study 'rvu' is not known"),
    (
        STUDY + '[study.define.ehr_time8_h]\nunit = "h"\ntitle = "T"\nkind = "time"\n',
        "define: measure 'ehr_time8_h' is there already",
    ),
    (STUDY + '[study.define.rvu]\nunit = "RVU"\ntitle = "T"\n', "key 'kind' is missing"),
    ('[run]\nname = "y"\n[report]\nlanguage = "de"\n', "[report] 'language'"),
    ('[run]\nname = "y"\n[score]\nlevel = 95\n', "[score] 'level'"),
    ("[run\n", "not TOML"),
]


@pytest.mark.parametrize(("text", "message"), FAULTS, ids=[message for _, message in FAULTS])
def test_a_bad_config_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_config(path)
    assert any(message in problem for problem in caught.value.problems)
    assert all(problem.startswith(str(path)) and "\n" not in problem for problem in caught.value.problems)


def test_the_study_table_alone_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    table = (
        '[study]\nehr_use = "e.csv"\nmeasures = ["same_day_closure_rate"]\ntest = "wilcoxon_signed_rank"\n'
    )
    path.write_text(table + "[study.phases]\nafter = 2024-03-01\n", encoding="utf-8")
    study = load_config(path).study
    assert study is not None
    assert study.test == ("wilcoxon_signed_rank",)
    assert study.phases is not None
    assert study.phases.after == date(2024, 3, 1)


@pytest.mark.parametrize("name", ["configs/demo.toml", "src/scribeeval/pilot/config.toml"])
def test_committed_configs_load(name: str) -> None:
    assert load_config(ROOT / name).study is not None


def test_a_config_may_define_measures_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    table = (
        '[study.define.rvu]\nunit = "RVU per week"\ntitle = "RVUs"\nkind = "other"\nlower_is_better = false\n'
    )
    path.write_text(STUDY.replace('appointment"]', 'appointment", "rvu"]') + table, encoding="utf-8")
    study = load_config(path).study
    assert study is not None
    assert list(study.chosen) == ["time_in_notes_min_per_appointment", "rvu"]
    assert study.chosen["rvu"].scale == "raw"
    assert study.chosen["rvu"].lower_is_better is False
