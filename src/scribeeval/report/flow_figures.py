"""Two more drawings: the flow of clinicians, and the change against utilisation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from scribeeval.report.figures import (
    INK,
    LINE,
    QUIET,
    SIZE_PT,
    STRONG,
    WIDTH_IN,
    _clip,
    _style,
    _svg,
)
from scribeeval.report.languages import MINUS

WIDTH_PT = 72 * WIDTH_IN
BOX_PT, GAP_PT, MARGIN_PT = 20.0, 18.0, 1.0
CELL_PT = 4.7  # the width of a letter; a Hangul syllable has two


@dataclass(frozen=True, slots=True)
class Box:
    """One step.  n: None = not recorded.  lost: told in the gap above.

    joined: a line leads to it from above.  above: words over the box that starts a new branch.
    """

    label: str
    n: str | None
    lost: str = ""
    joined: bool = True
    above: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """The boxes of one group of clinicians."""

    title: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Scatter:
    """Points in percent of utilisation and in what the change is told in.

    line: intercept and slope per percent on the analysis scale, None = no line; log: that scale is the log.
    factor: from a fraction or unit to what is drawn.
    """

    points: Sequence[tuple[float, float]]
    line: tuple[float, float] | None
    log: bool
    factor: float
    x_label: str
    y_label: str


def draw_flow(name: str, title: str, description: str, columns: Sequence[Column]) -> str:
    """Draw each group's steps as boxes under each other, side by side with the other groups."""
    width = WIDTH_PT / max(1, len(columns))
    rows = max((len(column.boxes) for column in columns), default=0)
    height = BOX_PT + rows * (BOX_PT + GAP_PT)
    body = "".join(
        part for i, column in enumerate(columns) for part in _draw_column(column, i * width, width)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH_PT:g} {height:g}" '
        f'aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>{body}</svg>'
    )


def _draw_column(column: Column, left: float, width: float) -> Iterator[str]:
    box = 0.78 * width
    x = left + MARGIN_PT
    yield _text(x, 12, _clip(column.title, int(width / CELL_PT)), bold=True)
    for row, one in enumerate(column.boxes):
        top = BOX_PT + row * (BOX_PT + GAP_PT)
        middle = top + BOX_PT / 2 + 3
        dash = ' stroke-dasharray="3 2"' if one.n is None else ""
        if one.joined and row:
            yield _line(x + 14, top - GAP_PT, top)
        yield (
            f'<rect x="{x:g}" y="{top:g}" width="{box:g}" height="{BOX_PT:g}" fill="none" '
            f'stroke="{LINE if one.n is None else INK}" stroke-width="0.8"{dash}/>'
        )
        cells = int((box - 10 - CELL_PT * (len(one.n or "") + 2)) / CELL_PT)
        yield _text(x + 5, middle, _clip(one.label, cells), colour=QUIET if one.n is None else INK)
        if one.n is not None:
            yield _text(x + box - 5, middle, one.n, bold=True, anchor="end")
        if one.above:
            yield _text(x, top - 5, _clip(one.above, int(width / CELL_PT)), colour=QUIET)
        elif one.lost:
            room = int((width - 28) / CELL_PT)
            yield _text(x + 22, top - 6, _clip(one.lost, room), colour=QUIET)


def _line(x: float, top: float, bottom: float) -> str:
    return f'<path d="M{x:g} {top:g}V{bottom:g}" stroke="{LINE}" stroke-width="0.8"/>'


def _text(
    x: float, y: float, text: str, *, bold: bool = False, anchor: str = "start", colour: str = INK
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{SIZE_PT:g}" fill="{colour}" '
        f'text-anchor="{anchor}"{weight}>{escape(text)}</text>'
    )


def draw_scatter(name: str, title: str, description: str, scatter: Scatter) -> str:
    """Draw the change against utilisation, with the line on the scale of the analysis and zero marked."""
    from matplotlib.figure import Figure

    with _style(name):
        figure = Figure(figsize=(WIDTH_IN, 2.8))
        axes = figure.add_axes((0.1, 0.17, 0.85, 0.79))
        axes.axhline(0, color=LINE, linewidth=0.8)
        xs, ys = ([point[i] for point in scatter.points] for i in (0, 1))
        axes.plot(xs, ys, "o", markersize=4, color=STRONG, markerfacecolor="none", markeredgewidth=0.8)
        if scatter.line is not None:
            intercept, slope = scatter.line
            x = np.linspace(min(xs), max(xs), 41)
            y = intercept + slope * x
            axes.plot(x, scatter.factor * (np.expm1(y) if scatter.log else y), color=STRONG, linewidth=1.4)
        axes.set_xlabel(scatter.x_label, color=QUIET)
        axes.set_ylabel(scatter.y_label, color=QUIET)
        axes.spines[["right", "top"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(LINE)
        axes.tick_params(colors=QUIET, labelsize=SIZE_PT - 1, length=2, pad=2)
        axes.locator_params(nbins=6)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:,.10g}".replace("-", MINUS))
        return _svg(figure, name, title, description)
