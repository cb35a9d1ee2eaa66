"""Tokens of the prompts, how ACI-BENCH's visits fit windows of several sizes, and the time of planning.

    SCRIBEEVAL_SHARED=... python benchmarks/prompts.py

Tokens are estimated as for a server, one per 3 bytes: rather too many.
"""

import csv
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from scribeeval.models.chat.base import ChatModel, Question, estimated_tokens
from scribeeval.models.drafters.base import Drafter
from scribeeval.models.drafters.prompted import PromptSettings, drafter, tokens_of
from scribeeval.models.prompts.templates import TEMPLATES
from scribeeval.records import Segment, Speaker

Visit = tuple[Segment, ...]
WINDOWS = (2048, 4096, 8192, 16384)


def model(window: int | None) -> ChatModel:
    """A model that is counted for, and never asked."""
    return ChatModel("none", "", {}, {}, window, estimated_tokens, lambda _: iter(()))


def visits(shared: Path) -> list[Visit]:
    """Read the dialogues of ACI-BENCH valid and test1."""
    found = []
    for name in ("valid.csv", "clinicalnlp_taskB_test1.csv"):
        with (shared / "data" / "aci-bench" / name).open(encoding="utf-8", newline="") as file:
            found += [tuple(map(segment, row["dialogue"].splitlines())) for row in csv.DictReader(file)]
    return found


def segment(line: str) -> Segment:
    """Read a line as "[doctor] text"."""
    label, _, text = line.removeprefix("[").partition("] ")
    speakers: dict[str, Speaker] = {"doctor": "clinician", "patient": "patient"}
    return Segment(None, None, speakers.get(label, "other"), text)


def asked(asks: Drafter, talk: Sequence[Segment]) -> tuple[Question, ...]:
    """Give the questions about a visit."""
    plan = asks.plan("v", talk)
    return () if plan is None else plan.questions


def main() -> None:
    """Print the tables."""
    shared = os.environ.get("SCRIBEEVAL_SHARED")
    if not shared:
        sys.exit("SCRIBEEVAL_SHARED does not name the folder of public data")
    for name in TEMPLATES:
        asks = drafter(PromptSettings(template=name), model(None), "x")
        (question,) = asked(asks, (Segment(None, None, None, "a"),))
        print(f"{name:12} {tokens_of(question, model(None)):5} tokens without a transcript")
    talks = visits(Path(shared))
    for window in WINDOWS:
        asks = drafter(PromptSettings(), model(window), "x")
        started = time.process_time()
        counts = [len(asked(asks, talk)) for talk in talks]
        ms = 1e3 * (time.process_time() - started) / len(counts)
        ways = Counter("whole" if n == 1 else "sections" if n == 5 else "parts" for n in counts)
        print(
            f"window {window}: {ways['whole']} visits whole, {ways['sections']} by section, "
            f"{ways['parts']} in parts; {statistics.mean(counts):.1f} questions and {ms:.1f} ms a visit"
        )


if __name__ == "__main__":
    main()
