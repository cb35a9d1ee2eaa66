"""Utilisation as dose: the change against the share of visits in which the scribe was used.

    utilisation = scribe visits / eligible visits of the weeks after, in [0, 1]

Intention to treat keeps everyone who was given the scribe, as used only those who took it up.  Who
uses a scribe more was not decided by lot: the slope and the as-used change are associations, open to
confounding.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scribeeval.errors import InputError
from scribeeval.stats.association import Line, Rank, fit_line, rank_correlation
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.changes import (
    MIN_CLINICIANS,
    Changes,
    Effect,
    EstimateKind,
    Scale,
    check_alpha,
    mean_effect,
    of_scribe,
    shown,
    suppress,
)
from scribeeval.stats.subgroups import TERTILES, tertiles
from scribeeval.stats.utilisation import Utilisation, utilisation

STEP = 0.1  # a slope is told per 10 percentage points of utilisation
MAX_POINTS = 300  # of more clinicians the points run together: they are drawn in bins
BINS = 20


@dataclass(frozen=True, slots=True)
class UserRule:
    """Who counts as a user of the scribe, to be fixed before the data are seen.

    Raises:
        InputError: fewer than 1 visit, or a utilisation that is no share.
    """

    scribe_visits_at_least: int = 1
    utilisation_at_least: float | None = None

    def __post_init__(self) -> None:
        share = self.utilisation_at_least
        if self.scribe_visits_at_least < 1 or not (share is None or 0 <= share <= 1):
            raise InputError("a user has at least 1 scribe visit, and a utilisation between 0 and 1")


ONE_VISIT = UserRule()


@dataclass(frozen=True, slots=True)
class Slope:
    """A line's slope per `per` of x, on the scale of the estimate kind; `line` holds it untransformed.

    low, high: HC3 t interval; bootstrap_low, bootstrap_high: BCa by clinician.
    """

    estimate: float | None
    low: float | None
    high: float | None
    bootstrap_low: float | None
    bootstrap_high: float | None
    estimate_kind: EstimateKind
    per: float
    line: Line


@dataclass(frozen=True, slots=True)
class Bin:
    """Clinicians of neighbouring utilisation: their means.  change: told as the estimate kind says."""

    utilisation: float
    change: float | None
    n_clinicians: int


@dataclass(frozen=True, slots=True)
class Dose:
    """One measure's change against utilisation.

    n_clinicians: with a change; n_undefined: those of them without utilisation, by reason.  points: pairs
    (utilisation, change) without ids, sorted; None for fewer than 5 clinicians and for more than 300, who
    come in bins.  used_definition: what makes a user; n_use_unknown: of whom nobody can say whether they
    are users.  confounded: always true, and to be printed.
    """

    scale: Scale
    fallback: Scale | None
    n_zero: int
    estimate_kind: EstimateKind
    n_clinicians: int
    n_undefined: Mapping[str, int]
    slope: Slope
    spearman: Rank
    effects: Mapping[str, Effect]
    used_definition: UserRule
    n_use_unknown: int
    cut_points: tuple[float, float] | None
    tertiles: Mapping[str, Effect]
    points: tuple[tuple[float, float], ...] | None
    bins: tuple[Bin, ...] | None
    confounded: bool = True
    why: str | None = None


def dose(
    changes: Changes,
    clinicians: pd.DataFrame,
    *,
    alpha: float,
    resamples: int,
    seed: int,
    users: UserRule = ONE_VISIT,
    suppress_below: int = MIN_CLINICIANS,
) -> Dose | None:
    """Relate each clinician's change to utilisation; None where the table does not count visits.

    Of the clinicians who were given the scribe; controls among the changes are passed over.  The slope is
    per 10 percentage points of utilisation: on the log scale the percent change that goes with 10 more.

    Raises:
        InputError: a clinician is not in the table, counts contradict each other, or alpha is out of range.
    """
    check_alpha(alpha)
    changes = of_scribe(changes, clinicians)
    use = utilisation(clinicians)
    if use is None:
        return None
    ids = changes.clinician_ids
    known = np.array([i in use.share for i in ids], dtype=bool)
    x = np.array([use.share[i] for i in ids if i in use.share])
    y = changes.change[known]
    reasons = [use.undefined[i] for i in ids if i not in use.share]
    few = len(x) < suppress_below
    cut_points, by_tertile = _tertiles(changes, x, y, alpha, suppress_below)
    points, bins = (None, None) if few else _points(x, y, changes.scale)
    if few:  # nothing is told of so few
        x, y = x[:0], y[:0]
    line = fit_line(x, y, alpha=alpha, resamples=resamples, seed=seed)
    return Dose(
        scale=changes.scale,
        fallback=changes.fallback,
        n_zero=changes.n_zero,
        estimate_kind=changes.estimate_kind,
        n_clinicians=len(ids),
        n_undefined={why: reasons.count(why) for why in sorted(set(reasons))},
        slope=told_slope(line, STEP, changes.scale),
        spearman=rank_correlation(x, y, alpha=alpha, resamples=resamples, seed=seed),
        effects=_effects(changes, use, alpha, users, suppress_below),
        used_definition=users,
        n_use_unknown=_n_unclear(ids, use, users),
        cut_points=cut_points,
        tertiles=by_tertile,
        points=points,
        bins=bins,
        why="few_clinicians" if few else line.why,
    )


def told_slope(line: Line, per: float, scale: Scale) -> Slope:
    """Tell a slope per `per` of x: y's percent change on the log scale, else y's difference."""

    def told(value: float | None) -> float | None:
        return None if value is None else shown(per * value, scale)

    return Slope(
        estimate=told(line.slope),
        low=told(line.low),
        high=told(line.high),
        bootstrap_low=told(line.bootstrap_low),
        bootstrap_high=told(line.bootstrap_high),
        estimate_kind="percent_change" if scale == "log" else "difference",
        per=per,
        line=line,
    )


def _n_unclear(ids: tuple[str, ...], use: Utilisation, rule: UserRule) -> int:
    """Count the clinicians of whom nobody can say whether they are users."""
    known = use.scribe_visits if rule.utilisation_at_least is None else use.share
    return sum(i not in known for i in ids)


def _effects(
    changes: Changes, use: Utilisation, alpha: float, rule: UserRule, suppress_below: int
) -> dict[str, Effect]:
    """Estimate the change of everyone who was given the scribe, and of the users."""
    visits = np.array([use.scribe_visits.get(i, 0.0) for i in changes.clinician_ids])
    used = visits >= rule.scribe_visits_at_least
    if rule.utilisation_at_least is not None:
        share = np.array([use.share.get(i, -1.0) for i in changes.clinician_ids])
        used &= share >= rule.utilisation_at_least
    everyone = mean_effect(changes.change, changes.scale, alpha)
    users = mean_effect(changes.change[used], changes.scale, alpha)
    if used.sum() < suppress_below:
        users = suppress(users, "few_users")
    if len(used) < suppress_below:
        everyone = suppress(everyone, "small")
    return {"intention_to_treat": everyone, "as_used": users}


def _tertiles(
    changes: Changes, x: FloatArray, y: FloatArray, alpha: float, suppress_below: int
) -> tuple[tuple[float, float] | None, dict[str, Effect]]:
    levels, cut_points = tertiles(x)
    if cut_points is None:
        return None, {}
    groups = {name: y[levels == i] for i, name in enumerate(TERTILES) if (levels == i).any()}
    effects = {name: mean_effect(group, changes.scale, alpha) for name, group in groups.items()}
    small = (name for name, group in groups.items() if len(group) < suppress_below)
    return cut_points, effects | {name: suppress(effects[name], "small") for name in small}


def _points(
    x: FloatArray, y: FloatArray, scale: Scale
) -> tuple[tuple[tuple[float, float], ...] | None, tuple[Bin, ...] | None]:
    """Take what is drawn, sorted by utilisation, so that nothing leads back to a clinician's place."""
    order = np.lexsort((y, x))
    x, y = x[order], y[order]
    if len(x) <= MAX_POINTS:
        pairs = ((float(u), shown(float(change), scale)) for u, change in zip(x, y, strict=True))
        return tuple((u, change) for u, change in pairs if change is not None), None
    bins = [
        Bin(float(part.mean()), shown(float(changes.mean()), scale), len(part))
        for part, changes in zip(np.array_split(x, BINS), np.array_split(y, BINS), strict=True)
    ]
    return None, tuple(bins)
