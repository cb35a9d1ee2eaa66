"""docs/differences.md holds: every row of its tables is run, ours and theirs."""

import ast
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import jiwer
import medwer
import pytest
from rouge_score.rouge_scorer import RougeScorer

from scribeeval.metrics import METRICS
from scribeeval.records import Pair
from scribeeval.terms import lexicon_terms

DOCUMENT = Path(__file__).parent.parent / "docs" / "differences.md"
ROW = re.compile(r'^\| `(\w+)(\(".*"\))` \| (\w+): `(.+?)` \| `(.+?)` \| \S.*\|$', re.MULTILINE)
ROWS = ROW.findall(DOCUMENT.read_text(encoding="utf-8"))


def rouge_score(metric: str, reference: str, hypothesis: str) -> float:
    score: float = RougeScorer([metric]).score(reference, hypothesis)[metric].fmeasure
    return score


def of_jiwer(metric: str, reference: str, hypothesis: str) -> float:
    process = jiwer.process_characters if metric == "cer" else jiwer.process_words
    value: float = getattr(process(reference, hypothesis), metric)
    return value


def of_medwer(_: str, reference: str, hypothesis: str) -> float:
    terms = [" ".join(term) for term in lexicon_terms().terms]
    value: float = medwer.medical_wer(reference, hypothesis, terms)[2]
    return value


PEERS: Mapping[str, Callable[[str, str, str], float]] = {
    "jiwer": of_jiwer,
    "medwer": of_medwer,
    "rouge_score": rouge_score,
}


@pytest.mark.parametrize(("metric", "texts", "peer", "theirs", "ours"), ROWS, ids=lambda value: str(value))
def test_a_row_is_true(metric: str, texts: str, peer: str, theirs: str, ours: str) -> None:
    reference, hypothesis = ast.literal_eval(texts)
    assert METRICS[metric].score([Pair("v1", reference, hypothesis)]).value == ast.literal_eval(ours)
    assert PEERS[peer](metric, reference, hypothesis) == ast.literal_eval(theirs)


def test_no_row_is_left_out() -> None:
    lines = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert len(ROWS) == len(lines)
    assert {peer for _, _, peer, _, _ in ROWS} == PEERS.keys()
