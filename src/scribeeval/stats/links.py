"""Links across clinicians: utilisation, or the change of one measure, with the change of another.

A link is a result like any other, with its interval and its test, and it is no effect: what moves both
(workload, specialty, enthusiasm) makes a link by itself, and two measures with the same denominator
move together without any cause.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log

import numpy as np

from scribeeval.errors import InputError, not_known
from scribeeval.stats.association import Rank, fit_line, rank_correlation
from scribeeval.stats.changes import MIN_CLINICIANS, Changes, Scale, check_alpha
from scribeeval.stats.dose import STEP, Slope, told_slope
from scribeeval.stats.measures import MEASURES
from scribeeval.stats.multiplicity import holm
from scribeeval.stats.utilisation import Utilisation

UTILISATION = "utilisation"
TEN_PERCENT = log(1.1)


@dataclass(frozen=True, slots=True)
class Link:
    """How y goes with x.  x: `utilisation` or a measure; y: a measure whose change is looked at.

    slope: change of y that goes with `per_kind` more of x: 10 percentage_points, 10 percent (where x is on
    the log scale), or 1 unit.  n_clinicians: with both; n_excluded: with one of the two only.
    p_adjusted: the slope's permutation p-value, Holm over all links.  confounded: always true, and to be
    printed; shared_denominator: both are ratios over the same count.
    """

    x: str
    y: str
    x_scale: Scale
    y_scale: Scale
    per_kind: str
    n_clinicians: int
    n_excluded: int
    slope: Slope
    spearman: Rank
    p_adjusted: float | None
    spearman_p_adjusted: float | None
    suppressed: bool
    shared_denominator: bool
    confounded: bool = True
    why: str | None = None


def links(
    changes: Mapping[str, Changes],
    use: Utilisation | None,
    pairs: Sequence[tuple[str, str]],
    *,
    alpha: float,
    resamples: int,
    seed: int,
    shares: Mapping[str, bool] | None = None,
    units: Mapping[str, str] | None = None,
    suppress_below: int = MIN_CLINICIANS,
) -> tuple[Link, ...]:
    """Link each pair (x, y) across clinicians: a slope, Spearman's rho, intervals and permutation tests.

    changes: of the scribe clinicians (of_scribe), by measure; x is `utilisation` or one of their names.
    shares, units: whether a measure is a share, and its unit, for measures that this package does not know.
    Of fewer than 5 clinicians nothing is told.  P-values are adjusted over the pairs (Holm).

    Raises:
        InputError: a name is not known, a measure is linked with itself, or alpha is not between 0 and 1.
    """
    check_alpha(alpha)
    problems = [
        f"link {x} with {y}: {problem}"
        for x, y in pairs
        for problem in _problems(x, y, changes, use is not None)
    ]
    if problems:
        raise InputError(problems)
    shares = {name: one.kind == "share" for name, one in MEASURES.items()} | dict(shares or {})
    units = {name: one.unit for name, one in MEASURES.items()} | dict(units or {})
    found = [
        _link(x, y, _side(x, changes, use, shares), changes[y], alpha, resamples, seed, suppress_below)
        for x, y in pairs
    ]
    found = [
        replace(one, shared_denominator=one.x != UTILISATION and _same_denominator(units, one.x, one.y))
        for one in found
    ]
    by_slope = holm([one.slope.line.p_permutation for one in found])
    by_rank = holm([one.spearman.p_permutation for one in found])
    return tuple(
        replace(one, p_adjusted=by_slope[i], spearman_p_adjusted=by_rank[i]) for i, one in enumerate(found)
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """What y is linked with, by clinician id, and how much more of it a slope is told for."""

    values: Mapping[str, float]
    scale: Scale
    per: float
    per_kind: str


def _side(
    name: str, changes: Mapping[str, Changes], use: Utilisation | None, shares: Mapping[str, bool]
) -> _Side:
    if name == UTILISATION and use is not None:
        return _Side(use.share, "raw", STEP, "percentage_points")
    per, kind = _step(changes[name].scale, is_share=shares.get(name, False))
    return _Side(_by_id(changes[name]), changes[name].scale, per, kind)


def _link(
    x: str,
    y: str,
    left: _Side,
    right: Changes,
    alpha: float,
    resamples: int,
    seed: int,
    suppress_below: int,
) -> Link:
    """Link x with y over the clinicians who have both, in the order of their ids."""
    right_values = _by_id(right)
    both = sorted(left.values.keys() & right_values.keys())
    few = len(both) < suppress_below
    told = [] if few else both
    xs, ys = (np.array([side[i] for i in told], dtype=np.float64) for side in (left.values, right_values))
    line = fit_line(xs, ys, alpha=alpha, resamples=resamples, seed=seed)
    return Link(
        x=x,
        y=y,
        x_scale=left.scale,
        y_scale=right.scale,
        per_kind=left.per_kind,
        n_clinicians=len(both),
        n_excluded=len(left.values.keys() ^ right_values.keys()),
        slope=told_slope(line, left.per, right.scale),
        spearman=rank_correlation(xs, ys, alpha=alpha, resamples=resamples, seed=seed),
        p_adjusted=None,
        spearman_p_adjusted=None,
        suppressed=few,
        shared_denominator=False,
        why="few_clinicians" if few else line.why,
    )


def _step(scale: Scale, *, is_share: bool) -> tuple[float, str]:
    """Choose how much more of x a slope is told for."""
    if scale == "log":
        return TEN_PERCENT, "percent"
    return (STEP, "percentage_points") if is_share else (1.0, "unit")


def _by_id(changes: Changes) -> dict[str, float]:
    return dict(zip(changes.clinician_ids, changes.change.tolist(), strict=True))


def _same_denominator(units: Mapping[str, str], x: str, y: str) -> bool:
    """Tell whether both units count per the same thing: `appointment` of "min per appointment"."""
    per = [_per(units.get(name, "")) for name in (x, y)]
    return per[0] is not None and per[0] == per[1]


def _per(unit: str) -> str | None:
    for joint in (" per ", "share of "):
        if joint in unit:
            return unit.rpartition(joint)[2].removesuffix("s")
    return None


def _problems(x: str, y: str, changes: Mapping[str, Changes], counted: bool) -> list[str]:
    problems = []
    if x == y:
        problems.append("a measure goes with itself; name two")
    if x == UTILISATION and not counted:
        problems.append("the clinicians table has no scribe_visits and eligible_visits; add both")
    unknown = [name for name in dict.fromkeys((x, y)) if name not in changes and name != UTILISATION]
    problems += [not_known("measure", name, changes) for name in unknown]
    if y == UTILISATION:
        problems.append("utilisation can only come first")
    return problems
