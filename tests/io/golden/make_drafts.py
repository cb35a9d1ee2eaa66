"""Make golden/drafts: FHIR R4B resources as the package fhir.resources validates and writes them.

Run with an environment of its own:

    pip install fhir.resources==8.3.0 && python tests/io/golden/make_drafts.py

R4B changed neither DocumentReference nor Composition of R4.  The other formats have no peer that writes
them; their samples stand in the tests, by hand, after the standards' and the products' published examples.
"""

import base64
from pathlib import Path

from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.composition import Composition
from fhir.resources.R4B.documentreference import DocumentReference

FOLDER = Path(__file__).parent / "drafts"
PLAIN = "CHIEF COMPLAINT\r\nKnee pain.\r\n\r\nPLAN\r\nIce & rest, ibuprofen 400 mg.\r\n"
HTML = "<html><body><h3>PLAN</h3><p>Ice &amp; rest,&nbsp;ibuprofen 400&#160;mg.</p></body></html>"


def loinc(code: str) -> dict[str, object]:
    return {"coding": [{"system": "http://loinc.org", "code": code}]}


def attachment(kind: str, text: str) -> dict[str, object]:
    return {"attachment": {"contentType": kind, "data": base64.b64encode(text.encode()).decode()}}


def div(inner: str) -> dict[str, str]:
    return {"status": "additional", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{inner}</div>'}


REFERENCE = DocumentReference(
    id="doc-1",
    status="current",
    docStatus="preliminary",
    type=loinc("11506-3"),
    content=[attachment("text/html", HTML), attachment("text/plain; charset=utf-8", PLAIN)],
    context={"encounter": [{"reference": "Encounter/V01"}]},
)
COMPOSITION = Composition(
    id="comp-2",
    identifier={"system": "urn:ietf:rfc:3986", "value": "urn:uuid:7a1b1c1e-0000-4000-8000-000000000002"},
    status="preliminary",
    type=loinc("11506-3"),
    date="2024-01-31",
    title="Progress note",
    author=[{"display": "Scribe"}],
    encounter={"reference": "urn:uuid:5e1b1c1e-0000-4000-8000-000000000001"},
    section=[
        {
            "title": "What brings you in",
            "code": loinc("10154-3"),
            "text": div("<p>Cough for <b>3</b> days &lt;no fever&gt;</p>"),
        },
        {
            "title": "Assessment and Plan",
            "code": loinc("51847-2"),
            "section": [
                {"title": "Bronchitis", "text": div("<ul><li>Fluids</li><li>Honey</li></ul>")},
                {
                    "title": "Doses",
                    "text": div(
                        "<table><tr><th>Drug</th><th>Dose</th></tr>"
                        "<tr><td>Ibuprofen</td><td>400 mg</td></tr></table>"
                    ),
                },
            ],
        },
        {"title": "Allergies", "code": loinc("48765-2"), "emptyReason": {"text": "not asked"}},
    ],
)
DOCUMENT = Bundle(
    type="document",
    identifier={"system": "urn:ietf:rfc:3986", "value": "urn:uuid:9a1b1c1e-0000-4000-8000-000000000009"},
    timestamp="2024-01-31T10:00:00Z",
    entry=[
        {"fullUrl": "urn:uuid:7a1b1c1e-0000-4000-8000-000000000002", "resource": COMPOSITION},
        {
            "fullUrl": "urn:uuid:5e1b1c1e-0000-4000-8000-000000000001",
            "resource": {
                "resourceType": "Encounter",
                "id": "e2",
                "status": "finished",
                "class": {"code": "AMB"},
                "identifier": [{"system": "http://example.org/visits", "value": "V02"}],
            },
        },
    ],
)

if __name__ == "__main__":
    for name, resource in (("document-reference", REFERENCE), ("composition-bundle", DOCUMENT)):
        (FOLDER / f"fhir.resources-8.3.0-{name}.json").write_text(resource.model_dump_json(indent=1) + "\n")
