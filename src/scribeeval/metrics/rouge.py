"""What the four ROUGE metrics share: one pass over the tokens of a pair, and their counts.

    precision = hits / units of the hypothesis      recall = hits / units of the reference
    F = 2 * precision * recall / (precision + recall) = 2 * hits / (units of both)

The units are words (rouge1, rougeL, rougeLsum) or pairs of neighbouring words (rouge2).  Source: Lin
(2004), "ROUGE: a package for automatic evaluation of summaries".  Equal to rouge_score 0.1.2, with and
without stemming, wherever the reference has a unit; docs/differences.md has the rest.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, pairwise
from typing import Literal

from scribeeval.errors import InputError
from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.records import Pair
from scribeeval.text import TOKENIZERS
from scribeeval.text.lcs import lcs_length, union_lcs
from scribeeval.text.rouge_tokens import stemmed

Tokenizer = Literal["rouge", "unicode"]
Lines = Sequence[Sequence[str]]

# Reference words x hypothesis words that a longest common subsequence may take: about a minute.  A note
# of 5 MB against one of 350 kB is within; the usual pair has 200,000.
MAX_CELLS = 50_000_000_000


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts share, in units: 0 <= hits <= both lengths."""

    hits: int
    reference_length: int
    hypothesis_length: int

    @property
    def precision(self) -> float | None:
        """Share of the hypothesis's units that are hits; None where it has none."""
        return ratio(self.hits, self.hypothesis_length)

    @property
    def recall(self) -> float | None:
        """Share of the reference's units that are hits; None where it has none."""
        return ratio(self.hits, self.reference_length)

    @property
    def f_measure(self) -> float | None:
        """Harmonic mean of precision and recall, 0 to 1; None where the reference has no unit."""
        if self.reference_length == 0:
            return None
        return 2 * self.hits / (self.reference_length + self.hypothesis_length)


def _shared(reference: Iterable[Hashable], hypothesis: Iterable[Hashable]) -> Overlap:
    """Units in common, each as often as on the side that has it less often."""
    left, right = Counter(reference), Counter(hypothesis)
    hits = sum(min(n, right[unit]) for unit, n in left.items() if unit in right)
    return Overlap(hits, left.total(), right.total())


def _words(reference: Lines, hypothesis: Lines) -> Overlap:
    return _shared(chain.from_iterable(reference), chain.from_iterable(hypothesis))


def _bigrams(reference: Lines, hypothesis: Lines) -> Overlap:
    return _shared(pairwise(chain.from_iterable(reference)), pairwise(chain.from_iterable(hypothesis)))


def _whole(reference: Lines, hypothesis: Lines) -> Overlap:
    left, right = list(chain.from_iterable(reference)), list(chain.from_iterable(hypothesis))
    return Overlap(lcs_length(left, right), len(left), len(right))


def _by_line(reference: Lines, hypothesis: Lines) -> Overlap:
    """Words in the union LCS of their line, each at most as often as the hypothesis has it."""
    available = Counter(chain.from_iterable(hypothesis))
    hits = sum(min(n, available[word]) for word, n in union_lcs(reference, hypothesis).items())
    return Overlap(hits, sum(map(len, reference)), available.total())


TYPES: Mapping[str, Callable[[Lines, Lines], Overlap]] = {
    "rouge1": _words,
    "rouge2": _bigrams,
    "rougeL": _whole,
    "rougeLsum": _by_line,
}

BY_LCS = frozenset({"rougeL", "rougeLsum"})


def scores(
    reference: str,
    hypothesis: str,
    *,
    stem: bool = False,
    tokenizer: Tokenizer = "rouge",
    types: Collection[str] = tuple(TYPES),
) -> dict[str, Overlap]:
    """Compare two texts by the ROUGE types named, all on the same tokens.

    A line ends at a newline, nowhere else.  tokenizer: "rouge" (a-z, 0-9: rouge_score's) or "unicode"
    (every script).  stem: Porter's, with NLTK's extensions.

    Raises:
        InputError: texts too long for the longest common subsequence.
    """
    left, right = (_tokenize(text, stem, tokenizer) for text in (reference, hypothesis))
    if _cells(left, right) > MAX_CELLS and not BY_LCS.isdisjoint(types):
        raise InputError(
            f"the texts are too long for rougeL and rougeLsum (words of the one times words of the other may "
            f"be {MAX_CELLS:,}); leave the visit out, or score with rouge1 and rouge2 only"
        )
    return {name: TYPES[name](left, right) for name in types}


def _cells(reference: Lines, hypothesis: Lines) -> int:
    return sum(map(len, reference)) * sum(map(len, hypothesis))


def _tokenize(text: str, stem: bool, tokenizer: Tokenizer) -> list[list[str]]:
    split = TOKENIZERS[tokenizer]
    lines = [split(line) for line in text.split("\n")]
    return stemmed(lines) if stem else lines


@dataclass(frozen=True, slots=True)
class Family:
    """Counts one visit for several ROUGE types on the same tokens.  Equal settings, equal families."""

    stem: bool
    tokenizer: Tokenizer

    def __call__(self, pair: Pair, names: Collection[str]) -> dict[str, Counts]:
        """Count, for each type named, the F-measure and whether the note has one.

        Texts too long for a longest common subsequence leave rougeL and rougeLsum undefined for their
        visit: one endless note must not cost the others their score.
        """
        left, right = (
            _tokenize(text, self.stem, self.tokenizer) for text in (pair.reference, pair.hypothesis)
        )
        too_long = _cells(left, right) > MAX_CELLS
        return {
            name: _counts(None if too_long and name in BY_LCS else TYPES[name](left, right).f_measure)
            for name in names
        }

    def count_one(self, name: str, pair: Pair) -> Counts:
        """Count one type alone."""
        return self(pair, (name,))[name]


def _counts(f_measure: float | None) -> Counts:
    return Counts({"f_measure": f_measure or 0.0, "notes": int(f_measure is not None)})


def mean(counts: Mapping[str, int | float]) -> float | None:
    """Mean F-measure of the notes that have one, 0 to 1: 1 = equal; None without such a note."""
    return ratio(counts["f_measure"], counts["notes"])


def metric(name: str, title: str, *, stem: bool = False, tokenizer: Tokenizer = "rouge") -> Metric:
    """Make the metric of one ROUGE type: the F-measure, as mean over the visits."""
    family = Family(stem, tokenizer)
    return Metric(
        name=name,
        title=title,
        compares="content",
        higher_is_better=True,
        unit="share",
        settings={"tok": tokenizer, "stem": "porter" if stem else "no"},
        count=partial(family.count_one, name),
        value=mean,
        family=family,
    )
