"""clinical-v1 changes no number, sign, comparator or unit, and writes one thing in one way."""

import csv
import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.text import NORMALIZERS, words
from scribeeval.text.number_words import VALUES
from scribeeval.text.synonyms import PHRASES, SPOKEN_NAMES, UNITS, UNITS_AFTER_NUMBER

HERE = Path(__file__).parent
clinical = NORMALIZERS["clinical-v1"]

with (HERE / "hazards.csv").open(encoding="utf-8", newline="") as table:
    HAZARDS = list(csv.DictReader(table))
SPOKEN = json.loads((HERE / "golden" / "spoken_numbers.json").read_text(encoding="utf-8"))

TABLES = {
    word for phrase in (*PHRASES, *SPOKEN_NAMES, *UNITS, *UNITS_AFTER_NUMBER) for word in phrase.split()
}
VOCABULARY = sorted(
    TABLES
    | VALUES.keys()
    | {
        "a",
        "and",
        "point",
        "half",
        "over",
        "to",
        "or",
        "in",
        "between",
        "every",
        "q",
        "hours",
        "l",
        "s",
        "type",
    }
    | {"b.i.d.", "p.o", "5", "80", "142", "5mg", ".5", "1,000", "7.5%", "q6", "µg", "<", "+", "-two", "x.two"}
)
separators = st.sampled_from([" ", " ", " ", "-", "/", ",", ", ", ". ", "\n", ""])
spoken = st.lists(st.tuples(st.sampled_from(VOCABULARY), separators), max_size=9).map(
    lambda pieces: "".join(map("".join, pieces))
)


@pytest.mark.parametrize("row", HAZARDS, ids=[f"{row['text']} ({row['kind']})" for row in HAZARDS])
def test_hazards(row: dict[str, str]) -> None:
    """tokens: the tokens of the text; equal, different: whether both texts have the same tokens."""
    assert row["says"], "a golden value names who says so"
    tokens = words(clinical(row["text"]))
    match row["kind"]:
        case "tokens":
            assert tokens == row["expected"].split(" ")
        case "equal":
            assert tokens == words(clinical(row["expected"]))
        case "different":
            assert tokens != words(clinical(row["expected"]))
        case kind:
            pytest.fail(f"no kind of row: {kind}")


def test_the_hazard_table_is_whole() -> None:
    assert len(HAZARDS) >= 120
    assert len({(row["kind"], row["text"], row["expected"]) for row in HAZARDS}) == len(HAZARDS)


@pytest.mark.parametrize("case", SPOKEN["cases"], ids=[case["digits"] for case in SPOKEN["cases"]])
def test_spoken_numbers_are_num2words(case: dict[str, str]) -> None:
    assert clinical(f"about {case['words']} then") == f"about {case['digits']} then"


@given(spoken | st.text(max_size=60))
def test_normalizing_twice_changes_nothing(text: str) -> None:
    once = clinical(text)
    assert clinical(once) == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize("name", ["raw", "aci-bench"])
@given(text=st.text(max_size=60))
def test_the_profiles_that_change_little_are_idempotent(name: str, text: str) -> None:
    once = NORMALIZERS[name](text)
    assert NORMALIZERS[name](once) == once


# What is written, and the numbers that must be left of it.
WRITTEN = {
    "5mg": ["5"],
    ".5 mL": ["0.5"],
    "-.5": ["-0.5"],
    "1,000": ["1000"],
    "12,345.6": ["12345.6"],
    "1.1": ["1.1"],
    "120/80": ["120/80"],
    "120 / 80": ["120/80"],
    "98%": ["98"],
    "-2": ["-2"],
    "7.50": ["7.50"],
    "0": ["0"],
    "007": ["007"],
    "１２": ["12"],
    "3 lbs": ["3"],
    "twenty-five": ["25"],
    "CO2": [],
    "L5-S1": [],
    "twice a day": [],
}
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:/\d+)?(?!\w)")


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(WRITTEN)), st.sampled_from([", ", "; ", ".\n", " and ", " (", ") "]))
    )
)
def test_no_number_is_lost_invented_or_merged(pieces: list[tuple[str, str]]) -> None:
    expected = [number for written, _ in pieces for number in WRITTEN[written]]
    assert NUMBER.findall(clinical("".join(map("".join, pieces)))) == expected


@given(st.text(alphabet="0123456789.,/-+<>=% mgkLx\n", max_size=40))
def test_digits_stay_in_their_order(text: str) -> None:
    with_zeros = re.sub(r"(?<![\w.])\.(?=\d)", "0.", text)
    assert re.findall(r"\d", clinical(text)) == re.findall(r"\d", with_zeros)


@given(
    st.decimals(0, 5000, places=2, allow_nan=False).map(str),
    st.sampled_from(sorted(UNITS) + sorted(set(UNITS.values()))),
    st.sampled_from(["", " "]),
)
def test_a_number_keeps_its_unit(number: str, unit: str, space: str) -> None:
    assert words(clinical(f"take {number}{space}{unit} now")) == [
        "take",
        number,
        UNITS.get(unit, unit),
        "now",
    ]


@pytest.mark.parametrize("text", ["5left", "5mgx", "10gait", "3litres2"])
def test_letters_that_only_open_like_a_unit_are_no_unit(text: str) -> None:
    assert clinical(f"took {text} now") == f"took {text} now"
