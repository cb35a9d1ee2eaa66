"""Who speaks: from what is said, from a diarisation, and on both channels at once."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from models.sounds import DEMO
from scribeeval.errors import InputError
from scribeeval.io.diarisation import Turn, read_rttm
from scribeeval.models.channels import Sound
from scribeeval.models.engines import Phrase
from scribeeval.models.roles import clinician_score, diarised, look_swapped, without_echoes
from scribeeval.models.voice import Span
from scribeeval.records import Segment, Speaker

KOREAN: list[tuple[Speaker, str]] = [
    ("clinician", "안녕하세요, 어디가 불편해서 오셨어요?"),
    ("patient", "선생님, 제가 사흘 전부터 배가 아파요."),
    ("clinician", "언제부터 얼마나 아프셨나요? 열은 있으세요?"),
    ("patient", "네, 어제는 열이 났어요. 잠을 못 잤거든요."),
    ("clinician", "숨을 크게 쉬어 보세요. 혈액 검사를 해 보겠습니다."),
    ("patient", "저는 피 뽑는 게 좀 무섭더라고요."),
    ("clinician", "약은 하루 두 번 드시고 다음 주 외래로 오세요."),
    ("patient", "아니요, 먹고 있는 약은 없는 것 같아요."),
]


def dialogue(turns: list[tuple[Speaker, str]], *, swap: bool = False) -> list[Segment]:
    other: dict[Speaker, Speaker] = {"clinician": "patient", "patient": "clinician"}
    return [
        Segment(i, i + 1, other.get(who, who) if swap else who, text) for i, (who, text) in enumerate(turns)
    ]


@pytest.mark.parametrize("visit", ["V01", "V02", "V03", "V04", "V05", "V06"])
def test_demonstration_visits_swapped_and_not(visit: str) -> None:
    rows = json.loads((DEMO / "transcripts" / f"{visit}.json").read_text(encoding="utf-8"))["segments"]
    turns: list[tuple[Speaker, str]] = [
        ("clinician" if row["speaker"] == "clinician" else "patient", row["text"]) for row in rows
    ]
    assert not look_swapped(dialogue(turns), "en")
    assert look_swapped(dialogue(turns, swap=True), "en")


def test_korean_visit_swapped_and_not() -> None:
    assert not look_swapped(dialogue(KOREAN), "ko")
    assert look_swapped(dialogue(KOREAN, swap=True), "ko")


def test_little_talk_and_other_languages_are_not_judged() -> None:
    assert not look_swapped(dialogue(KOREAN[:2], swap=True), "ko")
    assert not look_swapped(dialogue(KOREAN, swap=True), "sv")
    assert not look_swapped([], "en")
    one_side = [
        Segment(0, 1, "patient", "How are you? Any pain? Have you had a fever? Let me check your knee.")
    ]
    assert not look_swapped(one_side, "en"), "the other channel is silent: that is another flag"


def test_score_is_between_minus_1_and_1() -> None:
    score, cues = clinician_score(["How long have you had the pain?"], "en")
    assert 0 < score < 1
    assert cues >= 2
    assert clinician_score(["I've been tired, my back hurts."], "en")[0] < 0
    assert clinician_score([], "en") == (0.0, 0)


def test_real_consultations_are_told_right(shared_data: Path) -> None:
    """PriMock57: 57 mock consultations with who said what; all that are there, both ways round."""
    folder = shared_data / "primock57" / "transcripts"
    doctors = sorted(folder.glob("*_doctor.TextGrid"))
    assert len(doctors) > 20
    for path in doctors:
        said = {
            speaker: re.findall(r'text = "(.+?)"\s*$', file.read_text(encoding="utf-8"), re.MULTILINE)
            for speaker, file in {
                "clinician": path,
                "patient": path.with_name(path.name.replace("doctor", "patient")),
            }.items()
        }
        right = [Segment(0, 1, "clinician", " ".join(said["clinician"]))]
        right += [Segment(0, 1, "patient", " ".join(said["patient"]))]
        wrong = [Segment(0, 1, "patient", right[0].text), Segment(0, 1, "clinician", right[1].text)]
        assert not look_swapped(right, "en"), path.name
        assert look_swapped(wrong, "en"), path.name


def test_published_dialogues_with_exchanged_tags_are_found(shared_data: Path) -> None:
    """ACI-BENCH: by hand, two of these 60 dialogues have the patient's words under [doctor]."""
    swapped = []
    for name in ("valid.csv", "clinicalnlp_taskB_test1.csv"):
        with (shared_data / "aci-bench" / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                turns: list[tuple[Speaker, str]] = [
                    (
                        "clinician" if who == "doctor" else "patient",
                        text.replace(" '", "'").replace(" ?", "?"),
                    )
                    for who, text in re.findall(r"\[(doctor|patient)\](.*)", row["dialogue"])
                ]
                if look_swapped(dialogue(turns), "en"):
                    swapped.append(row["encounter_id"])
    assert len(swapped) == 2


def sound(level_db: float) -> Sound:
    return Sound(None, np.zeros(0, np.float32), (Span(0, 10),), np.full(500, level_db))


def test_quieter_words_of_the_other_channel_are_dropped() -> None:
    clinician = [Phrase(1.0, 3.0, "Do you have any chest pain?"), Phrase(5.0, 6.0, "Good.")]
    patient = [Phrase(1.1, 3.1, "do you have any jest pain"), Phrase(3.5, 4.5, "No, no chest pain.")]
    kept, dropped = without_echoes([clinician, patient], [sound(-20), sound(-35)])
    assert kept == [clinician, patient[1:]]
    assert dropped == 6


def test_words_said_by_both_stay() -> None:
    first, later = [Phrase(1.0, 2.0, "twice a day")], [Phrase(2.6, 3.6, "twice a day")]
    assert without_echoes([first, later], [sound(-20), sound(-35)]) == ([first, later], 0), "said again"
    same = [Phrase(1.0, 2.0, "twice a day")]
    assert without_echoes([first, same], [sound(-20), sound(-21)]) == ([first, same], 0), "as loud"
    yes = [Phrase(1.0, 1.4, "Yes.")]
    assert without_echoes([yes, yes], [sound(-20), sound(-35)]) == ([yes, yes], 0), "one word is too little"


def rttm(path: Path, *turns: tuple[float, float, str]) -> Path:
    lines = [f"SPEAKER rec 1 {start} {end - start} <NA> <NA> {who} <NA> <NA>" for start, end, who in turns]
    path.write_text("\n".join(["SPKR-INFO rec 1 <NA> <NA> <NA> unknown A <NA>", *lines, ""]))
    return path


def test_diarisation_gives_each_segment_its_longest_speaker(tmp_path: Path) -> None:
    turns = read_rttm(
        rttm(tmp_path / "a.rttm", (0, 2, "doctor"), (2, 5, "Patient"), (2.5, 3, "doctor"), (8, 9, "wife"))
    )
    segments = [Segment(0, 2.2, None, "a"), Segment(1.9, 5, None, "b"), Segment(6, 7, None, "c")]
    segments += [Segment(8, 9, None, "d")]
    found, inferred = diarised(segments, turns, "en")
    assert [s.speaker for s in found] == ["clinician", "patient", None, None]
    assert not inferred


def test_roles_of_nameless_speakers_follow_from_what_they_say() -> None:
    turns = [Turn(i, i + 1, "SPEAKER_01" if who == "clinician" else "SPEAKER_00", None)
             for i, (who, _) in enumerate(KOREAN)]  # fmt: skip
    mixed = [Segment(s.start_s, s.end_s, None, s.text) for s in dialogue(KOREAN)]
    found, inferred = diarised(mixed, turns, "ko")
    assert [s.speaker for s in found] == [who for who, _ in KOREAN]
    assert inferred
    unclear, inferred = diarised(mixed[:1], turns, "ko")
    assert ([s.speaker for s in unclear], inferred) == ([None], False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no SPEAKER line"),
        ("0.0 1.0 doctor\n", "has no SPEAKER line"),
        ("SPEAKER rec 1 0.0\n", "line 1 is no RTTM"),
        ("\nSPEAKER rec 1 zero 1.0 <NA> <NA> doctor <NA> <NA>\n", "line 2 is no RTTM"),
        ("SPEAKER rec 1 nan 1.0 <NA> <NA> doctor <NA> <NA>\n", "line 1 is no RTTM"),
        ("SPEAKER rec 1 0.0 -1.0 <NA> <NA> doctor <NA> <NA>\n", "line 1 is no RTTM"),
    ],
)
def test_what_is_no_rttm(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.rttm").write_text(text)
    with pytest.raises(InputError, match=rf"a\.rttm: {message}"):
        read_rttm(tmp_path / "a.rttm")
