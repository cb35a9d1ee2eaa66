"""The design matrix: rows, columns, centring and what it refuses."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.stats.design_matrix import DesignMatrix, build
from scribeeval.stats.measures import MEASURES

NOTES = MEASURES["time_in_notes_min_per_appointment"]
LENGTH = "note_length_chars_per_note"

# clinician, week, phase, minutes, appointments
ROWS = [
    ("A", 1, "before", 100.0, 10.0),
    ("A", 2, "before", 0.0, 0.0),
    ("A", 3, "training", 90.0, 10.0),
    ("A", 4, "after", 80.0, 10.0),
    ("B", 1, "before", 60.0, 12.0),
    ("B", 4, "after", 30.0, 10.0),
    ("B", 5, "after", 44.0, 11.0),
    ("C", 1, "before", 50.0, 5.0),
    ("C", 4, "after", 20.0, 5.0),
    ("D", 1, "before", 50.0, 5.0),
    ("E", 1, "before", 9.0, 3.0),
    ("E", 4, "after", 6.0, 3.0),
]
CLINICIANS = pd.DataFrame(
    {
        "years": [1.0, 3.0, 8.0, 5.0, np.nan],
        "specialty": ["neurology", "neurology", "cardiology", "cardiology", "neurology"],
        "site": "only one",
        "months": [12.0, 36.0, 96.0, 60.0, np.nan],
    },
    index=pd.Index(["A", "B", "C", "D", "E"], name="clinician_id"),
)


def tidy(rows: list[tuple[str, int, str, float, float]] = ROWS, measure: str = NOTES.name) -> pd.DataFrame:
    columns = ["clinician_id", "week", "phase", "numerator", "denominator"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["period_start"] = [f"2024-01-{week:02d}" for week in frame.pop("week")]
    return frame.assign(measure=measure)


def design(frame: pd.DataFrame | None = None, **options: Any) -> DesignMatrix:
    return build(tidy() if frame is None else frame, NOTES, CLINICIANS, **options)


def column(made: DesignMatrix, name: str) -> list[float]:
    values: list[float] = made.x[:, made.names.index(name)].tolist()
    return values


def test_rows_are_clinician_periods_without_training() -> None:
    """By hand: A lacks week 2 (no appointments), D has nothing after."""
    made = design()
    assert made.names == ("intercept", "phase")
    assert made.clinician_ids == ("A", "B", "C", "E")
    assert made.clusters.tolist() == [0, 0, 1, 1, 1, 2, 2, 3, 3]
    assert made.y.tolist() == [10, 8, 5, 3, 4, 10, 4, 3, 2]
    assert column(made, "phase") == [0, 1, 0, 1, 1, 0, 1, 0, 1]
    assert made.at == 1
    assert made.excluded_periods == {"training": 1, "zero_denominator": 1}
    assert made.excluded_clinicians == {"D": "no_after_periods"}
    assert made.formula == "phase"


def test_one_sided_keeps_whoever_has_a_value_in_either_phase() -> None:
    """By hand: D has a value before; F was there in training only, G never had an appointment."""
    more = [("F", 3, "training", 9.0, 3.0), ("G", 1, "before", 0.0, 0.0), ("G", 4, "after", 0.0, 0.0)]
    made = build(tidy([*ROWS, *more]), NOTES, one_sided=True)
    assert made.clinician_ids == ("A", "B", "C", "D", "E")
    assert made.y.tolist() == [10, 8, 5, 3, 4, 10, 4, 10, 3, 2]
    assert made.excluded_clinicians == {"F": "no_before_periods", "G": "zero_denominator"}


def test_a_number_is_centred_at_the_mean_of_the_clinicians_not_of_their_weeks() -> None:
    """By hand: A, B, C stay, their years 1, 3, 8 have mean 4; E's are missing."""
    made = design(covariates=("years",))
    assert made.names == ("intercept", "phase", "years", "phase:years")
    assert column(made, "years") == [-3, -3, -1, -1, -1, 4, 4]
    assert column(made, "phase:years") == [0, -3, 0, -1, -1, 0, 4]
    (view,) = made.covariates
    assert (view.kind, view.mean, view.left_out) == ("numeric", 4.0, None)
    assert made.excluded_clinicians == {"D": "no_after_periods", "E": "missing_covariate"}
    assert made.formula == "phase * (years)"


def test_a_level_is_its_indicator_minus_its_share_of_the_clinicians() -> None:
    """By hand: of A, B, C, E three are neurologists, the reference; C is 1 - 1/4, the others -1/4."""
    made = design(covariates=("specialty",))
    assert made.names == ("intercept", "phase", "specialty[cardiology]", "phase:specialty[cardiology]")
    assert column(made, "specialty[cardiology]") == [-0.25] * 5 + [0.75] * 2 + [-0.25] * 2
    (view,) = made.covariates
    assert (view.reference, dict(view.levels)) == ("neurology", {"cardiology": 1, "neurology": 3})


