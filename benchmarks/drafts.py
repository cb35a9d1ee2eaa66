"""How long it takes to read drafts, by format: 1,000 notes of about 3,000 characters, on one core.

python benchmarks/drafts.py
"""

import base64
import json
import resource
import tempfile
import time
from html import escape
from pathlib import Path

from scribeeval.io.drafts import read_drafts

NOTES = 1_000
NOTE = "HISTORY OF PRESENT ILLNESS\n" + "The patient reports knee pain for 2 weeks, worse on stairs.\n" * 50
IDS = [f"V{n:05d}" for n in range(NOTES)]


def reference(visit_id: str) -> dict[str, object]:
    """Make a DocumentReference with HTML."""
    html = "".join(f"<p>{escape(line)}</p>" for line in NOTE.split("\n"))
    attachment = {"contentType": "text/html", "data": base64.b64encode(html.encode()).decode()}
    return {
        "resourceType": "DocumentReference",
        "content": [{"attachment": attachment}],
        "context": {"encounter": [{"reference": f"Encounter/{visit_id}"}]},
    }


def ccda() -> str:
    """Make a C-CDA document."""
    text = "".join(f"<paragraph>{line}</paragraph>" for line in NOTE.split("\n"))
    section = f"<component><section><text>{text}</text></section></component>"
    body = f"<component><structuredBody>{section}</structuredBody></component>"
    return f'<ClinicalDocument xmlns="urn:hl7-org:v3">{body}</ClinicalDocument>'


def write(folder: Path, name: str) -> None:
    """Write all notes in a format."""
    if name == "table":
        rows = [{"visit_id": i, "draft_note": NOTE} for i in IDS]
        (folder / "notes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    elif name == "fhir":
        entries = [{"resource": reference(i)} for i in IDS]
        (folder / "bundle.json").write_text(json.dumps({"resourceType": "Bundle", "entry": entries}))
    elif name == "healthscribe":
        for i in IDS:
            summary = [
                {"SummarizedSegment": line, "EvidenceLinks": [{"SegmentId": str(n)}]}
                for n, line in enumerate(NOTE.split("\n"))
            ]
            value = {"ClinicalDocumentation": {"Sections": [{"SectionName": "PLAN", "Summary": summary}]}}
            (folder / f"{i}.json").write_text(json.dumps(value))
    else:
        for i in IDS:
            suffix, text = (".xml", ccda()) if name == "ccda" else (".txt", NOTE)
            (folder / f"{i}{suffix}").write_text(text)


def main() -> None:
    """Print the seconds for each format."""
    for name in ("table", "text", "fhir", "ccda", "healthscribe"):
        with tempfile.TemporaryDirectory() as made:
            write(Path(made), name)
            size = sum(file.stat().st_size for file in Path(made).iterdir())
            started = time.perf_counter()
            drafts = read_drafts(Path(made), IDS)
            seconds = time.perf_counter() - started
        print(f"{name}: {len(drafts.notes)} notes, {size / 1e6:.1f} MB, {seconds:.2f} s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
