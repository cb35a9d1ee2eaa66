"""Agreement among raters: the numbers of psych, krippendorff and scikit-learn, and what has no value."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.stats.bootstrap import FloatArray, percentile_interval, resample
from scribeeval.stats.icc import FORMS, intraclass
from scribeeval.stats.raters import (
    WHY,
    Bootstrap,
    IntArray,
    Level,
    Reliability,
    Weights,
    krippendorff_alpha,
    weighted_kappa,
)

GOLDEN = Path(__file__).parent / "golden"
PEERS = json.loads((GOLDEN / "raters.json").read_text(encoding="utf-8"))
PSYCH = json.loads((GOLDEN / "icc.json").read_text(encoding="utf-8"))["cases"]
HOW = Bootstrap(resamples=200, seed=4)
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")
WEIGHTS: tuple[Weights, ...] = ("linear", "quadratic")


def matrix(rows: Any) -> FloatArray:
    return np.array([[np.nan if x is None else x for x in row] for row in rows], dtype=np.float64)


def own(n: int) -> IntArray:
    """Every thing is a unit of its own."""
    return np.arange(n)


def alpha(rows: Any, level: Level, how: Bootstrap = HOW) -> Reliability:
    ratings = matrix(rows)
    return krippendorff_alpha(ratings, own(len(ratings)), level, how)


@pytest.mark.parametrize("case", PEERS["alphas"], ids=lambda case: case["who"])
@pytest.mark.parametrize("level", LEVELS)
def test_alpha_is_krippendorffs(case: Any, level: Level) -> None:
    assert alpha(case["ratings"], level).value == pytest.approx(case["alpha"][level], abs=1e-12)


def test_alpha_of_krippendorffs_own_example_to_the_digits_he_prints() -> None:
    """Krippendorff (2011), C and D: nominal .743, ordinal .815, interval .849, ratio .797."""
    rows = PEERS["alphas"][0]["ratings"]
    printed = {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849, "ratio": 0.797}
    assert {level: round(alpha(rows, level).value or 0, 3) for level in LEVELS} == printed


def test_alpha_by_hand() -> None:
    """Two raters, (0,0) (1,1) (0,1): Do = 2/6, De = 2*3*3 / (6*5) = .6; 1 - .333/.6 = 4/9."""
    assert alpha([[0, 0], [1, 1], [0, 1]], "nominal").value == pytest.approx(4 / 9)


@pytest.mark.parametrize("case", PEERS["kappas"], ids=lambda case: case["who"])
@pytest.mark.parametrize("weights", WEIGHTS)
def test_kappa_is_scikit_learns(case: Any, weights: Weights) -> None:
    x, y = np.array(case["x"], dtype=float), np.array(case["y"], dtype=float)
    found = weighted_kappa(x, y, own(len(x)), weights, HOW)
    assert found.value == pytest.approx(case["kappa"][weights], abs=1e-12)
    assert found.n == len(x)


def test_kappa_by_hand() -> None:
    """x 1 1 3, y 1 2 3: observed 0+1+0; by chance (1,2,3 against 1,1,3) (0+1+2)*2 + (2+1+0), over 3: 3."""
    x, y = np.array([1.0, 1, 3]), np.array([1.0, 2, 3])
    assert weighted_kappa(x, y, own(3), "linear", HOW).value == pytest.approx(1 - 1 / 3)


@pytest.mark.parametrize("case", PSYCH, ids=lambda case: case["who"])
def test_the_intraclass_correlations_are_psychs(case: Any) -> None:
    found = intraclass(matrix(case["ratings"]))
    for name, (value, low, high) in case["forms"].items():
        if found[name].value is None:  # psych prints 8 here, a correlation above 1
            assert (name, found[name].why, value > 1) == ("icc_ak", "negative_variance", True)
            continue
        assert found[name].value == pytest.approx(value, abs=1e-9), name
        if found[name].why is None:
            assert (found[name].low, found[name].high) == pytest.approx((low, high), abs=1e-6), name
    if "quadratic_kappa" in case:
        x, y = matrix(case["ratings"]).T
        kappa = weighted_kappa(x, y, own(len(x)), "quadratic", HOW)
        assert kappa.value == pytest.approx(case["quadratic_kappa"], abs=1e-12)


def test_the_intraclass_correlations_of_shrout_and_fleiss() -> None:
    """Shrout & Fleiss (1979), table 4: .17, .29, .71; .44, .62, .91."""
    found = intraclass(matrix(PSYCH[0]["ratings"]))
    assert [round(found[name].value or 0, 2) for name in FORMS] == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]


tables = st.lists(st.tuples(*[st.integers(1, 5)] * 3), min_size=3, max_size=20).map(
    lambda rows: np.array(rows, dtype=np.float64)
)


@given(ratings=tables, scale=st.floats(0.1, 9), shift=st.floats(-5, 5))
def test_a_rising_scale_changes_nothing(ratings: FloatArray, scale: float, shift: float) -> None:
    units, few = own(len(ratings)), Bootstrap(resamples=2)
    moved = ratings * scale + shift
    for level in ("nominal", "ordinal", "interval"):
        one, two = (krippendorff_alpha(r, units, level, few).value for r in (ratings, moved))
        assert two == (None if one is None else pytest.approx(one, abs=1e-9))
    ordinal = [krippendorff_alpha(r, units, "ordinal", few).value for r in (ratings, np.exp(ratings))]
    assert ordinal[0] == ordinal[1]
    before, after = intraclass(ratings), intraclass(moved)
    for name in FORMS:
        value = before[name].value
        assert after[name].value == (None if value is None else pytest.approx(value, abs=1e-8))


@given(ratings=tables)
def test_limits_enclose_the_value_and_the_mean_of_raters_is_the_more_reliable(ratings: FloatArray) -> None:
    found = intraclass(ratings)
    for form in found.values():
        if form.low is not None and form.high is not None and form.value is not None:
            assert form.low - 1e-9 <= form.value <= form.high + 1e-9 <= 1 + 2e-9
    for single, mean in (("icc_1", "icc_k"), ("icc_a1", "icc_ak"), ("icc_c1", "icc_ck")):
        one, k = found[single].value, found[mean].value
        if one is not None and k is not None and one > 0:
            assert k >= one


def test_the_interval_is_the_percentiles_of_what_each_resample_gives() -> None:
    """Units of two things each: a resample is a table of the drawn units, and taken by itself."""
    rng = np.random.default_rng(3)
    quality = rng.integers(1, 6, 24).astype(np.float64)
    ratings: FloatArray = np.clip(
        quality[:, None] + rng.integers(-1, 2, (24, 3)).astype(np.float64), 1.0, 5.0
    )
    ratings[[1, 5, 8], [0, 2, 2]] = np.nan
    units = np.repeat(np.arange(12), 2) * 10 + 7
    for level in LEVELS:
        drawn = []
        for block in resample(12, HOW.resamples, HOW.seed):
            for chosen in block:
                rows = np.concatenate([[2 * unit, 2 * unit + 1] for unit in chosen])
                drawn.append(krippendorff_alpha(ratings[rows], own(24), level, Bootstrap(resamples=2)).value)
        found = krippendorff_alpha(ratings, units, level, HOW)
        expected = percentile_interval(np.array(drawn, dtype=float), 0.95)
        assert expected is not None
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)
    x, y = ratings[:, 1], np.nan_to_num(ratings[:, 2], nan=3)
    kappas = [
        weighted_kappa(x[rows], y[rows], own(24), "quadratic", Bootstrap(resamples=2)).value
        for block in resample(12, HOW.resamples, HOW.seed)
        for rows in (np.concatenate([[2 * u, 2 * u + 1] for u in chosen]) for chosen in block)
    ]
    expected = percentile_interval(np.array(kappas, dtype=float), 0.95)
    kappa = weighted_kappa(x, y, units, "quadratic", HOW)
    assert expected is not None
    assert (kappa.low, kappa.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_missing_values_are_left_out_and_counted() -> None:
    x, y = np.array([1.0, 2, np.nan, 4]), np.array([1.0, np.nan, 3, 5])
    assert weighted_kappa(x, y, own(4), "linear", HOW).n == 2
    rows = [[1, 2, None], [None, 3, None], [2, 2, 3], [None, None, None]]
    assert alpha(rows, "ordinal").n == 2
    assert intraclass(matrix([[1, 2], [None, 3], [2, 2], [3, 4]]))["icc_a1"].n == 3


def test_what_is_undefined_says_why() -> None:
    nothing = np.array([np.nan, 2]), np.array([1.0, np.nan])
    assert weighted_kappa(*nothing, own(2), "linear", HOW) == Reliability(why="nothing_in_common")
    assert alpha([[1, None], [None, 2]], "ordinal").why == "nothing_in_common"
    assert alpha([[3, 3], [3, 3]], "ordinal") == Reliability(n=2, why="one_value")
    same = np.array([3.0, 3, 3])
    assert weighted_kappa(same, same, own(3), "quadratic", HOW) == Reliability(n=3, why="one_value")
    one = krippendorff_alpha(matrix([[1, 2], [3, 3], [5, 4]]), np.zeros(3, dtype=int), "interval", HOW)
    assert (one.low, one.why) == (None, "one_unit")
    assert alpha([[1, 1], [2, 2], [3, 3], [4, 4], [5, 5], [1, 1]], "interval").why == "equal_resamples"
    assert alpha([[1, 1], [1, 2]], "nominal").why == "undefined_resamples"
    forms = intraclass(matrix([[4, 4], [4, 4]]))
    assert {form.why for form in forms.values()} == {"no_variance"}
    assert {form.why for form in intraclass(matrix([[1, 2]])).values()} == {"fewer_than_2_things"}
    assert set(WHY) >= {"negative_variance", "perfect"}


def test_perfect_agreement_is_1_without_an_interval() -> None:
    for form in intraclass(matrix([[1, 1], [2, 2], [5, 5]])).values():
        assert (form.value, form.low, form.why) == (1.0, None, "perfect")
    lenient = intraclass(matrix([[1, 2], [2, 3], [3, 4], [4, 5]]))
    assert (lenient["icc_c1"].value, lenient["icc_c1"].why) == (1.0, "perfect")
    # R = 10/3, C = 2, E = 0: (10/3) / (10/3 + 2/4 * 2) = 10/13
    assert lenient["icc_a1"].value == pytest.approx(10 / 13)
    assert lenient["icc_a1"].low is not None


def test_bad_input_is_named() -> None:
    with pytest.raises(InputError, match="infinite"):
        alpha([[1, float("inf")]], "interval")
    with pytest.raises(InputError, match="negative"):
        alpha([[1, -1], [2, 2]], "ratio")
    with pytest.raises(InputError, match="a unit per thing"):
        krippendorff_alpha(matrix([[1, 2]]), own(3), "nominal", HOW)
    with pytest.raises(InputError, match="level 95"):
        intraclass(matrix([[1, 2], [2, 2]]), 95)
