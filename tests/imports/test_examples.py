"""The committed examples tell the same months, so their imports are one table."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from imports.conftest import EXPORTS, NOTES, ROOT
from scribeeval.io.ehr_use import frame_to_csv, read_ehr_use
from scribeeval.io.imports.load import load_imports
from scribeeval.io.imports.units import MEASURE_UNITS
from scribeeval.stages.import_exports import Imported, import_frame
from scribeeval.stats.measures import COLUMNS, MEASURES

CONFIGS = sorted(path.stem for path in EXPORTS.glob("*.toml"))
KEY = ["clinician_id", "period_start", "measure"]


def test_every_known_measure_has_its_units() -> None:
    assert MEASURE_UNITS.keys() == MEASURES.keys()


@pytest.fixture(scope="module")
def examples() -> dict[str, Imported]:
    """Every committed example, imported."""
    return {n: import_frame(load_imports(EXPORTS / f"{n}.toml"), EXPORTS / f"{n}.toml") for n in CONFIGS}


def test_wide_long_columns_and_workbook_are_one_table(examples: dict[str, Imported]) -> None:
    wide = examples["epic_wide"].frame.set_index(KEY)
    assert len(wide) == 348
    for name in ("signal_long", "oracle_columns", "korean_columns", "workbook"):
        other = examples[name].frame.set_index(KEY)
        pd.testing.assert_frame_equal(other.loc[wide.index], wide, rtol=1e-12, obj=name)
        more = set(other.index.get_level_values("measure")) - set(wide.index.get_level_values("measure"))
        assert len(other) == len(wide) + 58 * len(more)


def test_audit_log_gives_the_same_months(examples: dict[str, Imported]) -> None:
    log = examples["epic_audit"].frame.set_index(KEY)
    assert set(log.index.get_level_values("period_start")) == {"2024-12-01", "2025-02-01"}
    assert len(log) == 60
    wide = examples["epic_wide"].frame.set_index(KEY)
    pd.testing.assert_frame_equal(log, wide.loc[log.index], rtol=1e-12)


@pytest.mark.parametrize("name", CONFIGS)
def test_the_table_is_one_that_the_study_reads(
    examples: dict[str, Imported], name: str, tmp_path: Path
) -> None:
    frame = examples[name].frame
    path = tmp_path / "ehr_use.csv"
    path.write_text(frame_to_csv(frame), encoding="utf-8")
    assert list(frame.columns) == list(COLUMNS)
    pd.testing.assert_frame_equal(read_ehr_use(path), frame)


@pytest.mark.parametrize("name", CONFIGS)
def test_one_sided_clinicians_are_listed(examples: dict[str, Imported], name: str) -> None:
    sides = examples[name].notes["clinicians_on_one_side"]
    assert sides == {"only_before": ["D006"], "only_after": ["D005"], "only_training": []}
    assert {"D005", "D006"} <= set(examples[name].frame["clinician_id"]), "listed, not dropped"


def test_what_is_left_over_and_left_out_is_said(examples: dict[str, Imported]) -> None:
    (file,) = examples["epic_wide"].notes["files"]
    assert file["unmapped"] == {"Count Of Saturday Minutes": 72}
    assert file["ignored_columns"] == ["Grouper"]
    left = file["excluded_by_measure"][NOTES]
    assert left == {"denominator 0 (no appointment, day or note)": 1, "no value in the export": 13}
    (log,) = examples["epic_audit"].notes["files"]
    assert set(log["unmapped"]) == {"Chart opened", "Order entered", "Results viewed"}
    (long,) = examples["signal_long"].notes["files"]
    assert set(long["unmapped"]) == {"Message Turnaround"}


@pytest.mark.parametrize("path", sorted(EXPORTS.glob("*.template.*")), ids=lambda path: path.name)
def test_a_template_has_the_header_of_its_example(path: Path) -> None:
    example = path.with_name(path.name.replace(".template", ""))
    if path.suffix == ".xlsx":
        head, whole = (list(load_workbook(p)["EHR use"].values) for p in (path, example))
        assert head == whole[:5]
    else:
        head, whole = (p.read_bytes().splitlines() for p in (path, example))
        assert len(head) == 3
        assert head == whole[:3]


def test_the_script_makes_the_committed_files(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make_exports.py"
    subprocess.run([sys.executable, script, tmp_path], check=True, capture_output=True)
    for made in tmp_path.glob("*.*"):
        if made.suffix == ".xlsx":  # its bytes are openpyxl's
            new, old = (list(load_workbook(p)["EHR use"].values) for p in (made, EXPORTS / made.name))
            assert new == old
        else:
            assert made.read_bytes() == (EXPORTS / made.name).read_bytes(), made.name


def test_checksums() -> None:
    lines = (EXPORTS / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {line.split("  ", 1)[1]: line.split("  ", 1)[0] for line in lines}
    files = {p.name: p for p in EXPORTS.iterdir() if p.name not in ("SHA256SUMS", "README.md")}
    assert listed == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
