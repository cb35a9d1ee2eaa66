"""Covariates as centred columns of a design matrix, and the check that the columns are independent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.linalg import qr

from scribeeval.errors import InputError
from scribeeval.stats.bootstrap import FloatArray

# A column whose part outside the others is smaller, relative to itself, is a combination of them.
COLLINEAR = 1e-9

Kind = Literal["numeric", "categorical", "time_varying"]


@dataclass(frozen=True, slots=True)
class CovariateView:
    """How a covariate was coded.

    mean: what a numeric one was centred at.  reference: the level that has no column of its own.
    levels: level -> clinicians, empty for numbers.  left_out: why it is not in the model, or None.
    """

    name: str
    kind: Kind
    mean: float | None
    reference: str | None
    levels: Mapping[str, int]
    left_out: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Covariate:
    """A covariate's columns by name, each with mean 0, and how they came about."""

    view: CovariateView
    columns: Mapping[str, FloatArray]


def code(name: str, values: pd.Series | FloatArray) -> Covariate:
    """Code a covariate: a number minus its mean, or an indicator minus its mean for all levels but one.

    values: shape (clinicians,) or (periods,), none missing.  No column where all are equal.
    """
    if isinstance(values, np.ndarray) or (
        pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    ):
        return _numeric(name, np.asarray(values, dtype=np.float64))
    return _categorical(name, values.astype(str))


def _numeric(name: str, values: FloatArray) -> Covariate:
    if not np.isfinite(values).all():
        raise InputError(f"covariate {name} holds an infinite number; correct it or leave it empty")
    mean = float(values.mean())
    centred = values - mean
    equal = bool(np.ptp(values) <= COLLINEAR * np.abs(values).max())
    view = CovariateView(name, "numeric", mean, None, {}, "one_value" if equal else None)
    return Covariate(view, {} if equal else {name: centred})


def _categorical(name: str, values: "pd.Series[str]") -> Covariate:
    counts = {str(level): int(n) for level, n in values.value_counts().sort_index().items()}
    # The largest level, the first of the alphabet among equals: its mean is known best.
    reference = max(counts, key=lambda level: counts[level])
    indicators = {level: (values == level).to_numpy(np.float64) for level in counts if level != reference}
    columns = {f"{name}[{level}]": column - column.mean() for level, column in indicators.items()}
    left_out = None if columns else "one_level"
    return Covariate(CovariateView(name, "categorical", None, reference, counts, left_out), columns)


def as_time_varying(covariates: Sequence[Covariate]) -> list[Covariate]:
    """Mark covariates as time-varying."""
    return [
        Covariate(
            CovariateView(
                one.view.name, "time_varying", one.view.mean, one.view.reference, {}, one.view.left_out
            ),
            one.columns,
        )
        for one in covariates
    ]


def check_rank(
    measure: str, names: Sequence[str], x: FloatArray, between: Sequence[Covariate], time_varying: bool
) -> None:
    """Refuse columns that are linear combinations of the others, by name.

    Every clinician has both phases, so that covariates which are independent over clinicians stay so
    crossed with phase; only time-varying ones need the whole matrix.

    Raises:
        InputError: there is such a column.
    """
    columns = {name: column for one in between for name, column in one.columns.items()}
    if columns:
        _check(measure, [*columns], np.stack([*columns.values()], axis=1))
    if time_varying:
        _check(measure, names, np.asarray(np.linalg.qr(x, mode="r")))


def _check(measure: str, names: Sequence[str], x: FloatArray) -> None:
    scaled = x / np.linalg.norm(x, axis=0)
    _, r, order = qr(scaled, mode="economic", pivoting=True)
    size = np.abs(np.diag(r))
    rank = int((size > COLLINEAR * np.sqrt(len(names)) * size[0]).sum())
    if rank == len(names):
        return
    free, bound = order[:rank], order[rank:]
    share, *_ = np.linalg.lstsq(scaled[:, free], scaled[:, bound[0]], rcond=None)
    others = sorted({names[i] for i, part in zip(free, share, strict=True) if abs(part) > 1e-6})
    raise InputError(
        f"{measure}: covariate column {names[bound[0]]} follows exactly from {', '.join(others)}; "
        "leave one of these covariates out"
    )
