"""What a server receives of a de-identified visit, what the note has back, and what stays on this machine."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drafting import VISITS, Done, panel, run_draft, said, served, visit
from models.chat.stub_server import Stub, stub_server
from scribeeval.stages.draft_one import Choice

NAME, PHONE, STAFF = "Rosa Delgado", "617-555-0142", "Okonkwo"
TOLD = visit("V1", f"My name is {NAME}.", f"My number is {PHONE}. Nurse {STAFF} said so.")
NOTE = "SUBJECTIVE\n{name} has knee pain. Call {phone}. Ask [NAME-99].\n\nPLAN\nRest."
SECRETS = (*NAME.split(), PHONE, STAFF)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server() as server:
        yield server


def sent(stub: Stub) -> str:
    return json.dumps([asked["messages"] for asked in stub.asked])


def drafted(stub: Stub, folder: Path, **more: Any) -> Done:
    names = folder / "names.txt"
    names.write_text(f"# staff\n\n{STAFF}\n", encoding="utf-8")
    settings = panel(stub, deidentify=True) | {"names": str(names)}
    return run_draft(folder / "run", settings, [TOLD], **more)


def test_nothing_planted_is_sent_and_the_note_has_it_back(stub: Stub, tmp_path: Path) -> None:
    answers = served(stub)
    # The placeholders are numbered in the order of the visit: the first name is hers.
    answers.visits["V1"] = said(NOTE.format(name="[NAME-1] [NAME-2]", phone="[PHONE-1]"))
    done = drafted(stub, tmp_path)
    assert done.failures == ()
    assert [word for word in SECRETS if word in sent(stub)] == []
    assert "[PHONE-1]" in sent(stub)
    assert done.notes["small", "V1"] == NOTE.format(name=NAME, phone=PHONE)
    assert done.facts()["n_unknown_placeholders"] == 1

    path = done.folder / "deidentification.jsonl"
    assert path.stat().st_mode & 0o777 == 0o600
    (row,) = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert (row["drafter"], row["visit_id"]) == ("small", "V1")
    assert row["identifiers"]["[PHONE-1]"] == PHONE
    assert STAFF in row["identifiers"].values()
    holders = {
        found.name
        for found in done.folder.iterdir()
        if any(word.encode() in found.read_bytes() for word in SECRETS)
    }
    assert holders == {"deidentification.jsonl", "notes.jsonl"}, "not even the kept answers hold them"


def test_without_the_step_it_is_sent_as_it_was_said(stub: Stub, tmp_path: Path) -> None:
    """The other tests could not fail if the words were lost on the way."""
    served(stub)
    done = run_draft(tmp_path / "run", panel(stub), [TOLD])
    assert [word for word in SECRETS if word not in sent(stub)] == []
    assert not (done.folder / "deidentification.jsonl").exists()


def test_the_map_goes_when_the_step_does(stub: Stub, tmp_path: Path) -> None:
    served(stub)
    drafted(stub, tmp_path)
    run_draft(tmp_path / "run", panel(stub), [TOLD])
    assert not (tmp_path / "run" / "deidentification.jsonl").exists()


def test_a_dry_run_writes_no_map(stub: Stub, tmp_path: Path) -> None:
    done = drafted(stub, tmp_path, choice=Choice(dry_run=True))
    assert [found.name for found in done.folder.iterdir() if found.stat().st_size] == []
    assert stub.paths == []


def test_only_the_drafter_that_says_so_is_told_less(stub: Stub, tmp_path: Path) -> None:
    served(stub)
    settings = panel(stub, deidentify=True)
    settings["drafters"] = ["small", "extractive"]
    done = run_draft(
        tmp_path / "run",
        settings,
        [*VISITS[1:], visit("V1", f"My name is {NAME}. I am allergic to penicillin.")],
    )
    assert NAME.split()[1] not in sent(stub)
    assert len(done.notes) == 6
    assert not [text for text in done.notes.values() if "NAME-" in text]
