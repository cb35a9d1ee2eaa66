"""Who agrees on the marks of one rubric: a judge with itself, judges, people, and a judge with people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scribeeval.stages.judge_rows import HumanRow, Judgement
from scribeeval.stages.judge_summary import Thing, grouped, values_of
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.icc import intraclass
from scribeeval.stats.raters import Bootstrap, Level, krippendorff_alpha, weighted_kappa

ALL_ITEMS = "mean_of_items"
MAX_KAPPA_RATERS = 6  # 15 pairs; the pairs of more raters nobody reads, alpha and ICC have them all

Values = Mapping[str, Mapping[Thing, float]]  # rater -> thing -> value


def agreements(
    rows: Sequence[Judgement], humans: Sequence[HumanRow], items: Sequence[str], how: Bootstrap
) -> list[dict[str, Any]]:
    """Give the agreement within each group of two raters or more, item by item and of the mean of all items.

    between: "repeats" of a judge, "judges", "humans", or "judge_and_humans".  alpha is ordinal for an item
    and of the interval level for the mean, which only those have who marked every item.  kappa: of pairs;
    with "judge_and_humans" of the judge and each person.  Things of one visit are resampled together.
    """
    found = []
    for between, judge, values in _groups(rows, humans):
        for item in (*items, *([ALL_ITEMS] if len(items) > 1 else [])):
            of_item = _mean_of_items(values, items) if item == ALL_ITEMS else _of_item(values, item)
            level: Level = "interval" if item == ALL_ITEMS else "ordinal"
            found.append(
                {"between": between, "judge": judge, "item": item} | _agreement(of_item, level, between, how)
            )
    return found


def _groups(
    rows: Sequence[Judgement], humans: Sequence[HumanRow]
) -> Iterator[tuple[str, str | None, Values]]:
    by_judge = grouped(rows, lambda row: row.judge)
    judges = {judge: values_of(of_judge) for judge, of_judge in by_judge.items()}
    people = {
        rater: {(r.drafter, r.visit_id, r.item, r.start): r.value for r in marks}
        for rater, marks in grouped(humans, lambda row: row.rater).items()
    }
    for judge, of_judge in by_judge.items():
        repeats = grouped(of_judge, lambda row: f"{row.judge} #{row.repeat + 1}")
        if len(repeats) > 1:
            yield "repeats", judge, {name: values_of(repeat) for name, repeat in repeats.items()}
    if len(judges) > 1:
        yield "judges", None, judges
    if len(people) > 1:
        yield "humans", None, people
    if people:
        for judge, values in judges.items():
            yield "judge_and_humans", judge, {judge: values} | people


def _of_item(values: Values, item: str) -> Values:
    return {
        rater: {thing: value for thing, value in marks.items() if thing[2] == item}
        for rater, marks in values.items()
    }


def _mean_of_items(values: Values, items: Sequence[str]) -> Values:
    """The mean over the items of a note or a statement, of the raters who marked them all."""
    return {
        rater: {
            (drafter, visit, ALL_ITEMS, start): fmean(marks[drafter, visit, item, start] for item in items)
            for drafter, visit, first, start in marks
            if first == items[0] and all((drafter, visit, item, start) in marks for item in items)
        }
        for rater, marks in values.items()
    }


def _agreement(values: Values, level: Level, between: str, how: Bootstrap) -> dict[str, Any]:
    raters = list(values)
    things = sorted({thing for marks in values.values() for thing in marks}, key=_place)
    ratings = np.array(
        [[values[rater].get(thing, np.nan) for rater in raters] for thing in things], dtype=np.float64
    ).reshape(len(things), len(raters))
    twice = np.isfinite(ratings).sum(axis=1) > 1
    things = [thing for thing, kept in zip(things, twice, strict=True) if kept]
    ratings = ratings[twice]
    units = _units(things)
    alpha = krippendorff_alpha(ratings, units, level, how)
    return {
        "raters": raters,
        "n_things": len(things),
        "n_visits": len(set(units.tolist())),
        "alpha": {"level": level, **asdict(alpha)},
        "icc": {name: asdict(form) for name, form in intraclass(ratings, how.level).items()},
        "kappa": [_kappa(ratings, raters, pair, units, how) for pair in _pairs(len(raters), between)],
    }


def _pairs(n: int, between: str) -> Iterable[tuple[int, int]]:
    if between == "judge_and_humans":
        return [(0, person) for person in range(1, n)]
    return combinations(range(n), 2) if n <= MAX_KAPPA_RATERS else ()


def _kappa(
    ratings: FloatArray,
    raters: Sequence[str],
    pair: tuple[int, int],
    units: NDArray[np.int64],
    how: Bootstrap,
) -> dict[str, Any]:
    x, y = ratings[:, pair[0]], ratings[:, pair[1]]
    return {
        "raters": [raters[place] for place in pair],
        "linear": asdict(weighted_kappa(x, y, units, "linear", how)),
        "quadratic": asdict(weighted_kappa(x, y, units, "quadratic", how)),
    }


def _place(thing: Thing) -> tuple[str, str, str, int]:
    drafter, visit, item, start = thing
    return visit, drafter, item, -1 if start is None else start


def _units(things: Sequence[Thing]) -> NDArray[np.int64]:
    """Number the visits in the order of their names: the order of the rows must not change the draws."""
    place = {visit: i for i, visit in enumerate(sorted({thing[1] for thing in things}))}
    return np.array([place[thing[1]] for thing in things], dtype=np.int64)
