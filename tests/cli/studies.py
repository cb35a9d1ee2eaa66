"""What the tests of `scribeeval study` share: the demonstration's pilot, asked once, and two helpers."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from cli.conftest import DEMO, MARK, TIME_IN_NOTES, Answer, read_json, scribeeval, write

CLOSURE = "same_day_closure_rate"
COVARIATES = ("specialty", "years_in_practice")
DEMO_CONFIG = f"""\
[study]
ehr_use = "{DEMO}/ehr_use.csv"
clinicians = "{DEMO}/clinicians.csv"
measures = ["{TIME_IN_NOTES}", "{CLOSURE}"]
test = ["paired_t", "wilcoxon_signed_rank", "sign_flip"]
covariates = ["specialty", "years_in_practice"]
by = ["specialty", "site"]
links = [{{outcome = "{TIME_IN_NOTES}"}}, {{outcome = "{CLOSURE}", exposure = "{TIME_IN_NOTES}"}}]
resamples = 300
"""
Array = NDArray[np.float64]

both_measures = pytest.mark.parametrize("name", [TIME_IN_NOTES, CLOSURE])


@dataclass(frozen=True)
class Pilot:
    """The demonstration's result, beside its tables as pandas reads them."""

    result: Any
    use: pd.DataFrame
    clinicians: pd.DataFrame
    run: Path

    def values(self, measure: str) -> tuple[Array, Array]:
        """Each scribe clinician's ratio of totals before and after, of those with both."""
        both = self.table(measure).dropna()
        return both["before"].to_numpy(), both["after"].to_numpy()

    def table(self, measure: str) -> pd.DataFrame:
        """Clinician x phase, NaN where a phase is missing."""
        rows = self.use[self.use["measure"] == measure]
        sums = rows.groupby(["clinician_id", "phase"])[["numerator", "denominator"]].sum()
        ratio = sums["numerator"] / sums["denominator"]
        return ratio.unstack()[["before", "after"]]

    def rows(self, measure: str) -> pd.DataFrame:
        """One row per clinician and period before or after, of those with both phases."""
        rows = self.use[(self.use["measure"] == measure) & (self.use["phase"] != "training")]
        rows = rows[rows["clinician_id"].isin(self.table(measure).dropna().index)]
        return rows.assign(y=rows["numerator"] / rows["denominator"]).reset_index(drop=True)

    def columns(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The fixed part: phase, covariates centred over the clinicians, and both crossed."""
        here = self.clinicians.loc[sorted(set(rows["clinician_id"]))]
        given = pd.get_dummies(here[list(COVARIATES)], dtype=float).drop(columns="specialty_cardiology")
        centred = (given - given.mean()).loc[rows["clinician_id"]].reset_index(drop=True)
        phase = (rows["phase"] == "after").astype(float)
        crossed = centred.mul(phase, axis=0).add_prefix("after x ")
        return pd.concat([pd.Series(1.0, rows.index, name="one"), phase, centred, crossed], axis=1)


def simulated_pilot(folder: Path) -> Pilot:
    """Run the study on the demonstration's simulated pilot."""
    write(folder / "study.toml", DEMO_CONFIG)
    answer = scribeeval("study", folder / "study.toml", "--out", folder / "run")
    assert answer.code == 0, answer.err
    clinicians = pd.read_csv(DEMO / "clinicians.csv", index_col="clinician_id")
    use = pd.read_csv(DEMO / "ehr_use.csv")
    use = use[use["clinician_id"].map(clinicians["group"]) == "scribe"]
    return Pilot(read_json(folder / "run" / "study.json"), use, clinicians, folder / "run")


ONE_AFTER_ANOTHER = """
import contextlib, io, json, sys, traceback
from scribeeval.cli import main
answers = {}
for name, command in json.load(sys.stdin).items():
    sys.argv = ["scribeeval", *command]
    streams, code = (io.StringIO(), io.StringIO()), 0
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        except BaseException:
            traceback.print_exc()
            code = 1
    answers[name] = (code, *(stream.getvalue() for stream in streams))
print(json.dumps(answers))
"""


def one_after_another(commands: Mapping[str, Sequence[str | Path]]) -> dict[str, Answer]:
    """Run many short commands in one process of their own: most of their time is Python's start."""
    asked = {name: [str(word) for word in command] for name, command in commands.items()}
    done = subprocess.run(
        [sys.executable, "-c", ONE_AFTER_ANOTHER],
        input=json.dumps(asked).encode(),
        capture_output=True,
        env=os.environ,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    answers = {name: Answer(*answer) for name, answer in json.loads(done.stdout).items()}
    for name, answer in answers.items():
        assert "Traceback" not in answer.err, (name, answer.err)
        assert MARK not in answer.out + answer.err
    return answers


def undefined(node: Any, where: str = "") -> list[str]:
    """Places with an estimate or a p-value of null and no word why."""
    found = []
    if isinstance(node, dict):
        keys = ("estimate", "p_value")
        why = node.get("why") or node.get("line", {}).get("why")  # a slope says it of its line
        found += [f"{where}/{key}" for key in keys if why is None and node.get(key, 0) is None]
        for key, value in node.items():
            found += undefined(value, f"{where}/{key}")
    elif isinstance(node, list):
        for i, value in enumerate(node):
            found += undefined(value, f"{where}/{i}")
    return found
