"""Utilisation: the share of a clinician's eligible visits in which the scribe was used."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scribeeval.errors import InputError
from scribeeval.stats.changes import scribe_clinicians

COUNTS = ("scribe_visits", "eligible_visits")


@dataclass(frozen=True, slots=True)
class Utilisation:
    """Scribe visits and utilisation by clinician id; undefined: id -> why."""

    scribe_visits: Mapping[str, float]
    share: Mapping[str, float]
    undefined: Mapping[str, str]


def utilisation(clinicians: pd.DataFrame) -> Utilisation | None:
    """Read each scribe clinician's utilisation; None where the table does not count visits.

    Undefined: not_recorded (a count is empty) and no_eligible_visits (0 of them).

    Raises:
        InputError: a count is negative, or more scribe visits than eligible ones.
    """
    if any(column not in clinicians.columns for column in COUNTS):
        return None
    rows = scribe_clinicians(clinicians)
    used, eligible = (pd.to_numeric(rows[column], errors="coerce").to_numpy(np.float64) for column in COUNTS)
    ids = [str(i) for i in rows.index]
    unknown = ~(np.isfinite(used) & np.isfinite(eligible))
    wrong = ~unknown & ((used < 0) | (used > eligible))
    if wrong.any():
        first = ", ".join(np.array(ids)[wrong][:5])
        raise InputError(
            f"clinicians table: {wrong.sum()} clinicians have scribe_visits below 0 or above eligible_visits "
            f"(first 5: {first}); count both over the same visits"
        )
    undefined = {i: "not_recorded" for i, at in zip(ids, unknown, strict=True) if at}
    empty = ~unknown & (eligible == 0)
    undefined |= {i: "no_eligible_visits" for i, at in zip(ids, empty, strict=True) if at}
    return Utilisation(
        scribe_visits={i: float(n) for i, n in zip(ids, used, strict=True) if np.isfinite(n)},
        share={i: float(n / m) for i, n, m in zip(ids, used, eligible, strict=True) if i not in undefined},
        undefined=undefined,
    )
