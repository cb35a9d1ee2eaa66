"""Least squares by cluster: the small-matrix form against the textbook's, and what never matters."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.stats import clusters, sandwich
from scribeeval.stats.bootstrap import FloatArray
from scribeeval.stats.effects import RobustFit, t_test
from scribeeval.stats.robust import cluster_robust_ols

NAMES = ("one", "after", "trend", "years")
AFTER = 1


def rows(seed: int, sizes: list[int]) -> tuple[FloatArray, FloatArray, Any, FloatArray]:
    """y, x, cluster codes and weights of clinicians with so many weeks each."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(len(sizes)), sizes)
    n = len(who)
    x = np.column_stack([np.ones(n), np.arange(n) % 2, rng.normal(size=n), rng.normal(size=len(sizes))[who]])
    y = 8 - x[:, 1] + rng.normal(size=len(sizes))[who] + rng.normal(size=n)
    return y, x, who, rng.uniform(0.5, 2.0, n)


seeds = st.integers(0, 10_000)
sizes = st.lists(st.integers(1, 7), min_size=6, max_size=10).filter(lambda s: sum(s) > 14)


def fit(data: Any, at: int = AFTER, **options: Any) -> RobustFit:
    y, x, who, _ = data
    return cluster_robust_ols(y, x, NAMES, who, at, **options)


def textbook(y: FloatArray, x: FloatArray, who: Any, power: float) -> tuple[FloatArray, FloatArray]:
    """Covariance and degrees of freedom by the definition, from n x n matrices."""
    bread = np.linalg.inv(x.T @ x)
    hat = x @ bread @ x.T
    rest = np.eye(len(y)) - hat
    residuals = rest @ y
    columns, meat = [], np.zeros((x.shape[1], x.shape[1]))
    for code in np.unique(who):
        at = np.flatnonzero(who == code)
        values, axes = np.linalg.eigh(np.eye(len(at)) - hat[np.ix_(at, at)])
        adjust = (axes * values**power) @ axes.T
        score = x[at].T @ adjust @ residuals[at]
        meat += np.outer(score, score)
        columns.append(rest[:, at] @ adjust @ x[at] @ bread)  # (n, p): one vector per coefficient
    df = []
    for j in range(x.shape[1]):
        g = np.column_stack([column[:, j] for column in columns])
        products = g.T @ g
        df.append(np.trace(products) ** 2 / (products**2).sum())
    return bread @ meat @ bread, np.array(df)


@settings(max_examples=30, deadline=None)
@given(seeds, sizes)
def test_small_matrices_equal_the_definition(seed: int, sizes: list[int]) -> None:
    y, x, who, weights = rows(seed, sizes)
    half = np.sqrt(weights)
    for correction, power in (("CR0", 0.0), ("CR2", -0.5), ("CR3", -1.0)):
        covariance, df = textbook(y * half, x * half[:, None], who, power)
        ours = cluster_robust_ols(y, x, NAMES, who, AFTER, weights=weights, correction=correction)
        assert np.array(ours.standard_errors, dtype=float) == pytest.approx(
            np.sqrt(np.diag(covariance)), rel=1e-6
        )
        assert ours.effect.df == pytest.approx(df[AFTER], rel=1e-6)


def test_covariance_matrix_has_the_squared_standard_errors() -> None:
    y, x, who, _ = rows(3, [4] * 8)
    prepared = clusters.prepare(y, x, NAMES, who, AFTER)
    residuals = y - x @ np.linalg.lstsq(x, y)[0]
    pieces = sandwich.sandwich(prepared, prepared.x, residuals, "CR2", 1.0)
    variances = np.array(fit((y, x, who, None)).standard_errors, dtype=float) ** 2
    assert np.diag(sandwich.covariance(pieces)) == pytest.approx(variances)


