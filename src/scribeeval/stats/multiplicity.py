"""P-values of several measures, adjusted so that one chance finding does not pass for an effect."""

from collections.abc import Sequence


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjust p-values by Holm's step-down, which bounds the chance of any false finding.

        adjusted p of rank i (1 = smallest) = max over j <= i of min(1, (m - j + 1) * p_j)

    Same order as given, in [0, 1].  None stays None and does not count in m: a test that could not
    be made cannot give a false finding.  Source: Holm (1979).
    """
    defined = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, i) in enumerate(defined):
        largest = max(largest, min(1.0, (len(defined) - rank) * p))
        adjusted[i] = largest
    return tuple(adjusted)
