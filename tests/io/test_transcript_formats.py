"""Transcripts as peers and public data have them: each format read, labels to roles, tags taken out."""

import codecs
import csv
import json
import runpy
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.io.transcripts import FORMATS, put_together, read_file, read_transcript
from scribeeval.io.transcripts.formats import recognise
from scribeeval.io.transcripts.lines import read_aci, read_mts
from scribeeval.io.transcripts.speakers import is_label, role_in_name, role_of
from scribeeval.io.transcripts.tags import without_tags
from scribeeval.records import Segment, Speaker, in_time_order

GOLDEN = Path(__file__).parent / "golden"
PEERS = runpy.run_path(str(GOLDEN / "make_transcripts.py"))["SEGMENTS"]
SAID = tuple(Segment(*row) for row in PEERS)
NAMELESS = tuple(Segment(start, end, None, text) for start, end, _, text in PEERS)
WHISPER = "openai-whisper-20250625"


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("file", "format_name", "expected"),
    [
        ("webvtt-py-0.6.0.vtt", "vtt", SAID),
        ("srt-3.5.3.srt", "srt", SAID),
        ("pysubs2-1.8.1.srt", "srt", SAID),
        ("praatio-6.2.2.long.TextGrid", "textgrid", SAID),
        ("praatio-6.2.2.short.TextGrid", "textgrid", SAID),
        ("TextGrid-1.6.1.TextGrid", "textgrid", SAID),
        ("meeteval-0.4.3.stm", "stm", SAID),
        ("meeteval-0.4.3.seglst.json", "seglst", SAID),
        ("meeteval-0.4.3.rttm", "rttm", tuple(Segment(s.start_s, s.end_s, s.speaker, "") for s in SAID)),
        (f"{WHISPER}.json", "whisper-json", NAMELESS),
        (f"{WHISPER}.vtt", "vtt", NAMELESS),
        (f"{WHISPER}.srt", "srt", NAMELESS),
        (f"{WHISPER}.tsv", "whisper-tsv", NAMELESS),
        (f"{WHISPER}.txt", "text", tuple(Segment(None, None, None, s.text) for s in SAID)),
    ],
)
def test_what_the_peers_wrote_is_read(file: str, format_name: str, expected: tuple[Segment, ...]) -> None:
    """The peer's own tool, of the version in the file's name, says what stands there."""
    (reading,) = read_file(GOLDEN / file)
    assert reading.format.name == format_name
    assert reading.segments == in_time_order(expected)
    assert reading.visit_id == ("v1" if reading.format.many else None)


def test_words_of_a_ctm_become_turns_at_pauses(tmp_path: Path) -> None:
    (reading,) = read_file(GOLDEN / "meeteval-0.4.3.ctm")
    turns = [(10.0 * i, 10.0 * i + len(s.text.split())) for i, s in enumerate(SAID)]
    assert [(s.start_s, s.end_s) for s in reading.segments] == turns
    assert [(s.speaker, s.text) for s in reading.segments] == [(s.speaker, s.text) for s in SAID]
    lines = ";; a comment\nv1 A 0.0 0.5 one 0.9\nv1 B 0.2 0.5 other\nv1 A 1.5 0.5 two\nv1 A 3.01 0.5 three\n"
    (reading,) = read_file(written(tmp_path / "a.ctm", lines))
    assert [s.text for s in reading.segments] == ["one two", "other", "three"]  # 1.0 s is no pause, 1.01 is


def test_every_tag_of_primock57_is_counted_and_gone(shared_data: Path) -> None:
    files = sorted((shared_data / "primock57" / "transcripts").iterdir())
    tags: Counter[str] = Counter()
    for file in files:
        (reading,) = read_file(file)
        tags.update(reading.tags)
        assert {s.speaker for s in reading.segments} == {role_in_name(file.stem)[1]}, file.name
        assert not any(c in segment.text for segment in reading.segments for c in "<>[]"), file.name
    # grep -o '<[^>]*>' over the folder: 961 <UNIN/>, 561 <INAUDIBLE_SPEECH/>, 686 <UNSURE>
    assert (len(files), tags) == (70, {"inaudible": 961 + 561, "unsure": 686})


