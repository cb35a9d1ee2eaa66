"""C-CDA documents: the narrative of their sections, or their body that is no XML.

The XML is read by expat, which fetches nothing.  A document type declaration is refused: CDA has none, and
without one there are no entities that could name a file or grow without end.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from scribeeval.errors import InputError
from scribeeval.io.drafts.attachments import decoded, text_of
from scribeeval.io.drafts.base import Draft, unique
from scribeeval.io.drafts.headed import Part, headed
from scribeeval.io.drafts.markup import narrative_text

_HL7 = "urn:hl7-org:v3 "
_MOST_DEEP = 200  # elements inside each other: a real document has about 30


def read_xml(data: bytes) -> Element:
    """Read XML; elements of HL7's namespace are named without it.

    Raises:
        InputError: not well-formed, cut off, nested without end, or with a document type declaration.

    """
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    open_now = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal open_now
        open_now += 1
        if open_now > _MOST_DEEP:
            raise InputError("not a C-CDA document: elements nested without end; export it again")
        builder.start(tag.removeprefix(_HL7), attributes)

    def end(tag: str) -> None:
        nonlocal open_now
        open_now -= 1
        builder.end(tag.removeprefix(_HL7))

    def refuse(*_: object) -> None:
        raise InputError("has a document type declaration, which C-CDA has not; export it again without")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError):
        line = parser.ErrorLineNumber
        raise InputError(f"line {line}: not XML, or cut off there; export it again") from None
    return builder.close()


def read_ccda(data: bytes) -> Iterator[Draft]:
    """Read a C-CDA document.

    Raises:
        InputError: as read_xml and document_text.

    """
    root = read_xml(data)
    text = document_text(root)
    encounter = root.findall("./componentOf/encompassingEncounter/id")
    yield Draft(
        ids=_ids(encounter) or _ids([*root.findall("./id"), *root.findall("./setId")]),
        text=text,
        signed=root.find("./legalAuthenticator") is not None,
    )


def _ids(elements: list[Element]) -> tuple[str, ...]:
    return unique(e.get("extension") or e.get("root") or "" for e in elements)


def document_text(root: Element) -> str:
    """Give the note of a ClinicalDocument; "" where its sections hold no narrative.

    Raises:
        InputError: another kind of XML; its body is no text, or not decodable.

    """
    if root.tag != "ClinicalDocument":
        raise InputError("not a C-CDA document (ClinicalDocument); FHIR is read as JSON; export it again")
    plain = root.find("./component/nonXMLBody/text")
    if plain is not None:
        kind = plain.get("mediaType") or "text/plain"
        if plain.find("./reference") is not None:
            raise InputError("the body lies in another file, which is not fetched; export it with its body")
        data = plain.text or ""
        return text_of(kind, decoded(data) if plain.get("representation") == "B64" else data.encode())
    return headed(map(_part, root.findall("./component/structuredBody/component/section")))


def _part(section: Element) -> Part:
    code, text = section.find("./code"), section.find("./text")
    codes = () if code is None else (code, *code.findall("./translation"))
    return Part(
        title=section.findtext("./title") or "",
        codes=tuple(c.get("code") or "" for c in codes),
        text="" if text is None else narrative_text(text),
        parts=tuple(map(_part, section.findall("./component/section"))),
    )
