"""Edit seconds: an ESTIMATE of the time to turn a draft into the signed note.  Nobody measured it.

    seconds = draft words x s per word read + edits x s per edit + characters typed x s per character

An edit is a run of changed words; the characters typed are those of the words that only the signed
note has, with a space each.  Rates, and the range printed beside the estimate:

* reading: 238 words a minute, most adults 175 to 300 (Brysbaert 2019, silent reading of non-fiction);
* an edit: 3.25 s = think 1.35 + point 1.10 + two changes between mouse and keyboard 0.80 (the
  keystroke-level model of Card, Moran & Newell 1980); range 2.45 (no change of device) to 4.6 (two thoughts);
* typing: 0.28 s a character, the model's average typist; range 0.12 (good) to 0.50 (unpractised).

stats.edit_rates fits the three rates to measured seconds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.records import Pair
from scribeeval.text import NORMALIZERS, words

NORMALIZER = "clinical-v1"


@dataclass(frozen=True, slots=True)
class EditRates:
    """Rates of reading and editing; all positive."""

    reading_words_per_min: float
    s_per_edit: float
    typing_s_per_char: float


TYPICAL = EditRates(238, 3.25, 0.28)
FAST = EditRates(300, 2.45, 0.12)
SLOW = EditRates(175, 4.6, 0.5)


def count_edits_and_typing(pair: Pair) -> Counts:
    """Count the words read, the edits made and the characters typed for one note."""
    normalize = NORMALIZERS[NORMALIZER]
    draft, signed = words(normalize(pair.hypothesis)), words(normalize(pair.reference))
    edits = typed = 0
    open_edit = False
    for code in Levenshtein.opcodes(draft, signed):
        changed = code.tag != "equal"
        edits += changed and not open_edit  # a replacement beside an insertion is one edit
        open_edit = changed
        if changed:
            typed += sum(len(word) + 1 for word in signed[code.dest_start : code.dest_end])
    return Counts({"draft_words": len(draft), "edits": edits, "typed_chars": typed, "notes": 1})


def seconds_per_note(rates: EditRates) -> Callable[[Mapping[str, int | float]], float | None]:
    """Make the value function of some rates: seconds per note, from 0 up; None without a note."""

    def value(counts: Mapping[str, int | float]) -> float | None:
        reading = counts["draft_words"] * 60 / rates.reading_words_per_min
        editing = counts["edits"] * rates.s_per_edit
        return ratio(reading + editing + counts["typed_chars"] * rates.typing_s_per_char, counts["notes"])

    return value


def metric(typical: EditRates = TYPICAL, fast: EditRates = FAST, slow: EditRates = SLOW) -> Metric:
    """Make the metric for given rates; they stand in its signature."""
    return Metric(
        name="edit_seconds_estimate",
        title="Seconds to edit a draft, ESTIMATED from its changes",
        compares="edit",
        higher_is_better=False,
        unit="seconds",
        settings={
            "norm": NORMALIZER,
            "tok": "words",
            "read": f"{typical.reading_words_per_min:g}",
            "edit": f"{typical.s_per_edit:g}",
            "type": f"{typical.typing_s_per_char:g}",
        },
        count=count_edits_and_typing,
        value=seconds_per_note(typical),
        views={"fast": seconds_per_note(fast), "slow": seconds_per_note(slow)},
        by_section=False,
    )


METRIC = metric()
