"""A draft that cannot be taken: one line with the file, where, and what to do; the others are taken."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from draft_samples import CCDA, DRAGON, HEALTHSCRIBE, SUKI, attached, bundle, encounter

from scribeeval.errors import InputError
from scribeeval.io.drafts import FORMATS, read_drafts
from scribeeval.io.drafts.base import Draft, Refused

MARK = "Okonkwo"  # stands for what a note says: never in an error
GOLDEN = Path(__file__).parent / "golden" / "drafts"
VISITS = ["V01", "V02", "V03"]
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE z [<!ENTITY l0 "lol">{LAUGHS}]><ClinicalDocument>&l9;</ClinicalDocument>'
XXE = '<!DOCTYPE z [<!ENTITY f SYSTEM "file:///etc/hostname">]><ClinicalDocument>&f;</ClinicalDocument>'
OUTSIDE = '<!DOCTYPE z SYSTEM "http://example.org/x.dtd"><ClinicalDocument/>'
NOTHING_KNOWN = {"resourceType": "OperationOutcome", "issue": [{"diagnostics": MARK}]}


def with_attachment(**attachment: Any) -> dict[str, Any]:
    return attached("text/plain", b"") | {"content": [{"attachment": attachment}]}


def two(kind: str, *texts: bytes) -> dict[str, Any]:
    contents = [attached(kind, text)["content"][0] for text in texts]
    return attached(kind, b"") | {"content": contents}


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("V01.json", f'{{"sections": "{MARK}', "line 1: not JSON"),
        ("V01.json", "[" * 100_000, "nested"),
        ("V01.json", json.dumps(NOTHING_KNOWN), "no draft of a known format"),
        ("V01.json", f'{{"{MARK}": NaN}}', "NaN"),
        ("V01.json", with_attachment(contentType="text/plain", data=f"{MARK}!"), "not base64"),
        ("V01.json", with_attachment(contentType="text/plain", data="cmVz!dA=="), "not base64"),
        ("V01.json", with_attachment(contentType="text/plain", data="cmVzdA"), "not base64, or was cut off"),
        ("V01.json", with_attachment(contentType="text/plain", url="https://x/y"), "behind a url"),
        ("V01.json", with_attachment(contentType="application/pdf", data="cmVzdA=="), "no attachment with"),
        ("V01.json", with_attachment(data="cmVzdA=="), "no attachment with"),
        ("V01.json", with_attachment(contentType=7, data="cmVzdA=="), "'contentType' holds no text"),
        ("V01.json", attached("text/plain", b"") | {"content": MARK}, "'content' holds no object"),
        ("V01.json", attached("text/plain", b"\xff"), "not in its charset"),
        ("V01.json", attached("text/plain;charset=rot13", b"x"), "not in its charset"),
        ("V01.json", attached("text/plain;charset=zlib", b"x"), "not in its charset"),
        ("V01.json", attached("text/plain", b"  \n"), "draft is empty"),
        ("V01.json", attached("text/plain", b"x\0y"), "a character that is none"),
        ("V01.json", '{"sections": [{"title": "", "text": "\\ud800"}]}', "a character"),
        ("V01.jsonl", '{"sections": [{"title": "", "text": "\\ud800"}]}', "a character that is none"),
        ("V01.json", two("text/plain", b"a", b"b"), "2 attachments of text/plain that differ"),
        ("V01.json", attached("text/plain", b"x") | {"status": "entered-in-error"}, "superseded or entered"),
        ("V01.json", bundle(), "no DocumentReference and no Composition"),
        ("V01.json", {"resourceType": "Composition", "section": []}, "draft is empty"),
        ("V01.json", {"note": {"resources": [{"content": 5}]}}, "'content' holds no text"),
        ("V01.json", {"note": {"resources": MARK}}, "no draft of a known format"),
        (
            "V01.json",
            {"ClinicalDocumentation": {"Sections": [{"Summary": [MARK]}]}},
            "'Summary' holds no object",
        ),
        ("V01.json", SUKI | {"sections": [{"title": None, "text": ""}]}, "draft is empty"),
        ("V01.xml", CCDA[:-40], "not XML, or cut off"),
        ("V01.xml", f"<a>{MARK}</a>", "not a C-CDA document"),
        ("V01.xml", "<ClinicalDocument>&nbsp;</ClinicalDocument>", "not XML"),
        ("V01.xml", f"{'<a>' * 5000}{MARK}{'</a>' * 5000}", "nested without end"),
        ("V01.xml", '<?xml version="1.0" encoding="klingon"?><a/>', "not XML"),
        ("V01.xml", BOMB, "document type declaration"),
        ("V01.xml", XXE, "document type declaration"),
        ("V01.xml", OUTSIDE, "document type declaration"),
        ("V01.xml", '<ClinicalDocument xmlns="urn:hl7-org:v3"/>', "draft is empty"),
        ("V01.txt", b"\xff\xff" + MARK.encode(), "not UTF-8"),
        ("V01.txt", " \n", "draft is empty"),
        ("V01.docx", MARK, ".docx is not read"),
        ("V01.csv", f"visit,draft_note\nV01,{MARK}\n", "column 'visit_id' is missing"),
        ("V01.csv", f"visit_id,draft_note\n ,{MARK}\n", "row 2: visit_id is empty"),
        ("V01.csv", "visit_id,draft_note\nV01,\n", "row 2: the draft is empty"),
        ("V01.jsonl", f"{json.dumps(SUKI)}\n{MARK}\n", "line 2 is not a JSON object"),
        ("strange.txt", MARK, "of no visit of the table"),
        (
            "V02.json",
            attached("text/plain", b"x", context=encounter("V01")),
            "as visit 'V02' and as visit 'V01'",
        ),
    ],
)
def test_one_line_says_where_and_what(tmp_path: Path, name: str, content: Any, what: str) -> None:
    data = content.encode("cp1252") if isinstance(content, str) else content
    (tmp_path / name).write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    (tmp_path / "V03.txt").write_text("rest")
    drafts = read_drafts(tmp_path, VISITS)
    assert drafts.notes == {"V03": "rest"}
    (problem,) = drafts.problems
    assert problem.message.startswith(f"{name}: ")
    assert what in problem.message
    assert "; " in problem.message  # what to do
    assert MARK not in problem.message
    assert str(tmp_path) not in problem.message
    assert "\n" not in problem.message


def test_one_bad_note_of_a_bundle_leaves_the_others(tmp_path: Path) -> None:
    bad = with_attachment(contentType="text/plain", data="!") | {"context": encounter("V01")}
    good = attached("text/plain", b"rest", context=encounter("V02"))
    unknown = attached("text/plain", b"x", context=encounter("V99"))
    (tmp_path / "V03.json").write_text(json.dumps(bundle(bad, good, unknown, unknown)))
    drafts = read_drafts(tmp_path, VISITS)
    assert drafts.notes == {"V02": "rest"}
    assert [p.visit_id for p in drafts.problems] == ["V01", None]
    assert drafts.problems[0].message.startswith("V03.json: entry 1: ")
    assert drafts.problems[1].message.startswith("V03.json: entry 3: is of no visit of the table, and 1 more")


def test_one_bad_line_leaves_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(f'{json.dumps(SUKI)}\n{{"x": "{MARK}"}}\n')
    drafts = read_drafts(tmp_path, VISITS)
    assert list(drafts.notes) == ["V01"]
    assert drafts.problems[0].message.startswith("a.jsonl: line 2: no sections")


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from _places(one, (*path, key))


def _with(value: Any, path: tuple[Any, ...], new: object) -> Any:
    if not path:
        return new
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = _with(value[path[0]], path[1:], new)
    return copied


@pytest.mark.parametrize("new", [None, 5, True, "x", [], {}, [None], [[1]], {"x": []}, ["x"]], ids=repr)
def test_whatever_stands_anywhere_nothing_but_a_problem_comes_of_it(new: object) -> None:
    composition = json.loads((GOLDEN / "fhir.resources-8.3.0-composition-bundle.json").read_text())
    reference = attached("text/plain", b"x", context=encounter("V01"), docStatus="final")
    samples = {
        "healthscribe": [HEALTHSCRIBE],
        "dragon": [DRAGON],
        "suki": [SUKI],
        "fhir": [composition, reference],
    }
    for name, values in samples.items():
        for value in values:
            for path in _places(value):
                with suppress(InputError):
                    for one in FORMATS[name].read(_with(value, path, new)):
                        assert isinstance(one, Draft | Refused)


def test_two_drafts_of_one_visit_are_both_left_out(tmp_path: Path) -> None:
    (tmp_path / "V01.txt").write_text("a")
    (tmp_path / "b.json").write_text(json.dumps(DRAGON))
    (tmp_path / "V02.txt").write_text("c")
    drafts = read_drafts(tmp_path, VISITS)
    assert drafts.notes == {"V02": "c"}
    (problem,) = drafts.problems
    assert problem.visit_id == "V01"
    assert "2 drafts (V01.txt, b.json); keep one" in problem.message


def test_the_same_visit_twice_in_a_table(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("visit_id,draft_note\nV01,a\nV01,b\nV02,c\n")
    drafts = read_drafts(tmp_path / "a.csv", VISITS)
    assert drafts.notes == {"V02": "c"}
    assert "(a.csv row 2, a.csv row 3)" in drafts.problems[0].message


def test_nothing_to_read_stops(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        read_drafts(tmp_path / "missing", VISITS)
    with pytest.raises(InputError, match="holds no file of drafts"):
        read_drafts(tmp_path, VISITS)
    (tmp_path / "V01.txt").write_text("a")
    with pytest.raises(InputError, match="did you mean 'ccda'"):
        read_drafts(tmp_path, VISITS, "cda")
    with pytest.raises(InputError, match="holds no file of drafts"):
        read_drafts(tmp_path, VISITS, "ccda")


def test_a_transcript_is_no_draft(tmp_path: Path) -> None:
    (tmp_path / "V01_transcript.json").write_text('{"Conversation": {"TranscriptSegments": []}}')
    (tmp_path / "V02_transcript.json").write_text('{"transcript": {"turns": []}}')
    (tmp_path / "V01_summary.json").write_text(json.dumps(HEALTHSCRIBE))
    drafts = read_drafts(tmp_path, VISITS)
    assert list(drafts.notes) == ["V01"]
    assert drafts.problems == ()
