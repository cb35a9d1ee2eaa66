"""A transcript that cannot be read: one line with the file, where, and what to do; nothing is guessed."""

import json
import re
from pathlib import Path

import pytest

from scribeeval.errors import InputError
from scribeeval.io.transcripts import (
    FORMATS,
    Reading,
    format_named,
    put_together,
    read_file,
    read_transcript,
    to_talk,
)
from scribeeval.records import Segment

MARK = "Okonkwo"  # stands for what a patient says: never in an error
TEXTGRID = (
    'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n2\n<exists>\n1\n"IntervalTier"\n"x"\n0\n2\n'
)
REMEDY = re.compile(r"\b(save|export|put|give|name|write|is not|needs|has \d of|--from|choose|as in)\b")


def healthscribe(**segment: object) -> str:
    row = {"SegmentId": "s", "Content": MARK, "BeginAudioTime": 0, "EndAudioTime": 1} | segment
    return json.dumps({"Conversation": {"TranscriptSegments": [row]}})


@pytest.mark.parametrize(
    ("file", "content", "where", "what"),
    [
        ("a.vtt", f"{MARK}\n", "line 1", "WEBVTT"),
        ("a.vtt", f"WEBVTT\n\n{MARK}\n\n00:01.000 --> 00:02.000\nx\n", "line 3", "no times"),
        ("a.vtt", "WEBVTT\n\nx\n00:01 --> 00:61.000\nx\n", "line 4", "times are not"),
        ("a.srt", f"1\n00:00:02,000 --> 00:00:01,000\n{MARK}\n", "line 2", "ends before it starts"),
        ("a.srt", f"1\n{MARK}\n00:00:01,000 --> 00:00:02,000\n", "line 1", "no times"),
        ("a.json", '{"id": "v1", "text": "x"}', "", "jsonl-text or json"),
        ("a.tsv", f"{MARK}\n", "line 1", "start, end, text"),
        ("a.tsv", f"start\tend\ttext\n0\t1000\tx\n0.5\t9\t{MARK}\n", "line 3", "milliseconds"),
        ("a.stm", f"v1 1 doctor 0\nv1 1 doctor 0 {MARK}\n", "line 1", "4 of the 5 fields"),
        ("a.stm", f"v1 1 doctor 0 {MARK}\n", "line 1", "not a number of seconds"),
        ("a.ctm", f"v1 1 0 nan {MARK}\n", "line 1", "not a number of seconds"),
        ("a.ctm", "v1 1 -1 1 x\n", "line 1", "not a number of seconds"),
        ("a.rttm", "SPEAKER v1 1 0 1\n", "line 1", "5 of the 8 fields"),
        ("a.TextGrid", f"{MARK}\n", "line 1", "TextGrid"),
        ("a.TextGrid", TEXTGRID, "", "breaks off"),
        ("a.TextGrid", TEXTGRID + "1\n0\n2\n", "", "breaks off"),
        ("a.TextGrid", TEXTGRID + f'"{MARK}"\n', "line 12", "number of tiers or intervals"),
        ("a.TextGrid", TEXTGRID + "1\n0\n2\n3\n", "line 15", "text in quotes"),
        ("a.TextGrid", TEXTGRID + f'1\n2\n1\n"{MARK}"\n', "line 13", "ends before it starts"),
        ("a.json", f'{{"segments": [\n{MARK}', "line 2", "not JSON"),
        ("a.json", '{"segments": [{"start_s": NaN}]}', "", "NaN"),
        ("a.json", "[" * 100_000, "", "nested"),
        (
            "a.json",
            f'{{"segments": [{{"start": {"1" * 5000}, "end": 1, "text": "x"}}]}}',
            "",
            "a number that is none",
        ),
        ("a.json", '{"segments": [{"start": 0, "end": 1, "text": "\\ud800"}]}', "", "a character"),
        (
            "a.json",
            '{"segments": [{"start": 0, "end": 1e400, "text": "x"}]}',
            "segment 1",
            "number of seconds",
        ),
        (
            "a.json",
            json.dumps({"segments": [{"start_s": 0, "end_s": 1, "text": MARK}]}),
            "segment 1",
            "speaker",
        ),
        (
            "a.json",
            json.dumps({"segments": [{"start": 0, "end": True, "text": MARK}]}),
            "segment 1",
            "number",
        ),
        ("a.json", json.dumps({"segments": [{"start": 0, "end": 1, "text": 5}]}), "segment 1", "no text"),
        ("a.json", healthscribe(BeginAudioTime="x"), "segment 1", "BeginAudioTime"),
        ("a.json", healthscribe(Content=None), "segment 1", "Content"),
        ("a.json", '{"transcript": {"turns": [{"start_time": "1", "text": "x"}]}}', "turn 1", "00:00:01.000"),
        ("a.json", '{"transcript": {"turns": ["x"]}}', "turn 1", "not a JSON object"),
        ("a.json", f'{{"{MARK}": 1}}', "", "not recognised"),
        ("a.seglst.json", json.dumps([{"session_id": "v", "words": None}]), "segment 1", "words"),
        ("a.jsonl", f'{{"id": 1, "text": "x"}}\n{MARK}\n', "line 2", "JSON object"),
        ("a.txt", f"Kim: {MARK}\nLee: b\nKim: c\nLee: d\n", "", "--speaker LABEL=ROLE"),
        ("a.txt", f"{MARK}\nDoctor: hi\n", "", "mts-dialog"),
        ("a.txt", "WEBVTT\n\n00:01.000 --> 00:02.000\nhi\n", "", "vtt or text"),
        ("a.vtt", "WEBVTT\n" + f"\n00:01.000 --> 00:02.000\nKim: {MARK}\n" * 4, "", "--speaker LABEL=ROLE"),
        ("a.doc", MARK, "", "not recognised"),
        ("a.vtt", b"WEBVTT\n\xff", "line 2", "not UTF-8"),
        ("a.vtt", b"\xff\xfea", "", "UTF-16"),
        ("a.vtt", "WEBVTT\n".encode("utf-16-le"), "", "NUL"),
    ],
)
def test_one_line_says_where_and_what(
    tmp_path: Path, file: str, content: str | bytes, where: str, what: str
) -> None:
    path = tmp_path / file
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(InputError) as caught:
        read_file(path)
    (line,) = caught.value.problems
    assert line.startswith(f"{path}: ")
    assert where in line
    assert what in line
    assert REMEDY.search(line), line
    assert MARK not in line
    assert "\n" not in line


