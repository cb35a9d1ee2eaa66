"""What judgement.json says of a rubric: marks with their intervals, failures and flips.

A judge's value of a thing (an item of a note, or of one of its statements) is the mean of the repeats
that did not fail; a thing of which all failed has none.  Nothing stands in for a failed judgement.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from statistics import fmean
from typing import Any, TypeVar

import numpy as np

from scribeeval.stages.judge_rows import Judgement
from scribeeval.stats.bootstrap import percentile_interval, resampled_sums
from scribeeval.stats.raters import Bootstrap

Thing = tuple[str, str, str, int | None]  # drafter, visit, item, start of the statement
Row = TypeVar("Row")


def grouped(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    """Group rows by a name, the names in order."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return {name: groups[name] for name in sorted(groups)}


def values_of(rows: Iterable[Judgement]) -> dict[Thing, float]:
    """Give one judge's value of each thing of which a judgement did not fail."""
    return {thing: fmean(marks) for thing, marks in _marks(rows).items()}


def _marks(rows: Iterable[Judgement]) -> dict[Thing, list[int]]:
    marks: dict[Thing, list[int]] = defaultdict(list)
    for row in rows:
        if row.value is not None:
            marks[row.drafter, row.visit_id, row.item, row.start].append(row.value)
    return marks


def drafter_summary(rows: Sequence[Judgement], items: Sequence[str], how: Bootstrap) -> dict[str, Any]:
    """Summarize one judge's marks of one drafter's notes.  items: of the rubric, in its order.

    n_judgements: answers asked for; n_failed: those that were none, by reason in failed; failure_rate:
    their share.  Flips: see flips().
    """
    reasons = {row.asked: row.failed for row in rows}
    failed = Counter(reason for reason in reasons.values() if reason is not None)
    return {
        "n_visits": len({row.visit_id for row in rows}),
        "n_judgements": len(reasons),
        "n_failed": failed.total(),
        "failure_rate": failed.total() / len(reasons) if reasons else None,
        "failed": dict(sorted(failed.items())),
        **flips(rows),
        "items": {item: _item([row for row in rows if row.item == item], how) for item in items},
    }


def flips(rows: Iterable[Judgement]) -> dict[str, Any]:
    """Tell how steady a judge is over its repeats.

    n_repeated: things with two marks or more.  flip_rate: share of them whose marks are not all equal;
    it grows with the repeats.  pair_flip_rate: share of the pairs of marks of one thing that differ, the
    mean over things; it does not.  None where nothing was marked twice.
    """
    repeated = [marks for marks in _marks(rows).values() if len(marks) > 1]
    pairs = [fmean(a != b for a, b in combinations(marks, 2)) for marks in repeated]
    return {
        "n_repeated": len(repeated),
        "flip_rate": fmean(len(set(marks)) > 1 for marks in repeated) if repeated else None,
        "pair_flip_rate": fmean(pairs) if pairs else None,
    }


def _item(rows: Sequence[Judgement], how: Bootstrap) -> dict[str, Any]:
    """Give the mean over things with its interval by visit, and how often each mark was given."""
    visits: dict[str, list[float]] = defaultdict(list)
    for (_, visit_id, _, _), mean in values_of(rows).items():
        visits[visit_id].append(mean)
    sums = np.array([[sum(visits[v]), len(visits[v])] for v in sorted(visits)]).reshape(-1, 2)
    value: float | None = None
    interval = None
    if len(sums):
        value = float(sums[:, 0].sum() / sums[:, 1].sum())
        drawn = resampled_sums(sums, how.resamples, how.seed)
        interval = percentile_interval(drawn[:, 0] / drawn[:, 1], how.level)
    given = Counter(row.value for row in rows if row.value is not None)
    return {
        "value": value,
        "interval": None
        if interval is None
        else {"low": interval.low, "high": interval.high, "level": interval.level},
        "n_visits": len(sums),
        "n_things": int(sums[:, 1].sum()),
        "marks": {str(mark): given[mark] for mark in sorted(given)},
        **flips(rows),
    }


def rubric_summary(
    rows: Sequence[Judgement], about: Mapping[str, Mapping[str, Any]], items: Sequence[str], how: Bootstrap
) -> dict[str, Any]:
    """Summarize all judges of one rubric: judge -> what it is (about), and its drafters."""
    return {
        judge: {
            **about[judge],
            "drafters": {
                drafter: drafter_summary(of_drafter, items, how)
                for drafter, of_drafter in grouped(of_judge, lambda row: row.drafter).items()
            },
        }
        for judge, of_judge in grouped(rows, lambda row: row.judge).items()
    }
