"""Score the rules of models/deidentify against datasets/deidentification.

    python scripts/score_deidentification.py              # both halves
    python scripts/score_deidentification.py tune --misses --alarms   # only of tune: report stays unread

Found: every letter and digit of a marked identifier is covered, by whatever kind.  Right: a find that lies by half or
more in marked identifiers; precision is over finds.
"""

import argparse
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from scribeeval.models.deidentify import find_identifiers
from scribeeval.models.deidentify.base import KINDS, Found

_STOP = re.compile(r"[,;:?!](?!\d)|\.(?=\s|$)", re.MULTILINE)
SET = Path(__file__).parent.parent / "datasets" / "deidentification" / "transcripts.jsonl"


def read(split: str, language: str = "") -> list[dict[str, Any]]:
    """The transcripts of a half, of one language or of both."""
    rows = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["split"] == split and language in ("", row["language"])]


def without_capitals(row: dict[str, Any]) -> dict[str, Any]:
    """Write a transcript as some recognisers do: no capitals, no commas, no stops at the end of a word."""
    text = row["text"]
    kept = [at for at in range(len(text)) if not _STOP.match(text, at)]
    new = {at: n for n, at in enumerate(kept)}
    spans = []
    for span in row["spans"]:
        inside = [new[at] for at in range(span["start"], span["end"]) if at in new]
        spans.append(span | {"start": inside[0], "end": inside[-1] + 1})
    return row | {"text": "".join(text[at].lower() for at in kept), "spans": spans}


def finds(row: dict[str, Any]) -> list[Found]:
    """What is found in a transcript, as places in its whole text."""
    found, start = [], 0
    for line, ones in zip(row["text"].split("\n"), find_identifiers(row["text"].split("\n")), strict=True):
        found += [Found(one.start + start, one.end + start, one.kind) for one in ones]
        start += len(line) + 1
    return found


def compare(row: dict[str, Any]) -> tuple[list[tuple[str, str, bool]], list[tuple[str, str, bool]]]:
    """(kind, text, whether found) of each marked identifier; (kind, text, whether right) of each find."""
    text, found = row["text"], finds(row)
    covered = {place for one in found for place in range(one.start, one.end)}
    marked = {place for span in row["spans"] for place in range(span["start"], span["end"])}
    gold = [
        (
            span["kind"],
            text[span["start"] : span["end"]],
            all(at in covered for at in range(span["start"], span["end"]) if text[at].isalnum()),
        )
        for span in row["spans"]
    ]
    mine = [
        (
            one.kind,
            text[one.start : one.end],
            2 * len(marked & set(range(one.start, one.end))) >= one.end - one.start,
        )
        for one in found
    ]
    return gold, mine


def main() -> None:
    """Print recall and precision by kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("split", nargs="?", choices=("tune", "report"))
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--alarms", action="store_true")
    parser.add_argument(
        "--lower", action="store_true", help="English alone, capitals and punctuation taken away"
    )
    asked = parser.parse_args()
    for split in (asked.split,) if asked.split else ("tune", "report"):
        for language in ("en",) if asked.lower else ("en", "ko", ""):
            marked, hit, made, right = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
            for row in read(split, language):
                gold, mine = compare(without_capitals(row) if asked.lower else row)
                for kind, text, good in gold:
                    marked[kind] += 1
                    hit[kind] += good
                    if asked.misses and not good and language and split == "tune":
                        print("missed", row["id"], kind, repr(text))
                for kind, text, good in mine:
                    made[kind] += 1
                    right[kind] += good
                    if asked.alarms and not good and language and split == "tune":
                        print("alarm", row["id"], kind, repr(text))
            print(
                f"{split} {language or 'all'}: recall {hit.total()}/{marked.total()} = "
                f"{hit.total() / marked.total():.3f}, "
            
                  f"precision {right.total()}/{made.total()} = {right.total() / made.total():.3f}")  # fmt: skip
            if asked.lower or not language:
                for kind in KINDS:
                    print(
                        f"  {kind:8} recall {hit[kind]:4}/{marked[kind]:<4} precision "
                        f"{right[kind]:4}/{made[kind]:<4}"
                    )


if __name__ == "__main__":
    main()
