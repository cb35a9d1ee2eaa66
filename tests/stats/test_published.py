"""The published figures are those of their sources, each with a source and a reliability, none converted."""

import re
from dataclasses import fields, replace
from importlib import resources
from typing import get_args

import pytest

from scribeeval.stats.measures import MEASURES
from scribeeval.stats.published import (
    PLACED,
    Contrast,
    Effect,
    Kind,
    Published,
    PublishedStudy,
    Reliability,
    comparable,
    load_published,
    reference_points,
)

PUBLISHED = load_published()
STUDIES = {study.id: study for study in PUBLISHED.studies}
EFFECTS = [(study.id, effect) for study in PUBLISHED.studies for effect in study.effects]
NOTES = "time_in_notes_min_per_appointment"
every_effect = pytest.mark.parametrize(
    ("study", "effect"), EFFECTS, ids=[f"{study}-{i}" for i, (study, _) in enumerate(EFFECTS)]
)

# By hand, from the project's list of facts: study, kind, arm or variant, figure, low, high, reliability.
FACTS = [
    ("lukac2025", "percent_change", "Nabla", -0.095, -0.172, -0.018, "abstract"),
    ("lukac2025", "percent_change", "DAX", -0.017, -0.094, 0.059, "abstract"),
    ("lukac2025", "percent_change", "one_arm", -0.152, None, None, "computed"),
    ("lukac2025", "percent_change", "control_arm", -0.069, None, None, "computed"),
    ("afshar2025", "score", None, -0.44, None, None, "abstract"),
    ("afshar2025", "minutes", None, -22, None, None, "secondary"),
    ("afshar2025", "minutes", None, -30, None, None, "secondary"),
    ("rotenstein2026", "minutes", None, -16.0, None, None, "secondary"),
    ("rotenstein2026", "minutes", None, -13.4, None, None, "secondary"),
    ("rotenstein2026", "count", None, 0.49, None, None, "secondary"),
    ("stults2025", "minutes", None, -0.9, None, None, "computed"),
    ("stults2025", "percent_change", None, -0.145, None, None, "computed"),
    ("stults2025", "percentage_points", None, -0.07, None, None, "computed"),
    ("ma2025", "minutes", None, -19.95, None, None, "abstract"),
    ("preiksaitis2026", "seconds", None, -72.6, -81.4, -63.8, "abstract"),
    ("preiksaitis2026", "seconds", None, 9.1, None, None, "abstract"),
    ("preiksaitis2026", "characters", None, -690, None, None, "abstract"),
    ("misurac2024", "score", None, -1.0, None, None, "computed"),
    ("holmgren2026", "percent_change", None, 0.058, None, None, "abstract"),
    ("holmgren2026", "count", None, 0.80, None, None, "abstract"),
    ("duggan2025", "percent_change", "text", -0.204, None, None, "secondary"),
    ("duggan2025", "percent_change", "table", -0.152, None, None, "secondary"),
    ("duggan2025", "minutes", None, -2.1, None, None, "computed"),
    ("duggan2025", "percent_change", "text", 0.093, None, None, "secondary"),
    ("duggan2025", "percent_change", "table", 0.091, None, None, "secondary"),
    ("duggan2025", "percentage_points", None, 0.062, None, None, "computed"),
    ("duggan2025", "percent_change", "text", -0.300, None, None, "secondary"),
    ("duggan2025", "percent_change", "table", -0.169, None, None, "secondary"),
    ("duggan2025", "percent_change", "text", -0.296, None, None, "secondary"),
    ("duggan2025", "percent_change", "table", -0.207, None, None, "secondary"),
    ("duggan2025", "percent_change", "text", 0.206, None, None, "secondary"),
    ("duggan2025", "percent_change", "table", 0.155, None, None, "secondary"),
]
# n, with the scribe, in comparison
PEOPLE = {
    "lukac2025": (238, None, None),
    "afshar2025": (66, None, None),
    "rotenstein2026": (8581, 1809, None),
    "pearlman2025": (None, 125, 478),
    "stults2025": (57, None, None),
    "ma2025": (45, None, None),
    "liu2024": (None, 112, 103),
    "preiksaitis2026": (100, None, None),
    "misurac2024": (38, None, None),
    "holmgren2026": (None, None, None),
    "duggan2025": (46, None, None),
}


def test_every_figure_is_the_one_that_was_read() -> None:
    figures = [
        (study, e.kind, e.arm or e.variant, e.estimate, e.low, e.high, e.reliability)
        for study, e in EFFECTS
        if e.estimate is not None
    ]
    assert figures == FACTS


def test_people_and_studies() -> None:
    assert {study.id: (study.n, study.n_scribe, study.n_control) for study in PUBLISHED.studies} == PEOPLE
    assert len(STUDIES) == len(PUBLISHED.studies)


