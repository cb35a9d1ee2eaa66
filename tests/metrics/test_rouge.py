"""ROUGE equals rouge_score 0.1.2 and the published table; undefined where the reference has no unit."""

import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from scribeeval.errors import InputError
from scribeeval.metrics import METRICS, rouge
from scribeeval.metrics.base import score_together
from scribeeval.metrics.rouge import TYPES, Overlap, scores
from scribeeval.records import Pair

# The paper's own table (README of the shared data): F-measure x 100, mean over 40 notes, no stemming.
PUBLISHED = {
    "BART_large_clinicalnlp_taskB_test1_full": (41.76, 19.20, 34.70),
    "bart-large-xsum-samsum_clinicalnlp_taskB_test1_division_combined": (53.46, 25.08, 48.62),
    "UMLS_similarity_clinicalnlp_taskB_test1": (43.87, 17.55, 40.47),
}
SENTENCE = "the pain in her knees is relieved by resting, no fever; Tylenol 500 mg daily 5.5 naïve 통증 -"

each_stem = pytest.mark.parametrize("stem", [False, True], ids=["plain", "stemmed"])
texts = st.lists(st.sampled_from(["a", "b", "c", "running", "\n", "통증"]), max_size=20).map(" ".join)


def assert_equal_to_rouge_score(pairs: Iterable[tuple[str, str]], stem: bool) -> None:
    theirs = RougeScorer(list(TYPES), use_stemmer=stem)
    for reference, hypothesis in pairs:
        expected = theirs.score(reference, hypothesis)
        for name, overlap in scores(reference, hypothesis, stem=stem).items():
            got = [overlap.precision or 0.0, overlap.recall or 0.0, overlap.f_measure or 0.0]
            assert got == pytest.approx(list(expected[name]), rel=0, abs=1e-9), (name, stem)


@each_stem
def test_2000_random_pairs_equal_rouge_score(stem: bool) -> None:
    rng = random.Random(5)

    def text() -> str:
        lines = [
            " ".join(rng.choices(SENTENCE.split(" "), k=rng.randrange(12))) for _ in range(rng.randrange(7))
        ]
        return rng.choice(["\n", "\n\n", "\r\n", "\r", "\f", "\u2028"]).join(lines)

    assert_equal_to_rouge_score(((text(), text()) for _ in range(2000)), stem)


@each_stem
@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.validation)])
def test_pairs_of_aci_bench_equal_rouge_score(
    aci_bench: dict[str, list[tuple[str, str]]], stem: bool, every: int
) -> None:
    """rouge_score needs a tenth of a second a pair: every eighth here, all of them in `make validate`."""
    pairs = [pair for system in aci_bench.values() for pair in system]
    assert len(pairs) == 120
    assert_equal_to_rouge_score(pairs[::every], stem)


@pytest.mark.parametrize("system", PUBLISHED)
def test_the_published_table(aci_bench: dict[str, list[tuple[str, str]]], system: str) -> None:
    pairs = [Pair(f"v{i}", *sides) for i, sides in enumerate(aci_bench[system])]
    for name, published in zip(("rouge1", "rouge2", "rougeLsum"), PUBLISHED[system], strict=True):
        score = METRICS[name].score(pairs)
        assert score.value is not None
        assert round(100 * score.value, 2) == published
        assert (score.n_visits, score.n_undefined) == (40, 0)


@each_stem
@given(left=texts, right=texts)
def test_swapped_sides_swap_precision_and_recall(stem: bool, left: str, right: str) -> None:
    """Not so for rougeLsum, which is defined from the reference's lines."""
    types = ("rouge1", "rouge2", "rougeL")
    forward, backward = (scores(*sides, stem=stem, types=types) for sides in ((left, right), (right, left)))
    for name in types:
        assert forward[name].precision == backward[name].recall
        assert forward[name].recall == backward[name].precision


