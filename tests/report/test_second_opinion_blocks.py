"""Second opinions in the report: every model and reason has words, and numbers keep their kind."""

from typing import Any, get_args

import numpy as np
import pytest

from scribeeval.report.blocks import Definitions, Heading, Paragraph, Table
from scribeeval.report.languages import LANGUAGES, load
from scribeeval.report.second_opinions import second_opinion_blocks
from scribeeval.stats.effects import Why
from scribeeval.stats.second_opinions import second_opinions


def study(*, closed: float = 0.9) -> dict[str, Any]:
    """Two measures of 8 clinicians; closed: the share after."""
    who = np.repeat(np.arange(8), 6)
    after = np.tile([0.0, 0.0, 0.0, 1.0, 1.0, 1.0], 8)
    x = np.column_stack([np.ones(48), after])
    noise = np.random.default_rng(1).normal(size=48)
    share = np.where(after == 1, closed, 0.6 + noise / 20)
    data = {
        "time_in_notes_min_per_appointment": (10 - after + noise / 5, "time", None, "min per appointment"),
        "same_day_closure_rate": (share, "share", np.full(48, 20.0), "share of appointments"),
    }
    return {
        "alpha": 0.05,
        "primary": None,
        "measures": {
            name: {
                "unit": unit, "kind": kind, "before": 0.6, "after": 0.7,
                "second_opinions": second_opinions(
                    y, x, ("one", "after"), who, 1, kind=kind, trials=trials, seed=1, resamples=99
                ),
            }
            for name, (y, kind, trials, unit) in data.items()
        },
    }  # fmt: skip


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_sentence_a_table_and_what_the_models_are(code: str) -> None:
    say = load(code)
    blocks = list(second_opinion_blocks(say, study()))
    assert [type(block) for block in blocks] == [Heading, Paragraph, Table, Definitions]
    table = blocks[2]
    assert isinstance(table, Table)
    assert [len(group.rows) for group in table.groups] == [8, 9]
    assert all(len(row) == len(table.columns) for group in table.groups for row in group.rows)
    cells = [cell for group in table.groups for row in group.rows for cell in row]
    # Nothing prints under the name it has in the code.
    assert not [cell for cell in cells if "_" in cell]


def test_numbers_keep_their_kind() -> None:
    table = list(second_opinion_blocks(load("en"), study()))[2]
    assert isinstance(table, Table)
    time, share = ({row[0]: row[1] for row in group.rows} for group in table.groups)
    assert "min" in time["Least squares, errors by clinician"]
    assert "%" in time["Least squares on the log, errors by clinician"]
    assert "percentage points" in share["Fractional logit, errors by clinician"]
    assert share["Fractional logit, odds ratio"].startswith("odds ratio ")


def test_a_fallback_is_read_beside_its_numbers() -> None:
    table = list(second_opinion_blocks(load("en"), study(closed=1.0)))[2]
    assert isinstance(table, Table)
    notes = {row[0]: row[4] for row in table.groups[1].rows}
    assert notes["Fractional logit, errors by clinician"] == (
        "least squares, errors by clinician in its place: all shares of a phase are 0 %, "
        "or all are 100 %: no logit"
    )
    assert notes["Least squares, errors by clinician"] == ""
    assert notes["Fractional logit, odds ratio"].startswith("all shares of a phase")


def test_a_study_without_them_has_no_blocks() -> None:
    plain = study()
    for row in plain["measures"].values():
        del row["second_opinions"]
    assert list(second_opinion_blocks(load("en"), plain)) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_reason_has_words(code: str) -> None:
    strings = load(code).strings
    assert {f"second_opinion_why.{name}" for name in get_args(Why)} == {
        key for key in strings if key.startswith("second_opinion_why.")
    }
    assert "second_opinion_fallback.independence" in strings
