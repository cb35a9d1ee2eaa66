"""whisper-english is openai-whisper's; aci-bench is what the published ROUGE was computed on."""

import csv
import importlib.util
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from scribeeval.text import NORMALIZERS

HERE = Path(__file__).parent
GOLDEN = json.loads((HERE / "golden" / "whisper_english.json").read_text(encoding="utf-8"))
whisper_english = NORMALIZERS["whisper-english"]


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=[case["text"] for case in GOLDEN["cases"]])
def test_golden_outputs(case: dict[str, str]) -> None:
    assert whisper_english(case["text"]) == case["normalized"]


@pytest.fixture(scope="module")
def peer() -> Callable[[str], str]:
    """openai-whisper's own normalizer, loaded without the rest of the package, which needs torch."""
    found = importlib.util.find_spec("whisper")
    if found is None or found.submodule_search_locations is None:
        pytest.skip("openai-whisper is not installed")
    package = ModuleSpec("whisper_normalizers", None, is_package=True)
    package.submodule_search_locations = [
        str(Path(folder) / "normalizers") for folder in found.submodule_search_locations
    ]
    sys.modules[package.name] = importlib.util.module_from_spec(package)
    normalizer: Callable[[str], str] = importlib.import_module(
        "whisper_normalizers.english"
    ).EnglishTextNormalizer()
    return normalizer


def test_2000_random_texts_are_whispers(peer: Callable[[str], str]) -> None:
    rng = random.Random(5)
    vocabulary = sorted({word for case in GOLDEN["cases"] for word in case["text"].split(" ")})
    for _ in range(2000):
        text = "".join(rng.choice(vocabulary) + rng.choice([" ", " ", " ", "", "-"]) for _ in range(12))
        assert whisper_english(text) == peer(text)


def test_the_shared_notes_and_dialogues_are_whispers(peer: Callable[[str], str], shared_data: Path) -> None:
    texts = [text for path in sorted(shared_data.rglob("*.csv")) for text in _long_cells(path)]
    assert len(texts) > 500
    assert all(whisper_english(text) == peer(text) for text in texts)


def _long_cells(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            yield from (cell for cell in row if len(cell) > 200)


# Yim et al. (2023), table of results on test1: ROUGE-1 and ROUGE-2, F-measure x 100, mean over 40 notes.
PUBLISHED = {
    "BART_large_clinicalnlp_taskB_test1_full": (41.76, 19.20),
    "bart-large-xsum-samsum_clinicalnlp_taskB_test1_division_combined": (53.46, 25.08),
    "UMLS_similarity_clinicalnlp_taskB_test1": (43.87, 17.55),
}


@pytest.mark.parametrize("system", PUBLISHED)
def test_aci_benchs_published_rouge_comes_from_untouched_notes(
    system: str, aci_bench: dict[str, list[tuple[str, str]]]
) -> None:
    for n, published in enumerate(PUBLISHED[system], start=1):
        scores = [_rouge_n(reference, draft, n) for reference, draft in aci_bench[system]]
        assert 100 * sum(scores) / len(scores) == pytest.approx(published, abs=0.005)


def _rouge_n(reference: str, hypothesis: str, n: int) -> float:
    """ROUGE-N's F-measure (Lin 2004) on rouge_score's tokens: what is left between a-z and 0-9."""
    left, right = (
        Counter(zip(*(tokens[start:] for start in range(n)), strict=False))
        for tokens in (
            re.findall("[a-z0-9]+", NORMALIZERS["aci-bench"](text).lower())
            for text in (reference, hypothesis)
        )
    )
    return 2 * (left & right).total() / (left.total() + right.total())
