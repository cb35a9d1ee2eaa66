"""Find the clinical terms of a note or a transcript, with what is said of each.

>>> [mention.concept for mention in find_terms("Short of breath since Monday; takes Lasix.")]
['dyspnea', 'furosemide']
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scribeeval.terms.assertion import Assertion, assertions
from scribeeval.terms.clinical_lexicon import ClinicalLexicon, abbreviations, clinical_lexicon
from scribeeval.terms.keys import Composed, compose, key_of
from scribeeval.terms.laterality import QUADRANTS, REACH, SIDED_TYPES, Laterality, laterality, places_of_sides
from scribeeval.terms.match import Match, match_terms
from scribeeval.terms.quantities import Quantity, drug_quantities, value_quantities
from scribeeval.text import split_sections

AssertWith = Callable[[str, Sequence[tuple[int, int]]], Sequence[Assertion]]


# "Ears, nose, throat:" labels; "Right knee:" says which knee, so that it is kept.
_LABEL_OPENS = re.compile(
    r"[ \t•*\-–\d.)]*(?:(?!(?:left|right|both|bilateral)\b)[A-Za-z]+[ ,/&]+){0,5}", re.IGNORECASE
)
_LABEL_CLOSES = re.compile(r"(?:[ ,/&]+[A-Za-z]+){0,5}:(?!\d)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A term as it stands in a text: text[start:end], in code points, and the concept it names.

    attributes: of a drug dose, unit, route, frequency, duration, and misspelt (the name that was meant); of
    a lab or vital value and unit; of an abbreviation ambiguous (what it may stand for, by "|").  Their
    places in the text are in attribute_spans, under the same names, and under laterality.
    code: the concept's code in ICD-10-CM, HPO or DrugBank; "" where no source has one.
    """

    start: int
    end: int
    text: str
    concept: str
    semantic_type: str
    assertion: Assertion = "present"
    laterality: Laterality | None = None
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)
    attribute_spans: Mapping[str, tuple[int, int]] = field(default_factory=dict, hash=False)
    code: str = ""


# Any other finder is such a function; its mentions come in the order of the text, without overlap.
ConceptFinder = Callable[[str], list[Mention]]


def find_terms(
    text: str, lexicon: ClinicalLexicon | None = None, assert_with: AssertWith = assertions
) -> list[Mention]:
    """Find the mentions of a text in its order, without overlap; headers and bare quantities are none.

    The longest term wins ("knee pain" is one mention); a term does not cross the end of a sentence.
    lexicon: default the packaged one; add_terms gives one with a site's own terms.
    assert_with: text and spans -> an assertion for each; default ours, see docs/assertion.md.
    """
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        composed = compose(text)
        return [_placed(m, text, composed) for m in find_terms(composed.text, lexicon, assert_with)]
    known = clinical_lexicon() if lexicon is None else lexicon
    matches = _outside_headers(text, match_terms(text, known))
    spans = [(match.start, match.end) for match in matches]
    judged = assert_with(text, spans)
    sides = places_of_sides(text)
    return [
        _mention(text, matches, at, assertion, sides)
        for at, assertion in zip(range(len(matches)), judged, strict=True)
    ]


def _placed(mention: Mention, text: str, composed: Composed) -> Mention:
    """Give a mention of the composed text its place in the text as it was given."""
    start, end = composed.starts[mention.start], composed.ends[mention.end - 1]
    spans = {
        name: (composed.starts[a], composed.ends[b - 1]) for name, (a, b) in mention.attribute_spans.items()
    }
    return replace(mention, start=start, end=end, text=text[start:end], attribute_spans=spans)


def _outside_headers(text: str, matches: list[Match]) -> list[Match]:
    """Leave out what stands in a header, and parts of the body that only label a line ("Neck: supple")."""
    matches = [m for m in matches if m.concept.semantic_type != "anatomy" or not _labels_a_line(text, m)]
    headers = [(s.header_start, s.start) for s in split_sections(text) if s.start > s.header_start]
    if not headers:
        return matches
    starts = [start for start, _ in headers]
    kept = []
    for match in matches:
        before = bisect_right(starts, match.start) - 1
        if before < 0 or match.start >= headers[before][1]:
            kept.append(match)
    return kept


def _labels_a_line(text: str, match: Match) -> bool:
    line = text.rfind("\n", 0, match.start) + 1
    opens = _LABEL_OPENS.fullmatch(text, line, match.start)
    if opens is None:
        return False
    if _LABEL_CLOSES.match(text, match.end):
        return True
    alone = text[line : match.start].strip() == "" and text.startswith("\n", match.end)
    return alone and text[match.end :].strip() != ""


def _mention(
    text: str, matches: Sequence[Match], at: int, assertion: Assertion, sides: Sequence[int]
) -> Mention:
    match = matches[at]
    start, end, concept = match.start, match.end, match.concept
    low = matches[at - 1].end if at else 0
    high = matches[at + 1].start if at + 1 < len(matches) else len(text)
    found: list[Quantity] = []
    if concept.semantic_type == "drug":
        found = drug_quantities(text, start, end, low, _next(matches, at, len(text)))
    elif concept.semantic_type == "lab_or_vital":
        found = value_quantities(text, end, high)
    attributes = {quantity.name: quantity.value for quantity in found}
    spans = {quantity.name: (quantity.start, quantity.end) for quantity in found}
    if match.misspelt:
        attributes["misspelt"] = match.misspelt
        spans["misspelt"] = (start, end)
    surface = text[start:end]
    known = abbreviations().get(key_of(surface)) if len(surface) <= 6 and surface.isupper() else None
    if known and len(known.expansions) > 1:
        attributes["ambiguous"] = "|".join(known.expansions)
        spans["ambiguous"] = (start, end)
    side = None
    if concept.semantic_type in SIDED_TYPES and (_is_near(sides, start, end) or surface.lower() in QUADRANTS):
        side = laterality(text, start, end, low, high)
    if side:
        spans["laterality"] = side[1:]
    return Mention(
        start, end, surface, concept.name, concept.semantic_type, assertion,
        side[0] if side else None, attributes, spans, concept.code,
    )  # fmt: skip


def _is_near(places: Sequence[int], start: int, end: int) -> bool:
    at = bisect_left(places, start - REACH)
    return at < len(places) and places[at] < end + REACH


def _next(matches: Sequence[Match], at: int, end: int) -> int:
    """Where the next drug or lab begins: what is said beyond it is said of that one."""
    for match in matches[at + 1 : at + 5]:
        if match.concept.semantic_type in ("drug", "lab_or_vital"):
            return match.start
    return end
