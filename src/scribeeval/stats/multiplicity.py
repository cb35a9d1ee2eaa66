"""P-values of several measures, adjusted so that one chance finding does not pass for an effect."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from scribeeval.errors import InputError, not_known
from scribeeval.records import Change, TestResult

PValues = Sequence[float | None]
Adjusted = tuple[float | None, ...]


def holm(p_values: PValues) -> Adjusted:
    """Adjust p-values by Holm's step-down, which bounds the chance of any false finding.

        adjusted p of rank i (1 = smallest) = max over j <= i of min(1, (m - j + 1) * p_j)

    Same order as given, in [0, 1].  None stays None and does not count in m: a test that could not
    be made cannot give a false finding.  Source: Holm (1979).
    """
    defined = _defined(p_values)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, i) in enumerate(defined):
        largest = max(largest, min(1.0, (len(defined) - rank) * p))
        adjusted[i] = largest
    return tuple(adjusted)


def benjamini_hochberg(p_values: PValues) -> Adjusted:
    """Adjust p-values by Benjamini and Hochberg's step-up, which bounds the expected share of false findings.

        adjusted p of rank i (1 = smallest) = min over j >= i of min(1, m / j * p_j)

    Same order as given, in [0, 1]; None stays None and does not count in m.  Holds for independent and
    for positively dependent tests.  Source: Benjamini & Hochberg (1995).
    """
    defined = _defined(p_values)
    adjusted: list[float | None] = [None] * len(p_values)
    smallest = 1.0
    for rank, (p, i) in reversed(list(enumerate(defined, start=1))):
        smallest = min(smallest, len(defined) / rank * p)
        adjusted[i] = smallest
    return tuple(adjusted)


METHODS: Mapping[str, Callable[[PValues], Adjusted]] = {
    "holm": holm,
    "benjamini_hochberg": benjamini_hochberg,
}


def adjust(
    changes: Sequence[Change],
    tests: Sequence[str],
    family: Collection[str] | None = None,
    method: str = "holm",
) -> list[Change]:
    """Adjust each test's p-values over the measures of the family, declared before the data are seen.

    family: names of measures; None = all.  Measures outside it keep None: they are exploratory.
    method: a name of METHODS, for p_adjusted; p_benjamini_hochberg is given in any case, and
    family_size, the number of defined p-values that were adjusted together.

    Raises:
        InputError: the method or a measure of the family is unknown, or the family is empty.
    """
    names = [change.measure for change in changes]
    members = set(names if family is None else family)
    problems = [not_known("measure of the family", name, names) for name in sorted(members - set(names))]
    if method not in METHODS:
        problems.append(not_known("adjustment", method, METHODS))
    if not members and changes:
        problems.append("the family of measures is empty; name at least one, or leave it out for all")
    if problems:
        raise InputError(problems)
    adjusted: list[dict[str, TestResult]] = [dict(change.tests) for change in changes]
    for test in tests:
        at = [i for i, name in enumerate(names) if name in members]
        p_values = [changes[i].tests[test].p_value for i in at]
        size = len(_defined(p_values))
        columns = zip(at, METHODS[method](p_values), benjamini_hochberg(p_values), strict=True)
        for i, p_adjusted, p_bh in columns:
            adjusted[i][test] = replace(
                adjusted[i][test], p_adjusted=p_adjusted, p_benjamini_hochberg=p_bh, family_size=size
            )
    return [replace(change, tests=results) for change, results in zip(changes, adjusted, strict=True)]


def _defined(p_values: PValues) -> list[tuple[float, int]]:
    """The defined p-values, smallest first, each with its place."""
    return sorted((p, i) for i, p in enumerate(p_values) if p is not None)
