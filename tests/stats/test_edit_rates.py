"""Fitted edit rates: a planted truth is found, and what cannot be fitted is said."""

from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from scribeeval.errors import InputError
from scribeeval.stages.fit_rates import fit_rates
from scribeeval.stats.edit_rates import FittedRates, fit_edit_rates

Floats: TypeAlias = NDArray[np.float64]

RATES = (60 / 220, 3.0, 0.3)


def notes(n: int, seed: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    design = np.stack([rng.integers(100, 500, n), rng.integers(0, 40, n), rng.integers(0, 600, n)], axis=1)
    return design.astype(float), design.astype(float) @ np.array(RATES)


def fit(design: Floats, seconds: Floats) -> FittedRates:
    return fit_edit_rates(design[:, 0], design[:, 1], design[:, 2], seconds)


def test_planted_rates_are_found_exactly_without_noise() -> None:
    design, seconds = notes(20, 1)
    fitted = fit(design, seconds)
    found = (fitted.s_per_word_read, fitted.s_per_edit, fitted.typing_s_per_char)
    assert found == pytest.approx(RATES)
    assert fitted.r_squared == pytest.approx(1.0)


def test_noisy_rates_are_scipys_bounded_least_squares() -> None:
    design, seconds = notes(200, 2)
    seconds = seconds + np.random.default_rng(3).normal(0, 20, 200).clip(-50, 50)
    fitted = fit(design, seconds)
    theirs = lsq_linear(design, seconds, bounds=(0, np.inf), tol=1e-12).x
    found = (fitted.s_per_word_read, fitted.s_per_edit, fitted.typing_s_per_char)
    assert found == pytest.approx(theirs, rel=1e-4)


def test_a_rate_that_would_be_negative_is_none() -> None:
    design, _ = notes(30, 4)
    fitted = fit(design, design[:, 0] * 0.3)
    assert fitted.s_per_word_read == pytest.approx(0.3)
    worse = fit(design, design[:, 0] * 0.5 - design[:, 1] * 0.5)
    assert worse.s_per_edit is None


def test_what_cannot_be_fitted_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="too few"):
        fit_edit_rates([1], [1], [1], [1])
    with pytest.raises(InputError, match="one value per note"):
        fit_edit_rates([1, 2], [1], [1], [1])
    table = tmp_path / "t.csv"
    table.write_text("visit_id,draft_note,signed_note,edit_seconds\nv1,a,b,soon\nv2,a,,3\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        fit_rates(table)
    assert caught.value.problems == (
        "t.csv: row 2: edit_seconds is not a number; give seconds like 95.5",
        "t.csv: row 3: signed_note is empty; fill it or leave the row out",
    )


def test_a_table_of_notes_is_fitted(tmp_path: Path) -> None:
    rows = [f"v{i},{'word ' * (50 + i)}old,{'word ' * (50 + i)}new,{(51 + i) * 0.25 + 3}" for i in range(12)]
    table = tmp_path / "t.csv"
    header = "visit_id,draft_note,signed_note,edit_seconds\n"
    table.write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
    fitted = fit_rates(table)
    assert fitted.s_per_word_read == pytest.approx(0.25)
