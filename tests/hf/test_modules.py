"""Our metrics through Hugging Face `evaluate`: offline, equal to the core, and no text on disk."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from scribeeval.errors import InputError
from scribeeval.hf import module_path
from scribeeval.hf.module import module_class
from scribeeval.metrics import METRICS
from scribeeval.records import Pair

MARKER = "Zebrafish"  # the word to look for on disk; no metric is moved by its name
REFERENCES = [
    "Warfarin 5 mg daily. No fever.",
    "혈압 120/80 입니다",
    "",
    f"{MARKER}\nPLAN:\nrest",
    "\0 a",
    "b",
]
PREDICTIONS = [
    "warfarin five milligrams daily, fever",
    "혈압 120/80 이다",
    "",
    f"PLAN:\n{MARKER} rest",
    "a",
    "",
]
SOURCES = ["take your warfarin", None, None, "rest now", "", None]

# Ends at the first use of a socket.  Making and binding one is let pass: urllib3 binds ::1 on import,
# to see whether the machine has IPv6.
PROGRAM = """
import json, os, sys
from pathlib import Path

def no_sockets(event, arguments):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.bind"):
        os.write(2, f"a socket was used: {event} {arguments}".encode())
        os._exit(7)

sys.addaudithook(no_sockets)
import evaluate
from scribeeval.hf import module_path

def files():
    return sorted(str(path) for path in Path.cwd().rglob("*") if path.is_file())

given = json.load(sys.stdin)
results = {}
for name in given["names"]:
    module = evaluate.load(module_path(name))
    before = files()
    module.add_batch(**given["texts"])
    during = files()
    results[name] = {"result": module.compute(), "wrote": sorted({*during, *files()} - {*before})}
print(json.dumps(results))
"""


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every module, loaded and used in a process without sockets; all that it may write is in one folder."""
    home = tmp_path_factory.mktemp("home")
    places = dict.fromkeys(("HOME", "TMPDIR", "HF_HOME", "XDG_CACHE_HOME"), str(home))
    texts = {"predictions": PREDICTIONS, "references": REFERENCES, "sources": SOURCES}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps({"names": list(METRICS), "texts": texts}),
        env={**os.environ, **places, "HF_HUB_OFFLINE": "1", "HF_EVALUATE_OFFLINE": "1"},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    holding = [path for path in home.rglob("*") if path.is_file() and MARKER.encode() in path.read_bytes()]
    assert holding == []
    results: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return results


@pytest.mark.parametrize("name", METRICS)
def test_a_module_loads_offline_equals_the_core_and_writes_no_file(name: str, loaded: dict[str, Any]) -> None:
    pairs = [
        Pair(str(i), *texts) for i, texts in enumerate(zip(REFERENCES, PREDICTIONS, SOURCES, strict=True))
    ]
    score = METRICS[name].score(pairs)
    assert loaded[name]["result"] == {
        name: score.value,
        "n_undefined": score.n_undefined,
        "signature": score.signature,
    }
    assert loaded[name]["wrote"] == []


@pytest.fixture
def wer(tmp_path: Path) -> Any:
    return module_class("wer")(cache_dir=str(tmp_path))


def test_batches_add_up_and_a_result_ends_them(wer: Any) -> None:
    whole = wer.compute(predictions=["a b", "c", "d"], references=["a x", "c", "y"])
    wer.add_batch(predictions=["a b"], references=["a x"])
    wer.add(prediction="c", reference="c", source="said")
    assert wer.compute(predictions=["d"], references=["y"]) == whole
    assert whole["wer"] == 0.5  # by hand: 2 errors in 4 words
    assert wer.compute(predictions=["a"], references=["a"])["wer"] == 0.0


def test_sources_reach_the_metric_beside_their_own_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Pair] = []

    class Spy:
        title = "spy"

        def score(self, pairs: Sequence[Pair]) -> Any:
            seen.extend(pairs)
            return METRICS["wer"].score(seen)

    monkeypatch.setattr("scribeeval.hf.module.METRICS", {"spy": Spy()})
    module = module_class("spy")(cache_dir=str(tmp_path))
    module.add_batch(predictions=["h0"], references=["r0"])
    module.compute(predictions=["h1", "h2"], references=["r1", "r2"], sources=["s1", None])
    assert [(p.reference, p.hypothesis, p.source) for p in seen] == [
        ("r0", "h0", None),
        ("r1", "h1", "s1"),
        ("r2", "h2", None),
    ]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"predictions": ["secret"], "references": ["a", "b"]}, "1 predictions, 2 references, 2 sources"),
        ({"predictions": ["secret"], "references": ["a"], "sources": []}, "1 references, 0 sources"),
        ({"predictions": ["secret", None, 3], "references": ["a"] * 3}, r"predictions: 2 of 3 .*: 1, 2\)"),
        ({"predictions": ["secret"], "references": ["\ud800"]}, r"references: 1 of 1 .*: 0\)"),
        ({"predictions": ["secret"], "references": ["a"], "sources": [3]}, r"sources: 1 of 1 .*: 0\)"),
        ({"predictions": "secret", "references": ["a"]}, "predictions: not a list"),
        ({"predictions": ["secret"]}, "references: not a list"),
        ({"sources": ["secret"]}, "predictions: not a list"),
        ({}, "no visit was given"),
    ],
)
def test_bad_input_is_named_without_a_word_of_it(wer: Any, texts: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        wer.compute(**texts)
    assert "secret" not in str(caught.value)
    assert wer.compute(predictions=["a"], references=["a"])["wer"] == 0.0  # nothing of the bad batch is left


def test_texts_stay_in_memory_even_if_the_disk_is_asked_for(tmp_path: Path) -> None:
    module = module_class("wer")(keep_in_memory=False, cache_dir=str(tmp_path))
    module.add_batch(predictions=["a"], references=["a"])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    with pytest.raises(ValueError, match="distributed"):  # processes would share the texts through files
        module_class("wer")(num_process=2, cache_dir=str(tmp_path))


def test_an_unknown_metric_is_named() -> None:
    with pytest.raises(InputError, match=r"metric 'bleu' is not known; known: .*wer"):
        module_path("bleu")