def test_two_files_of_one_visit_are_put_in_order(shared_data: Path) -> None:
    folder = shared_data / "primock57" / "transcripts"
    pair = [read_file(folder / f"day1_consultation01_{role}.TextGrid")[0] for role in ("doctor", "patient")]
    whole = put_together(pair, pair[0].name)
    assert whole.visit_id == "day1_consultation01"
    assert {s.speaker for s in whole.segments} == {"clinician", "patient"}
    assert len(whole.segments) == sum(len(reading.segments) for reading in pair)
    starts = [s.start_s for s in whole.segments if s.start_s is not None]
    assert starts == sorted(starts)
    assert whole.tags == dict(sum((Counter(reading.tags) for reading in pair), Counter()))


def test_every_line_of_the_public_dialogues_has_its_speaker(shared_data: Path) -> None:
    """The labels that stand in the files, counted with grep: nothing is lost, nobody is guessed."""
    csv.field_size_limit(10**9)

    def labels(path: str, read: object) -> Counter[tuple[str | None, Speaker | None]]:
        found: Counter[tuple[str | None, Speaker | None]] = Counter()
        with (shared_data / path).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                (talk,) = read(row["dialogue"], {})  # type: ignore[operator]
                found.update((turn.label, role_of(turn.label, {})) for turn in talk.turns)
        return found

    doctor, patient = ("doctor", "clinician"), ("patient", "patient")
    assert labels("aci-bench/valid.csv", read_aci) == {
        doctor: 547,
        patient: 466,
        ("patient_guest", "other"): 38,
    }
    # One line a visit, with the labels inside it.
    assert labels("aci-bench/asr/valid_virtscribe_asr.csv", read_aci) == {doctor: 88, patient: 85}
    assert labels("mts-dialog/correlation_dev.csv", read_mts) == {
        ("Doctor", "clinician"): 712,
        ("Patient", "patient"): 620,
        ("Guest_family", "other"): 52,
        ("Guest_clinician", "other"): 24,
    }


def test_a_line_without_a_label_goes_on_with_the_turn_above() -> None:
    text = "so\n[doctor] how are\nyou today ?\n[ patient_guest ] she [inaudible 00:09:25] fine\n"
    assert [(t.label, t.text) for t in read_aci(text, {})[0].turns] == [
        (None, "so"),
        ("doctor", "how are you today ?"),
        ("patient_guest", "she [inaudible 00:09:25] fine"),
    ]
    assert [t.label for t in read_mts("so\nDoctor: hi", {})[0].turns] == [None, "Doctor"]
    text = "Docotr_2: Any pain?\nNone at: rest?\nGest_family: 아니요.\nSpeaker 1: Plan: rest.\n"
    assert [(t.label, t.text) for t in read_mts(text, {})[0].turns] == [
        ("Docotr_2", "Any pain? None at: rest?"),
        ("Gest_family", "아니요."),
        ("Speaker 1", "Plan: rest."),
    ]


@pytest.mark.parametrize(
    ("label", "role"),
    [
        *[
            (label, "clinician")
            for label in ("[doctor]", "Dr. Kim", "CLINICIAN_1", "Docotr_2", "의사", "D", "간호사 2")
        ],
        *[(label, "patient") for label in ("patient", "PATIENT_0", "Paitent", "pt", "P", "환자")],
        *[
            (label, "other")
            for label in ("patient_guest", "Guest_clinician", "Gest_family", "보호자", "other")
        ],
        *[(label, None) for label in ("SPEAKER_00", "A", "1", "Sun", "Kim", "unknown", "", "<NA>", None)],
    ],
)
def test_labels_name_roles(label: str | None, role: Speaker | None) -> None:
    assert role_of(label, {}) == role


def test_the_users_names_come_first() -> None:
    names: dict[str, Speaker] = {"speaker_00": "patient", "dr kim": "other"}
    assert [role_of(label, names) for label in ("SPEAKER_00", "Dr Kim", "Dr Lee")] == [
        "patient",
        "other",
        "clinician",
    ]
    assert is_label("Dr Kim", {})
    assert is_label("Dr. Min-ji Kim", {})
    assert not any(is_label(label, {}) for label in ("Kim", "Doctor said", "Patient was told", "Plan", "12"))
    assert is_label("Kim", {"kim": "clinician"})


