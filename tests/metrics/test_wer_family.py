"""The WER family against jiwer and medwer, by role and by speaker, and where it differs from them."""

import csv
import random
from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata
from itertools import permutations
from pathlib import Path
from typing import Any

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribeeval.errors import InputError
from scribeeval.metrics import METRICS, Counts
from scribeeval.metrics.medical_wer import with_terms
from scribeeval.metrics.swer import respaced
from scribeeval.metrics.wer import words_of
from scribeeval.records import SPEAKERS, Pair, Segment
from scribeeval.terms import (
    find_core_terms,
    keep_terms,
    lexicon_terms,
    load_lexicon,
    make_term_list,
    medwer_terms,
)
from scribeeval.text import count_edits

ROOT = Path(__file__).parents[2]
ACI_BENCH = ROOT.parent / "shared" / "data" / "aci-bench"
VOCABULARY = ["no", "pain", "fever", "120/80", "5", "mm", "can't", "혈압", "네"]


def errors(counts: Counts) -> int | float:
    return counts["substitutions"] + counts["deletions"] + counts["insertions"]


def test_ten_thousand_random_pairs_equal_jiwer() -> None:
    random_numbers = random.Random(1)
    sides = [
        (
            " ".join(random_numbers.choices(VOCABULARY, k=random_numbers.randint(1, 12))),
            " ".join(random_numbers.choices(VOCABULARY, k=random_numbers.randint(0, 12))),
        )
        for _ in range(10_000)
    ]
    pairs = [Pair(str(i), left, right) for i, (left, right) in enumerate(sides)]
    references, hypotheses = [left for left, _ in sides], [right for _, right in sides]
    for theirs, names in (
        (jiwer.process_words(references, hypotheses), ("wer", "mer", "wil")),
        (jiwer.process_characters(references, hypotheses), ("cer",)),
    ):
        for name in names:
            assert METRICS[name].score(pairs).value == pytest.approx(getattr(theirs, name), rel=1e-12), name
    for pair in pairs[:2000]:
        theirs = jiwer.process_words(pair.reference, pair.hypothesis)
        assert (
            errors(METRICS["wer"].count(pair)) == theirs.substitutions + theirs.deletions + theirs.insertions
        )
        for name in ("wer", "mer", "wil"):
            assert METRICS[name].score([pair]).value == pytest.approx(getattr(theirs, name), rel=1e-12)


def turns(*said: tuple[Any, str]) -> tuple[Segment, ...]:
    return tuple(Segment(i, i + 1, speaker, text) for i, (speaker, text) in enumerate(said))


VISIT = Pair(
    "v1",
    "any pain no my knee hurts it does",
    "any pain oh my knee hurts",
    reference_segments=turns(
        ("clinician", "any pain"), ("patient", "no"), ("other", "my knee hurts"), ("patient", "it does")
    ),
    hypothesis_segments=turns(("clinician", "any pain oh"), ("patient", "my knee hurts")),
)


def test_roles_are_the_clinician_and_everybody_else() -> None:
    """By hand: the clinician has 1 insertion over 2 words, the others 3 deletions over 6."""
    score = METRICS["wer"].score([VISIT])
    assert score.value == pytest.approx(3 / 8)
    assert score.parts == {"clinician": 1 / 2, "patient_and_other": 3 / 6}
    assert METRICS["mer"].score([VISIT]).parts == {"clinician": 1 / 3, "patient_and_other": 3 / 6}
    wil = METRICS["wil"].score([VISIT]).parts
    assert wil == pytest.approx({"clinician": 1 - 2 / 2 * 2 / 3, "patient_and_other": 1 - 3 / 6 * 3 / 3})
    # "any pain" + " oh"; "no " and " it does" of "no my knee hurts it does"
    assert METRICS["cer"].score([VISIT]).parts == {"clinician": 3 / 8, "patient_and_other": 11 / 24}
    parts = METRICS["medical_wer"].score([VISIT, replace(VISIT, visit_id="v2")]).parts
    assert parts.keys() == {"clinician", "patient_and_other"}


