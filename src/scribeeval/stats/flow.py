"""Who was listed, invited, trained, used the scribe and was analysed, per arm, with reasons for each loss.

A step counts the clinicians who reached it.  A step that no column records is "not recorded", never 0.
Nobody is left out of an analysis for not being trained or not using the scribe (intention to treat), so
the data steps start again from everyone listed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from scribeeval.errors import InputError
from scribeeval.stats.changes import check_known
from scribeeval.stats.dose import ONE_VISIT, UserRule
from scribeeval.stats.measures import NO_EHR_USE, ClinicianValues

ARMS = ("scribe", "control")
UPTAKE = ("invited", "trained", "used")
YES, NO = {"yes", "y", "true", "1", "1.0", "예"}, {"no", "n", "false", "0", "0.0", "아니오", "아니요"}
DATE = r"\d{4}-\d{2}-\d{2}(?:[ T].*)?"
NO_REASON = "no_reason_given"

Status = Literal["counted", "not_recorded", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Loss:
    """Clinicians lost for one reason.  given: the reason is the user's own text, not one of our codes."""

    reason: str
    given: bool
    n: int


@dataclass(frozen=True, slots=True)
class Step:
    """One box of the flow: n = n of the step `after` - lost + joined; None unless it was counted.

    joined: reached this step without the one before.  n_unknown: an empty cell in a yes/no column.
    """

    step: str
    status: Status
    after: str | None = None
    n: int | None = None
    lost: tuple[Loss, ...] = ()
    joined: int = 0
    n_unknown: int = 0


@dataclass(frozen=True, slots=True)
class ArmFlow:
    """One arm's steps; measures: the last step, analysed, for each measure."""

    steps: tuple[Step, ...]
    measures: Mapping[str, Step]


@dataclass(frozen=True, slots=True)
class Flow:
    """The flow of a study.  dropped: an entry with the id for each clinician and step lost; not for print."""

    arms: Mapping[str, ArmFlow]
    dropped: tuple[Mapping[str, str], ...] = field(default=())


def flow(
    frame: pd.DataFrame,
    clinicians: pd.DataFrame | None,
    values: Mapping[str, ClinicianValues],
    users: UserRule = ONE_VISIT,
) -> Flow:
    """Count the clinicians of each arm from invitation to analysis.

    frame: the tidy EHR-use table of all arms.  clinicians: index clinician_id; optional columns group,
    invited, trained, used (yes or no, or a date where it happened) and exit_reason; without `used`, who
    is a user by the rule.  values: clinician_values of each measure, of whichever arms are analysed.

    Raises:
        InputError: a clinician is not in the table, or a cell is neither yes, no nor a date.
    """
    ids = sorted({str(i) for i in frame["clinician_id"]})
    table = pd.DataFrame(index=ids) if clinicians is None else clinicians
    check_known(tuple(ids), table)
    table = table.set_axis(table.index.map(str)).sort_index()
    group = table["group"] if "group" in table.columns else pd.Series("scribe", index=table.index)
    recorded = {step: _reached(table, step, users) for step in UPTAKE}
    with_phase = {
        phase: {str(i) for i in frame.loc[_usable(frame, phase), "clinician_id"]}
        for phase in ("before", "after")
    }
    given = _exit_reasons(table)
    dropped: list[Mapping[str, str]] = []
    arms = {}
    for arm in (arm for arm in ARMS if (group == arm).any()):
        everyone = list(table.index[group == arm])
        steps = tuple(_steps(everyone, arm, recorded, with_phase, given, dropped))
        analysed = {
            name: _analysed(everyone, name, one, given, dropped)
            for name, one in values.items()
            if arm == "scribe" or set(everyone) & {*one.clinician_ids, *one.dropped}
        }
        arms[arm] = ArmFlow(steps, analysed)
    return Flow(arms, tuple(dropped))


def _steps(
    everyone: Sequence[str],
    arm: str,
    recorded: Mapping[str, tuple[set[str], set[str]] | None],
    with_phase: Mapping[str, set[str]],
    given: Mapping[str, str],
    dropped: list[Mapping[str, str]],
) -> Iterator[Step]:
    yield Step("listed", "counted", n=len(everyone))
    previous, before = "listed", list(everyone)
    for step in UPTAKE:
        found = recorded[step]
        if found is None:
            yield Step(step, "not_recorded")
            continue
        here = [i for i in everyone if i in found[0]]
        unknown = sum(i in found[1] for i in everyone)
        if arm == "control" and step != "invited" and not here:
            yield Step(step, "not_applicable")  # nobody meant the controls to have a scribe
            continue
        yield _step(step, previous, before, here, given, {}, dropped, unknown)
        previous, before = step, here
    previous, before = "listed", list(everyone)
    for phase, why in (("before", "no_before_periods"), ("after", "no_after_periods")):
        step = f"with_{phase}"
        here = [i for i in before if i in with_phase[phase]]
        yield _step(step, previous, before, here, given, dict.fromkeys(before, why), dropped)
        previous, before = step, here


