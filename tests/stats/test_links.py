"""Links across clinicians: what is linked with what, per how much, and what may be told."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr

from scribeeval.errors import InputError
from scribeeval.stats.association import fit_line
from scribeeval.stats.changes import Changes
from scribeeval.stats.links import Link, links
from scribeeval.stats.multiplicity import holm
from scribeeval.stats.utilisation import Utilisation

NOTES, CLOSURE = "time_in_notes_min_per_appointment", "same_day_closure_rate"
AFTER, LENGTH = "after_hours_min_per_workday", "note_length_chars_per_note"
X = np.random.default_rng(1).normal(-0.2, 0.2, 20)
IDS = tuple(f"S{i:02d}" for i in range(20))


def changes(values: Any, scale: Any, ids: tuple[str, ...] = IDS) -> Changes:
    return Changes("m", ids, np.asarray(values, dtype=float), scale, None, 0)


def linked(pairs: list[tuple[str, str]], use: Utilisation | None = None, **more: Any) -> tuple[Link, ...]:
    rng = np.random.default_rng(2)
    measured = {
        NOTES: changes(X, "log"),
        CLOSURE: changes(0.3 * X + rng.normal(0, 0.03, 20), "raw"),
        AFTER: changes(rng.normal(size=20), "log"),
        "satisfaction_score": changes(rng.normal(size=20), "raw"),
    }
    arguments: dict[str, Any] = {"alpha": 0.05, "resamples": 100, "seed": 1} | more
    return links(measured | arguments.pop("measured", {}), use, pairs, **arguments)


def test_slope_of_a_log_measure_is_told_per_10_percent() -> None:
    y = 0.3 * X + np.random.default_rng(2).normal(0, 0.05, 20)
    (link,) = linked([(NOTES, CLOSURE)], measured={CLOSURE: changes(y, "raw")})
    line = fit_line(X, y, alpha=0.05, resamples=100, seed=1)
    assert line.slope is not None
    assert link.slope.estimate == pytest.approx(line.slope * np.log(1.1))
    assert link.slope.estimate_kind == "difference"
    assert (link.per_kind, link.n_clinicians, link.n_excluded) == ("percent", 20, 0)
    assert link.spearman.rho == pytest.approx(spearmanr(X, y).statistic)
    assert link.confounded


@pytest.mark.parametrize(
    ("x", "per", "kind"),
    [(CLOSURE, 0.1, "percentage_points"), (NOTES, np.log(1.1), "percent"), ("satisfaction_score", 1, "unit")],
)
def test_each_kind_of_x_has_its_step(x: str, per: float, kind: str) -> None:
    (link,) = linked([(x, AFTER)])
    assert link.slope.per == pytest.approx(per)
    assert link.per_kind == kind


def test_link_with_utilisation_keeps_who_has_both() -> None:
    use = Utilisation(
        {}, {i: 0.05 * n for n, i in enumerate(IDS[2:])} | {"S99": 0.5}, {"S00": "not_recorded"}
    )
    (link,) = linked([("utilisation", NOTES)], use)
    line = fit_line(np.arange(18.0) * 0.05, X[2:], alpha=0.05, resamples=100, seed=1)
    assert line.slope is not None
    assert link.slope.estimate == pytest.approx(np.expm1(line.slope * 0.1))
    assert link.slope.line == line  # clinicians in the order of their ids, so that resamples repeat
    assert (link.n_clinicians, link.n_excluded, link.per_kind) == (18, 3, "percentage_points")


def test_planted_link_is_found_and_its_absence_is_not() -> None:
    planted, none = linked([(NOTES, CLOSURE), (NOTES, AFTER)])
    assert planted.p_adjusted is not None
    assert none.p_adjusted is not None
    assert planted.p_adjusted < 0.01 < 0.05 < none.p_adjusted
    assert planted.slope.low is not None
    assert planted.slope.low > 0


def test_p_values_are_adjusted_over_the_links() -> None:
    found = linked([(NOTES, CLOSURE), (NOTES, AFTER), (CLOSURE, AFTER)])
    assert [one.p_adjusted for one in found] == list(holm([one.slope.line.p_permutation for one in found]))
    ranks = holm([one.spearman.p_permutation for one in found])
    assert [one.spearman_p_adjusted for one in found] == list(ranks)


def test_of_fewer_than_5_clinicians_nothing_is_told() -> None:
    (link,) = linked([(NOTES, LENGTH)], measured={LENGTH: changes([1, 2, 4, 3], "log", IDS[:4])})
    assert link.suppressed
    assert link.why == "few_clinicians"
    assert link.slope.estimate is link.spearman.rho is link.p_adjusted is None
    assert (link.n_clinicians, link.n_excluded) == (4, 16)


def test_measures_over_the_same_denominator_are_marked() -> None:
    pairs = [(NOTES, CLOSURE), (NOTES, AFTER), (NOTES, "satisfaction_score")]
    assert [one.shared_denominator for one in linked(pairs)] == [True, False, False]
    own = {"satisfaction_score": "points per appointment"}
    assert [one.shared_denominator for one in linked(pairs, units=own)] == [True, False, True]


@pytest.mark.parametrize(
    ("pair", "says"),
    [
        ((NOTES, NOTES), "name two"),
        (("utilisation", NOTES), "add both"),
        ((NOTES, "same_day_closure"), "did you mean 'same_day_closure_rate'"),
        ((NOTES, "utilisation"), "can only come first"),
    ],
)
def test_bad_pairs(pair: tuple[str, str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        linked([pair])