def test_a_role_that_was_not_recognised_at_all_is_not_left_out() -> None:
    deaf = replace(VISIT, hypothesis_segments=turns(("clinician", "any pain oh")))
    assert METRICS["wer"].score([deaf]).parts == {"clinician": 1 / 2, "patient_and_other": 1.0}


@pytest.mark.parametrize("side", ["reference_segments", "hypothesis_segments"])
@pytest.mark.parametrize("unknown", [None, turns(("clinician", "any pain"), (None, "no"))])
def test_unknown_speakers_give_no_parts_and_no_cpwer(side: str, unknown: Any) -> None:
    pair = replace(VISIT, **{side: unknown})
    for name in ("wer", "mer", "wil", "cer", "medical_wer"):
        assert METRICS[name].score([pair]).parts == {}
    score = METRICS["cpwer"].score([pair, VISIT])
    assert score.n_undefined == 1
    assert score.value == METRICS["cpwer"].score([VISIT]).value  # counts nothing from the visit left out


def test_segments_are_joined_in_the_order_of_time() -> None:
    late = Segment(9.0, 9.5, "clinician", "pain")
    early = Segment(1.0, 1.5, "clinician", "any")
    pair = Pair("v1", "any pain", "any pain", None, (late, early), (early, late))
    assert METRICS["cpwer"].score([pair]).value == 0.0
    assert METRICS["wer"].score([pair]).parts == {"clinician": 0.0}


segments = st.lists(
    st.tuples(st.sampled_from(SPEAKERS), st.sampled_from(["no pain", "fever", "5 mm no"])), max_size=6
).map(lambda said: turns(*said))


@given(segments, segments, st.permutations(SPEAKERS))
def test_cpwer_does_not_depend_on_what_speakers_are_called(
    reference: tuple[Segment, ...], hypothesis: tuple[Segment, ...], names: list[Any]
) -> None:
    renamed = tuple(replace(s, speaker=names[SPEAKERS.index(s.speaker)]) for s in hypothesis if s.speaker)
    one, other = (
        METRICS["cpwer"].count(Pair("v1", "", "", None, reference, called))
        for called in (hypothesis, renamed)
    )
    assert errors(one) == errors(other)


@given(segments, segments)
def test_cpwer_is_the_least_over_all_assignments(
    reference: tuple[Segment, ...], hypothesis: tuple[Segment, ...]
) -> None:
    def words(side: tuple[Segment, ...], speaker: str) -> list[str]:
        return [word for s in side if s.speaker == speaker for word in s.text.split()]

    least = min(
        sum(
            count_edits(words(reference, a), words(hypothesis, b)).errors
            for a, b in zip(SPEAKERS, order, strict=True)
        )
        for order in permutations(SPEAKERS)
    )
    counts = METRICS["cpwer"].count(Pair("v1", "", "", None, reference, hypothesis))
    assert errors(counts) == least


def test_a_list_of_terms_stands_in_the_signature() -> None:
    listed = make_term_list("mine", "clinical-v1", "words", [("chest", "pain"), ("pain",), ()])
    metric = with_terms(listed)
    assert metric.signature.startswith("medical_wer|norm:clinical-v1|tok:words|lexicon:mine|")
    assert metric.score([Pair("v1", "Chest pain, and pain", "chest and pain")]).value == 1 / 2  # D of 2 terms
    assert METRICS["medical_wer"].settings["lexicon"] == lexicon_terms().name


def test_the_longest_term_wins_from_left_to_right() -> None:
    listed = make_term_list("t", "raw", "whitespace", [("a", "b", "c"), ("a",), ("b", "c", "d"), ("c", "d")])
    kept = {text: keep_terms(tuple(text.split()), listed) for text in ("a b c d", "a b d", "b c", "x a c d")}
    assert kept == {"a b c d": ["a b c"], "a b d": ["a"], "b c": [], "x a c d": ["a", "c d"]}


