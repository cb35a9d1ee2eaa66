"""What is an identifier and what is not: the rules' cases, the written set, and public dialogues."""

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from scribeeval.models.deidentify import find_identifiers
from scribeeval.terms import find_terms

SET = Path(__file__).parents[3] / "datasets" / "deidentification"


def rows(split: str) -> list[dict[str, Any]]:
    lines = (SET / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["split"] == split]


def found(*turns: str, known: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [
        (one.kind, turn[one.start : one.end])
        for turn, ones in zip(turns, find_identifiers(turns, known), strict=True)
        for one in ones
    ]


CASES = {
    "I'm Dr. Okonkwo-Bright, this is Sarah Miller.": ["Okonkwo-Bright", "Sarah", "Miller"],
    "okay so doctor hendricks saw leonard pruitt": ["hendricks", "leonard", "pruitt"],
    "My husband Will says it will rain.": ["Will"],
    "Dr. Bell thinks it is Bell's palsy, Dr. May agrees.": ["Bell", "May"],
    "Is it Parkinson's, Crohn's or Hashimoto? Babinski is negative at McBurney's point.": [],
    "The Foley is out, Jardiance 10 mg, A1c 7.2, 120 over 80.": [],
    "You may feel it for three weeks, twice a day, since Tuesday.": [],
    "I march 3 miles, you may 4 of them": [],
    "march third nineteen fifty two": ["march third nineteen fifty two"],
    "Seen on 3/4/2024, after the 19th, then in May.": ["3/4/2024", "19th", "May"],
    "strength 5/5, murmur 2/6, BP 150/95, 24/7": [],
    "2024년 3월 4일에 왔고 3개월 동안 하루 세 번": ["2024년 3월 4일"],
    "call five five five one two three four": ["five five five one two three four"],
    "my number is 555-0134, fax (612) 555-0177": ["555-0134", "(612) 555-0177"],
    "medical record number is 4 4 8 1": ["4 4 8 1"],
    "last four of my social? 6612": ["6612"],
    "주민번호는 850101-1234567, 전화는 010-5550-1234": ["850101-1234567", "010-5550-1234"],
    "I live at 12 Oak Street, Springfield, IL 62704.": ["12 Oak Street, Springfield, IL 62704"],
    "i live at twelve oak street springfield": ["twelve oak street springfield"],
    "We moved to Tacoma.": ["Tacoma"],
    "수원시 팔달구 인계동 341번지에 살고 운동은 매일": ["수원시 팔달구 인계동 341번지"],
    "김철수 씨, 환자분 보호자 선생님": ["김철수"],
    "제 이름은 박서준입니다": ["박서준"],
    "He's 93 years old, sats 93 percent, he was 95 on room air": ["93"],
    "올해 92세, 혈당 92": ["92세"],
    "mail jo.k@example.com or jo dot k at example dot com": [
        "jo.k@example.com",
        "jo dot k at example dot com",
    ],
    "see www.example.org/x from 203.0.113.42": ["www.example.org/x", "203.0.113.42"],
    "last name M-I-L-L-E-R": ["M-I-L-L-E-R"],
}


@pytest.mark.parametrize("text", CASES)
def test_a_case(text: str) -> None:
    assert [words for _, words in found(text)] == CASES[text]


def test_an_answer_is_read_with_its_question() -> None:
    assert found("What is your date of birth?", "eleven twenty two nineteen sixty four") == [
        ("DATE", "eleven twenty two nineteen sixty four")
    ]
    assert found("eleven twenty two nineteen sixty four") == []
    assert found("성함이 어떻게 되세요?", "이영희예요.") == [("NAME", "이영희")]


def test_a_name_found_once_is_found_everywhere() -> None:
    turns = ("My name is Zuleika.", "so ZULEIKA, zuleika's arm", "민준 어머님", "민준이가 아파요")
    assert [words for _, words in found(*turns)] == ["Zuleika", "ZULEIKA", "zuleika", "민준", "민준"]
    assert found("Joy is here, my sister Joy. It is a joy to sleep.") == [("NAME", "Joy"), ("NAME", "Joy")]


def test_names_that_the_site_gives_are_found_in_any_case() -> None:
    known = ("Dr. Young Rice", "Xqwz Vbnm", "김도")
    assert found("young rice saw me, rice for dinner, young man", known=known) == [
        ("NAME", "young"),
        ("NAME", "rice"),
    ]
    assert found("the vbnm clinic and 김도가", known=known) == [("NAME", "vbnm"), ("NAME", "김도")]
    assert found("the vbnm clinic") == []


@pytest.mark.parametrize(("split", "recall", "precision"), [("tune", 0.97, 0.97), ("report", 0.90, 0.95)])
def test_the_written_set(split: str, recall: float, precision: float) -> None:
    """As scripts/score_deidentification.py counts; of report only the counts are looked at."""
    marked = hit = made = right = 0
    for row in rows(split):
        text, start, covered, spans = row["text"], 0, set[int](), []
        turns = text.split("\n")
        for turn, ones in zip(turns, find_identifiers(turns), strict=True):
            spans += [range(one.start + start, one.end + start) for one in ones]
            start += len(turn) + 1
        covered = {place for span in spans for place in span}
        gold = [range(span["start"], span["end"]) for span in row["spans"]]
        marked += len(gold)
        hit += sum(all(at in covered for at in one if text[at].isalnum()) for one in gold)
        wanted = {place for one in gold for place in one}
        made += len(spans)
        right += sum(2 * len(wanted.intersection(one)) >= len(one) for one in spans)
    assert hit >= recall * marked
    assert right >= precision * made


def test_the_set_is_sound() -> None:
    listed = dict(line.split()[::-1] for line in (SET / "SHA256SUMS").read_text("utf-8").splitlines())
    assert listed == {
        "transcripts.jsonl": hashlib.sha256((SET / "transcripts.jsonl").read_bytes()).hexdigest()
    }
    everything = [*rows("tune"), *rows("report")]
    assert len({row["id"] for row in everything}) == len(everything) == 68
    for row in everything:
        ends = [0, *(place for span in row["spans"] for place in (span["start"], span["end"]))]
        assert ends == sorted(ends)
        assert all(row["text"][s["start"] : s["end"]].strip() for s in row["spans"])


def test_clinical_terms_of_public_dialogues_stay(shared_data: Path) -> None:
    with (shared_data / "aci-bench" / "valid.csv").open(encoding="utf-8", newline="") as file:
        dialogues = [row["dialogue"] for row in csv.DictReader(file)]
    terms = touched = 0
    for dialogue in dialogues:
        turns = [re.sub(r"^\[\w+\] ?", "", line) for line in dialogue.split("\n")]
        for turn, ones in zip(turns, find_identifiers(turns), strict=True):
            covered = {place for one in ones for place in range(one.start, one.end)}
            mentions = find_terms(turn)
            terms += len(mentions)
            touched += sum(not covered.isdisjoint(range(m.start, m.end)) for m in mentions)
    assert terms > 1000
    assert touched <= 0.002 * terms
