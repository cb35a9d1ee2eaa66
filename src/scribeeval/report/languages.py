"""Words and numbers as a reader of one language expects them.  The only place that rounds."""

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from scribeeval.errors import InputError

LANGUAGES = ("en", "ko")
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Language:
    """The strings of one language, under keys like `headline.wer`."""

    code: str
    strings: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """Fill in one string."""
        return self.strings[key].format(**values)

    def name(self, table: str, key: str, fallback: str | None = None) -> str:
        """Name a member of an open set (a metric, a flag ...); one that nobody named prints as it is."""
        return self.strings.get(f"{table}.{key}", fallback or key)

    def with_names(self, table: str, names: Mapping[str, str]) -> "Language":
        """Add names to an open set; one that is there already stays."""
        more = {f"{table}.{key}": name for key, name in names.items() if f"{table}.{key}" not in self.strings}
        return replace(self, strings={**self.strings, **more}) if more else self

    def heading(self, table: str, key: str) -> str:
        """Name a member of an open set at the head of a column, with a capital letter."""
        name = self.name(table, key)
        return name[:1].upper() + name[1:]

    def count(self, noun: str, n: int) -> str:
        """Say how many: `1 visit`, `6 visits`."""
        return self(f"count.{noun}_{'one' if n == 1 else 'many'}", n=number(n, 0))

    def percent(self, fraction: float | None, *, digits: int = 1, signed: bool = False) -> str:
        """Print a fraction as percent: -0.204 is −20.4 %."""
        if fraction is None:
            return self("number.undefined")
        return self("number.percent", value=number(100 * fraction, digits, signed=signed))

    def p_value(self, p: float | None) -> str:
        """Print a p-value with three decimals; a smaller one as < 0.001, never as 0."""
        if p is None:
            return self("number.undefined")
        return "<\u00a00.001" if p < 0.001 else ">\u00a00.999" if p > 0.999 else number(p, 3)

    def undefined(self, score: Mapping[str, Any]) -> str:
        """Print an undefined value, with its count of visits where the score carries one."""
        if score.get("n_undefined") is None or score.get("n_visits") is None:
            return self("number.undefined")
        n, m = number(score["n_undefined"], 0), number(score["n_visits"], 0)
        return self("number.undefined_visits", n=n, m=m)


@dataclass(frozen=True, slots=True)
class Scale:
    """How one metric or measure is printed: its unit, and the same number of decimals throughout.

    A share is printed as percent; a difference of shares in percentage points.
    """

    say: Language
    unit: str | None
    share: bool
    digits: int

    def value(self, value: float | None) -> str:
        """Print a value without its unit: `10.3`, `66.2 %`."""
        if value is None:
            return self.say("number.undefined")
        return self.say.percent(value) if self.share else number(value, self.digits)

    def amount(self, value: float | None) -> str:
        """Print a value with its unit: `10.3 min`, `66.2 %`."""
        return self._with_unit(self.value(value)) if value is not None else self.value(value)

    def change(self, difference: float | None, *, unit: bool) -> str:
        """Print a difference: `−2.1` or `−2.1 min`; a share always as `+6.2 percentage points`."""
        if difference is None:
            return self.say("number.undefined")
        if self.share:
            return self.say("number.points", value=number(100 * difference, 1, signed=True))
        text = number(difference, self.digits, signed=True)
        return self._with_unit(text) if unit else text

    def number(self, value: float | None, *, signed: bool = False) -> str:
        """Print a value without any unit: a share in percent, its difference in percentage points."""
        if value is None:
            return self.say("number.undefined")
        factor, digits = (100, 1) if self.share else (1, self.digits)
        return number(factor * value, digits, signed=signed)

    def interval(self, low: float | None, high: float | None, *, signed: bool = False) -> str:
        """Print the two ends of an interval without a unit; the estimate beside it carries the unit."""
        if low is None or high is None:
            return self.say("number.undefined")
        ends = [self.number(end, signed=signed) for end in (low, high)]
        return self.say("number.interval", low=ends[0], high=ends[1])

    def label(self) -> str:
        """Name the unit in full: `min per appointment`, `% of appointments`."""
        if self.unit is None:
            return ""
        short, per = self.say.name("unit_short", self.unit), self.per()
        return self.say("number.unit", short=short, per=per) if per else short

    def per(self) -> str:
        """Name what the unit is counted per: `per appointment`; empty where it is per nothing."""
        return self.say.strings.get(f"unit_per.{self.unit}", "")

    def _with_unit(self, text: str) -> str:
        if self.share or self.unit is None:
            return text
        unit = self.say.name("unit_short", self.unit)
        # Korean sets its own units without a space; a unit of the hospital's own may be of Latin letters.
        space = " " if self.say.code == "ko" and unit[:1].isascii() else ""
        return self.say("number.amount", value=text, unit=space + unit)


def scale(say: Language, unit: str | None, values: Iterable[float | None], *, share: bool) -> Scale:
    """Choose the decimals from the largest value, so that one table row has one precision."""
    largest = max((abs(value) for value in values if value is not None), default=1.0)
    whole = largest >= 1000 or unit == "seconds"  # an estimate of seconds is not good to a tenth
    digits = 0 if whole else 1 if largest >= 1 else 2 if largest >= 0.1 else 3
    return Scale(say, unit, share, digits)


def number(value: float, digits: int, *, signed: bool = False) -> str:
    """Print a number with a true minus sign and thousands separators; a rounded zero has no sign.

    Raises:
        InputError: the value is NaN or infinite; an undefined value is null.
    """
    if not math.isfinite(value):
        raise InputError(
            "summary.json or study.json holds NaN or Infinity: an undefined value is null there. "
            "Run `scribeeval score` and `scribeeval study` again."
        )
    rounded = round(value, digits) or 0.0
    sign = "+" if signed and rounded > 0 else ""
    return f"{rounded:{sign},.{digits}f}".replace("-", MINUS)


def load(code: str) -> Language:
    """Read the strings of one language from the package.

    Raises:
        InputError: there is no such language.
    """
    if code not in LANGUAGES:
        raise InputError(f"no report language {code!r}: choose one of {', '.join(LANGUAGES)}.")
    text = (files("scribeeval.report") / "languages" / f"{code}.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, str]] = tomllib.loads(text)
    return Language(
        code, {f"{name}.{key}": text for name, table in tables.items() for key, text in table.items()}
    )