def test_the_lexicon_knows_plurals_as_the_finder_does() -> None:
    terms = lexicon_terms().terms
    assert {("fevers",), ("chest", "pains")} <= terms
    for term in load_lexicon().concepts:
        for ending in ("", "s", "es"):
            form = (*term[:-1], term[-1] + ending)
            text = " ".join(form)
            found = any(mention.text == text for mention in find_core_terms(f"has {text}"))
            assert found == (form in terms), form


term_lists = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(tuple), max_size=6)
letters = st.lists(st.sampled_from("abcd"), max_size=12)


@given(term_lists, letters, letters)
def test_medical_wer_is_medwers_on_any_list(
    terms: list[tuple[str, ...]], reference: list[str], hypothesis: list[str]
) -> None:
    medwer = pytest.importorskip("medwer")
    metric = with_terms(make_term_list("t", "raw", "whitespace", terms))
    counts = metric.count(Pair("v1", " ".join(reference), " ".join(hypothesis)))
    theirs = medwer.medical_wer(" ".join(reference), " ".join(hypothesis), [" ".join(t) for t in terms])
    n_terms = counts["hits"] + counts["substitutions"] + counts["deletions"]
    assert (errors(counts), n_terms) == theirs[:2]


def notes() -> Iterator[tuple[str, str]]:
    def read(path: Path) -> dict[str, str]:
        with path.open(encoding="utf-8", newline="") as file:
            return {row["encounter_id"]: row["note"] for row in csv.DictReader(file)}

    references = read(ACI_BENCH / "clinicalnlp_taskB_test1.csv")
    for path in sorted((ACI_BENCH / "predictions").glob("*.csv")):
        drafts = read(path)
        yield from ((references[i], drafts[i]) for i in sorted(references))


@pytest.mark.skipif(not ACI_BENCH.is_dir(), reason="needs the shared ACI-BENCH notes")
def test_medical_wer_is_medwers_on_its_own_list_and_aci_bench() -> None:
    """On text that medwer normalized: its list is in that text's form."""
    medwer = pytest.importorskip("medwer")
    scorer, metric = medwer.Scorer(), with_terms(medwer_terms("raw", "whitespace"))
    for reference, hypothesis in notes():
        pair = Pair("v1", scorer.norm(reference), scorer.norm(hypothesis))
        counts = metric.count(pair)
        theirs = medwer.wer(
            *(
                medwer.keep_medical(text, scorer.entries, scorer.max_tokens)
                for text in (pair.reference, pair.hypothesis)
            )
        )
        assert (errors(counts), counts["hits"] + counts["substitutions"] + counts["deletions"]) == theirs[:2]


def test_medwers_list_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    with pytest.raises(InputError, match="pip install medwer"):
        medwer_terms("raw", "words")


def test_punctuation_is_no_error_and_spaces_are() -> None:
    assert words_of("No, fever.") == ("no", "fever")
    assert METRICS["cer"].score([Pair("v1", "no, fever.", "no fever")]).value == 0.0
    assert (
        METRICS["cer"].score([Pair("v1", "no fever", "nofever")]).value == 1 / 8
    )  # one space of 8 characters
    decomposed = "\u1102\u1166"  # 네 as two jamo
    assert METRICS["cer"].score([Pair("v1", "네", decomposed)]).value == 0.0


@given(
    words=st.lists(st.sampled_from(["할", "수", "있다", "없어", "5", "mg"]), min_size=1, max_size=8),
    data=st.data(),
)
def test_spacing_alone_is_no_error_to_swer(words: list[str], data: st.DataObject) -> None:
    spaces = data.draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
    run_together = "".join(f"{' ' if space else ''}{word}" for word, space in zip(words, spaces, strict=True))
    letters = "".join(words)
    assert respaced(words, run_together.split()) == words
    assert respaced(words, list(letters)) == words
