#!/usr/bin/env python3
"""Turn visits with marked-up notes into a data set of planted faults.

    plant_faults.py SOURCE_DIR OUT_DIR

SOURCE_DIR/N01.txt, one visit a file, three parts between lines of "%%":

    visit_id: N01                     and clinician_id, specialty, date, language, age_years, split
    %%
    C: Good morning.                  one turn a line; C clinician, P patient, O other
    %%
    CHIEF COMPLAINT                   the note, with marks
    [[cc1|Cough.|"I can't stop coughing."|I can't stop coughing]]

A mark is [[CODE SEVERITY|draft words|signed words|evidence]]: CODE from CODES, SEVERITY 1 to 3, evidence
the words of one turn; trailing empty fields may be left out.  A fact under the wrong header is marked
twice, [[sec2a|words in the draft||evidence]] where the draft has it and [[toa|signed words]] where it
belongs.  [[ok|draft|signed]] is a harmless change, no fault.  A mark may hold whole lines.

Writes OUT_DIR: transcripts/*.json, notes/*.draft.txt, notes/*.signed.txt, visits.csv, faults.csv,
rewordings.csv and SHA256SUMS.  Raises ValueError, naming visit and mark, where a mark is unsound.
"""

import csv
import hashlib
import json
import re
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from scribeeval.text.sections import split_sections

CODES = {
    "wdr": "wrong_drug",
    "wdo": "wrong_dose",
    "wun": "wrong_unit",
    "wfr": "wrong_frequency",
    "wnu": "wrong_number",
    "wla": "wrong_laterality",
    "neg": "flipped_negation",
    "cer": "wrong_certainty",
    "att": "wrong_attribution",
    "inv": "invented_fact",
    "omi": "omitted_fact",
    "sec": "wrong_section",
    "dup": "duplicated",
    "ver": "verbose",
    "lay": "lay_term",
    "cc": "paraphrased_chief_complaint",
}
SEVERITY = {"1": "minor", "2": "moderate", "3": "severe"}
SPEAKER = {"C": "clinician", "P": "patient", "O": "other"}
MOVES = ("wrong_section", "duplicated")  # their words stand in the signed note too

# Nobody spoke these visits, so the times are reckoned: a usual pace, and a pause between turns.
SYLLABLES_PER_S = 4.5
PAUSE_S = 0.4
_MARK = re.compile(rf"\[\[(to|ok|{'|'.join(CODES)})([1-3]?)([a-z]?)\|(.*?)\]\]", re.DOTALL)
_VOWELS = re.compile(r"[aeiouy]+", re.IGNORECASE)
_SCAR = re.compile(r"  | $|\n{3}| [.,;:)]|^[.,;:]|\.\.|^-$", re.MULTILINE)  # would give a fault away

