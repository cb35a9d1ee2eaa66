"""What `scribeeval compare` prints: two runs, or the drafters of one run with floors and costs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from scribeeval.console import _number, _range, _table
from scribeeval.metrics.floors import FLOORS
from scribeeval.stages.compare import Compared, Panel

_COLUMNS = ("B - A", "interval", "p", "p Holm", "visits", "resampled by")


def show_runs(rows: Sequence[Compared]) -> None:
    """Print two runs side by side; visits that one of them lacks are counted, not hidden."""
    systems = rows[0].system_a, rows[0].system_b
    if None not in systems and systems[0] != systems[1]:
        print(f"different drafters: A is {systems[0]!r}, B is {systems[1]!r}")
    lines = [[row.metric, _number(row.value_a), _number(row.value_b), *_difference(row)] for row in rows]
    _table(["metric", "A", "B", *_COLUMNS], lines)


def show_panel(panel: Panel) -> None:
    """Print the drafters of a run against its first, the floors, and what each drafter took."""
    first = panel.rows[0].system_a
    print(f"A = {first!r}, the first drafter of the run; p Holm: over all rows of the table")
    _table(
        ["metric", "drafter B", "A", "B", *_COLUMNS],
        [
            [row.metric, str(row.system_b), _number(row.value_a), _number(row.value_b), *_difference(row)]
            for metric in panel.floors
            for row in panel.rows
            if row.metric == metric and row.n_visits
        ],
    )
    for name in dict.fromkeys(row.system_b for row in panel.rows):
        if not any(row.n_visits for row in panel.rows if row.system_b == name):
            print(f"{name}: no visit in common with {first!r}")
    print(f"floors (texts that nobody wrote for the visit), on the visits of {first!r}")
    _table(
        ["metric", *(floor.replace("_", " ") for floor in FLOORS)],
        [[metric, *(_number(of.get(floor)) for floor in FLOORS)] for metric, of in panel.floors.items()],
    )
    print("costs: of the last drafting; answers that were there before cost nothing again")
    _table(
        ["drafter", "notes", "failed", "asked", "kept", "s per note", "tokens in", "tokens out", "cost"],
        [[name, *_costs(about)] for name, about in panel.drafters.items()],
    )
    for name, about in panel.drafters.items():
        if about["several_models"]:
            print(f"{name}: its notes come from more than one model behind one name; see the manifest")


def _difference(row: Compared) -> list[str]:
    return [
        _number(row.difference),
        _range({"interval": None if row.interval is None else asdict(row.interval)}),
        _p(row.p_value),
        _p(row.p_adjusted),
        f"{row.n_visits} (only A {row.n_only_a}, only B {row.n_only_b})",
        row.unit,
    ]


def _p(value: float | None) -> str:
    return "<0.001" if value is not None and value < 0.001 else _number(value)


def _costs(about: Mapping[str, Any]) -> list[str]:
    """Give the cells of one drafter; one that asked no model has no costs."""
    counts = [_whole(about["n_notes"]), "all" if about["n_failed"] is None else _whole(about["n_failed"])]
    asked = [_whole(about["n_asked"]), _whole(about["n_answered_before"])]
    seconds = "" if about["s_per_note"] is None else f"{about['s_per_note']:,.1f}"
    tokens = [_whole(about["input_tokens"]), _whole(about["output_tokens"])]
    cost = "" if about["cost"] is None else f"{about['cost']:,.2f} {about['currency']}"
    return [*counts, *asked, seconds, *tokens, cost]


def _whole(n: int | None) -> str:
    return "" if n is None else f"{n:,}"
