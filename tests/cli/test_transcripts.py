"""Transcripts on the command line: convert, and finished ones in place of an engine."""

from pathlib import Path

from cli.conftest import MARK, hide, read_lines, scribeeval, side_by_side, write, write_csv

VTT = f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v 의사>{MARK} takes <UNSURE>metformin</UNSURE>.\n"


def test_convert_and_take_finished_transcripts(tmp_path: Path) -> None:
    folder = tmp_path / "전사 1"  # a blank and Korean letters
    write(folder / "v1.vtt", VTT)
    write(folder / "v2.json", f'{{"{MARK}": 1}}')
    write_csv(tmp_path / "visits.csv", ["visit_id"], [("v1",), ("v2",)])
    answers = side_by_side(
        {
            "convert": ("convert", folder, "--to", "mts-dialog", "--out", tmp_path / "lines"),
            "again": ("convert", folder / "v1.vtt", "--to", "stm", "--out", tmp_path / "v1.stm"),
            "take": (
                "transcribe",
                tmp_path / "visits.csv",
                "--transcripts",
                folder,
                "--out",
                tmp_path / "run",
            ),
            "unknown": ("convert", folder, "--to", "vvt", "--out", tmp_path / "x"),
        }
    )
    convert = answers["convert"]
    assert convert.code == 2  # v2 is of no format; v1 is done
    assert "is not recognised for certain" in convert.error("v2.json")
    assert "tags taken out of the text: 1 unsure" in convert.out
    assert (tmp_path / "lines" / "v1.txt").read_text(encoding="utf-8") == f"Doctor: {MARK} takes metformin.\n"
    assert answers["again"].code == 0
    assert (tmp_path / "v1.stm").read_text(encoding="utf-8").startswith("v1 1 clinician 1.0 2.0 ")
    assert answers["take"].code == 2
    assert answers["take"].error("v2.json")
    transcripts = read_lines(tmp_path / "run" / "transcripts.jsonl")
    assert transcripts["v1"]["segments"][0]["speaker"] == "clinician"
    assert set(transcripts) == {"v1"}
    assert answers["unknown"].code == 2
    assert "did you mean 'vtt'" in answers["unknown"].error("vvt")
    assert not (tmp_path / "x").exists()


def test_a_config_with_a_wrong_role_or_format(tmp_path: Path) -> None:
    write_csv(tmp_path / "visits.csv", ["visit_id"], [("v1",)])
    table = '[visits]\ntable = "visits.csv"\n[transcribe]\ntranscripts = "in"\n'
    write(tmp_path / "a.toml", f'{table}transcripts_format = "vvt"\nspeakers = {{ A = "doctor" }}\n')
    answer = scribeeval("run", tmp_path / "a.toml", "--out", tmp_path / "run")
    assert answer.code == 2
    assert "did you mean 'vtt'" in answer.error("transcripts_format")
    assert answer.error("'clinician', 'patient' or 'other'")


def test_transcripts_need_no_engine(tmp_path: Path) -> None:
    write(tmp_path / "in" / "v1.vtt", VTT)
    write_csv(tmp_path / "visits.csv", ["visit_id"], [("v1",)])
    args = (
        "transcribe",
        tmp_path / "visits.csv",
        "--transcripts",
        tmp_path / "in",
        "--out",
        tmp_path / "run",
    )
    assert scribeeval(*args, env=hide(tmp_path, "faster_whisper", "av")).code == 0