FAULT_COLUMNS = (
    "fault_id", "visit_id", "split", "type", "severity", "side", "section",
    "start", "end", "text", "mend_at", "correction", "evidence",
)  # fmt: skip
REWORDING_COLUMNS = ("rewording_id", "visit_id", "split", "section", "start", "end", "text", "correction")
VISIT_COLUMNS = (
    "visit_id", "clinician_id", "specialty", "date", "language", "age_years", "split",
    "reference_transcript_path", "draft_note_path", "signed_note_path",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: draft and signed words, and where each stands in its note."""

    code: str
    severity: str
    tag: str
    draft: str
    signed: str
    evidence: str
    draft_at: int
    signed_at: int


def read_marks(marked: str) -> tuple[str, str, list[Mark]]:
    """Give the draft, the signed note, and the marks with their offsets in both."""
    draft = signed = ""
    marks = []
    position = 0
    for found in _MARK.finditer(marked):
        between = marked[position : found.start()]
        draft, signed = draft + between, signed + between
        code, severity, tag, inside = found.groups()
        fields = [*inside.split("|"), "", ""]
        if code == "to":
            fields = ["", fields[0], ""]
        words, right, evidence = fields[:3]
        lead_draft, lead_signed = len(words) - len(words.lstrip()), len(right) - len(right.lstrip())
        at = (len(draft) + lead_draft, len(signed) + lead_signed)
        marks.append(Mark(code, severity, tag, words.strip(), right.strip(), evidence.strip(), *at))
        draft, signed = draft + words, signed + right
        position = found.end()
    rest = marked[position:]
    return draft + rest, signed + rest, marks


def section_at(note: str, offset: int) -> str:
    """Name the section that holds an offset, as scribeeval does."""
    return next(s.name for s in split_sections(note) if s.header_start <= offset < s.end)


def seconds(text: str) -> float:
    """Reckon how long a turn takes: Hangul syllables, else groups of vowels; a digit counts as two."""
    hangul = sum("가" <= c <= "힣" for c in text)
    digits = sum(c.isdigit() for c in text)
    return max(0.4, (hangul + len(_VOWELS.findall(text)) + 2 * digits) / SYLLABLES_PER_S)


def timed(turns: list[tuple[str, str]]) -> list[dict[str, object]]:
    """Place the turns one after the other."""
    segments: list[dict[str, object]] = []
    now_s = 0.5
    for speaker, text in turns:
        end_s = now_s + seconds(text)
        segments.append(
            {"start_s": round(now_s, 2), "end_s": round(end_s, 2), "speaker": speaker, "text": text}
        )
        now_s = end_s + PAUSE_S
    return segments


def check(row: dict[str, str], here: str, there: str, turns: list[tuple[str, str]]) -> None:
    """Refuse a fault whose words are not unique, still stand in the mended note, or lack their evidence."""
    name = f"{row['fault_id']} ({row['type']})"
    if here.count(row["text"]) != 1:
        raise ValueError(f"{name}: its words stand {here.count(row['text'])} times in the note")
    if row["type"] not in MOVES and row["text"] in there:
        raise ValueError(f"{name}: its words stand in the other note too")
    if row["evidence"] and not any(row["evidence"] in text for _, text in turns):
        raise ValueError(f"{name}: no turn holds its evidence")


def plant(source: str) -> tuple[dict[str, str], list[tuple[str, str]], str, str, list[dict[str, str]]]:
    """Read one visit: its attributes, turns, draft, signed note, and rows (faults and rewordings)."""
    head, said, marked = unicodedata.normalize("NFC", source).split("\n%%\n")
    visit = dict(line.split(": ", 1) for line in head.strip().splitlines())
    turns = [
        (SPEAKER[line[0]], line[3:].strip()) for line in said.splitlines() if line.strip() and line[1] == ":"
    ]
    if len(turns) != sum(1 for line in said.splitlines() if line.strip()):
        raise ValueError(f"{visit['visit_id']}: a line of the conversation has no speaker")
    draft, signed, marks = read_marks(marked.strip() + "\n")
    if "[[" in draft or "]]" in draft or "|" in draft:
        raise ValueError(f"{visit['visit_id']}: a mark is not well formed")
    for kind, text in (("draft", draft), ("signed note", signed)):
        if scar := _SCAR.search(text.rstrip("\n")):
            near = text[max(0, scar.start() - 30) : scar.end() + 10]
            raise ValueError(f"{visit['visit_id']}: the {kind} shows where a mark was: {near!r}")
    goals = {mark.tag: mark for mark in marks if mark.code == "to"}
    rows: list[dict[str, str]] = []
    numbers = {"F": 0, "R": 0}
    for mark in marks:
        if mark.code == "to":
            continue
        series = "R" if mark.code == "ok" else "F"
        numbers[series] += 1
        omitted = mark.code == "omi"
        goal = goals.pop(mark.tag) if mark.code == "sec" else mark
        text, start = (mark.signed, mark.signed_at) if omitted else (mark.draft, mark.draft_at)
        row = {
            "fault_id": f"{visit['visit_id']}-{series}{numbers[series]:02d}",
            "visit_id": visit["visit_id"],
            "split": visit["split"],
            "type": "" if mark.code == "ok" else CODES[mark.code],
            "severity": SEVERITY.get(mark.severity, ""),
            "side": "reference" if omitted else "hypothesis",
            "section": section_at(signed if omitted else draft, start),
            "start": str(start),
            "end": str(start + len(text)),
            "text": text,
            "mend_at": str(goal.draft_at) if omitted or mark.code == "sec" else "",
            "correction": "" if omitted else goal.signed,
            "evidence": mark.evidence,
        }
        here, there = (signed, draft) if omitted else (draft, signed)
        check(row, here, there, turns)
        rows.append(row)
    if goals:
        raise ValueError(f"{visit['visit_id']}: marks without their fault: {', '.join(goals)}")
    return visit, turns, draft, signed, rows


def write_table(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    """Write a CSV with LF line ends."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def main(source: Path, out: Path) -> None:
    """Write the whole data set."""
    visits, faults, rewordings = [], [], []
    for folder in ("transcripts", "notes"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for path in sorted(source.glob("*.txt")):
        try:
            visit, turns, draft, signed, rows = plant(path.read_text(encoding="utf-8"))
        except (KeyError, ValueError) as error:
            raise ValueError(f"{path.name}: {error}") from error
        name = visit["visit_id"]
        transcript = {"visit_id": name, "segments": timed(turns)}
        texts = {
            f"transcripts/{name}.json": json.dumps(transcript, ensure_ascii=False, indent=1) + "\n",
            f"notes/{name}.draft.txt": draft,
            f"notes/{name}.signed.txt": signed,
        }
        for relative, text in texts.items():
            (out / relative).write_text(text, encoding="utf-8", newline="\n")
        visit |= zip(VISIT_COLUMNS[-3:], texts, strict=True)
        visits.append(visit)
        faults += [row for row in rows if row["type"]]
        rewordings += [row | {"rewording_id": row["fault_id"]} for row in rows if not row["type"]]
    write_table(out / "visits.csv", VISIT_COLUMNS, visits)
    write_table(out / "faults.csv", FAULT_COLUMNS, faults)
    write_table(out / "rewordings.csv", REWORDING_COLUMNS, rewordings)
    unsummed = ("SHA256SUMS", "README.md")
    written = sorted(path for path in out.rglob("*") if path.is_file() and path.name not in unsummed)
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(out).as_posix()}\n"
        for path in written
    ]
    (out / "SHA256SUMS").write_text("".join(sums), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
