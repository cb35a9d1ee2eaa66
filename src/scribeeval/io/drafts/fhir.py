"""FHIR R4 in JSON: DocumentReference and Composition, alone or in a Bundle.

A DocumentReference carries its note as attachments, which are the same note in several formats; a
Composition has sections with narrative.  References are resolved inside the Bundle and nowhere else.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from scribeeval.errors import InputError
from scribeeval.io.drafts.attachments import TEXTS, decoded, media_type, text_of
from scribeeval.io.drafts.base import Draft, Read, Refused, dicts, each, string, unique
from scribeeval.io.drafts.ccda import document_text, read_xml
from scribeeval.io.drafts.headed import Part, headed
from scribeeval.io.drafts.markup import html_text
from scribeeval.io.transcripts.base import object_with

Resource: TypeAlias = Mapping[str, Any]

_NOTES = ("DocumentReference", "Composition")
_WITHDRAWN = ("superseded", "entered-in-error", "cancelled", "deprecated")  # the last two in R5
_SIGNED = ("final", "amended", "corrected", "appended")  # the last two in R5
_XML = ("text/xml", "application/xml", "application/hl7-v3+xml", "application/cda+xml")
_KINDS = (*TEXTS, *_XML)  # the first that a document has is taken


def is_fhir(value: Any) -> bool:
    """Tell by the resource's type."""
    return object_with(value, "resourceType") and value["resourceType"] in ("Bundle", *_NOTES)


def read_fhir(value: Any) -> Iterator[Read]:
    """Read the notes of a resource or of a Bundle; those superseded or entered in error are left out.

    Raises:
        InputError: another JSON, or a Bundle without a note.

    """
    if not is_fhir(value):
        raise InputError("no Bundle, DocumentReference or Composition of FHIR; export one of them")
    entries = dicts(value, "entry") if value["resourceType"] == "Bundle" else [{"resource": value}]
    there = _addresses(entries)
    rows = [(n, row) for n, entry in enumerate(entries, start=1) for row in dicts(entry, "resource")]
    notes = [(n, row) for n, row in rows if row.get("resourceType") in _NOTES]
    if value.get("type") == "document":  # a document's first entry is its Composition; others are enclosed
        notes = notes[:1]
    if not notes:
        raise InputError("the Bundle holds no DocumentReference and no Composition; export them with it")
    valid = [(n, row) for n, row in notes if not _is_withdrawn(row)]
    if not valid:
        yield Refused((), "", "all it holds was superseded or entered in error; export the notes that hold")
    where = {n: f"entry {n}" if len(notes) > 1 else "" for n, _ in valid}
    yield from each((where[n], partial(_ids, row, there), partial(_draft, row, there)) for n, row in valid)


def _is_withdrawn(row: Resource) -> bool:
    return row.get("status") in _WITHDRAWN or row.get("docStatus") in _WITHDRAWN


def _draft(row: Resource, there: Mapping[str, Resource]) -> Draft:
    ids = _ids(row, there)
    if row["resourceType"] == "Composition":
        return Draft(ids, _composition_text(row, there), signed=row.get("status") in _SIGNED)
    return Draft(ids, _attached(row, there), signed=row.get("docStatus") in _SIGNED)


def _addresses(entries: Sequence[Resource]) -> dict[str, Resource]:
    """Give a Bundle's resources by all that a reference may call them."""
    there: dict[str, Resource] = {}
    for entry in entries:
        for row in dicts(entry, "resource"):
            there[f"{row.get('resourceType')}/{row.get('id')}"] = row
            if url := string(entry, "fullUrl"):
                there[url] = row
    return there


def _resolved(row: Resource, address: str, there: Mapping[str, Resource]) -> Resource | None:
    if address.startswith("#"):
        return next((c for c in dicts(row, "contained") if c.get("id") == address[1:]), None)
    return there.get(address) or there.get("/".join(_type_and_id(address)))


