"""A published table is read as printed, and every cell that cannot be is named."""

from decimal import Decimal
from pathlib import Path

import pytest

from scribeeval.errors import InputError
from scribeeval.io.published import read_published_means

HEADER = "measure,unit,before,after,change_in_text,change_in_table,note\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "means.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_numbers_keep_their_printed_decimals_and_shares_become_fractions(tmp_path: Path) -> None:
    table = (
        HEADER + "time,min per day,10.0,8,-30.0,,\nclosure,% of appointments,66.20,72.4,9.3,9.1,see points\n"
    )
    rows, notes = read_published_means(write(tmp_path, table))
    time, closure = rows
    assert (str(time.before), str(time.after), time.unit) == ("10.0", "8", "min per day")
    assert {name: str(figure) for name, figure in time.figures.items()} == {"change_in_text": "-0.300"}
    assert (str(closure.before), str(closure.after)) == ("0.6620", "0.724")
    assert closure.unit == "share of appointments"
    assert closure.figures == {"change_in_text": Decimal("0.093"), "change_in_table": Decimal("0.091")}
    assert notes == {"closure": "see points"}


BAD = {
    "no figures": ("measure,unit,before,after\na,min,1,2\n", "no column starts with 'change_'"),
    "no rows": (HEADER, "has no row"),
    "column": ("measure,before,after,change_x\na,1,2,3\n", "the column 'unit' is missing"),
    "twice": (HEADER + "a,min,1,2,3,4,\na,min,1,2,3,4,\n", "row 3, column 'measure': is there twice"),
    "comma": (HEADER + 'a,min,"202,637.5",2,3,4,\n', "row 2, column 'before': is no number"),
    "percent sign": (HEADER + "a,min,1,2,3 %,4,\n", "row 2, column 'change_in_text': is no number"),
    "infinite": (HEADER + "a,min,1,inf,3,4,\n", "row 2, column 'after': is no number"),
    "not a number": (HEADER + "a,min,nan,1,3,4,\n", "row 2, column 'before': is no number"),
    "empty": (HEADER + "a,min,,2,3,4,\n", "row 2, column 'before': is empty"),
    "no measure": (HEADER + ",min,1,2,3,4,\n", "row 2, column 'measure': is empty"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_table_is_one_clear_line(tmp_path: Path, name: str) -> None:
    text, message = BAD[name]
    path = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_published_means(path)
    assert len(caught.value.problems) == 1
    assert message in caught.value.problems[0]
    assert "means.csv" in caught.value.problems[0]


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_published_means(write(tmp_path, HEADER + "a,min,x,2,3,4,\nb,min,1,y,3,4,\n"))
    assert len(caught.value.problems) == 2