def test_findings_in_words_have_no_number_made_up_for_them() -> None:
    in_words = {(study, e.measure): (e.in_words, e.reliability) for study, e in EFFECTS if e.kind == "words"}
    assert in_words == {
        ("rotenstein2026", "after_hours_time"): ("no_change", "secondary"),
        ("pearlman2025", "ehr_and_note_time"): ("less", "abstract"),
        ("pearlman2025", "after_hours_closing_time_visits"): ("no_change", "abstract"),
        ("liu2024", "outcome_unnamed"): ("no_group_effect", "secondary"),
    }


@every_effect
def test_a_figure_has_source_reliability_and_known_codes(study: str, effect: Effect) -> None:
    assert effect.source
    assert effect.source.split(",")[0].endswith(("et al.", "et al")), "a source names its study"
    assert effect.reliability in get_args(Reliability)
    assert effect.contrast in get_args(Contrast)
    assert effect.kind in get_args(Kind)
    assert (effect.estimate is None) == (effect.kind == "words") == (effect.in_words is not None)
    assert (effect.low is None) == (effect.high is None)
    assert effect.computed_from is None or effect.reliability == "computed"
    needs_unit = effect.kind not in ("percent_change", "percentage_points", "words")
    assert (effect.unit is not None) == needs_unit
    if effect.estimate is not None and effect.low is not None and effect.high is not None:
        assert effect.low < effect.estimate < effect.high


@every_effect
def test_a_computed_figure_recomputes(study: str, effect: Effect) -> None:
    """What we computed ourselves must follow from the numbers beside it."""
    if effect.reliability != "computed" or effect.before is None or effect.after is None:
        assert study == "lukac2025" or effect.reliability != "computed", "only its arms have no means here"
        return
    by = {
        "difference": effect.after - effect.before,
        "ratio_of_means": effect.after / effect.before - 1,
    }[effect.estimator]
    places = 3 if effect.kind in ("percent_change", "percentage_points") else 2
    assert effect.estimate == pytest.approx(round(by, places), abs=1e-12)


def test_no_figure_from_memory_is_in_the_data() -> None:
    text = (resources.files("scribeeval.stats") / "data" / "published_studies.toml").read_text("utf-8")
    assert not re.search(r"\[M\]|memory|not verified", text)
    assert set(re.findall(r'^(?:reliability|computed_from) = "(\w+)"', text, re.MULTILINE)) == set(
        get_args(Reliability)
    )


def test_a_total_of_a_period_is_not_the_length_of_a_note() -> None:
    totals = [effect for _, effect in EFFECTS if effect.before is not None and effect.before > 100_000]
    assert {effect.measure for effect in totals} == {"note_length_total"}
    assert "note_length_total" not in MEASURES


def test_only_percent_changes_of_the_same_measure_are_comparable() -> None:
    found = {
        contrast: [(study.id, effect.estimate) for study, effect in comparable(PUBLISHED, NOTES, contrast)]
        for contrast in get_args(Contrast)
    }
    assert found == {
        "against_control": [("lukac2025", -0.095), ("lukac2025", -0.017)],
        "before_after": [
            ("lukac2025", -0.152),
            ("stults2025", -0.145),
            ("duggan2025", -0.204),
            ("duggan2025", -0.152),
        ],
        "control_arm": [("lukac2025", -0.069)],
        "not_stated": [],
    }
    assert PLACED == ("against_control", "before_after")


def test_other_kinds_and_measures_are_not_comparable() -> None:
    one = next(comparable(PUBLISHED, NOTES, "against_control"))[1]
    others = tuple(
        replace(one, **change)
        for change in (
            {"kind": "minutes"},
            {"kind": "percentage_points"},
            {"kind": "words", "estimate": None},
            {"estimate": None},
            {"measure": "note_time_per_8_scheduled_hours"},
            {"contrast": "not_stated"},
        )
    )
    study = replace(STUDIES["lukac2025"], effects=others)
    assert list(comparable(Published((study,), ()), NOTES, "against_control")) == []


def test_reference_points() -> None:
    """CHAI: documentation time at least 15 % or 0.9 min per appointment less, closure 6 points more."""
    points = {
        name: [(point.kind, point.value, point.unit) for point in reference_points(PUBLISHED, name)]
        for name in MEASURES
        if reference_points(PUBLISHED, name)
    }
    assert points == {
        NOTES: [("percent_change", -0.15, None), ("minutes", -0.9, "min_per_appointment")],
        "same_day_closure_rate": [("percentage_points", 0.06, None)],
    }


def test_records_hold_no_list_that_could_change() -> None:
    records: list[PublishedStudy | Effect] = [*PUBLISHED.studies, *(effect for _, effect in EFFECTS)]
    for one in records:
        assert not any(isinstance(getattr(one, field.name), list) for field in fields(one))
