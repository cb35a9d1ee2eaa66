"""Drafts of scribe products: AWS HealthScribe, Microsoft Dragon Copilot, Suki.

Shapes: HealthScribe's clinical documentation file (its developer guide); the note payload of Dragon Copilot's
extensions (its public samples); Suki by a third party's description.
"""

from collections.abc import Iterator
from typing import Any

from scribeeval.errors import InputError
from scribeeval.io.drafts.base import Draft, Sentence, dicts, string, unique
from scribeeval.io.drafts.headed import Part, headed
from scribeeval.io.transcripts.base import object_with


def is_healthscribe(value: Any) -> bool:
    """Tell by ClinicalDocumentation with Sections."""
    return object_with(value, "ClinicalDocumentation") and object_with(
        value["ClinicalDocumentation"], "Sections"
    )


def read_healthscribe(value: Any) -> Iterator[Draft]:
    """Read a HealthScribe note: its summarised segments, a line each, under their sections' names.

    Raises:
        InputError: another JSON, or a part that is no text.

    """
    if not is_healthscribe(value):
        raise InputError("no ClinicalDocumentation with Sections; give HealthScribe's summary.json")
    whole = value["ClinicalDocumentation"]
    parts, sentences = [], []
    for section in dicts(whole, "Sections"):
        summary = [
            Sentence(
                " ".join(string(row, "SummarizedSegment").split()),
                tuple(string(link, "SegmentId") for link in dicts(row, "EvidenceLinks")),
            )
            for row in dicts(section, "Summary")
        ]
        said = [one for one in summary if one.text]
        name = string(section, "SectionName").replace("_", " ")
        parts.append(Part(name, (), "\n".join(one.text for one in said)))
        sentences += said
    yield Draft(unique([string(whole, "SessionId")]), headed(parts), sentences=tuple(sentences))


def is_dragon(value: Any) -> bool:
    """Tell by resources with content, in the payload's note or at the top."""
    note = _note(value)
    return object_with(note, "resources") and isinstance(note["resources"], list)


def _note(value: Any) -> Any:
    return value["note"] if object_with(value, "note") else value


def read_dragon(value: Any) -> Iterator[Draft]:
    """Read a Dragon Copilot note payload; of resources, those that hold text.

    Raises:
        InputError: another JSON, or a content that is no text.

    """
    if not is_dragon(value):
        raise InputError("no note with resources; give the note payload of Dragon Copilot")
    note = _note(value)
    parts = []
    for resource in dicts(note, "resources"):
        (context,) = dicts(resource, "context")[:1] or [{}]
        codes = tuple(string(code, "identifier") for code in dicts(context, "codes"))
        parts.append(Part(string(context, "display_description"), codes, string(resource, "content")))
    ids: list[str] = []
    for encounter in dicts(note, "encounter"):
        ids += [string(one, "identifier") for one in dicts(encounter, "external_encounter_ids")]
        ids.append(string(encounter, "external_encounter_id"))
    if not any(ids):
        holders = [*dicts(note, "encounter"), *dicts(value, "sessionData")]
        ids = [string(holder, "correlation_id") for holder in holders]
    yield Draft(unique(ids), headed(parts))


def is_suki(value: Any) -> bool:
    """Tell by sections with a title and a text."""
    return (
        object_with(value, "sections")
        and isinstance(value["sections"], list)
        and bool(value["sections"])
        and all(object_with(section, "title", "text") for section in value["sections"])
    )


def read_suki(value: Any) -> Iterator[Draft]:
    """Read a note of sections with LOINC code, title and text.

    Raises:
        InputError: another JSON, or a part that is no text.

    """
    if not is_suki(value):
        raise InputError("no sections, each with a title and a text; export the note again")
    parts = [
        Part(string(row, "title"), (string(row, "loinc"),), string(row, "text"))
        for row in dicts(value, "sections")
    ]
    yield Draft(unique([string(value, "encounterId")]) or unique([string(value, "sessionId")]), headed(parts))
