"""Init: a pilot's folder with a config, empty tables and a README of what to export."""

from importlib import resources
from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.files import make_folder, write_whole
from scribeeval.run import Reporter

FILES = ("README.md", "README.ko.md", "config.toml", "visits.csv", "ehr_use.csv", "clinicians.csv")


def init(folder: Path, reporter: Reporter) -> None:
    """Write the templates into a folder; a file that is there already is never overwritten.

    Raises:
        InputError: one of the files is there already; nothing is written.

    """
    there = [name for name in FILES if (folder / name).exists()]
    if there:
        raise InputError(f"{folder}: already holds {', '.join(there)}; choose another folder")
    make_folder(folder)
    templates = resources.files("scribeeval") / "pilot"
    for name in FILES:
        write_whole(folder / name, (templates / name).read_text(encoding="utf-8"))
    reporter.say(f"{folder}: {', '.join(FILES)}")
    reporter.say(
        f"next: read {folder / 'README.md'}, fill the tables, then scribeeval validate {folder}/*.csv"
    )
