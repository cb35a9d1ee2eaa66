"""Compare assertions() with medspaCy's ConText on ACI-BENCH's reference notes: a table, the disagreements.

    python scripts/compare_context.py [--data FOLDER] [--differences FILE]

Needs medspaCy (pip install medspacy, in an environment of its own: it pulls numpy back to 1.26).  Both judge
the mentions that the lexicon finds.  medspaCy runs its own sentence splitter and its default English rules;
sections are not given to it.  Its attributes in the order of their weight: family, hypothetical, negated,
uncertain, historical.
"""

import argparse
import csv
import os
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from scribeeval.terms import Mention, find_terms
from scribeeval.terms.assertion import ASSERTIONS, assertions

SHARED = Path(os.environ.get("SCRIBEEVAL_SHARED", Path(__file__).parents[2] / "shared"))
TABLES = ("valid.csv", "clinicalnlp_taskB_test1.csv")
ATTRIBUTES = (
    ("is_family", "family"),
    ("is_hypothetical", "hypothetical"),
    ("is_negated", "absent"),
    ("is_uncertain", "possible"),
    ("is_historical", "historical"),
)


def read_notes(folder: Path) -> list[str]:
    """Read the reference notes of both tables."""
    notes = []
    for table in TABLES:
        with (folder / table).open(encoding="utf-8", newline="") as file:
            notes += [row["note"] for row in csv.DictReader(file)]
    return notes


def make_peer() -> Callable[[str, Sequence[Mention]], list[str]]:
    """Build medspaCy's sentence splitter and ConText; the mentions are handed in as entities."""
    import_module("medspacy")  # registers the components
    nlp: Any = import_module("spacy").blank("en")
    nlp.add_pipe("medspacy_pyrush")
    context: Any = nlp.add_pipe("medspacy_context")

    def judge(note: str, mentions: Sequence[Mention]) -> list[str]:
        doc = nlp.make_doc(note)
        doc = nlp.get_pipe("medspacy_pyrush")(doc)
        spans = [doc.char_span(m.start, m.end, label="TERM", alignment_mode="expand") for m in mentions]
        found = []
        for span in spans:  # one at a time: two mentions may share a token
            doc.ents = [span]
            context(doc)
            ent = doc.ents[0]
            found.append(next((name for flag, name in ATTRIBUTES if getattr(ent._, flag)), "present"))
        return found

    return judge


def main() -> None:
    """Print the table of agreement; write the disagreements as CSV where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "aci-bench")
    parser.add_argument("--differences", type=Path)
    arguments = parser.parse_args()
    judge = make_peer()
    table: Counter[tuple[str, str]] = Counter()
    rows = []
    for number, note in enumerate(read_notes(arguments.data)):
        mentions = find_terms(note)
        ours = assertions(note, [(m.start, m.end) for m in mentions])
        for mention, mine, theirs in zip(mentions, ours, judge(note, mentions), strict=True):
            table[mine, theirs] += 1
            if mine != theirs:
                before, after = note[max(0, mention.start - 90) : mention.start], note[mention.end :][:60]
                around = f"{before}[{mention.text}]{after}"
                rows.append((number, mine, theirs, mention.text, around))
    total = sum(table.values())
    same = sum(n for (mine, theirs), n in table.items() if mine == theirs)
    print(f"{total} mentions, {same} alike ({same / total:.1%}); rows: scribeeval, columns: medspaCy")
    print(f"{'':14s}" + "".join(f"{name:>14s}" for name in ASSERTIONS))
    for mine in ASSERTIONS:
        print(f"{mine:14s}" + "".join(f"{table[mine, theirs]:14d}" for theirs in ASSERTIONS))
    if arguments.differences:
        with arguments.differences.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("note", "scribeeval", "medspacy", "term", "around"), *rows])


if __name__ == "__main__":
    main()
