"""LCS: the length against the textbook table, the union against rouge_score's own."""

from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rouge_score import rouge_scorer

from scribeeval.text import lcs
from scribeeval.text.lcs import lcs_length, union_lcs

# Few tokens, so that ties between longest subsequences are common.
lines = st.lists(st.sampled_from("abcd"), max_size=12)
texts = st.lists(lines, max_size=6)


def table_length(left: list[str], right: list[str]) -> int:
    """The definition, cell by cell (Wagner & Fischer 1974)."""
    above = [0] * (len(right) + 1)
    for token in left:
        row = [0]
        for j, other in enumerate(right):
            row.append(above[j] + 1 if token == other else max(above[j + 1], row[j]))
        above = row
    return above[-1]


def rouge_scores_union(reference: list[list[str]], hypothesis: list[list[str]]) -> Counter[str]:
    return Counter(token for line in reference for token in rouge_scorer._union_lcs(line, hypothesis))


@given(
    left=st.lists(st.sampled_from("abcd"), max_size=90), right=st.lists(st.sampled_from("abcd"), max_size=90)
)
def test_the_length_is_that_of_the_table(left: list[str], right: list[str]) -> None:
    assert lcs_length(left, right) == table_length(left, right) == lcs_length(right, left)


@given(reference=texts, hypothesis=texts)
# Both "ab" and "cb" are longest; which one is taken decides whether a or c is united.
@example(reference=[["c", "a", "b"]], hypothesis=[["a", "c", "b"]])
# A column without an equal token still moves the walk: here down to the first a.
@example(reference=[list("abbabbaa")], hypothesis=[list("ac"), list("baccbbbc")])
def test_the_union_is_rouge_scores(reference: list[list[str]], hypothesis: list[list[str]]) -> None:
    assert +union_lcs(reference, hypothesis) == rouge_scores_union(reference, hypothesis)


@given(reference=texts, hypothesis=texts)
def test_what_bounds_the_memory_changes_nothing(
    reference: list[list[str]], hypothesis: list[list[str]]
) -> None:
    whole = union_lcs(reference, hypothesis)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lcs, "GROUP", 5)
        patch.setattr(lcs, "CHUNK", 2)
        assert union_lcs(reference, hypothesis) == whole


@given(line=lines, other=lines)
def test_the_union_with_one_line_is_as_long_as_its_lcs(line: list[str], other: list[str]) -> None:
    assert union_lcs([line], [other]).total() == table_length(line, other)
