"""What `scribeeval judge` prints: marks, failures and flips of each judge, and who agrees with whom."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scribeeval.console import _number, _table
from scribeeval.models.judges.judge import FAILED
from scribeeval.stages.judge_agreement import ALL_ITEMS
from scribeeval.stats.raters import WHY

_BETWEEN = {
    "repeats": "repeats of {judge}",
    "judges": "judges",
    "humans": "people",
    "judge_and_humans": "{judge} with people",
}


def show_judgement(found: Mapping[str, Any], folder: Path) -> None:
    """Print one rubric's part of judgement.json."""
    scale = "; ".join(sorted({f"{item['low']} to {item['high']}" for item in found["items"]}))
    print(f"{found['title']}: marks {scale}, higher is better; a judge's mark is an opinion")
    for judge, about in found["judges"].items():
        for drafter, row in about["drafters"].items():
            own = ", by the model that wrote them" if drafter in about["own_notes"] else ""
            print(
                f"{judge} on the notes of {drafter}{own}: {row['n_judgements']} judgements, "
                f"{row['n_failed']} failed ({_share(row['failure_rate'])});"
                f" flips {_share(row['flip_rate'])}, of pairs {_share(row['pair_flip_rate'])}"
            )
            for why, n in row["failed"].items():
                print(f"  {n} failed: {FAILED.get(why, why)}")
            _table(
                ["item", "mean", "interval", "visits", "flips"],
                [
                    [
                        name,
                        _number(item["value"]),
                        "" if item["interval"] is None else _ends(item["interval"]),
                        str(item["n_visits"]),
                        _share(item["flip_rate"]),
                    ]
                    for name, item in row["items"].items()
                ],
            )
    _show_agreement(found)
    print(f"written: {folder}")


def _show_agreement(found: Mapping[str, Any]) -> None:
    """Print a line a group and item; below, which numbers are missing and why."""
    if not found["agreement"]:
        return
    missing: dict[str, None] = {}
    lines = []
    for row in found["agreement"]:
        kappas = [pair["quadratic"] for pair in row["kappa"]]
        single, alpha = row["icc"]["icc_a1"], row["alpha"]
        shown = kappas[0] if len(kappas) == 1 else None
        for cell in (alpha, single, *kappas):
            if cell["why"] is not None:
                missing[cell["why"]] = None
        lines.append(
            [
                _BETWEEN[row["between"]].format(judge=row["judge"]),
                "mean of items" if row["item"] == ALL_ITEMS else row["item"],
                str(row["n_things"]),
                _cell(alpha),
                _cell(single),
                "" if shown is None else _cell(shown),
            ]
        )
    _table(["agreement of", "item", "n", "alpha", "ICC(A,1)", "kappa (quadratic)"], lines)
    for why in missing:
        print(f"no value or no interval: {WHY[why]}")
    if missing:
        print()


def _cell(found: Mapping[str, Any]) -> str:
    if found["value"] is None:
        return "undefined"
    value = round(found["value"], 2) + 0.0  # a rounded -0.001 is no negative number
    return f"{value:+.2f}" + ("" if found["low"] is None else f" {_ends(found)}")


def _ends(found: Mapping[str, Any]) -> str:
    return f"[{found['low']:.2f}, {found['high']:.2f}]"


def _share(value: float | None) -> str:
    return "undefined" if value is None else f"{100 * value:.1f} %"
