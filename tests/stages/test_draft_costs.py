"""What a draft costs: estimated before, counted afterwards, in tokens, money and seconds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drafting import note, panel, run_draft, said, served, visit
from models.chat.stub_server import Stub, answer, slow, stub_server
from scribeeval.stages.draft_one import Choice


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server() as server:
        yield server


def test_a_dry_run_sends_and_writes_nothing(stub: Stub, tmp_path: Path) -> None:
    served(stub)
    priced = panel(stub, input_price=1e6, output_price=2e6, max_tokens=100)
    dry = run_draft(tmp_path / "run", priced, choice=Choice(dry_run=True))
    assert stub.paths == []
    assert list((tmp_path / "run").iterdir()) == []
    (line,) = dry.heard.said
    assert line.startswith("draft (dry run): small: 3 of 3 questions to ask; about ")
    assert "at most 300 out; at most " in line
    tokens_in = int(line.split("about ")[1].split(" tokens")[0].replace(",", ""))
    price = float(line.split("at most ")[2].split(" USD")[0].replace(",", ""))
    assert price == tokens_in + 2 * 300

    done = run_draft(tmp_path / "run", priced, choice=Choice(max_visits=1))
    sent = sum(len(m["content"].encode()) for m in stub.asked[-1]["messages"])
    assert sent / 4 < tokens_in / 3 < sent, "the estimate is of the question that is sent"
    before = {path.name: path.read_bytes() for path in done.folder.iterdir()}
    asked = len(stub.paths)
    (line,) = run_draft(tmp_path / "run", priced, choice=Choice(dry_run=True)).heard.said
    assert "2 of 3 questions to ask" in line
    assert len(stub.paths) == asked
    assert {path.name: path.read_bytes() for path in done.folder.iterdir()} == before


def test_a_dry_run_counts_what_a_run_would_ask(stub: Stub, tmp_path: Path) -> None:
    """A lasting failure is asked again only with --retry-errors: so says the estimate."""
    served(stub).visits["V2"] = said("", "length")
    run_draft(tmp_path / "run", panel(stub))
    for retry, n in ((False, 0), (True, 1)):
        choice = Choice(dry_run=True, retry_errors=retry)
        (line,) = run_draft(tmp_path / "run", panel(stub), choice=choice).heard.said
        assert f"{n} of 3 questions to ask" in line


def test_a_small_cost_is_not_nothing(stub: Stub, tmp_path: Path) -> None:
    served(stub)
    priced = panel(stub, input_price=1.0, output_price=2.0, currency="EUR")
    (line,) = run_draft(tmp_path / "run", priced, choice=Choice(dry_run=True)).heard.said
    assert float(line.split("at most ")[-1].removesuffix(" EUR")) > 0
    line = run_draft(tmp_path / "run", priced).heard.said[-2]
    assert "0.0031 EUR" in line  # 3 x (1000 x 1 + 20 x 2) / 1e6


def test_tokens_and_cost_are_those_of_this_run(stub: Stub, tmp_path: Path) -> None:
    answers = served(stub)
    answers.visits["V3"] = answer(500, {})
    priced = panel(stub, input_price=1_000.0, output_price=50_000.0)
    first = run_draft(tmp_path / "run", priced)
    facts = first.facts()
    assert (facts["n_asked"], facts["n_answered_before"]) == (3, 0)
    assert (facts["input_tokens"], facts["output_tokens"]) == (2000, 40)
    assert (facts["cost"], facts["currency"]) == (4.0, "USD")  # (2000 x 1,000 + 40 x 50,000) / 1e6
    assert "2,000 tokens in, 40 out; 4.0000 USD" in first.heard.said[-2]
    answers.visits.clear()
    second = run_draft(tmp_path / "run", priced).facts()
    assert (second["n_asked"], second["n_answered_before"], second["cost"]) == (1, 2, 2.0)
    unpriced = run_draft(tmp_path / "other", panel(stub)).facts()
    assert unpriced["cost"] is None
    assert unpriced["input_tokens"] == 3000


def test_seconds_per_note_are_of_the_notes_that_were_asked_for(stub: Stub, tmp_path: Path) -> None:
    many = [visit(f"W{i}") for i in range(20)]
    answers = served(stub)
    run_draft(tmp_path / "run", panel(stub), many[:-1])
    answers.visits["W19"] = lambda handler: (slow(0.3)(handler), said(note("W19"))(handler))[1]
    facts = run_draft(tmp_path / "run", panel(stub), many).facts()
    assert facts["n_asked"] == 1
    assert facts["s_per_note"] >= 0.3


def test_a_dry_run_of_what_is_done_says_that_nothing_is_left(stub: Stub, tmp_path: Path) -> None:
    served(stub)
    run_draft(tmp_path / "run", panel(stub))
    (line,) = run_draft(tmp_path / "run", panel(stub), choice=Choice(dry_run=True)).heard.said
    assert line.startswith("draft (dry run): small: 0 of 3 questions to ask")
