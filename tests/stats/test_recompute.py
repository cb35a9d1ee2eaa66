"""What two rounded means allow: Duggan et al. 2025 by hand, and properties that hold for any table."""

import math
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.stats.measures import MEASURES
from scribeeval.stats.paired import compare
from scribeeval.stats.recompute import (
    FROM_MEANS,
    PublishedRow,
    columns_given,
    half_unit,
    printed_digits,
    recompute,
)

# measure: before, after, text, table, ratio of the printed means, its range by rounding (all by hand, in %)
DUGGAN = {
    "time_in_notes": ("10.3", "8.2", "-20.4", "-15.2", -20.388, -21.256, -19.512),
    "closure": ("66.2", "72.4", "9.3", "9.1", 9.366, 9.208, 9.524),
    "after_hours": ("50.6", "35.4", "-30.0", "-16.9", -30.040, -30.207, -29.871),
    "typed": ("11.2", "7.9", "-29.6", "-20.7", -29.464, -30.222, -28.700),
    "length": ("202637.5", "244427.1", "20.6", "15.5", 20.623, 20.623, 20.623),
}
TEXT = {
    "time_in_notes": "reproduced_exactly",
    "closure": "within_rounding",
    "after_hours": "reproduced_exactly",
    "typed": "within_rounding",
    "length": "reproduced_exactly",
}


def row(before: str, after: str, **figures: str) -> PublishedRow:
    printed = {name: Decimal(figure).scaleb(-2) for name, figure in figures.items()}
    return PublishedRow("m", "min", Decimal(before), Decimal(after), printed)


ROWS = {name: recompute(row(b, a, text=t, table=v)) for name, (b, a, t, v, *_) in DUGGAN.items()}


@pytest.mark.parametrize("name", DUGGAN)
def test_ratio_of_the_published_means(name: str) -> None:
    *_, estimate, low, high = DUGGAN[name]
    change = ROWS[name].percent_change["ratio_of_means"]
    assert change.estimate == pytest.approx(estimate / 100, abs=6e-6)
    assert change.low == pytest.approx(low / 100, abs=6e-6)
    assert change.high == pytest.approx(high / 100, abs=6e-6)


@pytest.mark.parametrize("name", DUGGAN)
def test_the_texts_figures_are_ratios_of_means_and_the_tables_are_not(name: str) -> None:
    figures = ROWS[name].figures
    assert figures["text"].verdict == TEXT[name]
    assert figures["text"].compatible == ("ratio_of_means",)
    assert figures["table"].verdict == "not_reproduced"
    assert "ratio_of_means" not in figures["table"].compatible


def test_no_arithmetic_gives_the_tables_column() -> None:
    """+9.1 alone is met by two of them within rounding: log(72.45 / 66.15) = 9.097 %."""
    given = columns_given(list(ROWS.values()))
    assert given == {
        "text": dict(zip(FROM_MEANS, (5, 0, 0, 0), strict=True)),
        "table": dict(zip(FROM_MEANS, (0, 1, 1, 0), strict=True)),
    }
    assert ROWS["closure"].figures["table"].compatible == (
        "log_ratio_of_means",
        "change_relative_to_midpoint",
    )


def test_difference_is_in_the_unit_of_the_means() -> None:
    shares = recompute(
        PublishedRow("closure", "share of appointments", Decimal("0.662"), Decimal("0.724"), {})
    )
    assert shares.difference.estimate == pytest.approx(0.062)
    assert shares.difference.low == pytest.approx(0.061)
    assert shares.difference.high == pytest.approx(0.063)


def test_ratio_of_means_is_the_estimator_of_the_study() -> None:
    before, after = np.array([8.0, 12.0, 13.0]), np.array([7.0, 11.0, 9.0])
    ours = compare(MEASURES["time_in_notes_min_per_appointment"], before, after, seed=1, resamples=100)
    again = recompute(row("11", "9")).percent_change["ratio_of_means"].estimate
    assert ours.percent_change["ratio_of_means"].estimate == pytest.approx(again)


