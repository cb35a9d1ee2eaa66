"""Words that the recording cannot hold, against speech that is said to be where the test says."""

import pytest

from scribeeval.models.engines import Phrase
from scribeeval.models.guards import Guarded, guard, key, phantom_phrases, transcribed_s
from scribeeval.models.loops import Loop, find_loops
from scribeeval.models.voice import Span

SPEECH = (Span(0.0, 10.0),)


def texts(found: Guarded) -> list[str]:
    return [phrase.text for phrase in found.phrases]


def test_ordinary_speech_is_untouched() -> None:
    said = [
        Phrase(0.0, 3.0, "Take 2.5 mg, no no no, not 5 mg, e.g. at night."),
        Phrase(3.2, 5.0, "Thank you. Thank you so much, Dr. Lee!"),
        Phrase(5.5, 6.0, "Thank you."),
        Phrase(6.0, 9.0, "네, 감사합니다. 하루 두 번 드세요."),
    ]
    assert guard(said, SPEECH) == Guarded(tuple(said))


def test_words_over_silence_are_removed_and_counted() -> None:
    found = guard([Phrase(1.0, 2.0, "any pain"), Phrase(15.0, 17.0, "I saw the boat")], SPEECH)
    assert texts(found) == ["any pain"]
    assert found.invented == {"over_silence": 4}


def test_a_phrase_that_touches_speech_stays() -> None:
    assert guard([Phrase(9.9, 12.0, "and then")], SPEECH).invented == {}
    assert guard([Phrase(10.2, 12.0, "and then")], SPEECH).invented == {}, "word times are rough"


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for watching!",
        "thanks for watching",
        "Please subscribe to my channel.",
        "시청해 주셔서 감사합니다.",
        "시청해주셔서 감사합니다!",
        "구독과 좋아요 부탁드립니다",
        "MBC 뉴스 이덕영입니다.",
    ],
)
def test_phantom_phrases_go_even_over_sound(text: str) -> None:
    found = guard([Phrase(1.0, 3.0, text)], SPEECH)
    assert texts(found) == []
    assert list(found.invented) == ["phantom"]


def test_a_phantom_sentence_goes_and_its_neighbours_stay() -> None:
    found = guard([Phrase(0.0, 4.0, "Take it with food. Thanks for watching! See you in May.")], SPEECH)
    assert texts(found) == ["Take it with food. See you in May."]
    assert found.invented == {"phantom": 3}


def test_what_is_said_in_visits_is_no_phantom() -> None:
    for text in ("Thank you for watching her so closely.", "I was watching.", "봐 주셔서 감사합니다."):
        assert texts(guard([Phrase(1.0, 3.0, text)], SPEECH)) == [text]


def test_everyday_phantoms_go_only_where_most_of_them_is_over_no_speech() -> None:
    assert texts(guard([Phrase(9.0, 10.0, "Thank you.")], SPEECH)) == ["Thank you."]
    gone = guard([Phrase(9.8, 12.0, "Thank you.")], SPEECH)
    assert (texts(gone), gone.invented) == ([], {"phantom": 2})
    assert texts(guard([Phrase(9.8, 12.0, "Thanks doctor.")], SPEECH)) == ["Thanks doctor."]


@pytest.mark.parametrize("text", ["[Music]", "(upbeat music)", "♪♪♪", "*coughs*", "..."])
def test_named_sounds_are_no_words(text: str) -> None:
    assert guard([Phrase(1.0, 3.0, text)], SPEECH) == Guarded(())


def test_a_sure_loop_is_cut_to_once() -> None:
    found = guard([Phrase(0.0, 10.0, "Okay. " + "I see what you mean. " * 30)], SPEECH)
    assert texts(found) == ["Okay. I see what you mean."]
    assert found.invented == {"loop": 145}
    assert found.phrases[0].end_s < 2, "else the loop would count as speech with words"


def test_a_loop_over_several_phrases_is_one() -> None:
    said = [Phrase(float(i), i + 0.8, "Let's go.") for i in range(10)]
    found = guard([*said, Phrase(9.85, 10.0, "Bye now.")], SPEECH)
    assert texts(found) == ["Let's go.", "Bye now."]
    assert found.invented == {"loop": 18}


def test_a_loop_keeps_what_follows_it() -> None:
    found = guard([Phrase(0.0, 9.0, "so " + "the pain, " * 9 + "the left knee")], SPEECH)
    assert texts(found) == ["so the pain, the left knee"]


def test_repetition_that_may_be_said_stays_in_doubt() -> None:
    text = "I don't know, I don't know, I don't know, I don't know."
    slow = guard([Phrase(0.0, 6.0, text)], SPEECH)
    assert (texts(slow), slow.invented, slow.doubtful) == ([text], {}, 9)
    fast = guard([Phrase(0.0, 1.0, text)], SPEECH)
    assert (texts(fast), fast.invented, fast.doubtful) == (["I don't know."], {"loop": 9}, 0)


def test_korean_loops() -> None:
    found = guard([Phrase(0.0, 10.0, "배가 아파요 " * 10)], SPEECH)
    assert (texts(found), found.invented) == (["배가 아파요"], {"loop": 18})


def test_impossible_rates_are_counted_beyond_the_fastest_and_kept() -> None:
    words = " ".join(f"word{i}" for i in range(40))
    found = guard([Phrase(0.0, 2.0, words)], (Span(0.0, 2.0),))
    assert texts(found) == [words]
    assert found.invented == {"rate": 24}, "40 words in 2 s, of which 16 are possible"
    assert found.doubtful == 16
    assert guard([Phrase(0.0, 6.0, words)], (Span(0.0, 6.0),)).invented == {}
    assert guard([Phrase(0.0, 0.2, "yes no yes no")], (Span(0.0, 0.3),)).invented == {}, "too short to tell"


def test_korean_rates_are_of_syllables() -> None:
    text = "오늘은 혈압이 조금 높게 나왔으니 약을 하루에 한 번 아침에 드시고 다음 달에 다시 오세요"
    assert guard([Phrase(0.0, 5.0, text)], (Span(0.0, 5.0),)).invented == {}
    assert guard([Phrase(0.0, 1.5, text)], (Span(0.0, 1.5),)).invented["rate"] > 0


def test_coverage_counts_speech_under_words() -> None:
    assert transcribed_s([Phrase(0.3, 4.7, "a")], SPEECH) == pytest.approx(5.0)
    assert transcribed_s([Phrase(0.3, 4.7, "a"), Phrase(2.0, 3.0, "b")], SPEECH) == pytest.approx(5.0)
    assert transcribed_s([], SPEECH) == 0


def test_the_table_is_compared_as_it_is_read() -> None:
    table = phantom_phrases()
    assert set(table.values()) == {"never", "everyday"}
    assert key("Thanks, for watching!") in table
    assert key("시청해  주셔서 감사합니다") in table


def test_loops_of_words() -> None:
    assert find_loops(["a", "b", "a", "b", "a", "b", "a", "b", "c"]) == [Loop(0, 8, 2, sure=False)]
    assert find_loops(["no"] * 7) == []
    assert find_loops(["no"] * 12) == [Loop(0, 12, 1, sure=True)]
    assert find_loops(["one", "two", "three", "one", "two", "three", "one", "two"]) == []
    sentence = ["the", "quick", "brown", "fox", "jumps", "over", "the", "dog"]
    assert find_loops([*sentence * 4, "end"]) == [Loop(0, 32, 8, sure=True)]
    assert find_loops([]) == []
