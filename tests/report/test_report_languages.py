"""Both languages say the same, in words of the field; numbers are rounded once and signed right."""

import re
import string
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.metrics import METRICS
from scribeeval.metrics.floors import FLOORS
from scribeeval.records import FINDING_KINDS, PHASES
from scribeeval.report.languages import load, number, scale
from scribeeval.report.note_sections import order
from scribeeval.stages.draft_use import USES
from scribeeval.stats.measures import MEASURES
from scribeeval.stats.paired import TESTS
from scribeeval.stats.paired_estimates import PERCENT_CHANGES
from scribeeval.stats.reasons import INTERVAL_METHODS, TEST_METHODS, WHY

EN, KO = load("en"), load("ko")
NAMES_IN_KOREAN = (  # names, codes and file names; everything else is Korean
    r"scribeeval|score|study|hypothesis|reference|signature|rank-biserial|findings\.jsonl|EHR|AI|"
    r"compare|judge|RUN|judgement\.json|ICC|A|Krippendorff|PFI|RVU|ROUGE-.+|BERTScore|F1|MER|WIL|cpWER|sWER|Holm|BCa|Hodges-Lehmann|Benjamini-Hochberg|Fieller|Hedges|Wilson|Walsh|g|J|"
    r"alpha|vendor|extractive|exp|log|d_z|N|n|F|t|p"
)


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_both_languages_have_the_same_keys() -> None:
    assert EN.strings.keys() == KO.strings.keys()


def test_both_languages_fill_in_the_same_values() -> None:
    assert [k for k in EN.strings if placeholders(EN.strings[k]) != placeholders(KO.strings[k])] == []


def test_korean_is_korean() -> None:
    for key, text in KO.strings.items():
        words = re.findall(r"[A-Za-z][A-Za-z0-9_.-]*", re.sub(r"\{\w+\}", "", text))
        assert [word for word in words if not re.fullmatch(NAMES_IN_KOREAN, word)] == [], key


def test_words_of_the_field() -> None:
    banned = r"significan|baseline|accuracy|improvement|gold|유의한|유의하"
    every = [(say.code, *item) for say in (EN, KO) for item in say.strings.items()]
    assert [one for one in every if re.search(banned, one[2], re.IGNORECASE)] == []


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("finding", FINDING_KINDS),
        ("metric", METRICS),
        ("definition", METRICS),
        ("unit_short", {metric.unit for metric in METRICS.values()}),
        ("note", order()),
        ("use", USES),
        ("floor", FLOORS),
        ("phase", PHASES),
        ("measure", MEASURES),
        ("unit_short", {measure.unit for measure in MEASURES.values()}),
        ("unit_per", {measure.unit for measure in MEASURES.values()}),
        ("why", WHY),
        ("interval_method", {*INTERVAL_METHODS} - {"wilson"}),  # named in the caption of its only table
        ("test_method", TEST_METHODS),
        ("test", TESTS),
        ("estimator", ("difference", "hodges_lehmann", *PERCENT_CHANGES)),
    ],
)
def test_what_the_package_names_has_words(table: str, names: list[str]) -> None:
    assert {f"{table}.{name}" for name in names} <= EN.strings.keys()


@pytest.mark.parametrize(
    ("value", "digits", "signed", "text"),  # by hand
    [
        (-0.04, 1, True, "0.0"),
        (0.04, 1, True, "0.0"),
        (-2.1, 1, False, "−2.1"),
        (2.1, 1, True, "+2.1"),
        (202637.5, 1, False, "202,637.5"),
        (-1234567.0, 0, True, "−1,234,567"),
    ],
)
def test_number(value: float, digits: int, signed: bool, text: str) -> None:
    assert number(value, digits, signed=signed) == text


@given(
    st.floats(min_value=-1e12, max_value=1e12),
    st.integers(min_value=0, max_value=3),
    st.booleans(),
)
def test_number_reads_back_to_within_half_a_digit(value: float, digits: int, signed: bool) -> None:
    text = number(value, digits, signed=signed)
    read = Decimal(text.replace(",", "").replace("−", "-"))
    assert abs(read - Decimal(value)) <= Decimal("0.5000001") * Decimal(10) ** -digits
    assert text.startswith("−") == (read < 0)
    assert text.startswith("+") == (signed and read > 0)


@pytest.mark.parametrize(
    ("p", "text"),  # by hand
    [(0.0, "< 0.001"), (0.00099, "< 0.001"), (0.001, "0.001"), (0.0496, "0.050"), (0.9999, "> 0.999")],
)
def test_p_value_is_never_0_or_1(p: float, text: str) -> None:
    assert EN.p_value(p).replace("\u00a0", " ") == text


def test_share_is_percent_and_its_difference_percentage_points() -> None:
    for say, value, change in (
        (EN, "66.2 %", "+6.2 percentage points"),
        (KO, "66.2%", "+6.2%p"),
    ):
        shown = scale(say, "share of appointments", [0.662], share=True)
        assert shown.value(0.662).replace("\u00a0", " ") == value
        assert shown.change(0.062, unit=False).replace("\u00a0", " ") == change


def test_one_row_has_one_precision() -> None:
    shown = scale(EN, "characters per note", [4201.0, 5066.0], share=False)
    assert shown.value(4201.0) == "4,201"
    assert shown.change(865.4, unit=False) == "+865"
    assert shown.interval(0.4, -0.4) == "0\u00a0to\u00a00"