@pytest.mark.parametrize(
    ("printed", "half", "digits"),
    [("10.3", "0.05", 1), ("72", "0.5", 0), ("-30.0", "0.05", 1), ("0.662", "0.0005", 3), ("2E+3", "500", 0)],
)
def test_a_printed_number_says_how_it_was_rounded(printed: str, half: str, digits: int) -> None:
    assert half_unit(Decimal(printed)) == Decimal(half)
    assert printed_digits(Decimal(printed)) == digits


def test_a_zero_at_the_end_counts() -> None:
    """-30.0 excludes what -30 does not: -29.6."""
    ends = {name: recompute(row("1000", "704", figure=name)).figures["figure"] for name in ("-30", "-30.0")}
    assert ends["-30"].verdict == "reproduced_exactly"
    assert ends["-30.0"].verdict == "not_reproduced"


@pytest.mark.parametrize(("before", "after"), [("0", "5"), ("5", "0.0"), ("-1", "2"), ("0.05", "0.0")])
def test_a_mean_that_may_be_0_is_refused(before: str, after: str) -> None:
    with pytest.raises(InputError, match=r"measure 'm': .* may be 0 before rounding; .*leave the row out"):
        recompute(row(before, after))


def test_a_figure_that_is_missing_is_not_counted() -> None:
    rows = [recompute(row("10.3", "8.2", text="-20.4")), recompute(row("50.6", "35.4"))]
    assert columns_given(rows)["text"]["ratio_of_means"] == 1


means = st.floats(min_value=1.0, max_value=1000.0)
places = st.integers(min_value=0, max_value=2)
roundings = st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN])


def printed(value: float, digits: int, rounding: str) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=rounding)


@pytest.mark.parametrize("estimator", FROM_MEANS)
@given(b=means, a=means, digits=places, figure_digits=places, rounding=roundings)
def test_the_estimator_that_made_a_figure_is_never_ruled_out(
    estimator: str, b: float, a: float, digits: int, figure_digits: int, rounding: str
) -> None:
    """Whatever the unrounded means and the decimals printed: its envelope holds the truth."""
    truth = FROM_MEANS[estimator](b, a)
    figure = printed(100 * truth, figure_digits, rounding).scaleb(-2)
    before, after = (printed(mean, digits, rounding) for mean in (b, a))
    one = recompute(PublishedRow("m", "min", before, after, {"figure": figure}))
    assert estimator in one.figures["figure"].compatible
    change = one.percent_change[estimator]
    assert change.low is not None
    assert change.high is not None
    assert change.low - 1e-9 <= truth <= change.high + 1e-9
    assert change.estimate is not None
    assert change.low <= change.estimate <= change.high


@given(b=means, a=means, digits=places)
def test_more_decimals_leave_less_room(b: float, a: float, digits: int) -> None:
    before, after = (printed(mean, digits, ROUND_HALF_UP) for mean in (b, a))
    coarse = recompute(PublishedRow("m", "min", before, after, {}))
    fine = recompute(PublishedRow("m", "min", before * Decimal("1.0"), after * Decimal("1.0"), {}))
    for name in FROM_MEANS:
        ends = [(one.percent_change[name].low, one.percent_change[name].high) for one in (coarse, fine)]
        (coarse_low, coarse_high), (fine_low, fine_high) = ends
        assert coarse_low is not None
        assert fine_low is not None
        assert fine_high is not None
        assert coarse_high is not None
        assert coarse_low < fine_low < fine_high < coarse_high


@given(b=means, a=means)
def test_swapping_before_and_after(b: float, a: float) -> None:
    forth, back = (recompute(row(f"{x:.2f}", f"{y:.2f}")).percent_change for x, y in ((b, a), (a, b)))
    ratio = forth["ratio_of_means"].estimate, back["ratio_of_means"].estimate
    assert ratio[0] is not None
    assert ratio[1] is not None
    assert 1 + ratio[0] == pytest.approx(1 / (1 + ratio[1]))
    for name in ("log_ratio_of_means", "change_relative_to_midpoint"):
        assert forth[name].estimate == pytest.approx(-(back[name].estimate or 0.0), abs=1e-12)
    assert math.isfinite(ratio[0])
