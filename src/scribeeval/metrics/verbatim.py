"""Verbatim: how much of the note's chief complaint stands in the patient's own words in the transcript.

    verbatim = words of the complaint inside runs of at least 3 words that the patient said / its words

Compared as clinical-v1 writes them, without quotation marks, brackets ("(mother)") and hesitations.  Where
the complaint holds a quotation, the quotation is judged.  A complaint of fewer than 3 words is one run.
Korean is compared by syllables, in runs of at least 5, because its spaces vary.  Where the transcript names
the speakers, the clinician's turns do not count.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.records import Evidence, Finding, Pair
from scribeeval.terms import find_terms
from scribeeval.terms.dialogue import find_turns
from scribeeval.terms.keys import split_words
from scribeeval.text import NORMALIZERS, split_sections, words

NORMALIZER = "clinical-v1"
RUN = 3  # words; two stand together by chance
SYLLABLES = 5
PARAPHRASED = 0.5  # below this share it is another wording
_QUOTED = re.compile(r"[\"“]([^\"“”]+)[\"”]")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_HESITATION = frozenset(("um", "uh", "umm", "uhm", "er", "hmm", "mm", "mm-hmm", "음", "어"))
_LETTERS = re.compile(r"[^\W\d_]")
_SENTENCE = re.compile(r"[^\s.?!。][^.?!。\n]*(?:[.](?=\d)[^.?!。\n]*)*[.?!。]?")
_FIRST_PERSON = re.compile(
    r"\b(?:i|i'm|i've|my|me|we|our|his|her)\b|(?:^|\s)(?:제가?|내가?|저는|저희|우리)\s", re.IGNORECASE
)
_SMALL_WORDS = (
    "a an and i me he she it is was of to in on at for with that this has have been be or so "
    "when not no but by due since about over ago one two three four five six day week month "
    "year hour 두 세 한 달 주 일 전부터 있음"
)
_SMALL = frozenset(_SMALL_WORDS.split())
_WEIGHTS = {"symptom": 3, "diagnosis": 3, "anatomy": 1}
_REASON = re.compile(
    r"[\s*•-]*(?:(?:\w+[ -])?(?:follow[- ]?up|check[- ]?up)|annual|routine|well[- ]|new patient|physical"
    r"|wellness|pre-?op|post-?op|medication|refill|establish|review|screening|추적|정기|검진|재진)",
    re.IGNORECASE,
)
LATE = 6.0
LONGEST = 40  # words of a sentence that can be quoted
MOST_WORDS = 60  # a longer text is no complaint, but a note without further headings


class Complaint(NamedTuple):
    """The chief complaint, note[start:end], its tokens, and which of them the patient said."""

    start: int
    end: int
    tokens: Sequence[str]
    said: Sequence[bool]


def count_said(pair: Pair) -> Counts:
    """Count the words (Korean: syllables) of the complaint, and those in the patient's own words."""
    complaint = compare(pair)
    if complaint is None:
        return Counts({"said": 0, "complaint": 0})
    return Counts({"said": sum(complaint.said), "complaint": len(complaint.tokens)})


def compare(pair: Pair) -> Complaint | None:
    """Hold the complaint against what the patient said; None without a complaint or a transcript."""
    spans = [(s.start, s.end) for s in split_sections(pair.hypothesis) if s.name == "chief_complaint"]
    if not pair.source or not spans:
        return None
    start, end = spans[0]
    text = pair.hypothesis[start:end]
    start, end = start + len(text) - len(text.lstrip()), end - (len(text) - len(text.rstrip()))
    text = pair.hypothesis[start:end]
    quoted = " ".join(_QUOTED.findall(text))
    korean = _is_korean(text)
    tokens = _tokens(quoted or _BRACKETS.sub(" ", text), korean)
    if not tokens or len(words(text)) > MOST_WORDS:
        return None
    run = min(SYLLABLES if korean else RUN, len(tokens))
    spoken: set[tuple[str, ...]] = set()
    for low, high in _patient_turns(pair.source):
        heard = _tokens(pair.source[low:high], korean)
        spoken.update(tuple(heard[at : at + run]) for at in range(len(heard) - run + 1))
    said = [False] * len(tokens)
    for at in range(len(tokens) - run + 1):
        if tuple(tokens[at : at + run]) in spoken:
            said[at : at + run] = [True] * run
    return Complaint(start, end, tokens, said)


def _is_korean(text: str) -> bool:
    letters = _LETTERS.findall(text)
    korean = sum(1 for letter in letters if "가" <= letter <= "힣")
    return 2 * korean > len(letters)


