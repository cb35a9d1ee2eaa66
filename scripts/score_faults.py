"""Count how many planted faults the findings hit, and how many findings the faultless notes draw.

    python scripts/score_faults.py [tune | report | demo | further | all] [--metrics a,b] [--misses] ...

Found: a finding of the same visit, kind and side whose span shares at least half of the shorter of the
two spans, and is not over three times as long (or 40 characters longer) as the planted one; strict: the spans
share at least half of their union (IoU).  False alarms: all findings on side "hypothesis" when the signed
(and the reference) note takes the draft's place.  --misses and --alarms print texts: not for "report".
"""

import argparse
import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scribeeval.metrics import METRICS
from scribeeval.records import Finding, Pair

DATASETS = Path(__file__).parents[1] / "datasets"
FOLDERS = {"demo": "demo", "further": "faults2"}


@dataclass(frozen=True)
class Fault:
    """A planted fault: a line of faults.csv."""

    fault_id: str
    visit_id: str
    kind: str
    side: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Set:
    """The visits of one set: its faults, and each visit's transcript, draft, signed and reference note."""

    faults: Sequence[Fault]
    notes: dict[str, dict[str, str]]

    def pairs(self, hypothesis: str, reference: str = "signed_note") -> list[Pair]:
        """Pair two notes of each visit that has both, with what was said."""
        return [
            Pair(visit, notes[reference], notes[hypothesis], notes["reference_transcript"])
            for visit, notes in self.notes.items()
            if hypothesis in notes and reference in notes
        ]


def read(which: str) -> Set:
    """Read a set by name."""
    folder = DATASETS / FOLDERS.get(which, "faults")
    notes: dict[str, dict[str, str]] = {}
    with (folder / "visits.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if which in (*FOLDERS, "all", row.get("split")):
                notes[row["visit_id"]] = dict(_texts(folder, row))
    with (folder / "faults.csv").open(encoding="utf-8") as file:
        faults = [
            Fault(
                row["fault_id"], row["visit_id"], row["type"], row["side"],
                int(row["start"]), int(row["end"]), row["text"],
            )
            for row in csv.DictReader(file)
            if row["visit_id"] in notes
        ]  # fmt: skip
    return Set(faults, notes)


def _texts(folder: Path, row: dict[str, str]) -> Iterator[tuple[str, str]]:
    for column in ("reference_transcript", "draft_note", "signed_note", "reference_note"):
        path = row.get(f"{column}_path")
        if not path:
            continue
        text = (folder / path).read_text(encoding="utf-8")
        if path.endswith(".json"):
            text = "\n".join(segment["text"] for segment in json.loads(text)["segments"])
        yield column, text


def findings(pairs: Sequence[Pair], names: Sequence[str]) -> list[Finding]:
    """All findings of some metrics."""
    finders = [METRICS[name].find for name in names]
    return [finding for find in finders if find for pair in pairs for finding in find(pair)]


def overlap(fault: Fault, finding: Finding) -> tuple[bool, bool]:
    """Whether a finding hits a fault, and whether strictly."""
    if (fault.visit_id, fault.kind, fault.side) != (finding.visit_id, finding.kind, finding.side):
        return False, False
    common = min(fault.end, finding.end) - max(fault.start, finding.start)
    mine, its = fault.end - fault.start, finding.end - finding.start
    hit = common > 0 and 2 * common >= min(mine, its) and its <= max(3 * mine, mine + 40)
    return hit, hit and 2 * common >= mine + its - common


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("which", nargs="?", default="tune", choices=("tune", "report", *FOLDERS, "all"))
    parser.add_argument("--metrics", help="default: every metric with findings")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--alarms", action="store_true")
    asked = parser.parse_args()
    names = asked.metrics.split(",") if asked.metrics else [n for n, m in METRICS.items() if m.find]
    chosen = read(asked.which)
    found = findings(chosen.pairs("draft_note"), names)
    planted, hits, strict = Counter[str](), Counter[str](), Counter[str]()
    for fault in chosen.faults:
        results = [overlap(fault, finding) for finding in found]
        planted[fault.kind] += 1
        hits[fault.kind] += any(hit for hit, _ in results)
        strict[fault.kind] += any(exact for _, exact in results)
        if asked.misses and not any(hit for hit, _ in results):
            print("missed", fault.fault_id, fault.kind, repr(fault.text))
    print(f"{'kind':30}{'planted':>8}{'found':>8}{'strict':>8}")
    for kind, n in (*sorted(planted.items()), ("all", sum(planted.values()))):
        of = (hits.total(), strict.total()) if kind == "all" else (hits[kind], strict[kind])
        print(f"{kind:30}{n:8}{of[0]:8}{of[1]:8}")
    print(f"share found {hits.total() / planted.total():.3f}, strict {strict.total() / planted.total():.3f}")
    alarms = Counter[str]()
    for hypothesis in ("signed_note", "reference_note"):
        for finding in findings(chosen.pairs(hypothesis), names):
            if finding.side == "hypothesis":
                alarms[f"{finding.metric} {finding.kind}"] += 1
                if asked.alarms:
                    print("alarm", finding.visit_id, finding.metric, finding.kind, repr(finding.text))
    print(f"false alarms on {len(chosen.pairs('signed_note')) + len(chosen.pairs('reference_note'))} notes:")
    for name, n in alarms.most_common():
        print(f"  {name:40}{n:5}")
    print(f"  all {alarms.total()}; for every 5 true ones: {5 * alarms.total() / max(hits.total(), 1):.2f}")


if __name__ == "__main__":
    main()
