"""Files of drafts by hand, after the standards' and the products' published examples."""

import base64
from typing import Any

CCDA = """<?xml version="1.0" encoding="windows-1252"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <id root="1.2.3" extension="DOC9"/>
 <componentOf><encompassingEncounter><id root="1.2.4" extension="V01"/></encompassingEncounter></componentOf>
 <component><structuredBody>
  <component><section><code code="61150-9" codeSystem="2.16.840.1.113883.6.1"/><title>SUBJECTIVE DATA</title>
   <text><paragraph>
      Back pain for five days,
      <content styleCode="Bold">no</content> fever<content revised="delete"> nor chills</content>.
   </paragraph><list listType="ordered"><item>Sleeps badly</item><item>Works at a caf\xe9</item></list></text>
  </section></component>
  <component><section><code code="10160-0"/><title>Drugs of today</title>
   <text><table><caption>Active</caption><thead><tr><th>Drug</th><th>Dose</th></tr></thead>
    <tbody><tr><td><paragraph>Ibuprofen</paragraph></td><td>400 mg<br/>as needed</td></tr></tbody>
   </table></text>
   <entry><observation><text>coded, not shown</text></observation></entry>
  </section></component>
  <component><section><title>Assessment and Plan</title>
   <component><section><title>Back pain</title><text>Heat.
   Return in 2 weeks.</text></section></component></section></component>
  <component>
   <section nullFlavor="NI"><code code="48765-2"/><title>Allergies</title><text/></section>
  </component>
 </structuredBody></component>
</ClinicalDocument>
"""
CCDA_TEXT = """SUBJECTIVE DATA
Back pain for five days, no fever.
Sleeps badly
Works at a café

MEDICATIONS
Active
Drug\tDose
Ibuprofen\t400 mg
as needed

Assessment and Plan

Back pain
Heat.
Return in 2 weeks."""
DRAGON: dict[str, Any] = {
    "sessionData": {"correlation_id": "c-1"},
    "note": {
        "encounter": {
            "external_encounter_ids": [{"identifier": "V01", "type": "CSN"}],
            "correlation_id": "c-1",
        },
        "document": {"title": "Outpatient Note"},
        "resources": [
            {
                "context": {
                    "display_description": "HISTORY OF PRESENT ILLNESS",
                    "codes": [{"identifier": "10164-2", "system": "loinc.org"}],
                },
                "content": "Knee pain.\r\n\r\nFor 2 months.",
            },
            {"context": {"display_description": "ALLERGIES"}, "content": ""},
            {"context": {"codes": [{"identifier": "51847-2"}]}, "content": "1. Rest."},
        ],
    },
}
SUKI = {
    "sessionId": "s-1",
    "encounterId": "V01",
    "sections": [
        {"loinc": "10164-2", "title": "HPI", "text": "Knee pain."},
        {"loinc": "18776-5", "title": "What we do next", "text": "Rest."},
    ],
}
HEALTHSCRIBE = {
    "ClinicalDocumentation": {
        "SessionId": "V01",
        "Sections": [
            {
                "SectionName": "HISTORY_OF_PRESENT_ILLNESS",
                "Summary": [
                    {"SummarizedSegment": "Knee pain.", "EvidenceLinks": [{"SegmentId": "a"}]},
                    {"SummarizedSegment": " For 2\nmonths. "},
                ],
            },
            {"SectionName": "ASSESSMENT", "Summary": []},
        ],
    }
}


def attached(kind: str, data: bytes, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "content": [{"attachment": {"contentType": kind, "data": base64.b64encode(data).decode()}}],
    } | more


def encounter(visit_id: str) -> dict[str, Any]:
    return {"encounter": [{"reference": f"https://fhir.example.org/r4/Encounter/{visit_id}/_history/3"}]}


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in resources]}
