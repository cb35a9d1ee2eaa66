"""The flow of clinicians: counts that add up, reasons, and steps that nobody recorded."""

import json
from dataclasses import asdict
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.stats.flow import Flow, Loss, Step, flow
from scribeeval.stats.measures import COLUMNS, MEASURES, clinician_values

NOTES = MEASURES["time_in_notes_min_per_appointment"]


def use(phases: dict[str, str]) -> pd.DataFrame:
    """One row for each letter: b = before, a = after, z = after with nothing done."""
    rows = [
        (
            i,
            f"2024-01-{n + 1:02d}",
            "before" if letter == "b" else "after",
            NOTES.name,
            5.0,
            0.0 if letter == "z" else 1.0,
        )
        for i, letters in phases.items()
        for n, letter in enumerate(letters)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def of(phases: dict[str, str], clinicians: pd.DataFrame | None = None) -> Flow:
    frame = use(phases)
    return flow(frame, clinicians, {NOTES.name: clinician_values(frame, NOTES)})


def table(ids: str, **columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns, index=list(ids))


def steps(found: Flow, arm: str = "scribe") -> dict[str, Step]:
    return {step.step: step for step in found.arms[arm].steps}


def test_flow_by_hand() -> None:
    clinicians = table(
        "ABCDEF",
        invited=["yes"] * 6,
        trained=["yes", "yes", "yes", "yes", "no", "no"],
        used=["yes", "yes", "no", "yes", "no", "yes"],
        exit_reason=[None, "left", None, None, "no time", None],
    )
    found = of({"A": "ba", "B": "b", "C": "ba", "D": "a", "F": "bz"}, clinicians)
    counts = {name: step.n for name, step in steps(found).items()}
    assert counts == {"listed": 6, "invited": 6, "trained": 4, "used": 4, "with_before": 4, "with_after": 2}
    by_name = steps(found)
    assert by_name["trained"].lost == (Loss("no time", True, 1), Loss("no_reason_given", False, 1))
    assert (by_name["used"].lost, by_name["used"].joined) == ((Loss("no_reason_given", False, 1),), 1)
    assert by_name["with_before"].lost == (Loss("no time", True, 1), Loss("no_before_periods", False, 1))
    assert by_name["with_after"].lost == (Loss("left", True, 1), Loss("no_after_periods", False, 1))
    analysed = found.arms["scribe"].measures[NOTES.name]
    assert (analysed.n, analysed.after) == (2, "listed")
    assert analysed.lost == (
        Loss("left", True, 1),
        Loss("no time", True, 1),
        Loss("no_before_periods", False, 1),
        Loss("zero_denominator", False, 1),
    )
    assert {
        "clinician_id": "F",
        "step": "analysed",
        "measure": NOTES.name,
        "reason": "zero_denominator",
    } in found.dropped


def test_a_step_without_a_column_is_not_recorded_and_not_0() -> None:
    found = steps(of({"A": "ba", "B": "b"}))
    assert [found[name].status for name in ("invited", "trained", "used")] == ["not_recorded"] * 3
    assert [found[name].n for name in ("invited", "trained", "used")] == [None] * 3
    empty = steps(of({"A": "ba"}, table("A", invited=[None])))
    assert empty["invited"].status == "not_recorded"


def test_use_is_read_from_scribe_visits_where_no_column_says_it() -> None:
    found = steps(of({"A": "ba"}, table("ABCD", scribe_visits=[3, 0, None, 1])))["used"]
    assert (found.status, found.n, found.n_unknown, found.after) == ("counted", 2, 1, "listed")


def test_dates_and_yes_and_no() -> None:
    dates = table("ABC", trained=["2024-01-02", None, "2024-01-03 08:00"], invited=["Yes", " no", None])
    found = steps(of({"A": "ba"}, dates))
    assert (found["trained"].n, found["trained"].n_unknown) == (2, 0)
    assert (found["invited"].n, found["invited"].n_unknown) == (1, 1)
    numbers = steps(of({"A": "ba"}, table("AB", trained=[1.0, 0.0], invited=[True, False])))
    assert (numbers["trained"].n, numbers["invited"].n) == (1, 1)


def test_controls_are_counted_apart_and_the_scribe_does_not_apply_to_them() -> None:
    clinicians = table("ABCD", group=["scribe", "scribe", "control", "control"], scribe_visits=[5, 0, 0, 0])
    found = of({"A": "ba", "B": "ba", "C": "ba", "D": "b"}, clinicians)
    assert steps(found, "control")["used"].status == "not_applicable"
    assert steps(found, "control")["with_after"].n == 1
    assert found.arms["control"].measures[NOTES.name].n == 1
    leaked = clinicians.assign(scribe_visits=[5, 0, 0, 2])
    assert steps(of({"A": "ba"}, leaked), "control")["used"].n == 1


def test_bad_cell_and_unknown_clinician_are_named() -> None:
    with pytest.raises(InputError, match=r"column 'trained': 1 cells .* A"):
        of({"A": "ba"}, table("A", trained=["perhaps"]))
    with pytest.raises(InputError, match="not in the clinicians table"):
        of({"A": "ba"}, table("B"))


cells = st.sampled_from(["yes", "no", None])
people = st.lists(
    st.tuples(
        cells, cells, cells, st.sampled_from(["", "b", "a", "ba", "bz"]), st.sampled_from([None, "left"])
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40)
@given(people)
def test_counts_add_up_from_step_to_step(rows: list[tuple[Any, ...]]) -> None:
    ids = [f"S{i:02d}" for i in range(len(rows))]
    names = ("invited", "trained", "used", "letters", "exit_reason")
    clinicians = pd.DataFrame(rows, columns=list(names), index=ids)
    letters = {i: row[3] for i, row in zip(ids, rows, strict=True)}
    found = of(letters | {"S00": "ba"}, clinicians)
    counted = {name: step for name, step in steps(found).items() if step.status == "counted"}
    counted["analysed"] = found.arms["scribe"].measures[NOTES.name]
    for name, step in counted.items():
        if step.after is None:
            continue
        before = counted[step.after].n
        assert before is not None
        assert step.n == before - sum(loss.n for loss in step.lost) + step.joined, name
        ids_lost = [one["clinician_id"] for one in found.dropped if one["step"] == name]
        assert len(ids_lost) == len(set(ids_lost)) == sum(loss.n for loss in step.lost)
    json.dumps(asdict(found))