def _type_and_id(address: str) -> list[str]:
    """Give the type and the id of an address: https://x/fhir/Encounter/1/_history/2 -> Encounter, 1."""
    return address.partition("/_history/")[0].rstrip("/").split("/")[-2:]


def _ids(row: Resource, there: Mapping[str, Resource]) -> tuple[str, ...]:
    """Name the visit by its encounter; only where none is given, by the document's own ids."""
    ids: list[str] = []
    for one in _encounters(row):
        address = string(one, "reference")
        if "/" in address:
            ids.append(_type_and_id(address)[-1])
        ids += _values(dicts(one, "identifier"))
        if (found := _resolved(row, address, there)) is not None:
            ids += [string(found, "id"), *_values(dicts(found, "identifier"))]
    if not any(ids):
        ids = [*_values([*dicts(row, "masterIdentifier"), *dicts(row, "identifier")]), string(row, "id")]
    return unique(ids)


def _encounters(row: Resource) -> list[dict[str, Any]]:
    """Give the references to encounters; of R5 too, where the context itself is a list of references."""
    if row["resourceType"] == "Composition":
        return dicts(row, "encounter")
    contexts = dicts(row, "context")
    return [
        *(one for context in contexts for one in dicts(context, "encounter")),
        *(context for context in contexts if "Encounter/" in string(context, "reference")),
    ]


def _values(identifiers: Sequence[Resource]) -> list[str]:
    values = [string(one, "value") for one in identifiers]
    return [*values, *(value.rpartition(":")[2] for value in values if value.startswith("urn:"))]


def _attached(row: Resource, there: Mapping[str, Resource]) -> str:
    """Give the text of the first kind of attachment that is text."""
    held: dict[str, list[Resource]] = {}
    for content in dicts(row, "content"):
        for attachment in dicts(content, "attachment"):
            held.setdefault(media_type(string(attachment, "contentType"))[0], []).append(attachment)
    kind = next((k for k in _KINDS if k in held), None)
    if kind is None:
        raise InputError(f"has no attachment with a contentType of {', '.join(_KINDS)}; export it with one")
    texts = {_attachment_text(row, kind, attachment, there) for attachment in held[kind]}
    if len(texts) > 1:
        raise InputError(
            f"has {len(held[kind])} attachments of {kind} that differ; export one note a document"
        )
    return texts.pop()


def _attachment_text(row: Resource, kind: str, attachment: Resource, there: Mapping[str, Resource]) -> str:
    data = string(attachment, "data")
    if not data and (url := string(attachment, "url")):
        binary = _resolved(row, url, there)
        if binary is None or binary.get("resourceType") != "Binary":
            raise InputError("the note lies behind a url, which is not fetched; export it with its data")
        data = string(binary, "data")
    if kind in _XML:
        return document_text(read_xml(decoded(data)))
    return text_of(string(attachment, "contentType"), decoded(data))


def _composition_text(row: Resource, there: Mapping[str, Resource]) -> str:
    """Give the narrative of its sections; of the whole, where none has any."""
    text = headed(_part(row, section, there) for section in dicts(row, "section"))
    return text or _narrative(row)


def _part(row: Resource, section: Resource, there: Mapping[str, Resource]) -> Part:
    codes = [string(c, "code") for code in dicts(section, "code") for c in dicts(code, "coding")]
    text = _narrative(section)
    if not text:  # the narrative of what the section refers to, where the Bundle holds it
        found = [_resolved(row, string(entry, "reference"), there) for entry in dicts(section, "entry")]
        text = "\n".join(filter(None, (_narrative(one) for one in found if one is not None)))
    inner = tuple(_part(row, one, there) for one in dicts(section, "section"))
    return Part(string(section, "title"), tuple(codes), text, inner)


def _narrative(row: Resource) -> str:
    return "\n".join(
        html_text(string(text, "div")) for text in dicts(row, "text") if text.get("status") != "empty"
    )
