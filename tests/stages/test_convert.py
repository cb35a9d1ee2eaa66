"""Transcripts converted, and taken as finished ones: what is written, told and refused."""

import json
from pathlib import Path

import pytest

from scribeeval.config import TranscribeTable
from scribeeval.errors import InputError
from scribeeval.io.transcripts import read_file, read_transcripts
from scribeeval.io.visits import read_visits
from scribeeval.records import Segment, Visit
from scribeeval.run import Silent, open_run
from scribeeval.stages.convert import convert
from scribeeval.stages.import_transcripts import import_transcripts
from scribeeval.stages.pipeline import run_config

DOCTOR = "WEBVTT\n\n00:00.000 --> 00:01.000\nAny pain?\n\n00:04.000 --> 00:05.000\n[inaudible] Good.\n"
PATIENT = "WEBVTT\n\n00:02.000 --> 00:03.000\n없어요 <UNSURE>now</UNSURE>.\n"
BOTH = (
    Segment(0.0, 1.0, "clinician", "Any pain?"),
    Segment(2.0, 3.0, "patient", "없어요 now ."),
    Segment(4.0, 5.0, "clinician", "Good."),
)


class Lines(Silent):
    """A reporter that keeps what it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.failed: list[str] = []

    def say(self, line: str) -> None:
        self.said.append(line)

    warn = say

    def fail(self, line: str) -> None:
        self.failed.append(line)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sides of one visit, a dialogue, a broken file, and one that is no transcript."""
    made = tmp_path / "in"
    made.mkdir()
    for name, text in {
        "v1_doctor.vtt": DOCTOR,
        "v1_patient.vtt": PATIENT.replace(">.", "> ."),
        "v2.txt": "SPEAKER_00: Hi.\nSPEAKER_01: Hello.\n",
        "broken.srt": "nothing\n",
        "note.pdf": "%PDF",
        ".hidden.vtt": "x",
    }.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


def test_a_folder_is_converted_and_what_fails_is_named(folder: Path, tmp_path: Path) -> None:
    lines, out = Lines(), tmp_path / "out"
    failures = convert([folder], "json", out, lines, speakers=["SPEAKER_00=clinician"])
    assert sorted(path.name for path in out.iterdir()) == ["v1.json", "v2.json"]
    assert [f.message for f in failures] == lines.failed
    assert len(lines.failed) == 1
    assert lines.failed[0].startswith(f"{folder / 'broken.srt'}: line 1: ")
    (reading,) = read_file(out / "v1.json")
    assert reading.segments == BOTH
    (reading,) = read_file(out / "v2.json")
    assert [(s.speaker, s.text) for s in reading.segments] == [("clinician", "Hi."), (None, "Hello.")]
    assert lines.said == [
        "tags taken out of the text: 1 inaudible, 1 unsure",
        "labels that name no role (SPEAKER_01): speaker not known; name them with --speaker LABEL=ROLE",
        f"convert: 2 transcripts as json in {out}",
    ]
    assert all(path.stat().st_mode & 0o077 == 0 for path in out.iterdir())


def test_one_file_of_all_where_the_format_holds_many(folder: Path, tmp_path: Path) -> None:
    lines, out = Lines(), tmp_path / "all.seglst.json"
    convert([folder / "v1_doctor.vtt", folder / "v1_patient.vtt", folder / "v2.txt"], "seglst", out, lines)
    assert [reading.visit_id for reading in read_file(out)] == ["v1", "v2"]
    with pytest.raises(InputError, match="2 visits, and json holds one a file"):
        convert([out], "json", tmp_path / "all.json", lines)
    failures = convert([out], "stm", tmp_path / "all.stm", lines)  # v2 has no times
    assert [f.visit_id for f in failures] == ["v2"]
    assert "visit 'v2': 2 of 2 segments have no times" in failures[0].message
    assert [reading.visit_id for reading in read_file(tmp_path / "all.stm")] == ["v1"]


