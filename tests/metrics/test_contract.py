"""What every metric owes its reader.  A metric is covered from the moment it is in METRICS."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein
from scipy import stats

from scribeeval import __version__
from scribeeval.metrics import METRICS, Bootstrap, Metric
from scribeeval.metrics.base import score_together, sum_counts
from scribeeval.metrics.floors import FLOORS, floor_pairs
from scribeeval.records import FINDING_KINDS, SPEAKERS, Pair, Segment, Speaker
from scribeeval.text import NORMALIZERS, words

GOLDEN = Path(__file__).parent.parent / "golden"

every_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())

# Few letters and few words, so that chance matches are common; "metformin" so that terms are.
texts = st.lists(st.sampled_from(["a", "b", "5", "mm", "metformin", "fever"]), max_size=8).map(" ".join)
pair_lists = st.lists(st.tuples(texts, texts), min_size=1, max_size=6)


def segments(turns: Sequence[tuple[Speaker | None, str]] | None) -> tuple[Segment, ...] | None:
    if turns is None:
        return None
    return tuple(Segment(i, i + 1, speaker, text) for i, (speaker, text) in enumerate(turns))


def taking_turns(text: str) -> tuple[Segment, ...]:
    """The same words, each said by the next of three speakers."""
    return tuple(Segment(i, i + 1, SPEAKERS[i % 3], word) for i, word in enumerate(text.split()))


def pairs_of(sides: Sequence[tuple[str, str]]) -> list[Pair]:
    """Pairs with speakers, so that the metrics which need them have a value."""
    return [
        Pair(f"v{i:02}", left, right, None, taking_turns(left), taking_turns(right))
        for i, (left, right) in enumerate(sides)
    ]


def load(metric: Metric) -> dict[str, Any]:
    golden: dict[str, Any] = json.loads((GOLDEN / f"{metric.name}.json").read_text(encoding="utf-8"))
    return golden


@every_metric
def test_golden_values(metric: Metric) -> None:
    golden = load(metric)
    assert golden["says"], "a golden value names who says so"
    assert metric.signature == f"{golden['signature']}|scribeeval:{__version__}"
    for case in golden["cases"]:
        turns = (segments(case.get(side)) for side in ("reference_turns", "hypothesis_turns"))
        score = metric.score([Pair("v1", case["reference"], case["hypothesis"], case.get("source"), *turns)])
        assert score.value == (None if case["value"] is None else pytest.approx(case["value"])), case


@every_metric
@settings(max_examples=40)
@given(left=pair_lists, right=pair_lists)
def test_counts_of_parts_add_up_to_counts_of_the_whole(
    metric: Metric, left: list[tuple[str, str]], right: list[tuple[str, str]]
) -> None:
    def total(sides: Sequence[tuple[str, str]]) -> dict[str, float]:
        return dict(sum_counts(metric.count(pair) for pair in pairs_of(sides)))

    whole = total([*left, *right])
    halves = sum_counts([*map(metric.count, pairs_of(left)), *map(metric.count, pairs_of(right))])
    assert whole == dict(halves)
    assert metric.score(pairs_of([*left, *right])).value == metric.value(whole)


@every_metric
@given(text=texts)
def test_nothing_beats_the_reference_itself(metric: Metric, text: str) -> None:
    pairs = pairs_of([(text, text)])
    best = metric.score(pairs).value
    if metric.unit == "seconds":  # reading takes time even where nothing is edited
        counts = metric.count(pairs[0])
        assert (counts["edits"], counts["typed_chars"]) == (0, 0)
    else:
        assert best in (None, 1.0 if metric.higher_is_better else 0.0)


@every_metric
@settings(max_examples=40)
@given(sides=pair_lists)
def test_the_order_of_visits_changes_nothing(metric: Metric, sides: list[tuple[str, str]]) -> None:
    pairs = pairs_of(sides)
    bootstrap = Bootstrap(resamples=100, seed=3)
    forward, backward = metric.score(pairs, bootstrap), metric.score(pairs[::-1], bootstrap)
    assert forward == backward


@given(sides=pair_lists)
def test_metrics_scored_together_score_as_each_alone(sides: list[tuple[str, str]]) -> None:
    metrics, pairs = list(METRICS.values()), pairs_of(sides)
    assert score_together(metrics, pairs) == {m.name: m.score_visits(pairs) for m in metrics}


@every_metric
def test_no_visit_gives_no_value(metric: Metric) -> None:
    score = metric.score([], Bootstrap(resamples=100))
    assert (score.value, score.interval, score.n_visits) == (None, None, 0)


@every_metric
def test_undefined_visits_are_counted_and_never_zero(metric: Metric) -> None:
    pairs = [Pair("v1", "", ""), Pair("v2", "fever 5 mm", "fever 5 mm")]
    visits = metric.score_visits(pairs)
    undefined = sum(visit.value is None for visit in visits)
    assert metric.score(pairs).n_undefined == undefined
    assert 0.0 not in [v.value for v in visits if v.value is not None and metric.higher_is_better]


@every_metric
def test_the_interval_is_seeded_and_holds_the_value(metric: Metric) -> None:
    pairs = [Pair(f"v{i}", "fever and cough, 5 mg", "fever, 5 mg" + " now" * (i % 3)) for i in range(12)]
    first = metric.score(pairs, Bootstrap(resamples=300, seed=1))
    assert first == metric.score(pairs, Bootstrap(resamples=300, seed=1))
    if first.interval is not None and first.value is not None:
        assert first.interval.low <= first.value <= first.interval.high


def test_visits_of_one_clinician_are_resampled_together() -> None:
    """Ten equal visits a clinician tell no more than one: the interval must not shrink."""
    metric = METRICS["wer"]
    pairs = [Pair(f"v{i}", "a b c d", "a b c d" if i < 10 else "a b x y") for i in range(20)]
    clinicians = {pair.visit_id: "c1" if int(pair.visit_id[1:]) < 10 else "c2" for pair in pairs}
    by_visit = metric.score(pairs, Bootstrap(resamples=500)).interval
    by_clinician = metric.score(pairs, Bootstrap(resamples=500), clinicians).interval
    assert by_visit is not None
    assert by_clinician is not None
    assert (by_clinician.low, by_clinician.high) == (0.0, 0.5)  # only 0, 1 or 2 of two clinicians: by hand
    assert by_visit.high - by_visit.low < 0.3


def test_the_bca_interval_is_scipys() -> None:
    """Words kept over visits of one word each: a mean, which scipy bootstraps too."""
    rng = np.random.default_rng(11)
    kept = rng.random(40) < 0.8
    pairs = [Pair(f"v{i:02d}", "fever", "fever" if keeps else "cough") for i, keeps in enumerate(kept)]
    ours = METRICS["kept_words_share"].score(pairs, Bootstrap(resamples=9999, seed=1, method="bca")).interval
    theirs = stats.bootstrap((kept.astype(float),), np.mean, method="BCa", rng=np.random.default_rng(2))
    assert ours is not None
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.026)  # one visit of 40
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.026)


@every_metric
@given(sides=pair_lists)
def test_findings_quote_the_text_that_they_point_at(metric: Metric, sides: list[tuple[str, str]]) -> None:
    if metric.find is None:
        return
    for pair in pairs_of(sides):
        for finding in metric.find(pair):
            side = {"reference": pair.reference, "hypothesis": pair.hypothesis}[finding.side]
            assert side[finding.start : finding.end] == finding.text
            assert finding.kind in FINDING_KINDS


@given(sides=pair_lists)
def test_wer_is_jiwers_wherever_the_reference_has_a_word(sides: list[tuple[str, str]]) -> None:
    normalize = NORMALIZERS["clinical-v1"]
    kept = [pair for pair in pairs_of(sides) if words(normalize(pair.reference))]
    if not kept:
        return
    theirs = jiwer.process_words(
        [" ".join(words(normalize(pair.reference))) for pair in kept],
        [" ".join(words(normalize(pair.hypothesis))) for pair in kept],
    )
    assert METRICS["wer"].score(kept).value == pytest.approx(theirs.wer)


@given(reference=st.text(max_size=40), hypothesis=st.text(max_size=40))
def test_edit_distance_chars_is_rapidfuzz_on_the_raw_text(reference: str, hypothesis: str) -> None:
    raw = NORMALIZERS["raw"]
    ours = METRICS["edit_distance_chars"].score([Pair("v1", reference, hypothesis)]).value
    assert ours == Levenshtein.distance(raw(reference), raw(hypothesis))


def test_floors_are_what_they_say() -> None:
    pairs = [
        Pair("v1", "one two three", "draft", source="said a b c d"),
        Pair("v2", "four five", "draft", source=None),
        Pair("v3", "six", "draft", source="x y"),
    ]
    texts = {name: {p.visit_id: p.hypothesis for p in floor_pairs(name, pairs)} for name in FLOORS}
    assert texts == {
        "transcript_copied": {"v1": "said a b c d", "v3": "x y"},
        "another_visits_note": {"v1": "four five", "v2": "six", "v3": "one two three"},
        "first_n_words": {"v1": "said a b", "v3": "x"},
        "empty_note": {"v1": "", "v2": "", "v3": ""},
    }
    assert floor_pairs("another_visits_note", pairs[:1]) == []
