"""A drafter whose model is counted for and never asked, visits for it, and the parts of its questions."""

import json
import re
from pathlib import Path

from scribeeval.models.chat.base import ChatModel, Question, estimated_tokens
from scribeeval.models.drafters.base import Drafter
from scribeeval.models.drafters.prompted import PromptSettings, drafter
from scribeeval.records import Segment, Speaker

DEMO = Path(__file__).parents[3] / "datasets" / "demo" / "transcripts"


def model(window: int | None = None, revision: str = "r1", **options: object) -> ChatModel:
    """A model that is counted for, and never asked."""
    return ChatModel("gguf", revision, options, {}, window, estimated_tokens, lambda _: iter(()))


def made(window: int | None = None, **settings: object) -> Drafter:
    return drafter(PromptSettings(**settings), model(window), "small")  # type: ignore[arg-type]


def said(*turns: tuple[Speaker | None, str]) -> tuple[Segment, ...]:
    return tuple(Segment(None, None, speaker, text) for speaker, text in turns)


def demo_visit(visit_id: str) -> tuple[Segment, ...]:
    rows = json.loads((DEMO / f"{visit_id}.json").read_text(encoding="utf-8"))["segments"]
    return tuple(Segment(row["start_s"], row["end_s"], row["speaker"], row["text"]) for row in rows)


def parts_of_prompt(question: Question) -> tuple[str, list[str], str]:
    """What stands before the fence, the lines inside it, and what stands after it."""
    text = "\n".join(message.content for message in question.messages)
    marks = re.findall(
        r"^=== (?:BEGIN TRANSCRIPT|END TRANSCRIPT|녹취록 시작|녹취록 끝) ([0-9a-f]{12}) ===$",
        text,
        re.MULTILINE,
    )
    assert len(marks) == 2
    assert marks[0] == marks[1]
    before, inside, after = re.split(rf"^=== .* {marks[0]} ===$\n?", text, flags=re.MULTILINE)
    return before, inside.rstrip("\n").split("\n"), after


VISIT = said(
    ("clinician", "What brings you in?"),
    ("patient", "My knee hurts."),
    ("patient", "Since May."),
    (None, "It is 5 mg."),
)
