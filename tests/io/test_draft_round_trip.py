"""Any text, written in a format by a small writer, is the same text when it is read (in NFC)."""

import base64
import csv
import html
import io
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scribeeval.io.drafts import FORMATS, read_drafts

# Words of any script, composed or not, and what markup, CSV or JSON could stumble over.
words = st.one_of(
    st.text(
        st.characters(
            exclude_categories=("Cc", "Cs", "Cn", "Co", "Zs", "Zl", "Zp"), exclude_characters="\ufeff"
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(
        ("<b>", "&amp;", "]]>", '"', "'", ",", ";", "<br/>", "</div>", "\\n", "=1", "e\u0301", "통증", "0")
    ),
)
lines = st.lists(words, min_size=1, max_size=4).map(" ".join)
notes = st.lists(st.one_of(lines, st.just("")), min_size=1, max_size=6).map("\n".join).filter(str.strip)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _breaks(text: str) -> str:
    return escape(text).replace("\n", "<br/>")


def _csv(text: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["visit_id", "draft_note"], ["V01", text]])
    return out.getvalue().encode("utf-8-sig")


def _table(write: Callable[[pd.DataFrame, io.BytesIO], None]) -> Callable[[str], bytes]:
    def written(text: str) -> bytes:
        out = io.BytesIO()
        write(pd.DataFrame({"visit_id": ["V01"], "draft_note": [text]}), out)
        return out.getvalue()

    return written


def _attached(kind: str, data: str) -> bytes:
    attachment = {"contentType": kind, "data": _base64(data)}
    return _json({"resourceType": "DocumentReference", "content": [{"attachment": attachment}]})


def _composition(text: str) -> bytes:
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{_breaks(text)}</div>'
    return _json({"resourceType": "Composition", "section": [{"text": {"div": div}}]})


def _ccda(body: str) -> bytes:
    return (
        f'<ClinicalDocument xmlns="urn:hl7-org:v3"><component>{body}</component></ClinicalDocument>'.encode()
    )


def _section(text: str) -> str:
    paragraphs = "".join(f"<paragraph>{escape(line) or '<br/>'}</paragraph>" for line in text.split("\n"))
    section = f"<section><text>{paragraphs}</text></section>"
    return f"<structuredBody><component>{section}</component></structuredBody>"


def _sentences(text: str) -> bytes:
    rows = [{"SummarizedSegment": line} for line in text.split("\n")]
    return _json({"ClinicalDocumentation": {"Sections": [{"SectionName": "", "Summary": rows}]}})


def _healthscribe_holds(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line.strip())


WRITERS: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "table": ("V01.csv", _csv),
    "table, JSON lines": ("V01.jsonl", lambda t: _json({"visit_id": "V01", "draft_note": t})),
    "table, Parquet": ("V01.parquet", _table(lambda frame, out: frame.to_parquet(out))),
    "healthscribe": ("V01.json", _sentences),
    "dragon": ("V01.json", lambda t: _json({"note": {"resources": [{"content": t.replace("\n", "\r\n")}]}})),
    "suki": ("V01.json", lambda t: _json({"sections": [{"title": "", "text": t}]})),
    "fhir, plain": ("V01.json", lambda t: _attached("text/plain", t)),
    "fhir, HTML": (
        "V01.json",
        lambda t: _attached("text/html", f"<p>{html.escape(t).replace(chr(10), '<br>')}</p>"),
    ),
    "fhir, pre": ("V01.json", lambda t: _attached("text/html", f"<pre>\n{html.escape(t)}</pre>")),
    "fhir, Composition": ("V01.json", _composition),
    "ccda": ("V01.xml", lambda t: _ccda(_section(t))),
    "ccda, no XML": (
        "V01.xml",
        lambda t: _ccda(f'<nonXMLBody><text representation="B64">{_base64(t)}</text></nonXMLBody>'),
    ),
    "text": ("V01.txt", lambda t: t.replace("\n", "\r\n").encode()),
    "html": ("V01.html", lambda t: html.escape(t).replace("\n", "<br>").encode()),
}


def test_every_format_has_a_writer() -> None:
    assert {name.partition(",")[0] for name in WRITERS} == set(FORMATS)


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=notes)
def test_the_text_comes_back(tmp_path: Path, name: str, text: str) -> None:
    file, write = WRITERS[name]
    (tmp_path / file).write_bytes(write(text))
    drafts = read_drafts(tmp_path / file, ["V01"])
    assert drafts.problems == ()
    held = _healthscribe_holds(text) if name == "healthscribe" else text
    assert drafts.notes == {"V01": unicodedata.normalize("NFC", held).strip("\n")}
