"""Quantities bound to their drug, lab or vital.  Cases are by hand."""

import pytest

from scribeeval.terms import find_terms

# text, surface of the mention, its attributes
CASES = [
    ("lisinopril 20 mg a day", "lisinopril", {"dose": "20", "unit": "mg", "frequency": "daily"}),
    ("metformin 500mg PO BID for 10 days", "metformin",
     {"dose": "500", "unit": "mg", "route": "oral", "frequency": "bid", "duration": "10 day"}),
    ("20 mg of Lasix", "Lasix", {"dose": "20", "unit": "mg"}),
    ("started on 500 mg metformin", "metformin", {"dose": "500", "unit": "mg"}),
    ("Increase Lasix from 40 mg to 80 mg daily", "Lasix", {"dose": "80", "unit": "mg", "frequency": "daily"}),
    ("Tylenol 1,000 mg", "Tylenol", {"dose": "1000", "unit": "mg"}),
    ("digoxin .125 mg", "digoxin", {"dose": "0.125", "unit": "mg"}),
    ("Synthroid 50 µg", "Synthroid", {"dose": "50", "unit": "mcg"}),
    ("ibuprofen five hundred milligrams", "ibuprofen", {"dose": "500", "unit": "mg"}),
    ("albuterol 2 puffs every 4-6 hours as needed", "albuterol",
     {"dose": "2", "unit": "puff", "frequency": "q4-6h prn"}),
    ("insulin glargine 20 units subcutaneously at bedtime", "insulin glargine",
     {"dose": "20", "unit": "unit", "route": "subcutaneous", "frequency": "nightly"}),
    ("amoxicillin 875/125 mg", "amoxicillin", {"dose": "875/125", "unit": "mg"}),
    ("methotrexate 2.5 mg once a week", "methotrexate", {"dose": "2.5", "unit": "mg", "frequency": "weekly"}),
    ("lisinopril 20 daily", "lisinopril", {"dose": "20", "frequency": "daily"}),
    ("prednisone 40 mg daily x 5 days", "prednisone",
     {"dose": "40", "unit": "mg", "frequency": "daily", "duration": "5 day"}),
    ("sumatriptan three times a week", "sumatriptan", {"frequency": "3/week"}),
    ("암로디핀 5mg 하루 한 번", "암로디핀", {"dose": "5", "unit": "mg", "frequency": "daily"}),
    # what is said of the next drug, in the next sentence, or of a lab is not this drug's
    ("Lasix, lisinopril 20 mg", "Lasix", {}),
    ("lisinopril and two puffs of albuterol", "lisinopril", {}),
    ("lisinopril and two puffs of albuterol", "albuterol", {"dose": "2", "unit": "puff"}),
    ("Stop Lasix. Take 20 mg tomorrow", "Lasix", {}),
    ("metformin, glucose 140 mg/dL", "metformin", {}),
    ("BP 142/88", "BP", {"value": "142/88"}),
    ("blood pressure today is 142 over 88", "blood pressure", {"value": "142/88"}),
    ("A1c 7.2 %", "A1c", {"value": "7.2", "unit": "%"}),
    ("hemoglobin A1c of 7.2%", "hemoglobin A1c", {"value": "7.2", "unit": "%"}),
    ("temperature of 101.2", "temperature", {"value": "101.2"}),
    ("Temp: 98.6 F", "Temp", {"value": "98.6", "unit": "°f"}),
    ("HR 72 bpm", "HR", {"value": "72", "unit": "bpm"}),
    ("creatinine came back at 1.4 mg/dL", "creatinine", {"value": "1.4", "unit": "mg/dl"}),
    ("A1c improved from 8.1 to 7.2 %", "A1c", {"value": "7.2", "unit": "%"}),
    ("eGFR > 60", "eGFR", {"value": ">60"}),
    ("체온 37.8도", "체온", {"value": "37.8", "unit": "°c"}),
    ("A1c는 7.2%", "A1c", {"value": "7.2", "unit": "%"}),
    # neither a date, a span of time, a change, nor the value of another
    ("A1c in 3 months", "A1c", {}),
    ("CBC on 10/12/2020", "CBC", {}),
    ("weight is up 5 pounds", "weight", {}),
    ("A1c is down from 8.1", "A1c", {}),
    ("sodium and potassium 3.5", "sodium", {}),
    ("height 5'10", "height", {}),
    ("check CBC. 5 visits", "CBC", {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "surface", "attributes"), CASES, ids=[f"{t[:44]} / {s}" for t, s, _ in CASES]
)
def test_attributes(text: str, surface: str, attributes: dict[str, str]) -> None:
    (mention,) = [m for m in find_terms(text) if m.text == surface]
    assert dict(mention.attributes) == attributes


def test_spans_quote_what_was_read() -> None:
    text = "Take Lasix from 40 to 80 mg by mouth every morning"
    (mention,) = find_terms(text)
    quoted = {name: text[slice(*span)] for name, span in mention.attribute_spans.items()}
    assert quoted == {"dose": "80", "unit": "mg", "route": "by mouth", "frequency": "every morning"}