def _tokens(text: str, korean: bool) -> list[str]:
    tokens = [token for token in words(NORMALIZERS[NORMALIZER](text)) if token not in _HESITATION]
    return list("".join(tokens)) if korean else tokens


def _patient_turns(source: str) -> list[tuple[int, int]]:
    """Give the places of what the clinician did not say; without speakers, of every line."""
    folded = source.lower()
    turns = find_turns(folded) if len(folded) == len(source) else []
    if turns:
        return [(turn.start, turn.end) for turn in turns if not turn.clinician]
    lines, at = [], 0
    for line in source.splitlines(keepends=True):
        lines.append((at, at + len(line)))
        at += len(line)
    return lines


def find_paraphrase(pair: Pair) -> tuple[Finding, ...]:
    """Report a complaint that is in other words; the suggestion is the patient's nearest sentence, quoted.

    A reason for the visit that is no complaint ("annual exam") has no words of the patient's to keep, unless
    it names a symptom too ("follow-up with fatigue").
    Moderate where the patient's sentence and the complaint name no concept in common, else minor.
    """
    complaint = compare(pair)
    if complaint is None or sum(complaint.said) >= PARAPHRASED * len(complaint.tokens):
        return ()
    start, end = complaint.start, complaint.end
    text = pair.hypothesis[start:end]
    if _REASON.match(text) and all(m.semantic_type != "symptom" for m in find_terms(text)):
        return ()
    best = _nearest(text, pair.source or "")
    suggestion, severity = None, "moderate"
    evidence: tuple[Evidence, ...] = ()
    if best is not None:
        low, high, shares = best
        said = (pair.source or "")[low:high]
        suggestion, severity = f'"{said}"', "minor" if shares else "moderate"
        evidence = (Evidence("source", low, high, said),)
    return (
        Finding(
            pair.visit_id, "verbatim", "paraphrased_chief_complaint", "hypothesis", start, end, text,
            severity, suggestion, evidence,
        ),
    )  # fmt: skip


def _nearest(complaint: str, source: str) -> tuple[int, int, bool] | None:
    """Find the sentence that says the most of the complaint: where it stands, whether it shares a concept.

    A shared symptom or diagnosis weighs 3, a shared part of the body and a shared word 1 each, a symptom of
    any kind 1, the first person 2; a complaint is stated early, so that the visit's end counts 6 less than
    its start.  A sentence that shares nothing counts only if it names a symptom.
    """
    mentions = [mention for mention in find_terms(source) if mention.assertion != "absent"]
    weights = {
        m.concept: _WEIGHTS[m.semantic_type] for m in find_terms(complaint) if m.semantic_type in _WEIGHTS
    }
    stems = _stems(complaint)
    best: tuple[int, int, bool] | None = None
    most = -LATE
    for low, high in _sentences(source):
        inside = [mention for mention in mentions if low <= mention.start < high]
        shared = weights.keys() & {mention.concept for mention in inside}
        symptom = any(mention.semantic_type == "symptom" for mention in inside)
        common = len(stems & _stems(source[low:high]))
        if not (shared or common or symptom):
            continue
        score = sum(weights[concept] for concept in shared) + common + symptom
        score += 2 * bool(_FIRST_PERSON.search(source, low, high))
        if score - LATE * low / len(source) > most:
            best, most = (low, high, bool(shared)), score - LATE * low / len(source)
    return best


def _sentences(source: str) -> Iterator[tuple[int, int]]:
    """Give what the patient stated: sentences of 3 words or more (Korean: 2) that ask nothing."""
    for low, high in _patient_turns(source):
        for match in _SENTENCE.finditer(source, low, high):
            sentence = match[0].rstrip()
            least = 2 if _is_korean(sentence) else RUN
            if not sentence.endswith("?") and least <= len(sentence.split()) <= LONGEST:
                yield match.start(), match.start() + len(sentence)


def _stems(text: str) -> set[str]:
    """The words that tell something, cut so that "cough" is in "coughing"; numbers and times tell little."""
    return {stem[:5] for stem in split_words(text).stems if not stem.isdigit()} - _SMALL


def said_share(counts: Mapping[str, int | float]) -> float | None:
    """Share of the complaint's words that the patient said, 0 to 1: 1 = all.

    None where the note has no chief complaint, or no transcript is given.
    """
    return ratio(counts["said"], counts["complaint"])


METRIC = Metric(
    name="verbatim",
    title="Share of the chief complaint in the patient's own words",
    compares="content",
    higher_is_better=True,
    unit="share",
    settings={"norm": NORMALIZER, "run": str(RUN), "syllables": str(SYLLABLES)},
    count=count_said,
    value=said_share,
    find=find_paraphrase,
    by_section=False,
)
