"""Drawings as SVG text: equal inputs give equal bytes.

Every number drawn is also in a table of the report.  Text stays text, so that the reader's browser
sets it in its own fonts, Korean included; the style sheet names them.
"""

import io
import re
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from scribeeval.report.languages import MINUS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN = 7.0
ROW_IN = 0.22
GAP_ROWS = 2.2  # a panel's title and the numbers of its axis
SHARED_GAP_ROWS = 1.4  # only the last panel's axis has numbers
INK, QUIET, LINE = "#1a1a1a", "#595959", "#b0b0b0"
STRONG = "#1f4e79"
SIZE_PT = 8.5
LABEL_CELLS, TITLE_CELLS = 30, 78  # what fits left of the axis, and above it; a Hangul syllable fills two
LEFT, RIGHT = 0.32, 0.72  # the axis, as shares of the width: labels before it, numbers after it


@dataclass(frozen=True, slots=True)
class Dot:
    """One row: a point with its interval, and its numbers as text.  hollow: a floor."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows that share one axis."""

    title: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """One row of a before-and-after drawing.  unit: printed under the label."""

    label: str
    unit: str
    before: float
    after: float
    before_text: str
    after_text: str


def draw_dots(
    name: str, title: str, description: str, panels: Sequence[Panel], *, one_axis: bool = False
) -> str:
    """Draw points with intervals, panel under panel, each axis with zero on it.

    one_axis: all panels get the same range, so that they can be compared.  name is unique in the
    page; title and description are what a screen reader says.
    """
    gap = SHARED_GAP_ROWS if one_axis else GAP_ROWS
    rows = sum(len(panel.dots) + gap for panel in panels) + GAP_ROWS - gap
    shared = _limits([dot for panel in panels for dot in panel.dots]) if one_axis else None
    with _style(name):
        figure = _figure(rows)
        top = 0.0
        for panel in panels:
            axes = _axes(figure, rows, top + 1, len(panel.dots))
            axes.set_xlim(*(shared or _limits(panel.dots)))
            axes.axvline(0, color=LINE, linewidth=0.8)
            figure.text(
                0, 1 - (top + 0.6) / rows, _clip(panel.title, TITLE_CELLS), weight="bold", va="center"
            )
            for row, dot in enumerate(panel.dots):
                _draw_dot(axes, row, dot)
            axes.tick_params(labelbottom=not one_axis or panel is panels[-1])
            top += len(panel.dots) + gap
        return _svg(figure, name, title, description)


def draw_pairs(name: str, title: str, description: str, pairs: Sequence[Pair]) -> str:
    """Draw before and after as two points on a line, one row each, each row from zero on its own scale."""
    rows = 2.0 * len(pairs)
    with _style(name):
        figure = _figure(rows)
        for row, pair in enumerate(pairs):
            _draw_pair(_axes(figure, rows, 2.0 * row, 2), pair)
            middle = 1 - (2.0 * row + 1) / rows
            figure.text(0, middle + 0.36 / rows, _clip(pair.label, LABEL_CELLS + 8), va="center")
            figure.text(0, middle - 0.36 / rows, _clip(pair.unit, LABEL_CELLS + 8), va="center", color=QUIET)
        return _svg(figure, name, title, description)


def _draw_pair(axes: "Axes", pair: Pair) -> None:
    axes.set_axis_off()
    end = 1.3 * max(pair.before, pair.after) or 1.0
    axes.set_xlim(0, end)
    axes.plot([0, pair.before], [0.5, 0.5], "|-", markersize=6, markevery=[0], color=LINE, linewidth=0.5)
    axes.plot([pair.before, pair.after], [0.5, 0.5], color=STRONG, linewidth=1.6)
    axes.plot(pair.before, 0.5, "o", markersize=6, color=STRONG, markerfacecolor="white")
    axes.plot(pair.after, 0.5, "o", markersize=6, color=STRONG)
    rises = pair.after >= pair.before
    for x, text, on_right in (
        (pair.before, pair.before_text, not rises),
        (pair.after, pair.after_text, rises),
    ):
        axes.annotate(
            text,
            (x, 0.5),
            xytext=(8 if on_right else -8, 0),
            textcoords="offset points",
            ha="left" if on_right else "right",
            va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )


def _draw_dot(axes: "Axes", row: int, dot: Dot) -> None:
    figure_x = axes.get_yaxis_transform()
    left = -LEFT / (RIGHT - LEFT)
    axes.text(left + 0.03, row, _clip(dot.label, LABEL_CELLS), transform=figure_x, va="center")
    axes.text(1.04, row, dot.text, transform=figure_x, va="center")
    if dot.value is None:
        return
    if dot.low is not None and dot.high is not None:
        axes.plot([dot.low, dot.high], [row, row], color=STRONG, linewidth=1.4, solid_capstyle="butt")
    if dot.hollow:
        axes.plot(dot.value, row, "D", markersize=4, color=QUIET, markerfacecolor="white", clip_on=False)
    else:
        axes.plot(dot.value, row, "o", markersize=5, color=STRONG, clip_on=False)


def _limits(dots: Sequence[Dot]) -> tuple[float, float]:
    """Take in every point, every interval and zero, with a margin at the open ends."""
    ends = [0.0, *(x for dot in dots for x in (dot.value, dot.low, dot.high) if x is not None)]
    low, high = min(ends), max(ends)
    margin = 0.06 * (high - low) or 1.0
    return low - margin * (low < 0), high + margin * (high > 0 or low == high)


def _figure(rows: float) -> "Figure":
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH_IN, ROW_IN * rows))


def _axes(figure: "Figure", rows: float, top: float, n: float) -> "Axes":
    """Add the axis of n rows that starts `top` rows from the upper edge."""
    axes = figure.add_axes((LEFT, 1 - (top + n) / rows, RIGHT - LEFT, n / rows))
    axes.set_ylim(n - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
    axes.tick_params(axis="x", colors=QUIET, labelsize=SIZE_PT - 1, length=2, pad=2)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.10g}".replace("-", MINUS))
    return axes


def _clip(text: str, cells: int) -> str:
    """Shorten a label that would run into the axis; the table has it in full."""
    used = 0
    for i, character in enumerate(text):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > cells:
            return text[: i - 1].rstrip() + "…"
    return text


def _svg(figure: "Figure", name: str, title: str, description: str) -> str:
    buffer = io.StringIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(buffer, format="svg", transparent=True, metadata=nothing)
    drawing = buffer.getvalue()
    body = drawing[drawing.index(">", drawing.index("<svg")) + 1 :]
    body = re.sub(r'(\bid="|href="#|url\(#)', rf"\1{name}-", body)  # ids are unique in the page
    width, height = (72 * inches for inches in figure.get_size_inches())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
        f'viewBox="0 0 {width:g} {height:g}" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>{body.rstrip()}'
    )


@contextmanager
def _style(name: str) -> Iterator[None]:
    """Draw in matplotlib's own style, whatever the user's settings are, and leave those as they were."""
    from matplotlib import style

    ours = {
        "font.size": SIZE_PT,
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "text.parse_math": False,  # a "$" in a name is a dollar
    }
    with style.context(["default", ours]), warnings.catch_warnings():
        # Hangul is missing in the font that only measures the text here; the browser sets it in its own.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield
