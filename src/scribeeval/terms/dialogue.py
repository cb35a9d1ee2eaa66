"""Questions of a visit's transcript and their answers: "[doctor] any chest pain ?" "[patient] no ."

A question asserts nothing; the answer of the other speaker decides.  A question that presupposes what it
names ("how long have you had the cough ?") is no question here, nor is a tag ("..., okay ?").
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

TAIL = 200  # characters: where speech has no question mark, the question is what its turn ends with
SHORT_TAIL = 80  # without an answer only a short one is a question
REACH_TURNS = 4  # an answer may come after an "um" and a repeated question
_TURN = re.compile(r"^[ ]*(?:\[(\w+)\]:?|(\w+(?: \d)?):)", re.MULTILINE)
CLINICIANS = {"doctor", "d", "dr", "clinician", "physician", "provider", "nurse", "gp", "의사", "간호사"}
PATIENTS = {
    "patient", "p", "pt", "patient_guest", "guest", "mother", "father", "parent", "caregiver", "환자",
    "보호자",
}  # fmt: skip
_TAGS = tuple(mark for name in sorted(CLINICIANS) for mark in (f"[{name}]", f"{name}:"))
_FILLER = (
    r"(?:(?:um+|uh+|hm+|well|oh|so|ok|okay|i mean|you know|like|actually|and|yeah no|음|어|글쎄요)\b"
    r"|[,.\s-])*"
)
_ASKS = re.compile(
    r"\b(?:(?:do|does|did|have|has|had|are|is|was|were|ca n't|can't|do n't|don't|have n't|haven't)"
    r" (?:you|he|she|it|they|there|any|anyone|anybody)|(?:do|does|did|are|is|was|were|has) (?:your"
    r"|that|this|the|his|her)"
    r"|how about|what about|no other|ever|any)\b"
)
_SUBJECTS = frozenset(
    ("you", "i", "we", "it", "he", "she", "they", "that", "who", "which", "to", "there", "this")
)
_OPENS = re.compile(
    r"any|(?:do|does|did|have|has|are|is|was|were) (?:you|there|any|anyone|it|he|she)|how about|what about"
)
_UNASKED = re.compile(r"\b(?:if|not|no|without|let me know|never|denies|denied|deny)\b|n't\b")
_ASKED = re.compile(r"있으세요|있나요|있습니까|있어요\?|없나요|없으세요|없습니까|나요|까요|세요|습니까")
_PRESUPPOSES = re.compile(
    r"\b(?:how (?:long|often|much|many|bad|is|are|was|has|'s|did|does|do|have|severe|far)|how's"
    r"|when|where|what"
    r"|whats|what's|which|why|who|tell me)\b(?! about)|언제|얼마나|어디|어떻|왜"
)
_TAG = re.compile(
    r",?\s*\b(?:okay|ok|all right|alright|right|you know|huh|correct|yeah|sound good|sounds good)\s*\?\W*$"
)
_UNSURE = re.compile(
    _FILLER
    + r"(?:maybe|perhaps|possibly|probably|i think(?! not)|i guess|might|(?:i'm |i am )?not (?:really )?sure"
    r"|i do ?n't (?:know|remember)|i'm unsure|could be|글쎄|모르|그런 것 같)"
)
_NO = re.compile(
    _FILLER + r"(?:(?:no|nope|nah|none|never|nothing|negative|uh-uh|nuh-uh|neither|nor)\b"
    r"|not\b(?! (?:too |so |that |as )?(?:bad|much|often))"
    r"|(?:i|it|he|she|they|we|there|that)(?: really)? (?:have|do|did|does|has|had|am|is|was|are"
    r"|were|ca|could|wo)"
    r"(?: ?n't| not)\b|i'm not|아니|아뇨|없|안 |전혀)"
)
_YES = re.compile(
    _FILLER + r"(?:(?:that's (?:right|correct|true|so)|yes|yeah|yep|yup|yea|ya|uh-huh|mm-hmm|mhm|sure|right"
    r"|correct|exactly|definitely|absolutely"
    r"|of course|i (?:do|have|am|was|did|had|get|feel|got|can|take|still)|i've|i'm|it (?:does|is"
    r"|was|has|did|hurts)|it's"
    r"|he (?:does|has|is)|she (?:does|has|is)|they (?:do|are)|there (?:is|are|was)|there's"
    r"|sometimes|occasionally|once"
    r"|every|a (?:little|bit|few|lot|couple|slight|mild)|little|some|slight|slightly|mild|mildly"
    r"|just|only|kind of"
    r"|sort of|very|quite|mostly|usually|often|when|always|about|not (?:too|so|that|as))\b|네|예|응|있"
    r"|맞|그래|조금|가끔|자주|약간)"
)
_LATER = re.compile(r"\s*(?:[\w',.-]+\s+){1,4}(no|nope|yes|yeah)\b")  # "periodically , yes"
_OWN = re.compile(r"\s*(no|nope|none|yes|yeah)\s*[.,]")
_ONLY_FILLER = re.compile(_FILLER + "$")
_INSISTS = re.compile(r"\b(?:i|it|there|they|he|she) (?:do|does|have|has|am|did|is|are)\b(?! ?n't| not)")


class Question(NamedTuple):
    """A question, text[start:end]; its answer: yes, insists, no, unsure or open; where the answer stands."""

    start: int
    end: int
    answer: str
    answer_start: int
    answer_end: int


class Turn(NamedTuple):
    """What one speaker says, text[start:end], without the tag; whether it is the clinician."""

    start: int
    end: int
    clinician: bool
    tag: int


def find_turns(folded: str) -> list[Turn]:
    """Split a transcript into turns; none unless clinician and patient both have a tag at a line's start,
    or the clinician's is a whole word.

    "D:", "A:", "P:" is a note of data, assessment and plan, no visit.
    """
    tags: list[tuple[int, int, bool]] = []
    names: set[str] = set()
    if not any(name in folded for name in _TAGS):
        return []
    for match in _TURN.finditer(folded):
        name = match[1] or match[2]
        if name in CLINICIANS or name in PATIENTS:
            tags.append((match.start(), match.end(), name in CLINICIANS))
            names.add(name)
        elif name == "a":
            return []
    both = names & CLINICIANS and names & PATIENTS
    if not both and not names & {"doctor", "clinician", "의사"}:
        return []
    ends = [start for start, _, _ in tags[1:]] + [len(folded)]
    return [Turn(start, end, who, tag) for (tag, start, who), end in zip(tags, ends, strict=True)]


def find_questions(folded: str, turns: Sequence[Turn], starts: Sequence[int]) -> list[Question]:
    """Find the questions of a transcript in its order, with their answers; starts: of the clauses."""
    questions = []
    ends = [*starts[1:], len(folded)]
    at = 0
    for i, turn in enumerate(turns):
        answer: tuple[str, int, int] | None = None
        while at < len(starts) and starts[at] < turn.end:
            start, end = max(starts[at], turn.start), ends[at]
            at += 1
            asked = _asked_from(folded, start, end, turn.clinician, end >= turn.end)
            if asked is None or end <= turn.start:
                continue
            own = _own_answer(folded, end, turn.end)
            if own is None and answer is None:
                answer = _answer(folded, turns, i)
            said, *where = own or answer or ("open", end, end)
            if said == "open" and end - asked > SHORT_TAIL and "?" not in folded[asked:end]:
                continue
            questions.append(Question(asked, end, said, *where))
    return questions


def _inversion(folded: str, start: int, end: int) -> re.Match[str] | None:
    """The first "do you", "is there", "any"; the "have the" of "you have the" is none."""
    for match in _ASKS.finditer(folded, start, end):
        before = folded[max(start, match.start() - 8) : match.start()].split()
        if " " not in match[0] or not before or before[-1] not in _SUBJECTS:
            return match
    return None


def _asked_from(folded: str, start: int, end: int, clinician: bool, last: bool) -> int | None:
    """Where in the clause a question starts; None: a statement, a tag, or a question that presupposes.

    Without a question mark only the last clause of a clinician's turn is a question.
    """
    marked = "?" in folded[max(start, end - 4) : end]
    if not marked and not (clinician and last):
        return None
    if marked and end - start > 16 and _TAG.search(folded, start, end):
        return None
    asks = _inversion(folded, start if marked else max(start, end - TAIL), end)
    if not marked:
        if not asks or not _OPENS.match(asks[0]):
            korean = _ASKED.search(folded, start, end)
            return start if korean and not _PRESUPPOSES.search(folded, start, end) else None
        if asks[0] == "any" and _UNASKED.search(folded, start, asks.start()):
            return None  # "let me know if you get any" asks nothing
    upto = asks.end() if asks else end
    if _PRESUPPOSES.search(folded, start, upto if asks and asks.start() > start else end):
        return None
    return asks.start() if asks and not marked else start


def _own_answer(folded: str, start: int, end: int) -> tuple[str, int, int] | None:
    """An answer in the same turn, where a transcript lost the change of speaker: "any fever? no. okay"."""
    match = _OWN.match(folded, start, end)
    if match is None:
        return None
    return ("yes" if match[1].startswith("y") else "no"), match.start(), match.end()


def _answer(folded: str, turns: Sequence[Turn], asked: int) -> tuple[str, int, int]:
    for turn in turns[asked + 1 : asked + 1 + REACH_TURNS]:
        if turn.clinician == turns[asked].clinician:
            continue
        span = turn.start, turn.end
        if _UNSURE.match(folded, *span):
            return "unsure", *span
        if _NO.match(folded, *span):
            return "no", *span
        if _YES.match(folded, *span):
            return "insists" if _INSISTS.search(folded, turn.start, turn.start + 30) else "yes", *span
        later = _LATER.match(folded, *span)
        if later is not None:
            return ("no" if later[1].startswith("n") else "yes"), *span
        if _ONLY_FILLER.match(folded, *span) is None:
            return "open", *span
    return "open", turns[asked].end, turns[asked].end