@settings(max_examples=20, deadline=None)
@given(seeds, sizes, st.randoms(use_true_random=False))
def test_order_of_rows_and_names_of_clusters_do_not_matter(seed: int, sizes: list[int], random: Any) -> None:
    y, x, who, weights = rows(seed, sizes)
    order = list(range(len(y)))
    random.shuffle(order)
    labels = np.array(random.sample(range(-500, 500), len(sizes)))
    plain = cluster_robust_ols(y, x, NAMES, who, AFTER, weights=weights)
    mixed = cluster_robust_ols(y[order], x[order], NAMES, labels[who][order], AFTER, weights=weights[order])
    assert numbers(mixed) == pytest.approx(numbers(plain), rel=1e-7)


@settings(max_examples=20, deadline=None)
@given(seeds, sizes, st.sampled_from([1e-6, 0.25, 60.0, 1e8]))
def test_units_do_not_matter(seed: int, sizes: list[int], unit: float) -> None:
    data = rows(seed, sizes)
    y, x, who, _ = data
    plain, scaled = fit(data).effect, fit((y * unit, x * [1, 1, 1e7, 1 / unit], who, None)).effect
    for name in ("estimate", "standard_error", "low", "high"):
        assert getattr(scaled, name) == pytest.approx(unit * getattr(plain, name), rel=1e-6)
    for name in ("df", "statistic", "p_value"):
        assert getattr(scaled, name) == pytest.approx(getattr(plain, name), rel=1e-6)


@settings(max_examples=20, deadline=None)
@given(seeds, sizes)
def test_swapped_phases_turn_the_sign(seed: int, sizes: list[int]) -> None:
    y, x, who, _ = rows(seed, sizes)
    swapped = x.copy()
    swapped[:, AFTER] = 1 - swapped[:, AFTER]
    plain, other = fit((y, x, who, None)).effect, fit((y, swapped, who, None)).effect
    assert other.estimate == pytest.approx(-number(plain.estimate), rel=1e-6)
    assert (other.low, other.high) == pytest.approx((-number(plain.high), -number(plain.low)), rel=1e-6)
    assert (other.p_value, other.df) == pytest.approx((plain.p_value, plain.df), rel=1e-6)


def test_one_pair_per_clinician_is_the_paired_t() -> None:
    """With one row before and one after, the phase alone: CR2's t has Student's k - 1 exactly."""
    rng = np.random.default_rng(4)
    before, after = rng.normal(8, 2, 9), rng.normal(7, 2, 9)
    x = np.column_stack([np.ones(18), np.repeat([0.0, 1.0], 9)])
    result = cluster_robust_ols([*before, *after], x, ("one", "after"), [*range(9), *range(9)], 1)
    differences = after - before
    error = differences.std(ddof=1) / 3
    assert result.effect.estimate == pytest.approx(differences.mean())
    assert result.effect.standard_error == pytest.approx(error)
    assert result.effect.df == pytest.approx(8)


def test_level_of_the_interval() -> None:
    data = rows(7, [5] * 8)
    narrow, wide = fit(data, alpha=0.2).effect, fit(data, alpha=0.01).effect
    assert number(wide.low) < number(narrow.low) < number(narrow.high) < number(wide.high)
    # The interval at level 1 - p ends at 0.
    edge = fit(data, alpha=number(narrow.p_value)).effect
    assert min(abs(number(edge.low)), abs(number(edge.high))) == pytest.approx(0, abs=1e-9)


def test_an_interval_without_end_is_none() -> None:
    effect = t_test(1.0, 2.0, 1e-4, 0.05)
    assert (effect.low, effect.high, effect.why) == (None, None, "few_degrees_of_freedom")
    assert effect.statistic == 0.5


def number(value: float | None) -> float:
    assert value is not None
    return value


def numbers(result: RobustFit) -> list[float]:
    effect = {name: value for name, value in asdict(result.effect).items() if name != "why"}
    return [number(value) for value in (*result.coefficients, *result.standard_errors, *effect.values())]


