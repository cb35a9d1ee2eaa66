"""Questions of a visit that were answered yes or no, as statements."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from scribeeval.models.drafters.extract.filing import topic_of
from scribeeval.models.drafters.extract.spoken import Said
from scribeeval.models.drafters.extract.wording import without_opening
from scribeeval.terms import Mention

ASKED = ("symptom", "diagnosis")
REACH = 12  # sentences after a question in which its answer begins
LONGEST = 25  # words of a question that becomes a statement
_LEAD = re.compile(
    r"(?:(?:do|did|have|had|are|were) you (?:also )?"
    r"(?:ever |noticed |noticing |had |having |have |get |got |getting |experiencing |experienced )*"
    r"(?P<feel>feel )?|\b(?:is|was|are|were) there |\b(?:how|what) about )"
    r"(?:(?<=have )|(?<=had )|(?<=having )|(?<=feel )|(?=any |an? ))(?:any (?:other )?|an? )?"
    r"|\bany (?:other )?",
    re.IGNORECASE,
)
_OPEN_ENDED = re.compile(
    r"\b(?:you|your|like that|anything|symptoms|problems|issues|here|this|that|it|the|when|else)\b",
    re.IGNORECASE,
)
_LIST = re.compile(r"\b(?:or|and|an?|no)\b")
_WORDS = re.compile(r"\w")


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


class Answered(NamedTuple):
    """A question and its answer as one statement, its section, and the concepts that it denies."""

    text: str
    section: str
    denied: frozenset[str]


def find_answered(said: Sequence[Said]) -> list[Answered]:
    """Write the questions whose answer is a mere yes or no as statements, each once, in the visit's order.

    "Any fever or chills?" "No." is "Denies fever or chills."; "Any cough?" "Yes." is "Reports cough.", but of
    two things that were asked for at once a yes does not say which.  What the visit also affirms is not
    denied: "any pain?" may ask about one place or one moment.
    """
    affirmed = {m.concept for one in said if one.answer != "no" for m in one.mentions if _affirms(m, one)}
    found: dict[frozenset[str], Answered] = {}
    for at, one in enumerate(said):
        if one.answer in (None, "open", "unsure") or len(one.text.split()) > LONGEST or _tells_more(said, at):
            continue
        judged = [m for m in one.mentions if m.semantic_type in ASKED]
        concepts = frozenset(m.concept for m in judged)
        names = _asked_for(one)
        if not names or not concepts or concepts in found:
            continue
        if one.answer == "no" and not concepts & affirmed and all(m.assertion == "absent" for m in judged):
            section = "allergies" if topic_of(one.text.lower()) == "allergies" else "review_of_systems"
            found[concepts] = Answered(f"Denies {names}.", section, concepts)
        elif one.answer != "no" and len(concepts) == 1 and judged[0].assertion == "present":
            found[concepts] = Answered(f"Reports {names}.", "history_of_present_illness", frozenset())
    return list(found.values())


def _affirms(mention: Mention, one: Said) -> bool:
    """A question presupposes what it does not ask for: "what do you take for the headaches?"."""
    if one.answer is not None:
        return mention.assertion != "absent"
    return mention.assertion in ("present", "possible", "historical")


def _tells_more(said: Sequence[Said], at: int) -> bool:
    """Tell whether the turn that answers a question affirms something: then it speaks for itself."""
    answers = [one for one in said[at + 1 : at + 1 + REACH] if one.turn == said[at].turn + 1]
    return any(m.semantic_type in ASKED and m.assertion != "absent" for one in answers for m in one.mentions)


def _asked_for(one: Said) -> str:
    """What a question asks for, as a list; "" where it does not read as one."""
    text = without_opening(one.text).rstrip("?. ")
    text = text[3:] if text[:3].lower() == "no " else text
    text = text.replace("yourself", "self")
    leads = list(_LEAD.finditer(text))
    if leads:
        names = text[leads[-1].end() :]
        feeling = "feeling " if leads[-1]["feel"] else ""
        return "" if _OPEN_ENDED.search(names) else feeling + _lower(names)
    rest = text.lower()
    for mention in one.mentions:
        rest = rest.replace(mention.text.lower(), " ")
    return "" if _WORDS.search(_LIST.sub(" ", rest)) else _lower(text)
