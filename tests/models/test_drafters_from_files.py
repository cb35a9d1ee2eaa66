"""The drafters without a model: a product's drafts, and notes that were recorded before."""

from pathlib import Path

import pandas as pd
import pytest

from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of
from scribeeval.io.notes import notes_to_jsonl
from scribeeval.models.drafters import replay, vendor
from scribeeval.models.drafters.base import Drafter
from scribeeval.records import Note, Producer


def note_of(drafter: Drafter, visit_id: str) -> str | None:
    assert not drafter.hears
    assert drafter.model is None
    plan = drafter.plan(visit_id, ())
    if plan is None:
        return None
    assert plan.questions == ()
    return plan.note(())


def test_vendor_gives_its_drafts_and_no_note_where_it_has_none() -> None:
    drafter = vendor.drafter({"V01": "rest", "V02": "ice"}, "Scribe 2.1")
    assert drafter.producer.name == "vendor"
    assert drafter.producer.revision == "Scribe 2.1"
    assert [note_of(drafter, i) for i in ("V02", "V01", "V03")] == ["ice", "rest", None]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet", ".xlsx"])
def test_replay_reads_every_table(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"notes{suffix}"
    frame = pd.DataFrame({"visit_id": ["V01", "V02"], "text": ["HPI\nrest", ""]})
    {
        ".csv": lambda: frame.to_csv(path, index=False),
        ".jsonl": lambda: frame.to_json(path, orient="records", lines=True),
        ".parquet": lambda: frame.to_parquet(path),
        ".xlsx": lambda: frame.to_excel(path, index=False),
    }[suffix]()
    drafter = replay.drafter(path)
    assert drafter.producer.revision == sha256_of(path)[:12]
    assert note_of(drafter, "V01") == "HPI\nrest"
    assert note_of(drafter, "V02") == ""  # an empty note is an answer
    with pytest.raises(InputError, match="no note of visit 'V03'; record it first"):
        drafter.plan("V03", ())


def test_replay_reads_the_notes_of_a_run(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text(notes_to_jsonl([Note("V01", "rest", Producer("gguf", "1", "x"))]))
    assert note_of(replay.drafter(path), "V01") == "rest"


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        (
            "a.jsonl",
            '{"visit_id": "V01", "text": "x"}\n{"visit_id": "V01", "text": "y"}',
            "line 2: visit 'V01' is",
        ),
        ("a.jsonl", '{"visit_id": null, "text": "Okonkwo"}', "line 1: visit_id is empty"),
        ("a.jsonl", '{"visit_id": "V01", "text": null}', "line 1: 'text' is missing"),
        ("a.jsonl", '{"visit_id": "V01", "text": ["Okonkwo"]}', "line 1: 'text' is missing"),
        ("a.csv", "visit_id,note\nV01,Okonkwo\n", "column 'text' is missing"),
        ("a.txt", "Okonkwo", "not a table"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, name: str, content: str, what: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError) as caught:
        replay.drafter(tmp_path / name)
    (line,) = caught.value.problems
    assert what in line
    assert "Okonkwo" not in line


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is missing; give a table"):
        replay.drafter(tmp_path / "a.csv")
