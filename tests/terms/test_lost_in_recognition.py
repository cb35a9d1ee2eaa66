"""ACI-BENCH's machine transcripts beside the corrected ones: which terms of the notes recognition lost."""

import csv
from pathlib import Path

import pytest

from scribeeval.terms.path import follow_terms, tally_paths


@pytest.mark.parametrize(
    ("machine", "human", "n_terms", "lost"),
    [
        ("valid_aci_asr", "valid_aci_asrcorr", 282, 2),
        ("valid_virtscribe_asr", "valid_virtscribe_humantrans", 106, 6),
    ],
)
def test_a_few_terms_are_lost_in_recognition(
    machine: str, human: str, n_terms: int, lost: int, shared_data: Path
) -> None:
    folder = shared_data / "aci-bench" / "asr"
    heard, said = (read(folder / f"{name}.csv") for name in (machine, human))
    paths = [
        path
        for visit_id, (dialogue, note) in said.items()
        if visit_id in heard
        for path in follow_terms(note, dialogue, [heard[visit_id][0]])
    ]
    # Read one by one: six were misheard or left out ("eupside", "hemocrit"); two are there in other words
    # that the lexicon takes for another concept ("brain MRI" for a brain) or for none ("breast bone").
    assert (len(paths), tally_paths(paths, ("heard",))["heard"]["lost"]) == (n_terms, lost)


def read(path: Path) -> dict[str, tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: (row["dialogue"], row["note"]) for row in csv.DictReader(file)}
