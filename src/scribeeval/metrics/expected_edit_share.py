"""Expected edit share: how much of a draft a clinician would have to write, estimated without a correction.

    share = max(shortfall, missing) / characters of the reference note
    shortfall = characters of the reference note - characters of the draft, at least 0
    missing   = characters of the reference's terms whose concept the draft does not name, or names only
                with the opposite negation ("no fever" for "fever"); each concept once, at its first mention

Both are lower bounds of what is to be typed, so the larger one is taken; no constant was fitted.  It looks
at the draft and an expert's reference note of the same visit, never at the transcript or at a signed note.
Where a signed note exists, `edit_share_chars` measures what this one guesses.

What is too much in the draft costs nothing here: clinicians who correct a draft leave true extra detail
standing.  So a copied transcript scores low; read it beside `support` and `length_change_share`.

Checked on the corrections of MTS-Dialog (Ben Abacha et al. 2023): docs/expected-edit-share.md.
"""

from collections.abc import Mapping

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.metrics.term_counts import PACKAGED
from scribeeval.records import Pair
from scribeeval.terms import CLINICAL_LEXICON, Mention
from scribeeval.text import NORMALIZERS

NORMALIZER = "raw"


def count_missing_chars(pair: Pair) -> Counts:
    """Count the characters that the draft of one visit at least lacks."""
    normalize = NORMALIZERS[NORMALIZER]
    reference, hypothesis = normalize(pair.reference), normalize(pair.hypothesis)
    named = {_fact(mention) for mention in PACKAGED.find(hypothesis)}
    missing: dict[tuple[str, bool], int] = {}
    for mention in PACKAGED.find(reference):
        if _fact(mention) not in named:
            missing.setdefault(_fact(mention), mention.end - mention.start)
    shortfall = max(0, len(reference) - len(hypothesis))
    return Counts({"to_write": max(shortfall, sum(missing.values())), "reference_chars": len(reference)})


def _fact(mention: Mention) -> tuple[str, bool]:
    """Say what a mention says, as far as it is compared: the concept, and whether it is negated."""
    return mention.concept, mention.assertion == "absent"


def expected_share(counts: Mapping[str, int | float]) -> float | None:
    """Share to be written, 0 to 1: 0 = nothing, 1 = all; None where the reference is empty."""
    return ratio(counts["to_write"], counts["reference_chars"])


METRIC = Metric(
    name="expected_edit_share",
    title="Expected edit share, estimated from draft and reference note without a correction",
    compares="content",
    higher_is_better=False,
    unit="share",
    blind_to=("transcript_copied",),
    settings={"norm": NORMALIZER, "tok": "chars", "lexicon": CLINICAL_LEXICON, "match": "concept+negation"},
    count=count_missing_chars,
    value=expected_share,
    by_section=False,
)
