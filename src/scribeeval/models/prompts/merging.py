"""One note of the notes of a visit's parts.

Per section of the template, statements stand in the order of the parts; one that was said before, in the
same words but for case, punctuation, spelling of numbers and articles, is dropped.  The chief complaint is
that of the first part which has one.  A heading that the template lacks stays with its statements: under the
section that it stood in where both are of one place in SOAP, else under the template's section of its place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scribeeval.models.prompts.templates import Template, Wording
from scribeeval.text import NORMALIZERS
from scribeeval.text.sections import PREAMBLE, Headers, key, split_sections
from scribeeval.text.statements import split_statements

NORMALIZER = "clinical-v1"
CHIEF_COMPLAINT = "chief_complaint"
_ARTICLES = frozenset(("a", "an", "the"))
_PLACES = {  # where else to look for a place in SOAP that the template lacks
    "assessment": ("assessment", "assessment_and_plan"),
    "plan": ("plan", "assessment_and_plan"),
    "assessment_and_plan": ("assessment_and_plan", "assessment", "plan"),
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A statement and where it goes.  heading: a heading inside the section, as printed; "" = none."""

    section: str
    heading: str
    text: str


def repeat_key(statement: str) -> str:
    """Reduce a statement to what tells it from another: its words in clinical-v1, without articles.

    >>> repeat_key("The BP is 120/80.") == repeat_key("BP is 120/80")
    True
    """
    words = [word.strip(".,;:!?\"'“”‘’()[]") for word in NORMALIZERS[NORMALIZER](statement).split()]
    return " ".join(word for word in words if word not in _ARTICLES) or statement


def merge(notes: Sequence[str], template: Template, words: Wording) -> str:
    """Merge the notes of a visit's parts, in their order, into one; "" where none says anything."""
    nothing = {key(phrase) for phrase in (words.nothing, *words.nothing_said)}
    blocks: dict[str, dict[str, list[str]]] = {part.name: {"": []} for part in template.sections}
    printed: dict[tuple[str, str], str] = {}  # a heading inside a section, as it was first written
    seen: set[tuple[str, str]] = set()
    for note in notes:
        complained = any(blocks.get(CHIEF_COMPLAINT, {}).values())
        for placed in _placed(note, template):
            if key(placed.text) in nothing or (placed.section == CHIEF_COMPLAINT and complained):
                continue
            repeat = placed.section, repeat_key(placed.text)
            if repeat not in seen:
                seen.add(repeat)
                heading = printed.setdefault((placed.section, key(placed.heading)), placed.heading)
                blocks[placed.section].setdefault(heading, []).append(placed.text)
    return "\n\n".join(
        "\n".join([part.heading, *_lines(blocks[part.name])])
        for part in template.sections
        if any(blocks[part.name].values())
    )


def _lines(block: dict[str, list[str]]) -> Iterator[str]:
    """Write a section's statements, one a line; bullets keep two of them apart."""
    alone = sum(map(len, block.values())) == 1
    for heading, statements in block.items():
        if heading and statements:
            yield heading
        yield from (text if alone else f"- {text}" for text in statements)


def _placed(note: str, template: Template) -> Iterator[Placed]:
    """Give a note's statements with their places in the template; what has no heading goes to the history."""
    headers = template.headers
    names = [part.name for part in template.sections]
    first = next((name for name in names if name != CHIEF_COMPLAINT), names[0])
    statements = split_statements(note, headers)
    inside = first
    printed: dict[str, str] = {}
    for section in split_sections(note, headers):
        heading = ""
        if section.name in names:
            inside = section.name
        elif section.name != PREAMBLE:
            inside = _home(section.name, inside, names, headers)
            # A section that goes on below a run-in heading ("Vitals: 120/80") has no heading there.
            heading = note[section.header_start : section.start].strip() or printed.get(section.name, "")
            printed[section.name] = heading
        for statement in statements:
            if section.header_start <= statement.start < section.end:
                yield Placed(inside, heading, " ".join(note[statement.start : statement.end].split()))


def _home(name: str, inside: str, names: Sequence[str], headers: Headers) -> str:
    """Choose the template's section for a heading that it lacks."""
    place = headers.soap.get(name)
    for wanted in _PLACES.get(place or "", (place,)):
        if headers.soap.get(inside) == wanted:
            return inside
        for other in names:
            if headers.soap.get(other) == wanted and other != CHIEF_COMPLAINT:
                return other
    return inside
