"""A visit's segments as the extractive drafter reads them: sentences, who says each, what answers what.

Speech recognised without punctuation is split where a new thought begins ("okay", "so", "and i").  Where
nobody is known to speak, the wording tells: who asks or says "you" is the clinician, who says "I" is not.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from scribeeval.models.drafters.extract.cues import cues
from scribeeval.models.drafters.extract.wording import clean, without_end
from scribeeval.models.roles import look_swapped
from scribeeval.records import Segment, Speaker
from scribeeval.terms import Mention, find_terms
from scribeeval.terms.clauses import clause_starts
from scribeeval.terms.dialogue import find_questions, find_turns
from scribeeval.terms.triggers import fold

RUN_ON = 18  # words between marks, from which speech is run together
SHORT = 4  # words; fewer are no thought of their own
_END = re.compile(
    r"(?:(?<!\.\.)[.?!。]|\.\.\.(?=\s+[A-Z]))[\"'”’)]*\s+"
    r"(?<!\bdr\. )(?<!\bmr\. )(?<!\bms\. )(?<!\bmrs\. )(?<!\bst\. )",
    re.IGNORECASE,
)
_THOUGHT = re.compile(
    r"\s+(?=(?:okay|alright|all right|hey dragon)\b"
    r"|(?:and|so|but|or)\s+(?:then|so|let|essentially|basically|i|i'm|i've|you|you're|your|he|she|we|they|it|it's"
    r"|there|there's|do|are|have|is|what|how|also|on your|for your|my)\b"
    r"|(?:do|are|have|did|can) you\b|what (?:about|kind)\b|how (?:about|long|often|are|is)\b"
    r"|(?<!if )(?<!when )(?<!that )(?<!think )(?:(?:i'm|we're) (?:going|also|just)\b"
    r"|(?:i|we) (?:want|reviewed|will)\b|we'll\b|let's\b|your\s+\w+\s+(?:is|are|look)|there's|there is))",
    re.IGNORECASE,
)
_MARK = re.compile(r"(?<=[,;:.])\s+")
_LED_IN = r"(?:(?:and|so|okay|alright|well|but|or|um|now|then),? )*"
_ASKS = re.compile(
    _LED_IN + r"(?:(?:do|does|did|have|has|had|are|is|was|were|can|could|would|will|any)"
    r" (?:you|he|she|it|they|there|your|that|this|the|any|anyone|anybody|other)\b"
    r"|how\b|what(?:'s)?\b|when\b|where\b|which\b|why\b|who\b|any\b|tell me\b|remind me\b)",
    re.IGNORECASE,
)
_ASKED = re.compile(  # even where the transcript has the wrong speaker
    _LED_IN + r"(?:(?:do|did|have|are|were|can) you\b|any\b|is there any\b|how about\b|what about\b)",
    re.IGNORECASE,
)
_REQUEST = re.compile(_LED_IN + r"(?:tell me|remind me)\b", re.IGNORECASE)
_KOREAN_ASKS = re.compile(r"(?:나요|까요|습니까|으세요|신가요|는지요)$")
_YOU = re.compile(r"\b(?:you|your|you're|let's|we'll|mrs?|ms)\b|\?$|하세요|드릴게요|으세요", re.IGNORECASE)
_I = re.compile(r"\b(?:i|i'm|i've|my|me)\b|(?:^|\s)(?:제가?|저는|내가)\s|아파요|있어요|없어요", re.IGNORECASE)


_ROLES: tuple[Speaker, Speaker] = ("patient", "clinician")
_SEAM = (" ", "\n")  # between segments of a known speaker, and of nobody known: who speaks may change


class Piece(NamedTuple):
    """A sentence, who says it, and in which turn."""

    text: str
    speaker: Speaker
    turn: int


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a visit, in its order.

    text: without fillers and slips.  guest: by somebody with the patient.  turn: its number.  mentions: its
    terms, with their assertion as the answers leave it.  answer: of a question yes, insists, no, unsure or
    open; None where it is none.
    """

    text: str
    clinician: bool
    guest: bool
    turn: int
    mentions: tuple[Mention, ...]
    answer: str | None


def read_visit(segments: Sequence[Segment]) -> tuple[Said, ...]:
    """List the sentences of a visit, in its order; () where nobody says a word."""
    given = _swapped(segments) if look_swapped(segments, "en") else segments
    only_clinician = cues()["roles"]["clinician"]
    pieces = [
        Piece(piece, "clinician" if only_clinician.search(piece.lower()) else who, turn)
        for turn, (who, text) in enumerate(_turns(given))
        for piece in _sentences(text, who == "clinician")
    ]
    return tuple(_read(pieces))


