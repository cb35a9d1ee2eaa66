"""Concepts of medspaCy, scispaCy or QuickUMLS's spaCy component, as mentions of ours.

Any of them is a pipeline that turns a text into a doc with entities; medspacy_finder makes a
ConceptFinder of it.  Nothing of spaCy is imported unless no pipeline is given.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from scribeeval.errors import InputError
from scribeeval.terms.assertion import Assertion
from scribeeval.terms.lexicon import SEMANTIC_TYPES
from scribeeval.terms.mentions import ConceptFinder, Mention

# Labels of medspaCy's documentation, of scispaCy's models and of common target rules.
SEMANTIC_TYPE_OF_LABEL: Mapping[str, str] = MappingProxyType(
    {
        "PROBLEM": "diagnosis",
        "DIAGNOSIS": "diagnosis",
        "CONDITION": "diagnosis",
        "DISEASE": "diagnosis",
        "SYMPTOM": "symptom",
        "SIGN": "symptom",
        "MEDICATION": "drug",
        "DRUG": "drug",
        "CHEMICAL": "drug",
        "TREATMENT": "procedure",
        "PROCEDURE": "procedure",
        "TEST": "lab_or_vital",
        "LAB": "lab_or_vital",
        "VITAL": "lab_or_vital",
        "ANATOMY": "anatomy",
        "ALLERGEN": "allergen",
        "DEVICE": "device",
    }
)
# ConText's modifiers in medspaCy, the first that holds: who it is about, then whether it is at all.
_ASSERTION_OF: tuple[tuple[str, Assertion], ...] = (
    ("is_family", "family"),
    ("is_negated", "absent"),
    ("is_hypothetical", "hypothetical"),
    ("is_uncertain", "possible"),
    ("is_historical", "historical"),
)


class Doc(Protocol):
    """What is read of a spaCy doc: its entities."""

    @property
    def ents(self) -> Iterable[Any]:
        """Entities with start_char, end_char, text, label_, kb_id_ and the extensions under _."""


def medspacy_finder(
    nlp: Callable[[str], Doc] | None = None,
    semantic_types: Mapping[str, str] = SEMANTIC_TYPE_OF_LABEL,
) -> ConceptFinder:
    """Make a finder of a spaCy pipeline; without one, of medspaCy's default pipeline.

    semantic_types: label of an entity, in capitals -> one of SEMANTIC_TYPES.

    Raises:
        InputError: medspaCy is not installed and no pipeline is given; a semantic type is unknown.  The
            finder raises it for a label that semantic_types lacks.

    """
    if unknown := sorted(set(semantic_types.values()) - set(SEMANTIC_TYPES)):
        raise InputError(f"semantic types {unknown}: must be among {', '.join(SEMANTIC_TYPES)}")
    pipeline = _default_pipeline() if nlp is None else nlp
    return lambda text: mentions_of(pipeline(text), semantic_types)


def _default_pipeline() -> Callable[[str], Doc]:
    try:
        import medspacy
    except ImportError:
        raise InputError(
            "medspaCy is not installed; pip install medspacy, or give a spaCy pipeline"
        ) from None
    pipeline: Callable[[str], Doc] = medspacy.load()
    return pipeline


def mentions_of(doc: Doc, semantic_types: Mapping[str, str] = SEMANTIC_TYPE_OF_LABEL) -> list[Mention]:
    """Turn a doc's entities into mentions in the order of the text; an entity's code is its concept.

    Without a code, the concept is the entity's text in lower case.

    Raises:
        InputError: an entity's label is not in semantic_types.

    """
    mentions: list[Mention] = []
    for entity in sorted(doc.ents, key=lambda entity: (entity.start_char, -entity.end_char)):
        label = entity.label_.upper()
        if label not in semantic_types:
            raise InputError(
                f"label {label!r} has no semantic type; give medspacy_finder semantic_types with it"
            )
        if mentions and entity.start_char < mentions[-1].end:
            continue  # QuickUMLS may give more than one concept for a span: the longest, then the first
        code = _code(entity)
        mentions.append(
            Mention(
                entity.start_char,
                entity.end_char,
                entity.text,
                code or entity.text.lower(),
                semantic_types[label],
                _assertion(entity),
                code=code,
            )
        )
    return mentions


def _code(entity: Any) -> str:
    """The entity's concept: spaCy's kb_id_, else scispaCy's best linked one."""
    if entity.kb_id_:
        return str(entity.kb_id_)
    linked = getattr(entity._, "kb_ents", None)
    return str(linked[0][0]) if linked else ""


def _assertion(entity: Any) -> Assertion:
    return next((assertion for name, assertion in _ASSERTION_OF if getattr(entity._, name, False)), "present")
