"""Fit the rates of the edit-seconds estimate to measured post-edit seconds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import nnls

from scribeeval.errors import InputError

MIN_NOTES = 10


@dataclass(frozen=True, slots=True)
class FittedRates:
    """Rates that fit best, in seconds a unit; None = the data gave it no weight (a rate of 0).

    r_squared: share of the variance of the measured seconds that the fit explains; None if they are
    all equal.
    """

    s_per_word_read: float | None
    s_per_edit: float | None
    typing_s_per_char: float | None
    n_notes: int
    r_squared: float | None


def fit_edit_rates(
    draft_words: ArrayLike, edits: ArrayLike, typed_chars: ArrayLike, seconds: ArrayLike
) -> FittedRates:
    """Fit seconds = a x words read + b x edits + c x characters typed, a, b, c >= 0 (least squares).

    Each argument: shape (n notes,).  Non-negative least squares (Lawson & Hanson 1974): a negative
    rate would say that reading saves time.

    Raises:
        InputError: lengths differ, fewer than 10 notes, or seconds that are negative or not finite.

    """
    columns = [np.asarray(values, dtype=np.float64) for values in (draft_words, edits, typed_chars)]
    measured = np.asarray(seconds, dtype=np.float64)
    if any(column.shape != measured.shape for column in columns) or measured.ndim != 1:
        raise InputError("words, edits, characters and seconds must have one value per note each")
    if len(measured) < MIN_NOTES:
        raise InputError(f"{len(measured)} notes are too few to fit three rates; give at least {MIN_NOTES}")
    if not (np.isfinite(measured).all() and (measured >= 0).all()):
        raise InputError("measured seconds must be numbers from 0 up; leave other rows out")
    design = np.stack(columns, axis=1)
    rates, residual = nnls(design, measured)
    spread = float(((measured - measured.mean()) ** 2).sum())
    word, edit, char = (float(rate) if rate > 0 else None for rate in rates)
    return FittedRates(word, edit, char, len(measured), 1 - residual**2 / spread if spread else None)
