"""Visits to draft, a server that answers each of them as it is told, and one run of the draft stage."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from models.chat.stub_server import Reply, Stub, answer, completion
from scribeeval.config import options
from scribeeval.config_draft import DraftTable
from scribeeval.records import Segment, Visit
from scribeeval.run import Failure, Silent, open_run
from scribeeval.stages.draft import draft
from scribeeval.stages.draft_one import Choice

MARK = "ZZPATIENTMARK"  # a word of every transcript and of every answer
# A real count would not be far from it; one much too small says that the server cut the question.
USAGE = {"prompt_tokens": 1000, "completion_tokens": 20}
PROBE = "what does a doctor ask"  # words of the fixed question by which a server is known again


def visit(visit_id: str, *said_more: str, **columns: Any) -> Visit:
    """A visit whose transcript holds its own id, and MARK."""
    segments = (
        Segment(None, None, "clinician", f"How is the knee since {visit_id} began?"),
        Segment(None, None, "patient", f"It hurts on stairs. {MARK}"),
        *(Segment(None, None, "patient", text) for text in said_more),
    )
    return Visit(visit_id, reference_segments=segments, **columns)


VISITS = tuple(visit(f"V{i}") for i in range(1, 4))


def note(visit_id: str) -> str:
    return f"SUBJECTIVE\nThe knee hurts on stairs in {visit_id}. {MARK}\n\nPLAN\nRest."


def said(
    text: str | None, reason: str = "stop", *, model: str = "stub-1", usage: Any = USAGE, **more: Any
) -> Reply:
    """What the server answers with status 200."""
    return answer(200, completion(text, reason, usage=usage, **more) | {"model": model})


@dataclass
class ByVisit:
    """What a server answers: to the probe, and to each visit; where nothing is told, its note."""

    probe: Reply = field(default_factory=lambda: said("Where does it hurt?"))
    visits: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        text = json.dumps(handler.asked["messages"])  # type: ignore[attr-defined]
        if PROBE in text:
            self.probe(handler)
            return
        visit_id = text.split("How is the knee since ")[1].split()[0]
        self.asked.append(visit_id)
        self.visits.get(visit_id, said(note(visit_id)))(handler)

    def taken(self) -> list[str]:
        """The visits asked about since the last time, sorted."""
        found, self.asked = sorted(self.asked), []
        return found


def served(stub: Stub) -> ByVisit:
    """Let the server answer by visit."""
    answers = ByVisit()
    stub.replies = [answers]
    return answers


def panel(stub: Stub, **changes: Any) -> dict[str, Any]:
    """The [draft] table of one drafter, `small`, on the server."""
    small = {"drafter": "openai-compatible", "model": "m", "endpoint": stub.url, "tries": 1, **changes}
    return {"drafters": ["small"], "models": {"small": small}}


class Heard(Silent):
    """A reporter that keeps what it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.warned: list[str] = []
        self.failed: list[str] = []

    def say(self, line: str) -> None:
        self.said.append(line)

    def warn(self, line: str) -> None:
        self.warned.append(line)

    def fail(self, line: str) -> None:
        self.failed.append(line)


@dataclass(frozen=True)
class Done:
    """What one run of the stage left."""

    folder: Path
    failures: tuple[Failure, ...]
    heard: Heard

    @property
    def notes(self) -> dict[tuple[str, str], str]:
        """Text by drafter and visit."""
        lines = (self.folder / "notes.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        found = {(row["producer"]["name"], row["visit_id"]): row["text"] for row in rows}
        assert len(found) == len(rows)
        return found

    def facts(self, name: str = "small") -> Any:
        """What the manifest says of a drafter."""
        manifest = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        return manifest["stages"]["draft"]["facts"]["drafters"][name]


def run_draft(
    folder: Path,
    settings: Mapping[str, Any],
    visits: Sequence[Visit] = VISITS,
    choice: Choice = Choice(),  # noqa: B008 - frozen
) -> Done:
    """Run the stage; no line, manifest or egress list may hold a word of a transcript or a note."""
    heard = Heard()
    with open_run(folder) as run:
        failures = draft(run, visits, options(DraftTable, dict(settings)), "", heard, choice)
    lines = [*heard.said, *heard.warned, *heard.failed]
    assert MARK not in "\n".join(lines)
    assert all("\n" not in line for line in lines)
    for name in ("manifest.json", "egress.jsonl"):
        if (folder / name).exists():
            text = (folder / name).read_text(encoding="utf-8")
            assert not [word for word in (MARK, "hurts", "knee", "stairs") if word in text], name
    assert sorted(failure.message for failure in failures) == sorted(heard.failed)
    return Done(folder, failures, heard)
