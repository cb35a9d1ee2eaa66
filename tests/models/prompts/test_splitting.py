"""Parts of a visit: each turn is in one, none is over the budget, neighbours share what they should."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.models.prompts.splitting import Fits, Turn, parts_of, split_long_turns, turns_of
from scribeeval.records import Segment, Speaker

LABELS = {"clinician": "Clinician", "patient": "Patient", "other": "Other"}
lengths = st.lists(st.integers(1, 20), min_size=1, max_size=40)


def budget(most: int) -> Fits:
    return lambda lines: sum(map(len, lines)) <= most


@given(lengths, st.integers(0, 4), st.integers(20, 120))
def test_parts(sizes: list[int], overlap: int, most: int) -> None:
    lines = ["x" * size for size in sizes]
    fits = budget(most)
    parts = parts_of(lines, overlap, fits)
    assert {i for part in parts for i in part} == set(range(len(lines)))
    assert all(fits([lines[i] for i in part]) for part in parts)
    assert (parts[0].start, parts[-1].stop) == (0, len(lines))
    for before, after in pairwise(parts):
        assert after.stop > before.stop  # something new
        shared = before.stop - after.start
        assert 0 <= shared <= overlap
        full = range(max(0, before.stop - overlap), before.stop + 1)
        if shared < min(overlap, before.stop):  # only where a new line has no room beside the full overlap
            assert not fits([lines[i] for i in full])
    assert parts_of(lines, overlap, fits) == parts


@given(lengths, st.integers(20, 120))
def test_as_few_parts_as_can_be_without_overlap(sizes: list[int], most: int) -> None:
    lines = ["x" * size for size in sizes]
    n_greedy, room = 0, 0
    for size in sizes:
        if size > room:
            n_greedy, room = n_greedy + 1, most
        room -= size
    assert len(parts_of(lines, 0, budget(most))) == n_greedy


def test_parts_are_of_similar_length() -> None:
    parts = parts_of(["x" * 10] * 21, 0, budget(100))
    assert [len(part) for part in parts] == [7, 7, 7]  # not 10, 10, 1


def test_what_fits_is_one_part_and_nothing_is_none() -> None:
    assert parts_of(["a", "b"], 2, budget(100)) == (range(2),)
    assert parts_of([], 2, budget(100)) == ()


def test_fewer_tokens_for_more_text_do_not_break_it() -> None:
    """A tokenizer need not count monotonically; every part that is taken was asked."""

    def fits(lines: Sequence[str]) -> bool:
        return len(lines) <= 3 or len(lines) == 5

    parts = parts_of(["x"] * 17, 1, fits)
    assert all(fits(["x"] * len(part)) for part in parts)
    assert {i for part in parts for i in part} == set(range(17))


def said(speaker: Speaker | None, text: str) -> Segment:
    return Segment(None, None, speaker, text)


def test_turns_join_what_a_speaker_says_in_a_row() -> None:
    segments = [
        said("clinician", "How are you? "),
        said("clinician", "Any\npain?"),
        said("patient", "  "),
        said("patient", "No.  None."),
        said("other", "She had some."),
        said(None, "first line\n\nsecond line"),
    ]
    assert [turn.line for turn in turns_of(segments, LABELS)] == [
        "Clinician: How are you? Any pain?",
        "Patient: No. None.",
        "Other: She had some.",
        "first line",
        "second line",
    ]


def test_turns_of_silence() -> None:
    assert turns_of([said("patient", " \n"), said(None, "")], LABELS) == ()
    assert turns_of([], LABELS) == ()


def test_a_long_turn_is_split_at_its_sentences_and_keeps_its_label() -> None:
    turn = Turn("Patient", ("It hurts.", "A lot.", "Since May."))
    short = Turn("", ("Yes.",))
    pieces = split_long_turns([turn, short], budget(len("Patient: It hurts. A lot.")))
    assert pieces is not None
    assert [piece.line for piece in pieces] == ["Patient: It hurts. A lot.", "Patient: Since May.", "Yes."]
    assert split_long_turns([turn], budget(1000)) == (turn,)
    words = split_long_turns([turn], budget(len("Patient: A lot.")))
    assert words is not None
    assert [piece.line for piece in words] == [
        "Patient: It",
        "Patient: hurts.",
        "Patient: A lot.",
        "Patient: Since",
        "Patient: May.",
    ]
    assert split_long_turns([turn], budget(len("Patient: hurt"))) is None


@given(st.lists(st.text("ab .?!", max_size=30), max_size=6), st.sampled_from(["patient", None]))
def test_splitting_keeps_every_word_in_its_order(texts: list[str], speaker: Speaker | None) -> None:
    turns = turns_of([said(speaker, text) for text in texts], LABELS)
    words = " ".join(texts).split()
    assert " ".join(s for turn in turns for s in turn.sentences).split() == words
    pieces = split_long_turns(turns, budget(40))
    if pieces is not None:
        assert " ".join(s for piece in pieces for s in piece.sentences).split() == words
        assert all(len(piece.line) <= 40 for piece in pieces)


@pytest.mark.parametrize("text", ["왼쪽 무릎이 아파요. 두 달 됐어요.", "무릎이 아파요? 네。 아파요。 "])
def test_korean_sentences(text: str) -> None:
    (turn,) = turns_of([said("patient", text)], LABELS)
    assert len(turn.sentences) >= 2
