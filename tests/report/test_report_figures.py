"""The drawings: the same bytes at every call, every text inert and in the reader's font."""

import xml.etree.ElementTree as ET

import pytest

from scribeeval.report.figures import Dot, Pair, Panel, draw_dots, draw_pairs

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<b>&$x$ 진료"


def parsed(drawing: str) -> ET.Element:
    return ET.fromstring(drawing)  # noqa: S314  (our own drawing)


def dots(value: float | None = 0.2) -> str:
    points = (
        Dot("가나다", value, 0.1, 0.3, "20 %"),
        Dot(HOSTILE, None, None, None, "undefined"),
        Dot("floor", 0.0, None, None, "0.0", hollow=True),
    )
    return draw_dots("one", "Title <", "What it shows &", [Panel("Panel", points)])


def texts(drawing: str) -> list[str]:
    return ["".join(one.itertext()).strip() for one in parsed(drawing).iter(f"{SVG}text")]


def test_drawing_is_the_same_at_every_call_and_follows_its_numbers() -> None:
    assert dots() == dots()
    assert dots(0.2) != dots(0.21)
    assert "<dc:date" not in dots()


def test_texts_stay_texts_and_are_escaped() -> None:
    drawn = texts(dots())
    for text in ("Panel", "가나다", HOSTILE, "undefined", "20 %", "0.0"):
        assert text in drawn, text


def test_drawing_says_what_it_is() -> None:
    drawing = parsed(dots())
    assert drawing.get("role") == "img"
    assert [one.text for one in drawing.iter(f"{SVG}title")] == ["Title <"]
    assert [one.text for one in drawing.iter(f"{SVG}desc")] == ["What it shows &"]
    assert all((one.get("id") or "one-").startswith("one-") for one in drawing.iter())


def test_undefined_point_has_no_mark() -> None:
    def marks(drawing: str) -> int:
        return sum(1 for _ in parsed(drawing).iter(f"{SVG}use"))

    assert marks(dots(0.2)) == marks(dots(None)) + 1


@pytest.mark.parametrize(("before", "after"), [(10.3, 8.2), (0.0, 0.0), (1.0, 202_637.5)])
def test_pairs_print_both_values(before: float, after: float) -> None:
    drawing = draw_pairs("two", "T", "D", [Pair("Time in notes", "min", before, after, "was", "is")])
    assert {"Time in notes", "min", "was", "is"} <= set(texts(drawing))


def test_long_label_is_shortened_by_its_width() -> None:
    long = Panel("P", (Dot("가" * 40, 0.1, None, None, "x"), Dot("a" * 40, 0.1, None, None, "x")))
    drawn = texts(draw_dots("three", "T", "D", [long]))
    assert "가" * 14 + "…" in drawn  # a Hangul syllable fills two cells of 30
    assert "a" * 29 + "…" in drawn
