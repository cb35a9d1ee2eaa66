"""What a person reads before trusting an import: what was recognised, left out, and left over."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from scribeeval.records import PHASES

FIRST_ROWS = 6
SHOWN = 30  # names in one list; the account beside the table holds all


def preview_lines(frame: pd.DataFrame, notes: Mapping[str, Any], *, rows: bool) -> Iterator[str]:
    """Yield the lines of an import's account; rows: the first rows of the table too."""
    for file in notes["files"]:
        yield from _file(file)
    for name, measure in notes["measures"].items():
        yield from _measure(name, measure)
    sides = notes["clinicians_on_one_side"]
    yield f"{notes['n_clinicians']} clinicians, {notes['n_rows']} rows"
    for phase in ("before", "after", "training"):
        ids = sides[f"only_{phase}"]
        if ids:
            yield f"  only {phase}, over all measures: {_clinicians(ids)}"
    if notes["clinicians_without_rows"]:
        yield f"  in the exports, without any row: {_clinicians(notes['clinicians_without_rows'])}"
    if rows:
        yield f"first {min(FIRST_ROWS, len(frame))} rows:"
        yield from (f"  {line}" for line in frame.head(FIRST_ROWS).to_csv(index=False).splitlines())


def _file(file: Mapping[str, Any]) -> Iterator[str]:
    yield f"{file['file']}: {file['format']}, {file['n_rows']} rows"
    used = {name: n for name, n in file["metrics"].items() if name not in file["unmapped"]}
    yield f"  used: {_counts(used)}"
    if file["unmapped"]:
        kind = "activities outside notes" if file["format"] == "epic_audit" else "metrics that nothing uses"
        yield f"  {kind}: {_counts(file['unmapped'])}"
    if file["ignored_columns"]:
        yield f"  columns passed over: {_list(file['ignored_columns'])}"
    for reason, n in file["excluded"].items():
        yield f"  left out: {n} x {reason}"
    for measure, reasons in file["excluded_by_measure"].items():
        for reason, n in reasons.items():
            yield f"  left out of {measure}: {n} x {reason}"


def _measure(name: str, measure: Mapping[str, Any]) -> Iterator[str]:
    yield f"{name}: {measure['n_rows']} rows, {measure['n_clinicians']} clinicians"
    for phase in PHASES:
        found = measure["phases"][phase]
        if found is None:
            yield f"  {phase}: none"
            continue
        ratio = found["ratio_of_totals"]
        value = "undefined" if ratio is None else f"{ratio:,.4g}"
        yield (
            f"  {phase}{' (not compared)' if phase == 'training' else ''}: {found['n_rows']} rows, "
            f"{found['n_clinicians']} clinicians, {found['n_periods']} periods from {found['first']} to "
            f"{found['last']}, total / total {value}"
        )
    for phase in ("before", "after", "training"):
        ids = measure[f"only_{phase}"]
        if ids:
            yield f"  only {phase}: {_clinicians(ids)}"
    if measure["without_rows"]:
        yield f"  in the export, without a row: {_clinicians(measure['without_rows'])}"
    if measure["n_rows_with_zero_denominator"]:
        yield f"  kept with a denominator of 0: {measure['n_rows_with_zero_denominator']} rows"


def _clinicians(ids: Sequence[str]) -> str:
    return f"{len(ids)} clinician{'' if len(ids) == 1 else 's'}: {_list(ids)}"


def _counts(counts: Mapping[str, int]) -> str:
    return _list([f"{name} ({n})" for name, n in counts.items()])


def _list(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