def test_what_the_format_does_not_hold_is_told(folder: Path, tmp_path: Path) -> None:
    lines = Lines()
    convert([folder / "v1_doctor.vtt", folder / "v1_patient.vtt"], "dragon", tmp_path / "a", lines)
    convert([folder / "v1_doctor.vtt"], "text", tmp_path / "b", lines)
    assert "dragon holds no speaker patient" in lines.said
    assert "text holds no times, no speakers" in lines.said
    (tmp_path / "a.rttm").write_text("SPEAKER v1 1 0 1 <NA> <NA> doctor <NA> <NA>\n", encoding="utf-8")
    (failure,) = convert([tmp_path / "a.rttm"], "vtt", tmp_path / "c", lines)
    assert failure.message == "visit 'v1': rttm has no words, and vtt needs them"


def test_a_name_is_not_shown_where_a_label_may_be_one(tmp_path: Path) -> None:
    lines = Lines()
    rows = [
        {"session_id": "v1", "speaker": speaker, "words": "hi"}
        for speaker in ("Okonkwo", "SPEAKER_01", "Okoye")
    ]
    (tmp_path / "a.json").write_text(json.dumps(rows), encoding="utf-8")
    convert([tmp_path / "a.json"], "json", tmp_path / "out", lines)
    assert any("(SPEAKER_01, 2 more)" in line for line in lines.said)


@pytest.mark.parametrize("visit_id", ["../v1", "a/b", ".v1", "a\\b", "a\nb"])
def test_an_id_cannot_choose_where_a_file_goes(visit_id: str, tmp_path: Path) -> None:
    inner = tmp_path / "in"
    inner.mkdir()
    row = {"visit_id": visit_id, "segments": [{"start_s": 0, "end_s": 1, "speaker": None, "text": "a"}]}
    (inner / "a.json").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(InputError, match="cannot name a file"):
        convert([inner], "json", tmp_path / "out", Lines())
    assert list(tmp_path.rglob("*.json")) == [inner / "a.json"]


def test_an_input_is_never_written_over(folder: Path) -> None:
    before = (folder / "v1_doctor.vtt").read_bytes()
    (folder / "v1.vtt").write_text(PATIENT, encoding="utf-8")
    with pytest.raises(InputError, match="written over the file that it is made of"):
        convert([folder / "v1.vtt"], "vtt", folder, Lines())
    assert (folder / "v1_doctor.vtt").read_bytes() == before


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"to": "vvt"}, "did you mean 'vtt'"),
        ({"source": "whisper"}, "did you mean 'whisper-"),
        ({"speakers": ["SPEAKER_00"]}, "write LABEL=ROLE"),
        ({"speakers": ["SPEAKER_00=doctor"]}, "'doctor' is none of clinician, patient, other"),
    ],
)
def test_wrong_options(folder: Path, tmp_path: Path, wrong: dict[str, object], what: str) -> None:
    options = {"to": "json", "source": None, "speakers": ()} | wrong
    with pytest.raises(InputError, match=what):
        convert([folder], str(options.pop("to")), tmp_path / "out", Lines(), **options)  # type: ignore[arg-type]


def test_an_empty_folder_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no file that ends like a transcript"):
        convert([tmp_path], "json", tmp_path / "out", Lines())


def test_finished_transcripts_take_the_place_of_an_engine(folder: Path, tmp_path: Path) -> None:
    (folder / "v9.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nhi\n", encoding="utf-8")
    (folder / "v3.vtt").write_text("WEBVTT\n", encoding="utf-8")
    visits = [Visit(i) for i in ("v1", "v2", "v3", "v4")]
    settings = TranscribeTable(speakers={"SPEAKER_00": "patient"})
    lines = Lines()
    with open_run(tmp_path / "run") as run:
        failures = import_transcripts(run, visits, folder, settings, lines)
    assert [f.message.split(":")[0] for f in failures] == ["broken.srt"]  # no folder: equal runs, equal bytes
    made = read_transcripts(tmp_path / "run" / "transcripts.jsonl")
    assert made["v1"].segments == BOTH
    assert (made["v1"].producer.name, made["v1"].producer.revision) == ("finished transcript", "vtt")
    assert [(s.start_s, s.speaker) for s in made["v2"].segments] == [(None, "patient"), (None, None)]
    assert made["v2"].flags == ("speaker_unknown", "no_times")
    assert (made["v3"].segments, made["v3"].flags) == ((), ("no_speech",))
    assert set(made) == {"v1", "v2", "v3"}
    assert any("1 transcripts of no visit in the table: 'v9.srt'" in line for line in lines.said)
    assert any("1 visits without a transcript: 'v4'" in line for line in lines.said)


