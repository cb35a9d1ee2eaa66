"""What the patient denied: questions that were answered no, as statements."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from scribeeval.models.drafters.extract.spoken import Said
from scribeeval.models.drafters.extract.wording import without_opening
from scribeeval.terms import Mention

DENIED = ("symptom", "diagnosis")
REACH = 12  # sentences after a question in which its answer begins
LONGEST = 25  # words of a question that becomes a denial
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


class Denial(NamedTuple):
    """A question that was answered no, as a statement, and the concepts that it denies."""

    text: str
    concepts: frozenset[str]


def find_denials(said: Sequence[Said]) -> list[Denial]:
    """Write the questions that were answered no: "Any fever or chills?" "No." is "Denies fever or chills.".

    Only what the visit does not also affirm: "any pain?" may ask about one place or one moment.
    """
    affirmed = {m.concept for one in said if one.answer != "no" for m in one.mentions if _affirms(m, one)}
    found: dict[frozenset[str], Denial] = {}
    for at, one in enumerate(said):
        if one.answer != "no" or len(one.text.split()) > LONGEST or _tells_more(said, at):
            continue
        names = _asked_for(one)
        denied = frozenset(
            m.concept for m in one.mentions if m.semantic_type in DENIED and m.assertion == "absent"
        )
        if names and denied and not denied & affirmed:
            found.setdefault(denied, Denial(f"Denies {names}.", denied))
    return list(found.values())


def _affirms(mention: Mention, one: Said) -> bool:
    """A question presupposes what it does not ask for: "what do you take for the headaches?"."""
    if one.answer is not None:
        return mention.assertion != "absent"
    return mention.assertion in ("present", "possible", "historical")


def _tells_more(said: Sequence[Said], at: int) -> bool:
    """Tell whether the turn that answers a question affirms something: then it speaks for itself."""
    answers = [one for one in said[at + 1 : at + 1 + REACH] if one.turn == said[at].turn + 1]
    return any(m.semantic_type in DENIED and m.assertion != "absent" for one in answers for m in one.mentions)


def _asked_for(one: Said) -> str:
    """What a question asks for, as a list; "" where it does not read as one."""
    text = without_opening(one.text).rstrip("?. ")
    text = text[3:] if text[:3].lower() == "no " else text
    leads = list(_LEAD.finditer(text))
    if leads:
        names = text[leads[-1].end() :]
        feeling = "feeling " if leads[-1]["feel"] else ""
        return "" if _OPEN_ENDED.search(names) else feeling + _lower(names)
    rest = text.lower()
    for mention in one.mentions:
        rest = rest.replace(mention.text.lower(), " ")
    return "" if _WORDS.search(_LIST.sub(" ", rest)) else _lower(text)
