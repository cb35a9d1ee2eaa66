"""What does not fit together inside one [[import]] table: marks, phases, columns, units of measures."""

from typing import TYPE_CHECKING

from scribeeval.errors import not_known
from scribeeval.io.imports.units import AUDIT_METRICS, MEASURE_UNITS, Target, dimension, target_dimension

if TYPE_CHECKING:
    from scribeeval.import_settings import ImportTable, MeasureMap


def inconsistencies(table: "ImportTable") -> list[str]:
    """Name every pair of settings that cannot both hold."""
    problems = [*_marks(table), *_phases(table), *_format(table)]
    for name, measure in table.measures.items():
        problems += [f"measures.{name}: {problem}" for problem in _sides(table, name, measure)]
    return problems


def _marks(table: "ImportTable") -> list[str]:
    decimal = table.decimal or "."
    if table.thousands == decimal:
        return [f"thousands and decimal are both {decimal!r}; declare both as the export writes them"]
    return []


def _phases(table: "ImportTable") -> list[str]:
    column = table.column("phase")
    if table.phases is not None and column is not None:
        return ["give the phases by dates or by columns.phase, not both"]
    if table.phases is None:
        if column is None:
            return ["has no phases; add a [phases] table with the first day of `after`, or columns.phase"]
        return []
    days = [
        d for d in (table.phases.before, table.phases.training, table.phases.after, table.phases.end) if d
    ]
    if days != sorted(set(days)):
        return ["phases: the first days are not in the order before, training, after, end"]
    return []


def _format(table: "ImportTable") -> list[str]:
    problems = []
    if (table.format == "epic_audit") != (table.audit is not None):
        problems.append("format epic_audit needs an [import.audit] table, and no other format takes one")
    if table.audit is not None and table.audit.last_day < table.audit.first_day:
        problems.append("audit: last_day is before first_day")
    if table.format == "signal_long":
        parts = [part for part in ("value", "numerator", "denominator") if table.column(part)]
        used = {side.part for m in table.measures.values() for side in (m.numerator, m.denominator)}
        problems += [
            f"columns.{part} is missing; a measure uses it" for part in sorted(used) if part not in parts
        ]
    elif any(s.part != "value" for m in table.measures.values() for s in (m.numerator, m.denominator)):
        problems.append("`part` belongs to format signal_long; leave it out")
    return problems


def _sides(table: "ImportTable", name: str, measure: "MeasureMap") -> list[str]:
    """What is wrong with a measure's units: a side must come out as the measure needs it."""
    own = measure.target_unit is not None
    if own == (name in MEASURE_UNITS):
        return [
            "the unit of a known measure is fixed; leave target_unit out"
            if own
            else f"{not_known('measure', name, MEASURE_UNITS)}; for one of your own give target_unit"
        ]
    problems = []
    for side, quantity, target in zip(
        ("numerator", "denominator"),
        (measure.numerator, measure.denominator),
        targets(name, measure),
        strict=True,
    ):
        found = dimension(quantity.unit, None if quantity.times is None else quantity.times_unit)
        if found != target_dimension(target):
            times = f" times {quantity.times_unit}" if quantity.times else ""
            problems.append(
                f"{side}: {quantity.unit}{times} gives {'nothing' if found is None else f'a {found}'}, "
                f"needed is a {target_dimension(target)}; give `unit`, and `times` for a rate"
            )
        if table.format == "epic_audit":
            problems += [
                f"{side}: {not_known('audit metric', metric, AUDIT_METRICS)}"
                for metric in quantity.metric
                if metric not in AUDIT_METRICS
            ]
    return problems


def targets(name: str, measure: "MeasureMap") -> tuple[Target, Target]:
    """Units in which the tidy table keeps a measure's numerator and denominator."""
    if name in MEASURE_UNITS:
        return MEASURE_UNITS[name]
    return measure.target_unit or "count", measure.denominator_unit or "count"