def test_unchanged_transcripts_are_not_read_again(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.srt").unlink()
    lines = Lines()

    def take(settings: TranscribeTable) -> bool:
        with open_run(tmp_path / "run") as run:
            import_transcripts(run, [Visit("v1"), Visit("v2")], folder, settings, lines)
        return lines.said[-1].startswith("transcribe: fresh")

    named = TranscribeTable(speakers={"SPEAKER_00": "patient"})
    assert [take(TranscribeTable()), take(TranscribeTable()), take(named), take(named)] == [False, True] * 2
    (folder / "v2.txt").write_text("SPEAKER_00: Bye.\n", encoding="utf-8")
    assert not take(named)


def test_a_file_of_many_visits_names_them_itself(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "v3.stm").write_text("v1 1 doctor 0 1 one\nv2 1 doctor 0 1 two\n", encoding="utf-8")
    (folder / "a.stm").write_text("v3 1 doctor 0 1 three\n", encoding="utf-8")
    visits = [Visit(i) for i in ("v1", "v2", "v3")]
    with open_run(tmp_path / "run") as run:
        assert import_transcripts(run, visits, folder, TranscribeTable(), Lines()) == ()
    made = read_transcripts(tmp_path / "run" / "transcripts.jsonl")
    assert {i: t.text for i, t in made.items()} == {"v1": "one", "v2": "two", "v3": "three"}


def test_of_all_that_whisper_writes_the_config_names_one(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "v1.vtt").write_text(PATIENT, encoding="utf-8")
    (folder / "v1.txt").write_text("hi\n", encoding="utf-8")
    with open_run(tmp_path / "run") as run:
        (failure,) = import_transcripts(run, [Visit("v1")], folder, TranscribeTable(), Lines())
        assert "visit 'v1': has 2 transcripts (text, vtt)" in failure.message
        settings = TranscribeTable(transcripts_format="vtt")
        assert import_transcripts(run, [Visit("v1")], folder, settings, Lines()) == ()
    assert len(read_transcripts(tmp_path / "run" / "transcripts.jsonl")) == 1


CONFIG = """[run]
name = "pilot"
[visits]
table = "visits.csv"
[transcribe]
transcripts = "in"
speakers = { SPEAKER_00 = "clinician" }
[score]
metrics = ["wer", "cpwer"]
resamples = 100
"""


def test_a_run_scores_finished_transcripts_against_references_of_other_formats(
    folder: Path, tmp_path: Path
) -> None:
    """By hand: 3 + 2 reference words of v1 with one substituted; v2 without an error, one speaker unknown."""
    (tmp_path / "v1.stm").write_text(
        "v1 1 doctor 0 1 Any pains?\nv1 1 patient 2 3 없어요 now\nv1 1 doctor 4 5 Good\nv7 1 x 0 1 no\n",
        encoding="utf-8",
    )
    (tmp_path / "v2.txt").write_text("[doctor] hi\n[patient] hello\n", encoding="utf-8")
    (tmp_path / "visits.csv").write_text(
        "visit_id,reference_transcript_path\nv1,v1.stm\nv2,v2.txt\n", encoding="utf-8"
    )
    (folder / "broken.srt").unlink()
    (tmp_path / "pilot.toml").write_text(CONFIG, encoding="utf-8")
    run, failures = run_config(tmp_path / "pilot.toml", tmp_path / "run", Lines())
    assert failures == ()
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))["metrics"]
    assert summary["wer"]["value"] == pytest.approx(1 / 7)
    assert summary["cpwer"]["value"] == pytest.approx(1 / 5)  # v1 alone: of v2 a speaker is not known


def test_a_reference_that_is_not_certain_is_named_as_the_table_names_it(tmp_path: Path) -> None:
    (tmp_path / "v1.txt").write_text("Kim: a\nLee: b\nKim: c\nLee: d\n", encoding="utf-8")
    path = tmp_path / "visits.csv"
    path.write_text("visit_id,reference_transcript_path\nv1,v1.txt\n", encoding="utf-8")
    (problem,) = read_visits(path).problems
    assert "visit 'v1': reference_transcript: v1.txt: each segment starts with a label" in problem.message
