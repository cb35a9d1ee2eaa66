"""Score the rules of models/deidentify against datasets/deidentification.

    python scripts/score_deidentification.py              # both halves
    python scripts/score_deidentification.py tune --misses
    python scripts/score_deidentification.py --lower      # as recognisers without capitals write

Found: every letter and digit of a marked identifier is covered, by whatever kind.  Right: a find that lies by
half or more in marked identifiers; precision is over finds.  Of report, nothing but counts is printed.
"""

import argparse
import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from scribeeval.models.deidentify import find_identifiers
from scribeeval.models.deidentify.base import KINDS, Found
from scribeeval.terms import find_terms

_STOP = re.compile(r"[,;:?!](?!\d)|\.(?=\s|$)", re.MULTILINE)
SET = Path(__file__).parent.parent / "datasets" / "deidentification" / "transcripts.jsonl"


def read(split: str) -> list[dict[str, Any]]:
    """The transcripts of a half."""
    rows = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["split"] == split]


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


class Tally(NamedTuple):
    """Of some transcripts: identifiers marked and found, finds made and right, by kind."""

    marked: Counter[str]
    found: Counter[str]
    made: Counter[str]
    right: Counter[str]

    def shares(self, kind: str | None = None) -> str:
        """Recall and precision, of one kind or of all."""
        found, marked, right, made = (
            counts.total() if kind is None else counts[kind]
            for counts in (self.found, self.marked, self.right, self.made)
        )
        return (
            f"recall {found:4} of {marked:3} {found / marked if marked else 1:6.1%}"
            f"   precision {right:4} of {made:3} {right / made if made else 1:6.1%}"
        )


def tally(rows: Iterable[dict[str, Any]], tell: Callable[[str, str, str, str], None]) -> Tally:
    """Count; tell(what, id, kind, text) hears of each miss and each alarm."""
    counts = Tally(Counter(), Counter(), Counter(), Counter())
    for row in rows:
        text, made = row["text"], finds(row)
        covered = {place for one in made for place in range(one.start, one.end)}
        marked = {place for span in row["spans"] for place in range(span["start"], span["end"])}
        for span in row["spans"]:
            places = range(span["start"], span["end"])
            hit = all(at in covered for at in places if text[at].isalnum())
            counts.marked[span["kind"]] += 1
            counts.found[span["kind"]] += hit
            if not hit:
                tell("missed", row["id"], span["kind"], text[span["start"] : span["end"]])
        for one in made:
            right = 2 * len(marked.intersection(range(one.start, one.end))) >= one.end - one.start
            counts.made[one.kind] += 1
            counts.right[one.kind] += right
            if not right:
                tell("alarm", row["id"], one.kind, text[one.start : one.end])
    return counts


def dialogues(folder: Path) -> Iterator[list[str]]:
    """The turns of ACI-BENCH's and PriMock57's visits in a folder of public data."""
    for path in sorted((folder / "aci-bench").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row.get("dialogue")]
        for row in rows:
            yield [re.sub(r"^\[\w+\] ?", "", turn) for turn in row["dialogue"].split("\n")]
    for path in sorted((folder / "primock57" / "transcripts").glob("*.TextGrid")):
        said = re.findall(r'text = "([^"]*)"', path.read_text(encoding="utf-8"))
        yield [re.sub(r"<[^>]*>", "", turn) for turn in said]


def print_terms(folder: Path) -> None:
    """Print how many of the dialogues' clinical terms a placeholder touches."""
    visits = terms = touched = 0
    for turns in dialogues(folder):
        visits += 1
        for turn, made in zip(turns, find_identifiers(turns), strict=True):
            covered = {place for one in made for place in range(one.start, one.end)}
            mentions = find_terms(turn)
            terms += len(mentions)
            touched += sum(not covered.isdisjoint(range(one.start, one.end)) for one in mentions)
    print(f"{visits} transcripts, {terms} terms, {touched} touched")


def main() -> None:
    """Print recall and precision by language and kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("split", nargs="?", choices=("tune", "report"))
    parser.add_argument(
        "--misses", action="store_true", help="print what is missed and what is wrong, of tune"
    )
    parser.add_argument(
        "--lower", action="store_true", help="English alone, capitals and punctuation taken away"
    )
    parser.add_argument(
        "--terms", type=Path, metavar="DIR", help="count the terms of public dialogues in DIR"
    )
    asked = parser.parse_args()
    if asked.terms:
        print_terms(asked.terms)
        return
    for split in (asked.split,) if asked.split else ("tune", "report"):

        def tell(*words: str, tells: bool = asked.misses and split == "tune") -> None:
            if tells:
                print(*words)

        rows = read(split)
        if asked.lower:
            rows = [without_capitals(row) for row in rows if row["language"] == "en"]
        everything = tally(rows, tell)
        for language in ("en", "ko"):
            some = [row for row in rows if row["language"] == language]
            if some:
                print(f"{split:6} {language:8} {tally(some, lambda *_: None).shares()}")
        for kind in KINDS:
            print(f"{split:6} {kind:8} {everything.shares(kind)}")
        print(f"{split:6} {'all':8} {everything.shares()}")


if __name__ == "__main__":
    main()