def _swapped(segments: Sequence[Segment]) -> list[Segment]:
    """Give each of the two what the transcript, by its wording, has under the other's name."""
    other: dict[Speaker | None, Speaker | None] = {"clinician": "patient", "patient": "clinician"}
    return [replace(segment, speaker=other.get(segment.speaker, segment.speaker)) for segment in segments]


def _turns(segments: Sequence[Segment]) -> Iterator[tuple[Speaker, str]]:
    """Join what one speaker says in a row."""
    speaker: Speaker | None = None
    texts: list[str] = []
    for segment in segments:
        if texts and segment.speaker != speaker:
            yield from _told(speaker, _SEAM[speaker is None].join(texts))
            texts = []
        speaker = segment.speaker
        texts.append(segment.text)
    yield from _told(speaker, _SEAM[speaker is None].join(texts))


def _told(speaker: Speaker | None, text: str) -> Iterator[tuple[Speaker, str]]:
    """Give a turn its role; where nobody is known to speak, sentence by sentence."""
    if speaker is not None:
        yield speaker, clean(text)
        return
    if tagged := find_turns(fold(text)):
        for turn in tagged:
            yield _ROLES[turn.clinician], clean(text[turn.start : turn.end])
        return
    clinician = asks = False
    for sentence in (one for line in text.splitlines() for one in _split(clean(line))):
        you, i = len(_YOU.findall(sentence)), len(_I.findall(sentence))
        clinician = you > i or (you == i and clinician and not asks)
        asks = sentence.endswith("?")
        yield _ROLES[clinician], sentence


def _split(text: str) -> list[str]:
    at, found = 0, []
    for match in _END.finditer(text):
        found.append(text[at : match.end()].strip())
        at = match.end()
    return [piece for piece in [*found, text[at:].strip()] if any(c.isalnum() for c in piece)]


def _sentences(text: str, clinician: bool) -> Iterator[str]:
    for sentence in _split(text):
        if max(len(part.split()) for part in _MARK.split(sentence)) < RUN_ON:
            yield _closed(sentence, clinician)
            continue
        for part in _thoughts(sentence):
            yield _closed(part, clinician)


def _thoughts(sentence: str) -> Iterator[str]:
    """Split speech run together where a new thought begins; a short piece stays with the last."""
    held = ""
    for part in _THOUGHT.split(sentence):
        if held and len(part.split()) >= SHORT and len(held.split()) >= SHORT:
            yield held
            held = part
        else:
            held = f"{held} {part}".strip()
    if held:
        yield held


def _closed(piece: str, clinician: bool) -> str:
    """End a sentence with its mark; speech without marks gets one, so that questions are told apart."""
    piece = without_end(piece)
    if piece[-1:] in ".?!。":
        return piece
    asks = (
        _ASKED.match(piece)
        or "any other symptoms" in piece
        or (clinician and (_ASKS.match(piece) or _KOREAN_ASKS.search(piece)))
    )
    return piece + ("?" if asks else ".")


def _read(pieces: Sequence[Piece]) -> Iterator[Said]:
    """Find terms and questions in a copy with tags, and give each sentence its own."""
    lines: list[str] = []
    starts: list[int] = []
    length, last = 0, ("", -1)
    for piece, speaker, turn in pieces:
        name = "doctor" if speaker == "clinician" else "patient"
        tag = "" if (name, turn) == last else f"\n{name}:" if lines else f"{name}:"
        lines.append(f"{tag} {piece}")
        starts.append(length + len(tag) + 1)
        length += len(lines[-1])
        last = (name, turn)
    text = "".join(lines)
    mentions: list[list[Mention]] = [[] for _ in pieces]
    for mention in find_terms(text):
        at = bisect_right(starts, mention.start) - 1
        if at >= 0 and mention.end <= starts[at] + len(pieces[at].text):
            mentions[at].append(mention)
    answers = _answers(text, starts)
    for at, (piece, speaker, turn) in enumerate(pieces):
        clinician = speaker == "clinician"
        asks = piece.endswith("?") or (clinician and _REQUEST.match(piece))
        answer = answers.get(at, "open" if asks else None)
        yield Said(piece, clinician, speaker == "other", turn, tuple(mentions[at]), answer)


def _answers(text: str, starts: Sequence[int]) -> dict[int, str]:
    folded = fold(text)
    turns = find_turns(folded)
    if not turns:
        return {}
    clauses = sorted({*clause_starts(text, folded), *(t.tag for t in turns), *(t.start for t in turns)})
    questions = find_questions(folded, turns, clauses)
    return {bisect_right(starts, q.end - 1) - 1: q.answer for q in questions}