def _analysed(
    everyone: Sequence[str],
    measure: str,
    values: ClinicianValues,
    given: Mapping[str, str],
    dropped: list[Mapping[str, str]],
) -> Step:
    kept = set(values.clinician_ids)
    codes: dict[str, str] = {i: values.dropped.get(i, NO_EHR_USE) for i in everyone}
    here = [i for i in everyone if i in kept]
    return _step("analysed", "listed", everyone, here, given, codes, dropped, measure=measure)


def _step(
    step: str,
    previous: str,
    before: Sequence[str],
    here: Sequence[str],
    given: Mapping[str, str],
    codes: Mapping[str, str],
    dropped: list[Mapping[str, str]],
    n_unknown: int = 0,
    measure: str | None = None,
) -> Step:
    """Count a step and its losses.  A reason that the user gives goes before ours."""
    reached, were = set(here), set(before)
    lost: dict[tuple[str, bool], int] = {}
    for i in (i for i in before if i not in reached):
        reason = (given[i], True) if i in given else (codes.get(i, NO_REASON), False)
        lost[reason] = lost.get(reason, 0) + 1
        what = {} if measure is None else {"measure": measure}
        dropped.append({"clinician_id": i, "step": step, **what, "reason": reason[0]})
    return Step(
        step=step,
        status="counted",
        after=previous,
        n=len(here),
        lost=tuple(Loss(*reason, n) for reason, n in sorted(lost.items())),
        joined=sum(i not in were for i in here),
        n_unknown=n_unknown,
    )


def _usable(frame: pd.DataFrame, phase: str) -> "pd.Series[bool]":
    return (frame["phase"] == phase) & (frame["denominator"] > 0)


def _exit_reasons(table: pd.DataFrame) -> dict[str, str]:
    if "exit_reason" not in table.columns:
        return {}
    cells = table["exit_reason"].dropna().astype(str).str.strip()
    return {str(i): reason for i, reason in cells.items() if reason}


def _reached(table: pd.DataFrame, step: str, users: UserRule) -> tuple[set[str], set[str]] | None:
    """Read a yes/no or date column: the ids that reached the step, and those of whom it is not known.

    An empty cell means "did not happen" in a column of dates and "not known" in one of yes and no.
    """
    if step not in table.columns or table[step].isna().all():
        if step != "used" or "scribe_visits" not in table.columns:
            return None
        return _users(table, users)
    cells = table[step]
    words = cells.map(lambda cell: "" if pd.isna(cell) else str(cell).strip().lower())
    dates = words.str.fullmatch(DATE)
    wrong = ~(words.isin(YES | NO | {""}) | dates)
    if wrong.any():
        first = ", ".join(sorted(_ids(table, wrong))[:5])
        raise InputError(
            f"clinicians table, column {step!r}: {wrong.sum()} cells are neither yes, no nor a date like "
            f"2024-01-31; clinicians (first 5): {first}"
        )
    only_dates = bool(dates.any()) and not words.isin(YES | NO).any()
    empty = (words == "") & (not only_dates)
    return _ids(table, words.isin(YES) | dates), _ids(table, empty)


def _users(table: pd.DataFrame, users: UserRule) -> tuple[set[str], set[str]]:
    """Find the users by the rule, and those of whom a count that it needs is not known."""
    visits = pd.to_numeric(table["scribe_visits"], errors="coerce")
    used, unknown = visits >= users.scribe_visits_at_least, visits.isna()
    if users.utilisation_at_least is not None and "eligible_visits" in table.columns:
        share = visits / pd.to_numeric(table["eligible_visits"], errors="coerce")
        unknown |= used & share.isna()
        used &= share >= users.utilisation_at_least
    return _ids(table, used), _ids(table, unknown)


def _ids(table: pd.DataFrame, at: Iterable[bool]) -> set[str]:
    return {str(i) for i, here in zip(table.index, at, strict=True) if here}
