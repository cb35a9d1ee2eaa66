"""Words that the recording cannot hold: what a recogniser invents where nobody spoke.

What is surely invented is removed and counted; what may have been said is kept, flagged and counted
apart.  Per channel, in this order:

* a bracketed sound ("[Music]") is removed; it is no word and is not counted;
* a known phantom phrase is removed: one that nobody says in a visit ("thank you for watching")
  wherever it is a whole sentence, an everyday one ("thank you") where most of it is over no speech;
* words over no detected speech at all are removed;
* a phrase said again and again is cut to once, where nobody says a thing so often or the speech is
  too short for it; else it is kept and doubtful;
* more words than anybody can say in the speech under them are kept and doubtful; those beyond the
  fastest rate are counted as invented.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources

from scribeeval.models.engines.base import Phrase
from scribeeval.models.loops import Loop, find_loops
from scribeeval.models.voice import Span, overlap_s, seconds, union

OVER_SILENCE = "over_silence"
LOOP = "loop"
RATE = "rate"
PHANTOM = "phantom"
KINDS = (OVER_SILENCE, LOOP, PHANTOM, RATE)

SLACK_S = 0.3  # engines' word times are that rough
UNHEARD_S = 0.1  # speech under a phrase that is none
MOSTLY = 0.5  # share of an everyday phrase that must be over speech
WORDS_PER_S = 8.0  # the fastest talkers reach 7 in a burst
SYLLABLES_PER_S = 14.0  # of Korean, whose words are long; fast talkers reach 10
SUSTAINED = 12  # words; a short phrase's times are too rough for a rate
LOOP_WORDS_PER_S = 6.0  # a repetition that is faster was not spoken

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_HANGUL = re.compile(r"[가-힣]")
_SOUND = re.compile(r"\s*(?:[\[(*♪♫][^\])]*[\])*♪♫]|[♪♫\W_]+)[\s.]*")
_SENTENCE = re.compile(r".+?(?:[.!?。！？]+(?=\s|$)|$)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Guarded:
    """What is left of one channel.  invented: words by kind (KINDS); doubtful: words kept in doubt."""

    phrases: tuple[Phrase, ...]
    invented: Mapping[str, int] = field(default_factory=dict)
    doubtful: int = 0


def guard(phrases: Iterable[Phrase], speech: Sequence[Span]) -> Guarded:
    """Take out of one channel's phrases what the recording cannot hold.

    speech: where somebody speaks in the channel.
    """
    invented = dict.fromkeys(KINDS, 0)
    kept: list[Phrase] = []
    for phrase in phrases:
        text = _without_phantoms(phrase, speech) if not _SOUND.fullmatch(phrase.text) else ""
        invented[PHANTOM] += 0 if _SOUND.fullmatch(phrase.text) else _count(phrase.text) - _count(text)
        if not text:
            continue
        if _heard_s(phrase, speech) < UNHEARD_S:
            invented[OVER_SILENCE] += _count(text)
            continue
        kept.append(replace(phrase, text=text))
    kept, looped, doubtful = _without_loops(kept, speech)
    invented[LOOP] += looped
    for phrase in kept:
        excess = _beyond_rate(phrase, speech)
        invented[RATE] += excess
        doubtful += _count(phrase.text) - excess if excess else 0
    return Guarded(tuple(kept), {kind: n for kind, n in invented.items() if n}, doubtful)


def transcribed_s(phrases: Iterable[Phrase], speech: Sequence[Span]) -> float:
    """Give the seconds of a channel's speech that lie under its phrases."""
    covered = union(Span(p.start_s - SLACK_S, p.end_s + SLACK_S) for p in phrases)
    return sum(overlap_s(covered, *span) for span in speech)


@cache
def phantom_phrases() -> Mapping[str, str]:
    """Read the packaged table: phrase as compared -> "never" or "everyday"."""
    table = resources.files("scribeeval.models") / "data" / "phantom_phrases.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return {key(row["phrase"]): row["kind"] for row in rows}


def key(text: str) -> str:
    """Reduce a phrase to what is compared: letters in lower case; Korean spacing is no difference.

    >>> key("Thanks for watching!"), key("시청해주셔서 감사합니다.")
    ('thanks for watching', '시청해주셔서감사합니다')
    """
    words = " ".join(word.casefold().replace("’", "'") for word in _WORD.findall(text))
    return words.replace(" ", "") if _HANGUL.search(words) else words


