"""Which sentences of a visit go into the note: the chief complaint, and those with the most clinical load."""

import re
from collections.abc import Sequence, Set

from scribeeval.models.drafters.extract.cues import cues
from scribeeval.models.drafters.extract.filing import Filed
from scribeeval.models.drafters.extract.spoken import Said
from scribeeval.models.drafters.extract.wording import without_opening

WEIGHTS = {
    "diagnosis": 3.0,
    "drug": 3.0,
    "allergen": 3.0,
    "symptom": 2.0,
    "procedure": 2.0,
    "lab_or_vital": 2.0,
    "anatomy": 1.0,
    "device": 1.0,
}
LEAST = 1.0  # clinical load of a sentence that is kept
# A note's words: FEWEST and SHARE of the words said, MOST at most; ROUGE-1 is flat around them
# (docs/extractive.md).
FEWEST, SHARE, MOST = 200, 0.3, 500
ANSWER, GOES_ON, CUED = 2.0, 1.0, 1.0  # what an answer, a further sentence and a cue word add to the load
TELLING = 6  # words of a sentence that tells something without a term; Korean ones take two
COMPLAINT_WORDS = (3, 40)  # fewest and most of a chief complaint
NO_COMPLAINT = ("family_history", "social_history", "allergies")
_CUED = {"assessment_and_plan": "plan", "physical_exam": "exam"}
_HANGUL = re.compile("[가-힣]")
COMPLAINED = {"symptom": 3.0, "diagnosis": 3.0, "lab_or_vital": 1.0, "anatomy": 1.0}
ASKED = 2.0  # in answer to "what brings you in?"
LATE = 20.0  # what a complaint loses from the start of the visit to its end
OPTIONS = {
    "weights": WEIGHTS,
    "words": [FEWEST, SHARE, MOST],
    "loads": [LEAST, ANSWER, GOES_ON, CUED, TELLING],
    "complaint": [COMPLAINED, ASKED, LATE, *COMPLAINT_WORDS],
}
_NOTHING = re.compile(r"(?:no|not|nothing|never|none)\b", re.IGNORECASE)
_OWN = re.compile(r"\b(?:i|i'm|i've|my|me|her|his|she|he)\b|[가-힣]", re.IGNORECASE)


def find_complaint(said: Sequence[Said], filed: Sequence[Filed]) -> Said | None:
    """Choose what the patient, or who speaks for the patient, complains of; None where nobody does.

    The sentence of the visit's first third that names the most of body and illness; early ones count more,
    and answers to "what brings you in?".
    """
    asks = cues()["complaint"]["asked"]
    asked = {one.turn + 1 for one in said if one.clinician and asks.search(one.text.lower())}
    own = {id(one.said) for one in filed if one.section not in NO_COMPLAINT}
    late = LATE / max(1, len(said))
    best, most = None, None
    for at, one in enumerate(said[: len(said) // 3 + 2]):
        complains = _complains(one) if id(one) in own else 0.0
        score = complains + ASKED * (one.turn in asked) - late * at
        if complains and (most is None or score > most):
            best, most = one, score
    return best


def _complains(one: Said) -> float:
    few, many = COMPLAINT_WORDS
    least = 2 if _HANGUL.search(one.text) else few
    if one.clinician or one.answer is not None or not least <= len(one.text.split()) <= many:
        return 0.0
    if not _OWN.search(one.text) or one.text.endswith("...") or _NOTHING.match(one.text):
        return 0.0
    named = {m.semantic_type for m in one.mentions if m.assertion in ("present", "possible")}
    plain = 2.0 * (cues()["complaint"]["patient"].search(one.text.lower()) is not None)
    return max([plain, *(COMPLAINED.get(kind, 0.0) for kind in named)]) + min(1.0, plain)


def choose(filed: Sequence[Filed], said: Sequence[Said]) -> list[Filed]:
    """Choose the sentences with the highest load up to the length of a note, in the order of the visit."""
    room = min(MOST, FEWEST + SHARE * sum(len(one.text.split()) for one in said))
    loads = [load(one) for one in filed]
    kept = set()
    for n in sorted(range(len(filed)), key=lambda n: (-loads[n], n)):
        words = len(filed[n].said.text.split())
        if loads[n] >= LEAST and words <= room:
            kept.add(n)
            room -= words
    return [filed[n] for n in sorted(kept)]


def load(one: Filed) -> float:
    """Weigh a sentence: its terms, its numbers, and what it answers or tells to do; 0 of a fragment."""
    text = without_opening(one.said.text)
    words = text.split()
    if text.endswith("..."):
        return 0.0
    weight = sum(WEIGHTS[m.semantic_type] for m in one.said.mentions)
    weight += sum(any(c.isdigit() for c in word) for word in words)
    if one.goes_on and (weight or (len(words) > 2 and not one.said.clinician)):
        weight += GOES_ON if one.said.clinician else ANSWER
    cue = _CUED.get(one.section)
    if (
        cue
        and one.said.clinician
        and (weight or len(words) >= TELLING or (_HANGUL.search(text) and len(words) > 1))
    ):
        weight += CUED * (cues()["clinician"][cue].search(text.lower()) is not None)
    return weight


def repeats(one: Filed, denied: Set[str]) -> bool:
    """Tell whether a sentence only denies what a question that was answered no has already."""
    said = [(m.concept in denied, m.assertion) for m in one.said.mentions]
    return bool(said) and all(known and assertion == "absent" for known, assertion in said)