def test_uncrossed() -> None:
    made = design(covariates=("years",), cross_with_phase=False)
    assert made.names == ("intercept", "phase", "years")
    assert made.formula == "phase + years"


def test_time_varying_covariates() -> None:
    """By hand: the measure's own denominators; another measure's value of the same period."""
    made = design(time_varying=("denominator",))
    load = np.array([10, 10, 12, 10, 11, 5, 5, 3, 3])
    assert column(made, "denominator") == pytest.approx((load - load.mean()).tolist())
    notes = [("A", 1, "before", 400.0, 2.0), ("A", 4, "after", 300.0, 1.0), ("B", 1, "before", 500.0, 1.0)]
    notes += [("B", 4, "after", 0.0, 0.0), ("B", 5, "after", 700.0, 1.0), ("C", 1, "before", 9.0, 1.0)]
    made = design(pd.concat([tidy(), tidy(notes, LENGTH)]), time_varying=(LENGTH,))
    assert made.clinician_ids == ("A", "B")  # C lacks it after, E altogether
    assert column(made, LENGTH) == [-225, -125, 75, 275]  # 200, 300, 500, 700, mean 425
    assert made.y.tolist() == [10, 8, 5, 4]
    assert made.excluded_periods["missing_time_varying"] == 1  # B's week 4, with a denominator of 0
    assert made.excluded_clinicians == {
        "C": "missing_time_varying",
        "D": "no_after_periods",
        "E": "missing_time_varying",
    }
    made = design(pd.concat([tidy(), tidy(notes, LENGTH)]), time_varying=(f"{LENGTH}.denominator",))
    assert made.x.shape == (4, 3)


def test_a_covariate_equal_for_all_is_left_out_by_name() -> None:
    made = design(covariates=("site",))
    assert made.names == ("intercept", "phase")
    assert [view.left_out for view in made.covariates] == ["one_level"]
    assert made.formula == "phase"


def test_a_clinician_missing_from_the_table_is_left_out_by_name() -> None:
    made = build(tidy(), NOTES, CLINICIANS.drop("B"), covariates=("specialty",))
    assert made.excluded_clinicians["B"] == "not_in_clinicians_table"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"covariates": ("year",)}, "covariate 'year' is not known; did you mean 'years'?"),
        ({"covariates": ("years", "months")}, r"covariate column \w+ follows exactly from \w+; leave one"),
        ({"covariates": ("years", "specialty")}, "need 3 columns for 3 clinicians, most of them for"),
        ({"time_varying": (NOTES.name,)}, "cannot be a covariate of itself"),
        (
            {"time_varying": ("workload",)},
            "time-varying covariate 'workload' is not known; known: denominator",
        ),
        ({"covariates": ("years", "years")}, "covariate years is named twice"),
    ],
)
def test_refused(options: dict[str, Any], says: str) -> None:
    clinicians = CLINICIANS
    if "months" in options.get("covariates", ()):  # room for both columns
        clinicians = clinicians.assign(years=[1.0, 3, 8, 5, 2], months=[12.0, 36, 96, 60, 24])
    with pytest.raises(InputError, match=says):
        build(tidy(), NOTES, clinicians, **options)


def test_refused_without_a_table_and_without_clinicians() -> None:
    with pytest.raises(InputError, match="there is no clinicians table; give one"):
        build(tidy(), NOTES, covariates=("years",))
    with pytest.raises(InputError, match="no clinician is left with values, 4 missing_covariate, 1 no_after"):
        build(tidy(), NOTES, CLINICIANS.assign(years=np.nan), covariates=("years",))
    with pytest.raises(InputError, match="infinite"):
        build(tidy(), NOTES, CLINICIANS.assign(years=[1, np.inf, 2, 3, 4]), covariates=("years",))


def test_a_time_varying_column_that_follows_from_the_others_is_refused() -> None:
    frame = tidy([(*row[:4], 5.0 + (row[2] == "after")) for row in ROWS if row[2] != "training"])
    with pytest.raises(InputError, match="follows exactly from"):
        build(frame, NOTES, CLINICIANS, time_varying=("denominator",))


@settings(max_examples=10)
@given(st.permutations(range(len(ROWS))))
def test_order_of_rows_does_not_matter(order: list[int]) -> None:
    made = design(tidy([ROWS[i] for i in order]), covariates=("specialty",))
    expected = design(covariates=("specialty",))
    assert (made.x == expected.x).all()
    assert (made.y == expected.y).all()
    assert (made.clusters == expected.clusters).all()
