"""The change in subgroups of clinicians, with one test of interaction for each variable.

A level of fewer than 5 clinicians is not told.  Nor may it come out by subtraction from the whole:
while all that is hidden (small levels, clinicians without a value) adds up to fewer than 5, the
smallest level still shown is hidden too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scribeeval.errors import InputError, not_known
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.changes import (
    MIN_CLINICIANS,
    Changes,
    Effect,
    Scale,
    check_alpha,
    mean_effect,
    of_scribe,
    scribe_clinicians,
    suppress,
)
from scribeeval.stats.interaction import Interaction, welch_interaction
from scribeeval.stats.multiplicity import holm

TERTILES = ("low", "middle", "high")


@dataclass(frozen=True, slots=True)
class Labels:
    """The level of each clinician.  levels: in the order in which they are told.

    by: what the levels are.  cut_points: a numeric column's tertiles; low <= first < middle <= second
    < high.  n_missing: clinicians without a value.  why: why there are no levels.
    """

    level: Mapping[str, str]
    levels: tuple[str, ...]
    by: str
    cut_points: tuple[float, float] | None
    n_missing: int
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Subgroups:
    """One variable's levels, each with its mean change, and the test between the levels shown.

    n_hidden: clinicians in suppressed levels and without a value, at least 5 where there are any and
    enough others; None where no level is shown.
    """

    scale: Scale
    fallback: Scale | None
    n_zero: int
    by: str
    cut_points: tuple[float, float] | None
    levels: Mapping[str, Effect]
    n_hidden: int | None
    n_missing: int | None
    interaction: Interaction
    why: str | None = None


def label(clinicians: pd.DataFrame, column: str) -> Labels:
    """Give each clinician a level: the value of a text column, the tertile of a numeric one.

    Only clinicians who were given the scribe are labelled, and cut points are theirs: quantiles 1/3 and
    2/3 by linear interpolation (Hyndman & Fan, 1996, type 7).  Equal values share a level, so that ties
    can make tertiles unequal or leave one out.  A numeric column of fewer than 3 values has no tertiles.

    Raises:
        InputError: there is no such column.
    """
    if column not in clinicians.columns:
        raise InputError(f"clinicians table: {not_known('column', column, map(str, clinicians.columns))}")
    cells = scribe_clinicians(clinicians)[column]
    cells.index = cells.index.map(str)
    given = cells[cells.notna()]
    n_missing = len(cells) - len(given)
    if given.empty or not pd.api.types.is_numeric_dtype(given) or pd.api.types.is_bool_dtype(given):
        named = {str(i): str(value) for i, value in given.items()}
        why = None if named else "no_values"
        return Labels(named, tuple(sorted(set(named.values()))), "value", None, n_missing, why)
    levels, cut_points = tertiles(given.to_numpy(np.float64))
    if cut_points is None:
        return Labels({}, (), "tertile", None, len(cells), "fewer_than_3_values")
    named = {str(i): TERTILES[level] for i, level in zip(given.index, levels, strict=True)}
    present = tuple(name for name in TERTILES if name in set(named.values()))
    return Labels(named, present, "tertile", cut_points, n_missing)


def tertiles(values: FloatArray) -> tuple[NDArray[np.int64], tuple[float, float] | None]:
    """Cut values into tertiles: 0, 1, 2 of each, and the two cut points; None for fewer than 3 values."""
    if len(np.unique(values)) < 3:
        return np.zeros(len(values), dtype=np.int64), None
    first, second = (float(cut) for cut in np.quantile(values, [1 / 3, 2 / 3]))
    return np.searchsorted([first, second], values, side="left"), (first, second)


def subgroups(
    changes: Changes,
    clinicians: pd.DataFrame,
    columns: Sequence[str],
    *,
    alpha: float,
    seed: int,
    suppress_below: int = MIN_CLINICIANS,
) -> dict[str, Subgroups]:
    """Estimate the change in each level of each column, and test each column for interaction.

    clinicians: index clinician_id; the column `group`, where there is one, keeps the scribe's.  The
    tests' p-values are adjusted over the columns (Holm).  A clinician without a value of a column is in
    none of its levels.

    Raises:
        InputError: a column or a clinician is not in the table, or alpha is not between 0 and 1.
    """
    check_alpha(alpha)
    changes = of_scribe(changes, clinicians)
    found = {
        column: _by_column(changes, label(clinicians, column), alpha, seed, suppress_below)
        for column in columns
    }
    tests = [one.interaction for one in found.values()]
    adjusted = holm([test.p_value for test in tests]), holm([test.p_permutation for test in tests])
    return {
        column: replace(
            one,
            interaction=replace(
                one.interaction, p_adjusted=adjusted[0][i], p_permutation_adjusted=adjusted[1][i]
            ),
        )
        for i, (column, one) in enumerate(found.items())
    }


def _by_column(changes: Changes, labels: Labels, alpha: float, seed: int, suppress_below: int) -> Subgroups:
    at = np.array([labels.level.get(i) for i in changes.clinician_ids], dtype=object)
    groups = {name: changes.change[at == name] for name in labels.levels}
    groups = {name: group for name, group in groups.items() if len(group)}
    n_missing = len(at) - sum(map(len, groups.values()))
    small, also = hidden_levels({name: len(g) for name, g in groups.items()}, n_missing, suppress_below)
    effects = {name: mean_effect(group, changes.scale, alpha) for name, group in groups.items()}
    for names, why in ((small, "small"), (also, "complementary")):
        effects |= {name: suppress(effects[name], why) for name in names}
    visible = [groups[name] for name, effect in effects.items() if not effect.suppressed]
    # Where the cell of those without a value is itself small, its size is not told either.
    told = bool(visible)
    return Subgroups(
        scale=changes.scale,
        fallback=changes.fallback,
        n_zero=changes.n_zero,
        by=labels.by,
        cut_points=labels.cut_points,
        levels=effects,
        n_hidden=len(at) - sum(map(len, visible)) if told else None,
        n_missing=n_missing if n_missing == 0 or n_missing >= suppress_below else None,
        interaction=welch_interaction(visible, seed),
        why=labels.why,
    )


def hidden_levels(
    sizes: Mapping[str, int], n_missing: int, suppress_below: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Choose the levels to hide: the small ones, and those that keep these from being worked out.

    sizes: clinicians of each level; n_missing: clinicians in none.  Of equal levels the last by name goes.
    """
    small = tuple(name for name, n in sizes.items() if n < suppress_below)
    shown = sorted((n, name) for name, n in sizes.items() if n >= suppress_below)
    hidden = n_missing + sum(sizes[name] for name in small)
    also: list[str] = []
    while shown and 0 < hidden < suppress_below:
        n = shown[0][0]
        name = max(name for size, name in shown if size == n)
        shown.remove((n, name))
        also.append(name)
        hidden += n
    return small, tuple(also)