def test_a_missing_file_and_an_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_file(tmp_path / "a.vtt")
    with pytest.raises(InputError, match="did you mean 'vtt'"):
        format_named("vvt")


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, made in FORMATS.items()
        if "times" in made.holds and name not in ("json", "jsonl", "seglst")
    ],
)
def test_times_are_never_made_up(name: str) -> None:
    with pytest.raises(InputError, match=r"1 of 2 segments have no times.*choose json"):
        FORMATS[name].write(
            [to_talk("v1", [Segment(0.0, 1.0, "patient", "a"), Segment(None, None, "patient", "b")])]
        )


def test_what_a_format_cannot_hold_is_refused() -> None:
    said = [Segment(0.0, 1.0, None, "a")]
    with pytest.raises(InputError, match="nobody is known"):
        FORMATS["dragon"].write([to_talk("v1", said)])
    for name in ("stm", "ctm", "rttm"):
        with pytest.raises(InputError, match="ends an id at a blank"):
            FORMATS[name].write([to_talk("v 1", said)])


def test_a_file_of_several_visits_needs_the_one_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.stm"
    path.write_text("v1 1 doctor 0 1 one\nv2 1 doctor 0 1 two\n", encoding="utf-8")
    with pytest.raises(InputError, match="several visits, and 0 are called 'v3'"):
        read_transcript(path, "v3")
    path = tmp_path / "a.rttm"
    path.write_text("SPEAKER v1 1 0 1 <NA> <NA> doctor <NA> <NA>\n", encoding="utf-8")
    with pytest.raises(InputError, match="has no words"):
        read_transcript(path, "v1")


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ({"v1_doctor.vtt": "vtt", "v1.vtt": "vtt"}, "has 2 transcripts (vtt)"),
        ({"v1_doctor.vtt": "vtt", "v1_dr.vtt": "vtt"}, "has 2 transcripts (vtt)"),
        ({"v1_doctor.txt": "text", "v1_patient.vtt": "vtt"}, "cannot be put in order"),
    ],
)
def test_files_that_are_no_two_sides_of_a_visit(tmp_path: Path, files: dict[str, str], what: str) -> None:
    readings: list[Reading] = []
    for file, name in files.items():
        text = FORMATS[name].write([to_talk("v1", [Segment(0.0, 1.0, None, "hi")])])
        (tmp_path / file).write_text(text, encoding="utf-8")
        readings += read_file(tmp_path / file)
    with pytest.raises(InputError) as caught:
        put_together(readings, "v1")
    assert what in str(caught.value)
