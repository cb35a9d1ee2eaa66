"""What a person sees while a stage works: progress bars on a terminal, plain lines in a pipe."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from scribeeval.doctor import Check
    from scribeeval.stats.edit_rates import FittedRates

Item = TypeVar("Item")

SECONDS_PER_LINE = 5  # of a plain count: a log file of a night stays readable


class Plain:
    """One line a step, for pipes and log files."""

    def say(self, line: str) -> None:
        """Show one line."""
        print(line, flush=True)

    def warn(self, line: str) -> None:
        """Show one line on standard error."""
        print(f"warning: {line}", file=sys.stderr, flush=True)

    def fail(self, line: str) -> None:
        """Show one problem on standard error."""
        print(f"error: {line}", file=sys.stderr, flush=True)

    def track(self, items: Sequence[Item], title: str) -> Iterator[Item]:
        """Yield the items; one line after each, with the rate and the time left."""
        started = time.monotonic()
        for done, item in enumerate(items, start=1):
            yield item
            passed = time.monotonic() - started
            left = passed / done * (len(items) - done)
            self.say(f"{title}: {done}/{len(items)}, {passed / done:.1f} s each, {left:.0f} s left")

    @contextmanager
    def progress(self, title: str, total: int, done: int = 0) -> Iterator[Callable[[int], object]]:
        """Count up; at most one line every few seconds."""
        started = shown = time.monotonic()
        before = done

        def advance(more: int) -> None:
            nonlocal done, shown
            done += more
            now = time.monotonic()
            if now - shown < SECONDS_PER_LINE:
                return
            shown = now
            rate = (done - before) / (now - started)
            left = f"{(total - done) / rate:,.0f} s left" if rate else "time left unknown"
            self.say(f"{title}: {done:,}/{total:,}, {rate:,.0f} per s, {left}")

        yield advance


class Terminal:
    """A progress bar a stage; lines scroll above it."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(highlight=False)

    def say(self, line: str) -> None:
        """Show one line."""
        self._console.print(line, markup=False)

    def warn(self, line: str) -> None:
        """Show one line in the colour of warnings."""
        self._console.print(f"warning: {line}", style="yellow", markup=False)

    def fail(self, line: str) -> None:
        """Show one problem in the colour of errors."""
        self._console.print(f"error: {line}", style="red", markup=False)

    def track(self, items: Sequence[Item], title: str) -> Iterator[Item]:
        """Yield the items under a bar with count and time left."""
        if not items:
            return
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            yield from progress.track(items, description=title)

    @contextmanager
    def progress(self, title: str, total: int, done: int = 0) -> Iterator[Callable[[int], object]]:
        """Count up under a bar with rate and time left."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        started = time.monotonic()
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self._console) as bar:
            task = bar.add_task(title, total=total, completed=done, rate="")
            before = done

            def advance(more: int) -> None:
                nonlocal done
                done += more
                rate = (done - before) / (time.monotonic() - started)
                bar.update(task, completed=done, rate=f"{rate:,.0f} per s")

            yield advance


def reporter() -> Plain | Terminal:
    """Choose by where standard output goes."""
    return Terminal() if sys.stdout.isatty() else Plain()


def show_summary(folder: Path) -> None:
    """Print a run's main numbers and the path of its report."""
    summary, study = _read(folder / "summary.json"), _read(folder / "study.json")
    if summary is not None:
        lines = [
            [name, _number(row["value"]), _range(row), f"{row['n_visits'] - row['n_undefined']}"]
            for name, row in summary["metrics"].items()
        ]
        _table(["metric", "value", "interval", "visits"], lines)
    if study is not None:
        lines = []
        for name, row in study["measures"].items():
            change = row["percent_change"]["ratio_of_means"]
            lines.append(
                [
                    name,
                    _number(row["before"]),
                    _number(row["after"]),
                    _percent(change["estimate"]),
                    "none"
                    if change["low"] is None
                    else f"{_percent(change['low'])} to {_percent(change['high'])}",
                    str(row["n_clinicians"]),
                ]
            )
        _table(["measure", "before", "after", "ratio of means", "interval", "clinicians"], lines)
    published = _read(folder / "published.json")
    if published is not None:
        _show_published(published)
    if (folder / "report.html").is_file():
        print(f"report: {folder / 'report.html'}")