def test_collinear_columns_are_named_and_change_nothing() -> None:
    y, x, who, _ = rows(5, [4] * 8)
    plain = fit((y, x, who, None))
    wider = np.column_stack([x, x[:, 2] * 3 - x[:, 0], np.zeros(len(y))])
    result = cluster_robust_ols(y, wider, (*NAMES, "trend again", "nothing"), who, AFTER)
    assert result.dropped_columns == ("trend again", "nothing")
    assert result.names == NAMES
    assert numbers(result) == pytest.approx(numbers(plain))
    # Near a mixture, but not one: kept, by the slower way, to the last digits that y can tell.
    near = np.column_stack([x, x[:, 2] + 1e-5 * x[:, 3] ** 2])
    kept = cluster_robust_ols(y, near, (*NAMES, "nearly"), who, AFTER)
    assert kept.dropped_columns == ()
    again = cluster_robust_ols(y, np.column_stack([x, x[:, 3] ** 2]), (*NAMES, "square"), who, AFTER)
    assert kept.effect.standard_error == pytest.approx(again.effect.standard_error, rel=1e-6)


@pytest.mark.parametrize("column", [np.ones(32), np.zeros(32)], ids=["always after", "always before"])
def test_a_phase_that_other_columns_explain_is_not_guessed(column: FloatArray) -> None:
    y, x, who, _ = rows(5, [4] * 8)
    constant = x.copy()
    constant[:, AFTER] = column
    result = fit((y, constant, who, None))
    assert (result.effect.estimate, result.effect.why) == (None, "phase_collinear")
    assert "after" in result.dropped_columns
    # Nor is the other column dropped in its place.
    twin = x.copy()
    twin[:, 2] = 2 * twin[:, AFTER] - 1
    result = fit((y, twin, who, None))
    assert (result.effect.estimate, result.why) == (None, "phase_collinear")
    assert result.dropped_columns == ("after",)
    assert not result.converged


def test_what_cannot_be_known_is_none_and_says_why() -> None:
    y, x, who, _ = rows(5, [4] * 8)
    alone = fit((y, x, np.zeros_like(who), None))
    assert (alone.effect.estimate, alone.why, alone.n_clusters) == (None, "one_cluster", 1)
    few = fit((y[::5][:4], x[::5][:4], np.arange(4), None))
    assert (few.effect.p_value, few.why) == (None, "too_few_rows")
    exact = fit((x @ [1.0, 2.0, 3.0, 4.0], x, who, None))
    assert exact.effect.estimate == pytest.approx(2)
    assert (exact.effect.standard_error, exact.why) == (None, "no_residual_variation")


def test_an_effect_seen_in_one_clinician_has_no_error_between_clinicians() -> None:
    y, x, who, _ = rows(5, [4] * 8)
    x = x.copy()
    x[:, AFTER] = (who == 2) & (np.arange(len(who)) % 2 == 0)
    result = fit((y, x, who, None))
    assert result.effect.estimate is not None
    assert (result.effect.p_value, result.effect.low, result.why) == (None, None, "one_cluster_alone")


def test_few_degrees_of_freedom_are_flagged_beside_the_numbers() -> None:
    y, x, who, _ = rows(5, [4] * 3)
    result = fit((y, x, who, None))
    assert number(result.effect.df) < 4
    assert result.effect.p_value is not None
    assert result.why == "few_degrees_of_freedom"


def test_clusters_of_one_row_each_are_plain_robust_errors() -> None:
    """CR0 of single rows is White's covariance (HC0), CR2 is HC2."""
    y, x, who, _ = rows(5, [1] * 30)
    bread = np.linalg.inv(x.T @ x)
    leverage = np.einsum("ij,jk,ik->i", x, bread, x)
    residuals = y - x @ bread @ x.T @ y
    for correction, squares in (("CR0", residuals**2), ("CR2", residuals**2 / (1 - leverage))):
        expected = np.sqrt(np.diag(bread @ (x * squares[:, None]).T @ x @ bread))
        ours = fit((y, x, who, None), correction=correction)
        assert np.array(ours.standard_errors, dtype=float) == pytest.approx(expected)