@pytest.mark.parametrize(
    ("text", "plain", "kinds"),
    [
        ("<UNSURE>Hello how</UNSURE> um", "Hello how um", {"unsure": 1}),
        ("<UNIN/> Sorry <INAUDIBLE_SPEECH/>", "Sorry", {"inaudible": 2}),
        ("a [ inaudible 00:09:25 ] b [Inaudible] (unintelligible 1:02)", "a b", {"inaudible": 3}),
        ("[laughter] [BLANK_AUDIO] (웃음) <LAUGH/> ok", "ok", {"sound": 4}),
        ("a[inaudible]b", "a b", {"inaudible": 1}),
        ("[cough] a dry (cough)", "a dry (cough)", {"sound": 1}),
        ("약이 [불명] 였어요", "약이 였어요", {"inaudible": 1}),
        (
            "BP < 140 and > 90, [5 mg], (music teacher), [sic]",
            "BP < 140 and > 90, [5 mg], (music teacher), [sic]",
            {},
        ),
    ],
)
def test_tags_are_taken_out_and_counted(text: str, plain: str, kinds: dict[str, int]) -> None:
    assert without_tags(text) == (plain, kinds)


@given(
    st.lists(
        st.sampled_from(["<UNSURE>", "</UNSURE>", "<UNIN/>", "[inaudible]", "mg", "<", "(", "]", "통증"])
    )
)
def test_taking_tags_out_again_changes_nothing(words: list[str]) -> None:
    plain, _ = without_tags(" ".join(words))
    assert without_tags(plain) == (plain, {})


def test_encodings_line_ends_and_composition(tmp_path: Path) -> None:
    text = "WEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\n<v 의사>가슴\r\n통증\r\n"  # the syllables decomposed
    expected = (Segment(1.0, 2.0, "clinician", "가슴 통증"),)
    for name, data in {
        "utf8": text.encode(),
        "mark": codecs.BOM_UTF8 + text.encode(),
        "utf16": text.encode("utf-16"),
        "utf16be": codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
        "cr": text.replace("\r\n", "\r").encode(),
    }.items():
        assert read_file(written(tmp_path / f"{name}.vtt", data))[0].segments == expected, name


HEALTHSCRIBE = {
    "Conversation": {
        "ConversationId": "c1",
        "TranscriptItems": [],
        "TranscriptSegments": [
            {
                "SegmentId": "s1",
                "Content": "Hello.",
                "BeginAudioTime": 0.5,
                "EndAudioTime": 1,
                "ParticipantDetails": {"ParticipantRole": "CLINICIAN_0"},
                "SectionDetails": {"SectionName": "CHIEF_COMPLAINT"},
            },
            {"SegmentId": "s2", "Content": "Hi.", "BeginAudioTime": 2, "EndAudioTime": 3},
        ],
    }
}
DRAGON = {
    "transcript": {
        "speaker_count": 2,
        "turns": [
            {
                "index": 0,
                "speaker": "clinician",
                "text": "Hi.",
                "start_time": "00:00:01.000",
                "end_time": "01:00:02.500",
            }
        ],
    }
}
ROW = {"start_s": 0, "end_s": 1, "speaker": "patient", "text": "Hi."}


@pytest.mark.parametrize(
    ("file", "value", "format_name", "expected"),
    [
        (
            "a.json",
            HEALTHSCRIBE,
            "healthscribe",
            [Segment(0.5, 1.0, "clinician", "Hello."), Segment(2.0, 3.0, None, "Hi.")],
        ),
        ("a.json", DRAGON, "dragon", [Segment(1.0, 3602.5, "clinician", "Hi.")]),
        ("a.json", {"segments": [ROW]}, "json", [Segment(0.0, 1.0, "patient", "Hi.")]),
        ("a.json", {"visit_id": "v", "segments": []}, "json", []),
        ("a.json", {"text": "", "segments": [], "language": "en"}, "whisper-json", []),
        ("a.json", {"text": " So it hurts."}, "whisper-json", [Segment(None, None, None, "So it hurts.")]),
        ("a.jsonl", {"visit_id": "v", "segments": [ROW]}, "jsonl", [Segment(0.0, 1.0, "patient", "Hi.")]),
        (
            "a.jsonl",
            {"id": "v", "text": "one\ntwo"},
            "jsonl-text",
            [Segment(None, None, None, t) for t in ("one", "two")],
        ),
    ],
)
def test_json_is_told_apart_by_what_it_holds(
    tmp_path: Path, file: str, value: object, format_name: str, expected: list[Segment]
) -> None:
    (reading,) = read_file(written(tmp_path / file, json.dumps(value)))
    assert (reading.format.name, list(reading.segments)) == (format_name, expected)


