"""The chief complaint: it stays in the patient's own words."""

import re
from collections.abc import Iterator, Sequence

from scribeeval.terms.edits.group import Edit, Texts
from scribeeval.terms.edits.tokens import Line

_OWN_WORDS = re.compile(r"[\"“”「『]|\b(?:I|I'm|I've|my|me)\b|(?:요|어요|해요)[.\"”]?\s*$")
KEPT = 0.6  # share of the signed words that the draft must have kept


def chief_complaint_edits(texts: Texts, draft: Sequence[Line], signed: Sequence[Line]) -> Iterator[Edit]:
    """Give the edit of a chief complaint that the signed note has in other, the patient's own, words."""
    mine = [line for line in draft if line.section == "chief_complaint"]
    its = [line for line in signed if line.section == "chief_complaint"]
    if not mine or not its:
        return
    kept = {token.key for line in mine for token in line.tokens}
    words = [token.key for line in its for token in line.tokens]
    start, end = mine[0].start, mine[-1].end
    other = its[0].start, its[-1].end
    quoted = texts.signed[other[0] : other[1]]
    if _OWN_WORDS.search(quoted) and sum(word in kept for word in words) < KEPT * len(words):
        yield Edit(
            "paraphrased_chief_complaint", "hypothesis", start, end, quoted, other, "chief_complaint", ()
        )
