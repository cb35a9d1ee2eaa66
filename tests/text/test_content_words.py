"""Content words, numbers and dates with their places; blocks from the chart."""

import itertools

import pytest

from scribeeval.terms.glosses import glosses
from scribeeval.text.content_words import content_words
from scribeeval.text.sections import chart_blocks


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("He takes twelve and a half milligrams", ["12.5", "milligram"]),
        ("a thousand units, 1,000 units", ["1000", "unit", "1000", "unit"]),
        ("since nineteen sixty eight", ["1968"]),
        ("one twenty two over eighty", ["122", "80"]),
        ("seen on 06/19/07 and January tenth", ["seen", "june", "19", "2007", "januari", "10"]),
        ("an E K G and vitamin B12", ["ekg", "vitamin", "b12"]),
        ("non-smoker, nonsmoker", ["nonsmok", "nonsmok"]),
        ("여섯 시간마다, 두 번", ["6", "시간", "2"]),
        ("배는 부드럽고 열이 나요", ["배", "부드", "열", "나요"]),
        ("It is what it is.", []),
    ],
)
def test_keys(text: str, keys: list[str]) -> None:
    assert [word.key for word in content_words(text)] == keys


def test_places_are_exact_and_in_order() -> None:
    text = "Fever of 38.2 since 06/19/07; thirty-five years of roofing, 여섯 시간 (D O E)."
    words = content_words(text)
    assert all(0 <= w.start < w.end <= len(text) for w in words)
    assert all(one.end <= other.start for one, other in itertools.pairwise(words))
    assert [text[w.start : w.end] for w in words if w.number] == ["38.2", "19", "07", "thirty-five", "여섯"]


def test_a_lone_and_between_number_words_is_none() -> None:
    assert [w.key for w in content_words("five and six") if w.number] == ["5", "6"]


def test_words_of_every_note_are_light() -> None:
    assert [word.light for word in content_words("Patient reports fever")] == [True, True, False]


@pytest.mark.parametrize(
    ("note", "blocks"),
    [
        ("A.\n--- Auto-populated from chart ---\nB.\n--- End auto-populated ---\nC.", [(3, 66)]),
        ("== Imported problem list ==\nB.\n\nC.", [(0, 30)]),
        ("--- Imported ---\nB.", [(0, 19)]),
        ("- Imported cheese\n--- Plan ---\nC.", []),
    ],
)
def test_blocks_of_the_chart(note: str, blocks: list[tuple[int, int]]) -> None:
    found = chart_blocks(note)
    assert found == blocks
    assert not any("C." in note[start:end] for start, end in found)


def test_a_gloss_leads_from_the_note_to_the_talk() -> None:
    assert frozenset({"ear", "leak"}) in glosses()["otorrhea"]
    assert frozenset({"neck", "vein"}) in glosses()["jvd"]
    assert all(words for sets in glosses().values() for words in sets)
