"""What `scribeeval validate-metric` prints: the metrics with their floors, and a table a judgement."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scribeeval.console import _number, _table
from scribeeval.metrics.floors import FLOORS
from scribeeval.stats.agreement import WHY


def show_validation(found: Mapping[str, Any], folder: Path) -> None:
    """Print how each measure agrees with each judgement; what is undefined says why below the table."""
    dropped = [f"{n:,} without {column}" for column, n in found["n_dropped"].items() if n]
    print(f"rows: {found['n_rows']:,}, left out: {', '.join(dropped) or 'none'}")
    how = found["resampling"]
    print(
        f"intervals: {100 * how['level']:g} %, {how['resamples']:,} resamples of "
        f"{found['n_units']:,} units ({how['unit']}); no sign is turned round"
    )
    about = found["measures"]
    _table(
        ["metric", "value", *(floor.replace("_", " ") for floor in FLOORS)],
        [
            [name, _number(row["value"]), *(_number(row["floors"][floor]) for floor in FLOORS)]
            for name, row in about.items()
            if row["kind"] == "metric"
        ],
    )
    for judgement, block in found["judgements"].items():
        positive = "" if block["n_positive"] is None else f", {block['n_positive']:,} positive"
        print(f"{judgement}: {block['n']:,} judged, {block['n_missing']:,} not{positive}")
        _show_agreements(block["measures"], about, by_system=found["columns"]["system"] is not None)
    print(f"written: {folder}")


def _show_agreements(measures: Mapping[str, Any], about: Mapping[str, Any], *, by_system: bool) -> None:
    """Print a line a measure; below, which numbers are missing and why."""
    columns = ["measure", "better", "n", "Spearman", "Pearson", "Kendall", "AUC"]
    lines, missing = [], dict[str, dict[str, None]]()
    for name, levels in measures.items():
        row, systems = levels["by_item"], levels["by_system"]
        better = about[name]["better"] if about[name]["kind"] == "metric" else "(plain)"
        cells = [_agreed(row["spearman"], ends=True), _agreed(row["pearson"]), _agreed(row["kendall"])]
        line = [name, better, str(row["n"]), *cells, _agreed(row["auc"], ends=True, sign="")]
        lines.append([*line, _agreed(systems["spearman"], ends=True)] if by_system else line)
        for level in (row, systems) if by_system else (row,):
            for cell in level.values():
                if isinstance(cell, Mapping) and cell["why"] is not None:
                    missing.setdefault(cell["why"], {})[name] = None
    _table([*columns, "Spearman by system"] if by_system else columns, lines)
    for why, names in missing.items():
        whose = "all" if len(names) == len(measures) else ", ".join(names)
        print(f"no value or no interval: {WHY[why]} ({whose})")
    if missing:
        print()


def _agreed(found: Mapping[str, Any], *, ends: bool = False, sign: str = "+") -> str:
    """Show a correlation or an AUC in two digits, with the ends of its interval where asked."""
    if found["value"] is None:
        return "-"
    shown = f"{found['value']:{sign}.2f}"
    return (
        f"{shown} [{found['low']:.2f}, {found['high']:.2f}]" if ends and found["low"] is not None else shown
    )
