"""Published stage: a table of published means -> published.json, each figure with what gives it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scribeeval.config import PublishedTable, relative
from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of, to_json
from scribeeval.io.published import read_published_means
from scribeeval.io.tables import to_csv
from scribeeval.run import Reporter, Run, stage_key
from scribeeval.stats.recompute import (
    FROM_MEANS,
    NEEDS_CLINICIANS,
    OURS,
    PublishedRow,
    Recomputed,
    columns_given,
    printed_digits,
    recompute,
)

STAGE = "published"
OUTPUTS = ("published.json", "tables/published.csv")


def published(run: Run, config: Path, settings: PublishedTable, reporter: Reporter) -> None:
    """Recompute a published table; config: the file that the settings' path is relative to.

    Raises:
        InputError: the table or a row cannot be used.

    """
    started = time.monotonic()
    path = relative(config, settings.table)
    key = stage_key(STAGE, settings=settings.model_dump(mode="json"), table=sha256_of(path))
    if run.fresh(STAGE, key):
        reporter.say("published: fresh")
        return
    rows, notes = read_published_means(path)
    try:
        result = analyse(rows, notes, settings)
    except InputError as error:
        raise InputError(f"{path}: {problem}" for problem in error.problems) from None
    run.write("published.json", to_json(result) + "\n")
    run.write("tables/published.csv", _table(result))
    run.finish(STAGE, key, OUTPUTS, started=started)
    reporter.say(f"published: {len(rows)} measures, {sum(len(row.figures) for row in rows)} figures")


def analyse(
    rows: Sequence[PublishedRow], notes: Mapping[str, str], settings: PublishedTable
) -> dict[str, Any]:
    """Compute published.json: every figure with its verdict, every column with what gives all of it.

    Raises:
        InputError: a mean may be 0 before rounding.

    """
    recomputed = [recompute(row) for row in rows]
    return {
        "citation": settings.citation,
        "reliability": settings.reliability,
        "columns": {
            name: _column(sum(name in row.figures for row in rows), given)
            for name, given in columns_given(recomputed).items()
        },
        "needs_clinician_values": list(NEEDS_CLINICIANS),
        "measures": {one.row.measure: _measure(one, notes.get(one.row.measure)) for one in recomputed},
    }


def _column(n_figures: int, given: Mapping[str, int]) -> dict[str, Any]:
    """Name the estimator that gives all of a column; one figure alone is met by chance and names none."""
    whole = [name for name, n in given.items() if n == n_figures > 1]
    return {"n_figures": n_figures, "given_by": dict(given), "estimator": whole[0] if whole else None}


def _measure(one: Recomputed, note: str | None) -> dict[str, Any]:
    row = one.row
    return {
        "unit": row.unit,
        "before": float(row.before),
        "after": float(row.after),
        "digits": max(printed_digits(row.before), printed_digits(row.after)),
        "difference": _envelope(one, "difference"),
        "percent_change": {name: _envelope(one, name) for name in FROM_MEANS},
        "figures": {
            name: asdict(check) | {"estimator": None if check.verdict == "not_reproduced" else OURS}
            for name, check in one.figures.items()
        },
        "note": note,
    }


def _envelope(one: Recomputed, name: str) -> dict[str, float | None]:
    """An estimate, and its range over all means that print as the published ones: no interval."""
    estimate = one.difference if name == "difference" else one.percent_change[name]
    return {
        "estimate": estimate.estimate,
        "rounding_low": estimate.low,
        "rounding_high": estimate.high,
    }


def _table(result: Mapping[str, Any]) -> str:
    """One row per published figure, beside the estimate that the means give."""
    columns = ["measure", "unit", "before", "after", "figure", "published"]
    recomputed = [OURS, "rounding_low", "rounding_high", "verdict", "estimator", "compatible"]
    rows = []
    for name, row in result["measures"].items():
        for figure, check in row["figures"].items():
            published = [name, row["unit"], row["before"], row["after"], figure, check["value"]]
            estimate = list(row["percent_change"][OURS].values())
            compatible = " ".join(check["compatible"])
            rows.append([*published, *estimate, check["verdict"], check["estimator"] or "none", compatible])
    return to_csv([*columns, *recomputed], rows)
