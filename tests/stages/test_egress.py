"""egress.jsonl: lines that stay, for the owner alone, from several threads."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scribeeval.errors import InputError
from scribeeval.models.network import Egress
from scribeeval.run import Run
from scribeeval.stages.egress import FILE, egress_listing

CALL = Egress("notes.example.org", "question", "ended", 200, 120, 45)


def test_calls_are_added_to_what_stands_there(tmp_path: Path) -> None:
    run = Run(tmp_path)
    first = egress_listing(run, "transcribe")
    assert not run.has(FILE)  # a run that sent nothing has no list
    first(CALL)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(egress_listing(run, "draft"), [CALL] * 40))
    rows = [json.loads(line) for line in run.path(FILE).read_text("utf-8").splitlines()]
    assert rows[0] == {
        "stage": "transcribe",
        "host": "notes.example.org",
        "purpose": "question",
        "event": "ended",
        "status": 200,
        "bytes_sent": 120,
        "bytes_received": 45,
    }
    assert [row["stage"] for row in rows[1:]] == ["draft"] * 40
    assert run.path(FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_list_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be written"):
        egress_listing(Run(tmp_path), "draft")(CALL)


def test_a_folder_in_its_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        egress_listing(Run(tmp_path), "draft")(CALL)
