"""What studies of AI scribes have reported: package data, with source and reliability of each figure.

data/published_studies.toml says what each key means.  Figures stand as their sources print them; no
percent is made of minutes, and no minute of another denominator is made of a minute.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

Reliability = Literal["abstract", "secondary", "computed"]
Contrast = Literal["against_control", "before_after", "control_arm", "not_stated"]
Kind = Literal[
    "percent_change", "percentage_points", "minutes", "seconds", "characters", "count", "score", "words"
]

# The contrasts of the figures that a pilot's change is drawn beside, strongest first.
PLACED: tuple[Contrast, ...] = ("against_control", "before_after")


@dataclass(frozen=True, slots=True)
class Effect:
    """One figure of a study, or its finding in words (estimate None, in_words a code).

    estimate, low, high, before, after: shares and percent changes as fractions, else in `unit`; negative
    = less.  level: of the interval, None where the source does not state it.  digits: decimals printed.
    adjusted: None = not stated.  computed_from: the reliability of the numbers that a computed figure
    rests on, where it is known.
    """

    measure: str
    kind: Kind
    estimator: str
    contrast: Contrast
    reliability: Reliability
    source: str
    unit: str | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    before: float | None = None
    after: float | None = None
    p: str | None = None
    digits: int = 1
    in_words: str | None = None
    adjusted: bool | None = None
    arm: str | None = None
    variant: str | None = None
    computed_from: Reliability | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishedStudy:
    """A study: who, where, how, how many.  label: its short name in figures.

    n, n_scribe, n_control: clinicians, None where our source does not state them.  utilisation: share of
    visits in which the scribe was used.
    """

    id: str
    label: str
    citation: str
    year: int
    design: str
    effects: tuple[Effect, ...]
    product: str | None = None
    site: str | None = None
    n: int | None = None
    n_scribe: int | None = None
    n_control: int | None = None
    n_is_about: bool = False
    n_centres: int | None = None
    weeks: int | None = None
    utilisation: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferencePoint:
    """A size of change that a framework calls worth having: at least `value`.  No pass mark."""

    measure: str
    kind: Kind
    value: float
    source: str
    reliability: Reliability
    unit: str | None = None
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Published:
    """All studies in the order of the data file, and the reference points."""

    studies: tuple[PublishedStudy, ...]
    reference_points: tuple[ReferencePoint, ...]


@cache
def load_published() -> Published:
    """Read the published figures.  Cached: they are constant package data."""
    text = (resources.files("scribeeval.stats") / "data" / "published_studies.toml").read_text("utf-8")
    data = tomllib.loads(text)
    return Published(
        tuple(_study(row) for row in data["study"]),
        tuple(ReferencePoint(**row) for row in data["reference_point"]),
    )


def comparable(
    published: Published, measure: str, contrast: Contrast
) -> Iterator[tuple[PublishedStudy, Effect]]:
    """Yield the percent changes of a measure that were found by one kind of comparison.

    Only figures of this measure that were reported (or computed) as a percent change: a difference in
    minutes or points and a finding in words are none.  Draw a pilot's own beside those of PLACED.
    """
    for study in published.studies:
        for effect in study.effects:
            same = effect.measure == measure and effect.contrast == contrast
            if same and effect.kind == "percent_change" and effect.estimate is not None:
                yield study, effect


def reference_points(published: Published, measure: str) -> tuple[ReferencePoint, ...]:
    """Take the reference points of one measure."""
    return tuple(point for point in published.reference_points if point.measure == measure)


def _study(row: Mapping[str, Any]) -> PublishedStudy:
    effects = tuple(Effect(**one, notes=tuple(notes)) for one, notes in map(_apart, row["effect"]))
    about, notes = _apart(row)
    return PublishedStudy(
        **{key: value for key, value in about.items() if key != "effect"}, effects=effects, notes=tuple(notes)
    )


def _apart(row: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Take the notes out of a row: TOML has lists, a frozen record wants a tuple."""
    return {key: value for key, value in row.items() if key != "notes"}, row.get("notes", [])
