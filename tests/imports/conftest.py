"""Exports for the tests: small files, the configs that read them, and what an import makes of them."""

from pathlib import Path
from typing import Any

import pytest

from scribeeval.errors import InputError
from scribeeval.io.imports.load import load_imports
from scribeeval.stages.import_exports import Imported, import_frame

ROOT = Path(__file__).resolve().parents[2]
EXPORTS = ROOT / "datasets" / "exports"
NOTES = "time_in_notes_min_per_appointment"
PHASES = "[phases]\ntraining = 2025-01-01\nafter = 2025-02-01\n"
RATE = "Minutes In Notes/Letters Per Appointment"
COUNT = "Count Of Appointments"
MEASURE = f"""
[import.measures.{NOTES}]
numerator = {{ metric = "{RATE}", unit = "min", times = "{COUNT}" }}
denominator = "{COUNT}"
"""
WIDE = f"""{PHASES}
[[import]]
file = "wide.csv"
format = "epic_wide"
period = "month"
{MEASURE}"""
HEADER = "DE_ID,Grouper,Metric,24-Dec,25-Jan,25-Feb\n"
BODY = f"A,x,{RATE},10.5,9,8\nA,x,{COUNT},20,20,30\nB,x,{RATE},12,11,10.25\nB,x,{COUNT},10,12,16\n"

LONG = f"""{PHASES}
[[import]]
file = "long.csv"
format = "columns"
period = "month"
[import.measures.{NOTES}]
numerator = {{ metric = "min", unit = "min" }}
denominator = "n"
"""
ROWS = (
    "clinician_id,date,min,n\n"
    "A,2024-12-01,105,10\nA,2025-02-01,90,10\nB,2024-12-01,120.5,10\nB,2025-02-01,99,11\n"
)


def imported(folder: Path, config: str, **files: str | bytes) -> Imported:
    """Import what stands in files, named NAME_csv for NAME.csv."""
    (folder / "import.toml").write_text(config, encoding="utf-8")
    for name, content in files.items():
        path = folder / name.replace("_csv", ".csv").replace("_tsv", ".tsv").replace("_xlsx", ".xlsx")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return import_frame(load_imports(folder / "import.toml"), folder / "import.toml")


def problems(folder: Path, config: str, **files: str | bytes) -> tuple[str, ...]:
    with pytest.raises(InputError) as error:
        imported(folder, config, **files)
    assert all("\n" not in problem for problem in error.value.problems)
    return error.value.problems


def rows(found: Imported) -> dict[tuple[str, str], tuple[str, float, float]]:
    frame: Any = found.frame
    return {
        (r.clinician_id, r.period_start): (r.phase, r.numerator, r.denominator)
        for r in frame.itertuples(index=False)
    }


def closure(unit: str) -> str:
    """LONG for a share that is given as a rate."""
    config = LONG.replace(NOTES, "same_day_closure_rate")
    return config.replace('unit = "min" }', f'unit = "{unit}", times = "n" }}')
