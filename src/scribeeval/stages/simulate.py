"""Simulate stage: the settings of a config -> the tables of a simulated pilot."""

from pathlib import Path

from scribeeval.config import load_toml
from scribeeval.errors import InputError
from scribeeval.io.files import make_folder, write_whole
from scribeeval.run import Reporter
from scribeeval.stats.simulate import simulate, to_csv_text
from scribeeval.stats.simulate_settings import read_settings

OUTPUTS = ("ehr_use.csv", "clinicians.csv")


def write_pilot(config: Path, out: Path, reporter: Reporter) -> None:
    """Write ehr_use.csv and clinicians.csv; equal settings give equal bytes.

    Raises:
        InputError: the config has no [simulate] table, or a setting is unknown, missing or out of range.

    """
    table = load_toml(config).get("simulate")
    if table is None:
        raise InputError(f"{config}: has no [simulate] table; configs/simulate-demo.toml shows one")
    try:
        pilot = simulate(read_settings(table))
    except InputError as error:
        raise InputError(f"{config}: {problem}" for problem in error.problems) from None
    make_folder(out)
    for name, frame in zip(OUTPUTS, pilot, strict=True):
        write_whole(out / name, to_csv_text(frame))
        reporter.say(f"{out / name}: {len(frame)} rows")