def _count(text: str) -> int:
    return len(_WORD.findall(text))


def _heard_s(phrase: Phrase, speech: Sequence[Span]) -> float:
    return overlap_s(speech, phrase.start_s - SLACK_S, phrase.end_s + SLACK_S)


def _without_phantoms(phrase: Phrase, speech: Sequence[Span]) -> str:
    """The phrase's text without phantom sentences."""
    known = phantom_phrases()
    if known.get(key(phrase.text)) == "everyday":
        length_s = max(phrase.end_s - phrase.start_s, 2 * UNHEARD_S)
        heard = overlap_s(speech, phrase.start_s, phrase.end_s) >= MOSTLY * length_s
        return phrase.text if heard else ""
    if known.get(key(phrase.text)) == "never":
        return ""
    sentences = _SENTENCE.findall(phrase.text)
    if not any(known.get(key(sentence)) == "never" for sentence in sentences):
        return phrase.text
    return "".join(s for s in sentences if known.get(key(s)) != "never").strip()


def _without_loops(phrases: list[Phrase], speech: Sequence[Span]) -> tuple[list[Phrase], int, int]:
    """Phrases with each sure loop cut to its first round; the words removed, the words in doubt."""
    words = [(index, match) for index, phrase in enumerate(phrases) for match in _WORD.finditer(phrase.text)]
    texts = [phrase.text for phrase in phrases]
    ends = [phrase.end_s for phrase in phrases]
    removed = doubtful = 0
    for loop in find_loops([match[0].casefold() for _, match in words]):
        inside = words[loop.start : loop.end]
        if not (loop.sure or _too_fast(loop, {index for index, _ in inside}, phrases, speech)):
            doubtful += loop.again
            continue
        removed += loop.again
        for index in {index for index, _ in inside}:
            cut = [match for i, match in inside[loop.period :] if i == index]
            if cut:
                phrase = phrases[index]
                offset = len(texts[index]) - len(phrase.text)  # what an earlier cut took away
                begin, end = cut[0].start() + offset, cut[-1].end() + offset
                tail = texts[index][end:]
                if not _WORD.search(tail):  # the end of the words kept, by their share
                    share = begin / max(len(texts[index]), 1)
                    ends[index] = phrase.start_s + (phrase.end_s - phrase.start_s) * share
                texts[index] = _joined(texts[index][:begin], tail)
    kept = [
        replace(phrase, text=text, end_s=round(end, 2))
        for phrase, text, end in zip(phrases, texts, ends, strict=True)
        if _WORD.search(text)
    ]
    return kept, removed, doubtful


def _joined(head: str, tail: str) -> str:
    """What stood around a cut, without the marks that the cut left behind."""
    head = head.rstrip(" ,-")
    if head.endswith((".", "!", "?")):
        tail = tail.lstrip(".,!?- ")
    return f"{head} {tail}".strip() if _WORD.match(tail) else (head + tail).strip()


def _too_fast(loop: Loop, indices: set[int], phrases: Sequence[Phrase], speech: Sequence[Span]) -> bool:
    """Tell whether the speech under a loop's phrases is too short for the words in them."""
    said = sum(_count(phrases[index].text) for index in indices)
    covered = union(Span(phrases[i].start_s, phrases[i].end_s) for i in indices)
    heard_s = seconds(Span(0, overlap_s(speech, *span)) for span in covered)
    return loop.again >= SUSTAINED / 2 and said > LOOP_WORDS_PER_S * max(heard_s, UNHEARD_S)


def _beyond_rate(phrase: Phrase, speech: Sequence[Span]) -> int:
    """Words of a phrase that its speech is too short for; 0 where the rate is possible."""
    words = _count(phrase.text)
    heard_s = _heard_s(phrase, speech)
    syllables = len(_HANGUL.findall(phrase.text))
    if words < SUSTAINED and syllables < 2 * SUSTAINED:
        return 0
    possible = heard_s * WORDS_PER_S
    if syllables > len(phrase.text) / 2:
        possible = min(possible, words * heard_s * SYLLABLES_PER_S / syllables)
    return max(0, words - int(possible)) if words > possible else 0