@given(reference=texts, hypothesis=texts, tokenizer=st.sampled_from(["rouge", "unicode"]))
def test_bounds(reference: str, hypothesis: str, tokenizer: rouge.Tokenizer) -> None:
    overlaps = scores(reference, hypothesis, tokenizer=tokenizer)
    for overlap in overlaps.values():
        assert 0 <= overlap.hits <= min(overlap.reference_length, overlap.hypothesis_length)
    assert overlaps["rougeL"].hits <= overlaps["rouge1"].hits
    assert overlaps["rougeLsum"].hits <= overlaps["rouge1"].hits


@given(reference=texts, hypothesis=texts, names=st.sets(st.sampled_from(list(TYPES))))
def test_one_pass_is_each_type_by_itself(reference: str, hypothesis: str, names: set[str]) -> None:
    together = scores(reference, hypothesis, types=names)
    assert together == {name: scores(reference, hypothesis, types=[name])[name] for name in names}


def test_undefined_only_where_the_reference_has_no_unit() -> None:
    assert Overlap(0, 0, 3).f_measure is None
    assert Overlap(0, 0, 3).recall is None
    assert Overlap(0, 3, 0).f_measure == 0.0
    assert Overlap(0, 3, 0).precision is None


def test_the_value_is_the_mean_of_the_notes_and_leaves_undefined_ones_out() -> None:
    pairs = [Pair("v1", "a b c d", "a b c d"), Pair("v2", "a", "b c d"), Pair("v3", "", "a")]
    score = METRICS["rouge1"].score(pairs)
    assert (score.value, score.n_visits, score.n_undefined) == (0.5, 3, 1)  # (1 + 0) / 2, by hand


def test_korean_has_a_value_with_the_unicode_tokenizer() -> None:
    """By hand: 3 of 4 words each, one pair of three, in order 두통 없음 and 열: 3 words."""
    overlaps = scores("두통 없음, 열 있음", "두통 없음. 열 없음", tokenizer="unicode")
    assert [overlap.hits for overlap in overlaps.values()] == [3, 2, 3, 3]
    metric = rouge.metric("rouge1", "ROUGE-1", tokenizer="unicode")
    assert metric.score([Pair("v1", "두통 없음, 열 있음", "두통 없음. 열 없음")]).value == 0.75
    assert metric.signature.startswith("rouge1|tok:unicode|stem:no|")


def test_two_families_side_by_side_keep_their_own_settings() -> None:
    metrics = [METRICS["rouge1"], rouge.metric("rouge2", "ROUGE-2", tokenizer="unicode")]
    pairs = [Pair("v1", "두통 없음 3", "두통 없음 3")]
    values = {name: visits[0].value for name, visits in score_together(metrics, pairs).items()}
    assert values == {"rouge1": 1.0, "rouge2": 1.0}  # with the first's tokenizer rouge2 has no pair


def test_texts_too_long_are_undefined_and_cost_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rouge, "MAX_CELLS", 5)
    pairs = [Pair("v7", "secret secret", "secret secret secret"), Pair("v8", "a b", "a c")]
    for name in ("rougeL", "rougeLsum"):
        score = METRICS[name].score(pairs)
        assert (score.value, score.n_visits, score.n_undefined) == (0.5, 2, 1)
    assert METRICS["rouge1"].score(pairs).value == pytest.approx((0.8 + 0.5) / 2)
    with pytest.raises(InputError, match="too long for rougeL") as caught:
        scores(pairs[0].reference, pairs[0].hypothesis)
    assert "secret" not in str(caught.value)
    assert scores(pairs[0].reference, pairs[0].hypothesis, types=["rouge1"])["rouge1"].hits == 2


def test_notes_of_half_a_megabyte_beside_a_usual_one(aci_bench: dict[str, list[tuple[str, str]]]) -> None:
    (reference, hypothesis), *_ = next(iter(aci_bench.values()))
    once, often = (scores(reference, text) for text in (hypothesis, f"{hypothesis}\n" * 250))
    for name in ("rouge1", "rougeL", "rougeLsum"):
        assert often[name].hits >= once[name].hits
        assert often[name].hypothesis_length == 250 * once[name].hypothesis_length
