"""A drawing of distributions over clinicians, which shows no single one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scribeeval.report.figures import (
    GAP_ROWS,
    LABEL_CELLS,
    LEFT,
    LINE,
    RIGHT,
    STRONG,
    _axes,
    _clip,
    _figure,
    _style,
    _svg,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class Strip:
    """One row: quantiles at equal steps from the lowest to the highest, () = undefined; and its numbers."""

    label: str
    quantiles: tuple[float, ...]
    text: str


def draw_strips(name: str, title: str, description: str, strips: Sequence[Strip]) -> str:
    """Draw each row's quantiles as ticks, its middle half as a bar and its median as a point.

    All rows share one axis with zero on it.  The lowest and the highest are left out: they are single
    clinicians, and the farthest would set the scale.  name is unique in the page.
    """
    rows = 1.3 * len(strips) + GAP_ROWS / 2
    inner = [value for strip in strips for value in strip.quantiles[1:-1]]
    low, high = min([0.0, *inner]), max([0.0, *inner])
    margin = 0.06 * (high - low) or 1.0
    with _style(name):
        figure = _figure(rows)
        axes = _axes(figure, rows, 0, 1.3 * len(strips))
        axes.set_ylim(len(strips) - 0.5, -0.5)
        axes.set_xlim(low - margin, high + margin)
        axes.axvline(0, color=LINE, linewidth=0.8)
        for row, strip in enumerate(strips):
            _draw(axes, row, strip)
        return _svg(figure, name, title, description)


def _draw(axes: "Axes", row: int, strip: Strip) -> None:
    left = -LEFT / (RIGHT - LEFT)
    beside = axes.get_yaxis_transform()
    axes.text(left, row, _clip(strip.label, LABEL_CELLS + 2), transform=beside, va="center")
    axes.text(1.04, row, strip.text, transform=beside, va="center")
    if not strip.quantiles:
        return
    last = len(strip.quantiles) - 1
    inner = strip.quantiles[1:-1]
    axes.plot([inner[0], inner[-1]], [row, row], color=LINE, linewidth=0.8)
    axes.plot(inner, [row] * len(inner), "|", color=STRONG, markersize=7, markeredgewidth=0.7)
    quarters = [strip.quantiles[last // 4], strip.quantiles[last - last // 4]]
    axes.plot(quarters, [row, row], color=STRONG, linewidth=3, solid_capstyle="butt")
    axes.plot(strip.quantiles[last // 2], row, "o", markersize=5.5, color=STRONG, markerfacecolor="white")
