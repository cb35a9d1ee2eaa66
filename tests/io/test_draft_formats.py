"""Drafts of each format: the note's text, whose visit it is, and what is known of it.

FHIR: files that fhir.resources 8.3.0 wrote (golden/make_drafts.py).  The other samples: draft_samples.py.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from draft_samples import CCDA, CCDA_TEXT, DRAGON, HEALTHSCRIBE, SUKI, attached, bundle, encounter

from scribeeval.io.drafts import FORMATS, read_drafts
from scribeeval.io.drafts.headed import Part, headed, loinc_headings
from scribeeval.text.sections import default_headers, key, section_texts

GOLDEN = Path(__file__).parent / "golden" / "drafts"


def text_of(folder: Path, name: str, content: Any, visit_id: str = "V01") -> str:
    """Write a file, read it, and give the draft of the visit."""
    data = content if isinstance(content, bytes) else content.encode() if isinstance(content, str) else None
    (folder / name).write_bytes(json.dumps(content).encode() if data is None else data)
    drafts = read_drafts(folder / name, ["V01", "V02", "V03"])
    assert drafts.problems == ()
    assert list(drafts.notes) == [visit_id]
    return drafts.notes[visit_id]


def test_fhir_that_a_peer_wrote() -> None:
    drafts = read_drafts(GOLDEN, ["V01", "V02"])
    assert drafts.problems == ()
    assert drafts.flags == {}
    assert drafts.notes == {
        "V01": "CHIEF COMPLAINT\nKnee pain.\n\nPLAN\nIce & rest, ibuprofen 400 mg.",
        "V02": "CHIEF COMPLAINT\nCough for 3 days <no fever>\n\nAssessment and Plan\n\n"
        "Bronchitis\nFluids\nHoney\n\nDoses\nDrug\tDose\nIbuprofen\t400 mg",
    }
    assert set(section_texts(drafts.notes["V02"])) == {"chief_complaint", "assessment_and_plan"}


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.xml", CCDA.encode("cp1252"), CCDA_TEXT),
        (
            "a.json",
            DRAGON,
            "HISTORY OF PRESENT ILLNESS\nKnee pain.\n\nFor 2 months.\n\nASSESSMENT AND PLAN\n1. Rest.",
        ),
        ("a.json", SUKI, "HPI\nKnee pain.\n\nPLAN\nRest."),
        ("a.json", HEALTHSCRIBE, "HISTORY OF PRESENT ILLNESS\nKnee pain.\nFor 2 months."),
        ("V01.txt", b"\xef\xbb\xbf\r\n  HPI\r\nCafe\xcc\x81 \r\n\r\n", "  HPI\nCafé "),
        ("V01.md", "# PLAN\n\n* rest".encode("utf-16"), "# PLAN\n\n* rest"),
        ("V01_draft.txt", "rest", "rest"),
        ("V01.html", "<title>x</title><p>Rest<script>x()</script> &amp; ice<br>now</p>", "Rest & ice\nnow"),
        ("a.csv", 'visit_id,draft_note\r\nV01,"HPI\r\nrest"\r\n', "HPI\nrest"),
        ("a.jsonl", '{"visit_id": "V01", "draft_note": "rest"}\n', "rest"),
        ("a.jsonl", json.dumps(SUKI) + "\n", "HPI\nKnee pain.\n\nPLAN\nRest."),
        ("a.ndjson", json.dumps(attached("text/plain", b"rest", context=encounter("V01"))) + "\n", "rest"),
    ],
)
def test_each_format(tmp_path: Path, name: str, content: Any, text: str) -> None:
    assert text_of(tmp_path, name, content) == text


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("text/plain", "café".encode(), "café"),
        ("text/plain;charset=iso-8859-1", "café".encode("latin-1"), "café"),
        ('text/plain; charset="utf-16"', "café".encode("utf-16"), "café"),
        ("text/html", b"<p>a</p><p>b</p>", "a\nb"),
        ("application/xml", CCDA.encode("cp1252"), CCDA_TEXT),
    ],
)
def test_attachments(tmp_path: Path, kind: str, data: bytes, text: str) -> None:
    assert text_of(tmp_path, "V01.json", attached(kind, data)) == text


def test_an_attachment_in_a_binary_of_the_same_bundle(tmp_path: Path) -> None:
    reference = attached("text/plain", b"", context=encounter("V01"))
    reference["content"][0]["attachment"] = {"contentType": "text/plain", "url": "Binary/b1"}
    binary = {"resourceType": "Binary", "id": "b1", "contentType": "text/plain", "data": "cmVzdA=="}
    assert text_of(tmp_path, "a.json", bundle(reference, binary)) == "rest"


def test_a_body_that_is_no_xml(tmp_path: Path) -> None:
    body = base64.b64encode(b"HPI\n\nrest").decode()
    text = f'<text mediaType="text/plain" representation="B64">{body}</text>'
    content = CCDA[: CCDA.index("<component><structuredBody>")] + (
        f"<component><nonXMLBody>{text}</nonXMLBody></component></ClinicalDocument>"
    )
    assert text_of(tmp_path, "a.xml", content.encode("cp1252")) == "HPI\n\nrest"


def test_the_visit_is_named_by_the_encounter_before_the_document(tmp_path: Path) -> None:
    own = {"identifier": [{"value": "V02"}], "id": "V03"}
    assert text_of(tmp_path, "a.json", attached("text/plain", b"x", context=encounter("V01"), **own)) == "x"
    assert (
        text_of(tmp_path, "a.json", attached("text/plain", b"x", identifier=[{"value": "V02"}]), "V02") == "x"
    )


def test_of_a_signed_and_an_open_note_the_open_one_is_the_draft(tmp_path: Path) -> None:
    signed = attached("text/plain", b"signed", docStatus="final", context=encounter("V01"))
    draft = attached("text/plain", b"draft", docStatus="preliminary", context=encounter("V01"))
    old = attached("text/plain", b"old", context=encounter("V01")) | {"status": "superseded"}
    alone = attached("text/plain", b"alone", docStatus="amended", context=encounter("V02"))
    (tmp_path / "a.json").write_text(json.dumps(bundle(signed, old, draft, alone)))
    drafts = read_drafts(tmp_path, ["V01", "V02"])
    assert drafts.problems == ()
    assert drafts.notes == {"V01": "draft", "V02": "alone"}
    assert drafts.flags == {"V02": ("signed",)}


def test_a_document_is_its_composition_alone(tmp_path: Path) -> None:
    value = json.loads((GOLDEN / "fhir.resources-8.3.0-composition-bundle.json").read_text())
    value["entry"].append({"resource": attached("text/plain", b"enclosed", context=encounter("V01"))})
    assert text_of(tmp_path, "a.json", value, "V02").startswith("CHIEF COMPLAINT")


def test_a_section_without_narrative_shows_that_of_its_entries(tmp_path: Path) -> None:
    composition = {
        "resourceType": "Composition",
        "section": [
            {"code": {"coding": [{"code": "48765-2"}]}, "entry": [{"reference": "AllergyIntolerance/1"}]}
        ],
    }
    entry = {
        "resourceType": "AllergyIntolerance",
        "id": "1",
        "text": {"status": "generated", "div": "<div>Nuts</div>"},
    }
    assert text_of(tmp_path, "V01.json", bundle(composition, entry)) == "ALLERGIES\nNuts"


def test_a_folder_of_several_formats_in_folders(tmp_path: Path) -> None:
    (tmp_path / "V01").mkdir()
    (tmp_path / "V01" / "summary.json").write_text(json.dumps(HEALTHSCRIBE))
    (tmp_path / "V02.txt").write_text("rest")
    (tmp_path / ".V03.txt").write_text("hidden")
    (tmp_path / "V03.wav").write_bytes(b"RIFF")
    drafts = read_drafts(tmp_path, ["V01", "V02", "V03"])
    assert list(drafts.notes) == ["V01", "V02"]
    assert drafts.problems == ()
    assert list(drafts.files) == ["V01/summary.json", "V02.txt"]


def test_a_format_by_name_takes_its_own_files_only(tmp_path: Path) -> None:
    (tmp_path / "V01.txt").write_text("text")
    (tmp_path / "V01.html").write_text("<p>html</p>")
    assert read_drafts(tmp_path, ["V01"], "html").notes == {"V01": "html"}
    assert read_drafts(tmp_path, ["V01"], "text").notes == {"V01": "text"}


def test_a_named_format_reads_a_file_with_another_suffix(tmp_path: Path) -> None:
    (tmp_path / "V01.log").write_text(json.dumps(SUKI))
    assert read_drafts(tmp_path / "V01.log", ["V01"], "suki").notes == {
        "V01": "HPI\nKnee pain.\n\nPLAN\nRest."
    }
    assert read_drafts(tmp_path / "V01.log", ["V01"], "text").notes["V01"].startswith("{")


def test_a_visit_may_be_called_like_a_kind_of_file(tmp_path: Path) -> None:
    for name in ("V01_note.txt", "keynote.txt"):
        (tmp_path / name).write_text(name)
    drafts = read_drafts(tmp_path, ["V01", "V01_note", "key", "keynote"])
    assert drafts.notes == {"V01_note": "V01_note.txt", "keynote": "keynote.txt"}
    assert drafts.problems == ()


def test_headings_of_loinc_codes_are_all_known() -> None:
    sections = default_headers().section
    assert [h for h in loinc_headings().values() if key(h) not in sections] == []
    assert (
        headed([Part("", ("10154-3",), "x"), Part("Empty", (), " \n", (Part("", (), ""),))])
        == "CHIEF COMPLAINT\nx"
    )


def test_every_json_format_is_recognised_as_itself_alone() -> None:
    samples = {
        "healthscribe": HEALTHSCRIBE,
        "dragon": DRAGON,
        "suki": SUKI,
        "fhir": attached("text/plain", b""),
    }
    assert set(samples) == {f.name for f in FORMATS.values() if f.kind == "json"}
    for name, value in samples.items():
        assert [f.name for f in FORMATS.values() if f.matches(value)] == [name]