def test_many_clinicians_are_blocked_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    data = rows(6, [3, 5, 3, 5, 5, 2, 3, 3, 5, 1])
    whole = numbers(fit(data))
    monkeypatch.setattr(sandwich, "BLOCK_ROWS", 6)
    assert numbers(fit(data)) == pytest.approx(whole)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": [1.0, 2.0]}, "y has shape"),
        ({"y": [np.nan, *range(31)]}, "y: 1 rows are missing or infinite .* 0"),
        ({"names": ("a", "b", "c", "c")}, "4 columns but 3 different names"),
        ({"at": 4}, "at is 4; .* 0 to 3"),
        ({"clusters": np.arange(32.0)}, "clusters are of type float64"),
        ({"weights": [0.0, *range(1, 32)]}, "weights: 1 rows are .* not above 0"),
        ({"weights": [1.0]}, "weights has 1 rows, y 32"),
        ({"correction": "CR4"}, "correction 'CR4' is not known"),
        ({"alpha": 5}, "alpha is 5"),
    ],
)
def test_unusable_input_is_named(change: dict[str, Any], message: str) -> None:
    y, x, who, _ = rows(5, [4] * 8)
    given = {"y": y, "x": x, "names": NAMES, "clusters": who, "at": AFTER} | change
    with pytest.raises(InputError, match=message):
        cluster_robust_ols(**given)


@settings(max_examples=20, deadline=None)
@given(seeds, sizes, st.booleans(), st.sampled_from(["CR0", "CR2", "CR3"]))
def test_within_clinicians_equals_a_column_per_clinician(
    seed: int, sizes: list[int], weighted: bool, correction: str
) -> None:
    y, x, who, weights = rows(seed, [size + 3 for size in sizes])
    known = weights if weighted else None
    columns = np.column_stack([x[:, [1, 2]], who[:, None] == np.unique(who)])
    names = [f"column {j}" for j in range(columns.shape[1])]
    wide = cluster_robust_ols(y, columns, names, who, 0, weights=known, correction=correction)
    narrow = cluster_robust_ols(y, x, NAMES, who, AFTER, weights=known, within=True, correction=correction)
    assert narrow.dropped_columns == ("one", "years")
    for name in ("estimate", "standard_error", "df", "p_value"):
        assert getattr(narrow.effect, name) == pytest.approx(getattr(wide.effect, name), rel=1e-6)


def test_within_clinicians_is_blind_to_who_comes_and_goes() -> None:
    """Slow clinicians have more weeks after: pooled rows take them for an effect."""
    who = np.repeat(np.arange(20), 9)
    level = np.where(who < 10, 5.0, 15.0)
    after = np.where(who < 10, np.tile(np.arange(9) > 5, 20), np.tile(np.arange(9) > 2, 20))
    y = level - 1.0 * after + np.random.default_rng(1).normal(size=180) / 10
    x = np.column_stack([np.ones(180), after.astype(float)])
    pooled, within = (
        cluster_robust_ols(y, x, ("one", "after"), who, 1, within=flag).effect for flag in (False, True)
    )
    assert number(pooled.estimate) > 0.5
    assert within.estimate == pytest.approx(-1, abs=0.05)
    # A phase that never changes within a clinician cannot be seen there.
    x[:, 1] = who % 2
    assert cluster_robust_ols(y, x, ("one", "after"), who, 1, within=True).why == "phase_collinear"
    two = np.repeat(np.arange(90), 2)
    x[:, 1] = np.arange(180) % 2
    wider = np.column_stack([x, np.random.default_rng(2).normal(size=(180, 89))])
    names = [f"column {j}" for j in range(91)]
    assert cluster_robust_ols(y, wider, names, two, 1, within=True).why == "too_few_rows"
