"""study.json as tables for a spreadsheet's reader."""

from collections.abc import Mapping
from typing import Any

from scribeeval.io.tables import to_csv

ADJUSTED = (
    "estimate",
    "low",
    "high",
    "estimate_kind",
    "scale",
    "standard_error",
    "df",
    "statistic",
    "p_value",
    "method",
    "n_clinicians",
    "n_periods",
    "converged",
    "fallback",
    "why",
)


def estimates_table(result: Mapping[str, Any]) -> str:
    """Make one row per measure and estimator."""
    columns = ["measure", "unit", "n_clinicians", "n_dropped", "before", "after"]
    ends = ["estimate", "low", "high", "method", "level"]
    formula = ["low", "high", "method", "level"]
    rows = []
    for name, row in result["measures"].items():
        start = [name, *(row[column] for column in columns[1:])]
        estimates = {
            "difference": row["difference"],
            "hodges_lehmann": row["hodges_lehmann"],
            **row["percent_change"],
            **row["effect_sizes"],
        }
        for estimator, estimate in estimates.items():
            analytic = estimate["analytic"] or dict.fromkeys(formula)
            rows.append(
                [
                    *start,
                    estimator,
                    *(estimate[key] for key in ends),
                    *(analytic[key] for key in formula),
                    estimate["why"],
                ]
            )
    heads = [*columns, "estimator", *ends, *(f"analytic_{key}" for key in formula), "why"]
    return to_csv(heads, rows)


def adjusted_table(result: Mapping[str, Any]) -> str:
    """Make one row per measure and adjusted model."""
    rows = [
        [name, model, *(block[key] for key in ADJUSTED)]
        for name, row in result["measures"].items()
        for model, block in {**row["adjusted"], **row["second_opinions"]}.items()
    ]
    return to_csv(["measure", "model", *ADJUSTED], rows)