def _show_published(published: Mapping[str, Any]) -> None:
    """Print each published figure beside what the published means give."""
    lines = []
    for name, row in published["measures"].items():
        change = row["percent_change"]["ratio_of_means"]
        ends = f"{_percent(change['rounding_low'])} to {_percent(change['rounding_high'])}"
        for figure, check in row["figures"].items():
            verdict = check["verdict"].replace("_", " ")
            given = check["estimator"] or "no stated estimator"
            lines.append(
                [name, figure, _percent(check["value"]), _percent(change["estimate"]), ends, verdict, given]
            )
    _table(["measure", "figure", "published", "ratio of means", "by rounding", "verdict", "given by"], lines)


def show_values(summary: Mapping[str, Any], folder: Path) -> None:
    """Print the values of a scored table with their intervals, and beside them the floors."""
    rows = summary["metrics"]
    floors = list(dict.fromkeys(floor for row in rows.values() for floor in row["floors"]))
    lines = [
        [name, _number(row["value"]), _range(row), str(row["n_visits"] - row["n_undefined"])]
        + [_number(row["floors"][floor]) if floor in row["floors"] else "" for floor in floors]
        for name, row in rows.items()
    ]
    _table(["metric", "value", "interval", "visits", *(floor.replace("_", " ") for floor in floors)], lines)
    if floors and summary["floors"]["n_visits"] < summary["n_visits"]:
        print(
            f"floors (texts that nobody wrote for the visit): {summary['floors']['n_visits']} random visits"
        )
    print(f"written: {folder}")


def show_rates(rates: "FittedRates") -> None:
    """Print fitted rates as the config wants them; a rate without weight is left to its default."""
    print(f"# fitted to {rates.n_notes} notes, R squared {_number(rates.r_squared)}")
    print("[score.edit_rates]")
    if rates.s_per_word_read is not None:
        print(f"reading_words_per_min = {60 / rates.s_per_word_read:.1f}")
    if rates.s_per_edit is not None:
        print(f"s_per_edit = {rates.s_per_edit:.3f}")
    if rates.typing_s_per_char is not None:
        print(f"typing_s_per_char = {rates.typing_s_per_char:.4f}")
    found = (rates.s_per_word_read, rates.s_per_edit, rates.typing_s_per_char)
    if None in found:
        print("# a rate that is missing here got no weight from these notes: its default stays")


def show_metrics() -> None:
    """Print every metric."""
    from scribeeval.metrics import METRICS

    better = {True: "higher is better", False: "lower is better", None: "neither way"}
    _table(
        ["metric", "title", "compares", "", "signature"],
        [[m.name, m.title, m.compares, better[m.higher_is_better], m.signature] for m in METRICS.values()],
    )


def show_checks(checks: "Sequence[Check]") -> None:
    """Print what the doctor found."""
    for check in checks:
        print(f"{check.state:8} {check.what}: {check.found}")
        if check.remedy:
            print(f"{'':8} to mend it: {check.remedy}")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:,.3f}" if abs(value) < 10 else f"{value:,.1f}"


def _percent(value: float | None) -> str:
    return "undefined" if value is None else f"{100 * value:+.1f} %"


def _range(row: Mapping[str, Any]) -> str:
    interval = row["interval"]
    return "none" if interval is None else f"{_number(interval['low'])} to {_number(interval['high'])}"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns of text, each as wide as its widest cell."""
    widths = [max(len(row[i]) for row in [columns, *rows]) for i in range(len(columns))]
    for row in [columns, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print()
