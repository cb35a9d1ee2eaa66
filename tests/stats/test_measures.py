"""Clinicians' values from the tidy EHR-use table."""

import numpy as np
import pandas as pd
import pytest

from scribeeval.errors import InputError
from scribeeval.stats.measures import COLUMNS, MEASURES, clinician_values

NOTES = MEASURES["time_in_notes_min_per_appointment"]
CLOSURE = MEASURES["same_day_closure_rate"]

ROWS = [
    # b: (100 + 50) / (10 + 20) = 5 before and 30 / 10 = 3 after; a mean of weekly ratios would be 6.25.
    ("b", "2024-01-01", "before", 100, 10),
    ("b", "2024-01-08", "before", 50, 20),
    ("b", "2024-01-15", "training", 999, 1),
    ("b", "2024-01-22", "after", 30, 10),
    # a: 8 / 2 = 4 before, 7 / 7 = 1 after; first in the order of ids.
    ("a", "2024-01-01", "before", 8, 2),
    ("a", "2024-01-22", "after", 7, 7),
    # Those who are dropped.
    ("left", "2024-01-01", "before", 8, 2),
    ("new", "2024-01-22", "after", 8, 2),
    ("idle", "2024-01-01", "before", 0, 0),
    ("idle", "2024-01-22", "after", 8, 2),
    ("trained", "2024-01-15", "training", 8, 2),
]


def table(*rows: tuple[str, str, str, float, float], measure: str = NOTES.name) -> pd.DataFrame:
    records = [(*row[:3], measure, *row[3:]) for row in rows]
    return pd.DataFrame(records, columns=list(COLUMNS))


def test_values_are_ratios_of_sums_in_the_order_of_ids() -> None:
    values = clinician_values(table(*ROWS), NOTES)
    assert values.clinician_ids == ("a", "b")
    np.testing.assert_allclose(values.before, [4, 5])
    np.testing.assert_allclose(values.after, [1, 3])


def test_everyone_left_out_is_named_with_the_reason() -> None:
    assert clinician_values(table(*ROWS), NOTES).dropped == {
        "idle": "zero_denominator",
        "left": "no_after_periods",
        "new": "no_before_periods",
        "trained": "no_before_periods",
    }


def test_other_measures_and_the_order_of_rows_do_not_matter() -> None:
    frame = pd.concat([table(*ROWS), table(("b", "2024-01-01", "before", 1, 2), measure=CLOSURE.name)])
    shuffled = frame.sample(frac=1, random_state=3)
    expected, values = clinician_values(table(*ROWS), NOTES), clinician_values(shuffled, NOTES)
    assert values.clinician_ids == expected.clinician_ids
    np.testing.assert_array_equal(values.before, expected.before)


def test_the_callers_table_is_left_as_it_was() -> None:
    frame = table(*ROWS)
    clinician_values(frame, NOTES)
    pd.testing.assert_frame_equal(frame, table(*ROWS))


def test_a_phase_that_nobody_has_drops_everyone() -> None:
    values = clinician_values(table(ROWS[0]), NOTES)
    assert values.clinician_ids == ()
    assert values.before.shape == values.after.shape == (0,)
    assert values.dropped == {"b": "no_after_periods"}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("c", "2024-01-01", "during", 1, 2), "1 rows have a phase other than before, training, after"),
        (("b", "2024-01-01", "before", 1, 3), "1 rows repeat a clinician's period"),
        (("c", "2024-01-01", "before", np.nan, 2), "missing, infinite or negative"),
        (("c", "2024-01-01", "before", 1, np.inf), "missing, infinite or negative"),
        (("c", "2024-01-01", "before", -1, 2), "missing, infinite or negative"),
        (("c", "2024-01-01", "before", 1, -2), "missing, infinite or negative"),
        (("c", "2024-01-01", "before", 3, 2), "above the denominator of a share"),
        ((None, "2024-01-01", "before", 1, 2), "have no clinician_id"),
    ],
)
def test_a_row_that_cannot_be_summed_is_an_input_error(
    row: tuple[str, str, str, float, float], message: str
) -> None:
    good = [r for r in ROWS if r[3] <= r[4]] + [("b", "2024-01-01", "before", 1, 2)]
    clinician_values(table(*good, measure=CLOSURE.name), CLOSURE)
    with pytest.raises(InputError, match=message):
        clinician_values(table(*good, row, measure=CLOSURE.name), CLOSURE)


def test_missing_column_and_missing_measure_are_named() -> None:
    with pytest.raises(InputError, match="column denominator is missing"):
        clinician_values(table(*ROWS).drop(columns="denominator"), NOTES)
    with pytest.raises(InputError, match=f"no row has measure {CLOSURE.name}; .* {NOTES.name}"):
        clinician_values(table(*ROWS), CLOSURE)


def test_the_table_of_measures() -> None:
    """Names and signs are a contract: a wrong direction would turn the share of clinicians worse around."""
    assert {name: (m.lower_is_better, m.kind, m.scale) for name, m in MEASURES.items()} == {
        "time_in_notes_min_per_appointment": (True, "time", "log"),
        "same_day_closure_rate": (False, "share", "raw"),
        "after_hours_min_per_workday": (True, "time", "log"),
        "manual_characters_share": (True, "share", "raw"),
        "note_length_chars_per_note": (None, "length", "log"),
        "time_in_ehr_min_per_appointment": (True, "time", "log"),
        "time_outside_scheduled_hours_min_per_day": (True, "time", "log"),
        "ehr_time8_h": (True, "time", "log"),
        "note_time8_h": (True, "time", "log"),
        "order_time8_h": (True, "time", "log"),
        "inbox_time8_h": (True, "time", "log"),
        "work_outside_work8_h": (True, "time", "log"),
    }