def test_characters_that_json_escapes(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", '{"text": "\\u1100\\u1161\\u1109\\u1173\\u11b7 \\ud83d\\ude42"}')
    assert read_file(path)[0].segments == (Segment(None, None, None, "가슴 🙂"),)


def test_txt_is_told_apart_by_its_first_line() -> None:
    for text, name in {
        "[doctor] hi\n[patient] hello\n": "aci-bench",
        "Doctor: Hi.\n Patient: Hello.\n": "mts-dialog",
        "Dr. Kim: Hi.\nbye\n": "mts-dialog",
        "[doctor]: Hi.\n[patient]: Hello.\n": "mts-dialog",
        "의사: 안녕하세요.\n환자: 네.\n": "mts-dialog",
        "Hi, how are you?\nPlan: rest.\n": "text",
        "": "text",
    }.items():
        assert recognise("a.txt", text, {}).name == name, text


def test_names_in_front_are_words_only_where_the_user_says_so(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", "Kim: hi\nLee: hello\nKim: how?\nLee: so.\n")
    (reading,) = read_file(path, {"kim": "clinician", "lee": "patient"})
    assert [(s.speaker, s.text) for s in reading.segments][:2] == [("clinician", "hi"), ("patient", "hello")]
    (reading,) = read_file(path, format_name="text")
    assert reading.segments[0].text == "Kim: hi"
    three = written(tmp_path / "b.txt", "Kim: hi\nLee: hello\nKim: how?\n")
    assert read_file(three)[0].format.name == "text"
    many = written(
        tmp_path / "c.txt", "".join(f"{name}: hi\n" for name in ("Kim", "Lee", "Ota", "Ek", "Ito"))
    )
    assert read_file(many)[0].format.name == "text"  # five names in five lines are no dialogue


def test_a_role_in_the_files_name_is_not_that_of_a_whole_dialogue(tmp_path: Path) -> None:
    text = written(tmp_path / "v1_doctor.txt", "Any pain?\nNo.\n")
    assert {s.speaker for s in read_file(text)[0].segments} == {None}
    stm = written(tmp_path / "v1_doctor.stm", "v1 1 patient 0 1 no\nv1 1 A 1 2 so\n")
    assert [s.speaker for s in read_file(stm)[0].segments] == ["patient", None]


def test_cues_with_markup_voices_notes_and_settings(tmp_path: Path) -> None:
    vtt = (
        "WEBVTT - Made by X\nKind: captions\n\nNOTE\nnot said\n\nSTYLE\n::cue { color: red }\n\n1\n"
        "00:01.000 --> 00:02.000 align:start\n<v.loud Dr Kim>5 &lt; 6 <i>mg</i></v>\n"
        "<v Patient>Ok <00:01.500>then\n\n00:03.000 --> 00:04.000\nSPEAKER_00: Who?\n"
    )
    (reading,) = read_file(written(tmp_path / "a.vtt", vtt))
    assert [(s.start_s, s.speaker, s.text) for s in reading.segments] == [
        (1.0, "clinician", "5 < 6 mg"),
        (1.0, "patient", "Ok then"),
        (3.0, None, "Who?"),
    ]
    assert reading.unknown == ("SPEAKER_00",)
    srt = "1\n00:00:01,000 --> 00:00:02,000\n<i>Patient: Ok</i>{\\an8}\n2 --> 3\n"
    (reading,) = read_file(written(tmp_path / "a.srt", srt))
    assert [(s.speaker, s.text) for s in reading.segments] == [("patient", "Ok 2 --> 3")]


def test_stm_conditions_comments_and_unscored_stretches(tmp_path: Path) -> None:
    unscored = "v1 1 X 1 2 ignore_time_segment_in_scoring\n"
    stm = f";; x\nv1 1 patient 0 1 <o,f0,male> well\n{unscored}v2 1 doctor 2 3\n"
    first, second = read_file(written(tmp_path / "a.stm", stm))
    assert first.segments == (Segment(0.0, 1.0, "patient", "well"),)
    assert (second.visit_id, second.segments) == ("v2", ())


def test_decimals_add_up_and_other_lines_of_rttm_are_passed_over(tmp_path: Path) -> None:
    assert read_file(written(tmp_path / "a.ctm", "v1 1 1.1 2.2 so\n"))[0].segments[0].end_s == 3.3
    info = "SPKR-INFO v1 1 <NA> <NA> <NA> unknown A <NA> <NA>\n"
    (reading,) = read_file(
        written(tmp_path / "a.rttm", f"{info}SPEAKER v1 1 1.1 2.2 <NA> <NA> A <NA> <NA>\n")
    )
    assert reading.segments == (Segment(1.1, 3.3, None, ""),)


def test_the_longest_suffix_decides(tmp_path: Path) -> None:
    assert read_file(written(tmp_path / "a.seglst.json", "[]")) == ()


def test_a_reference_transcript_of_any_format(tmp_path: Path) -> None:
    path = written(tmp_path / "v1.txt", "Doctor: Hi [laughter] you.\nPatient: Hello.")
    assert read_transcript(path) == (
        "Hi you.\nHello.",
        (Segment(None, None, "clinician", "Hi you."), Segment(None, None, "patient", "Hello.")),
    )
    assert read_transcript(written(tmp_path / "v2.txt", "\nHi you.\n\n")) == ("Hi you.", None)
    many = written(tmp_path / "a.stm", "v1 1 doctor 0 1 one\nv2 1 doctor 0 1 two\n")
    assert read_transcript(many, "v2") == ("two", (Segment(0.0, 1.0, "clinician", "two"),))


def test_point_tiers_are_left_out_and_the_file_name_gives_the_role(tmp_path: Path) -> None:
    short = (
        'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n2\n<exists>\n2\n'
        '"TextTier"\n"marks"\n0\n2\n1\n1\n"x"\n'
        '"IntervalTier"\n"Speaker"\n0\n2\n2\n0\n1\n""\n1\n2\n"I said ""5""."\n'
    )
    (reading,) = read_file(written(tmp_path / "v1_patient.TextGrid", short))
    assert (reading.name, reading.segments) == ("v1", (Segment(1.0, 2.0, "patient", 'I said "5".'),))


def test_the_table_says_of_each_format_what_it_is() -> None:
    for name, made in FORMATS.items():
        assert made.name == name
        assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in made.suffixes)
        assert ("times" in made.holds) == (made.resolution_s is not None)
        assert "speakers" in made.holds or made.roles == (None,)


def test_the_document_has_the_table_that_the_code_has() -> None:
    text = (Path(__file__).parents[2] / "docs" / "transcript-formats.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in text.split("\n")
        if line.startswith("| `")
    ]
    told = {name.strip("`"): rest for name, *rest in rows}
    assert list(told) == list(FORMATS)
    for name, (suffixes, times, roles, visits, _) in told.items():
        made = FORMATS[name]
        assert suffixes == " ".join(f"`{suffix}`" for suffix in made.suffixes), name
        assert times == {None: "-", 0.0: "exact", 0.001: "1 ms"}[made.resolution_s], name
        named = ", ".join(role or "none" for role in made.roles)
        assert roles == ("all" if len(made.roles) == 4 else named), name
        assert visits == ("many" if made.many else "one"), name


def test_only_a_whole_word_at_the_end_of_a_files_name_is_a_role() -> None:
    for stem in ("v1_d", "v1_p", "v1doctor", "doctor", "_doctor", "v1_docotr"):
        assert role_in_name(stem) == (stem, None), stem
    assert role_in_name("v1-Patient") == ("v1", "patient")
    assert role_in_name("방문 1.환자") == ("방문 1", "patient")
