"""The nouns of the project: frozen values that the stages hand to each other.

Undefined is None, never 0, -1 or NaN.  Nothing here is rounded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Speaker = Literal["clinician", "patient", "other"]
Side = Literal["hypothesis", "reference", "source"]
Phase = Literal["before", "training", "after"]
Comparison = Literal["speech", "edit", "content"]

SPEAKERS: tuple[Speaker, ...] = ("clinician", "patient", "other")
PHASES: tuple[Phase, ...] = ("before", "training", "after")
SEVERITIES = ("minor", "moderate", "severe")


@dataclass(frozen=True, slots=True)
class Producer:
    """Who made a transcript or a note: a program or a vendor, its revision, and its options."""

    name: str
    revision: str
    options_sha256: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of speech.  Times in seconds from the start, None = not given; speaker None = not known."""

    start_s: float | None
    end_s: float | None
    speaker: Speaker | None
    text: str


def in_time_order(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Sort segments by their times; as they are given where one of them has none."""
    given = tuple(segments)
    keys = [(s.start_s, s.end_s) for s in given if s.start_s is not None and s.end_s is not None]
    if len(keys) < len(given):
        return given
    return tuple(given[i] for i in sorted(range(len(given)), key=keys.__getitem__))


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said in one visit, in the order of time.  flags: what a reader must know of it.

    facts: numbers of the recording (seconds, words found to be invented); models/hearing.py.
    """

    visit_id: str
    segments: tuple[Segment, ...]
    producer: Producer
    flags: tuple[str, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All words in the order of time, one segment a line."""
        return "\n".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Note:
    """A drafted note of one visit."""

    visit_id: str
    text: str
    producer: Producer


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit as the hospital exported it.  A text that was not exported is None.

    audio: one file of one or two channels (left = clinician, right = patient), or two files in
    that order.  diarisation: an RTTM file of the audio.  labels: the columns that the format does
    not name, kept for subgroups.  unreadable: the texts that were named but could not be read.
    """

    visit_id: str
    clinician_id: str | None = None
    specialty: str | None = None
    date: str | None = None
    audio: tuple[str, ...] = ()
    diarisation: str | None = None
    reference_transcript: str | None = None
    reference_segments: tuple[Segment, ...] | None = None
    draft_note: str | None = None
    signed_note: str | None = None
    reference_note: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """The two texts of one visit that a metric compares, with the transcript where it needs one."""

    visit_id: str
    reference: str
    hypothesis: str
    source: str | None = None
    reference_segments: tuple[Segment, ...] | None = None
    hypothesis_segments: tuple[Segment, ...] | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span that supports a finding.  Offsets are code points of the text given."""

    side: Side
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at in one note: a line of findings.jsonl.  kind: a key of FINDING_KINDS."""

    visit_id: str
    metric: str
    kind: str
    side: Side
    start: int
    end: int
    text: str
    severity: str
    suggestion: str | None = None
    evidence: tuple[Evidence, ...] = ()


def in_order(finding: Finding) -> tuple[str, str, str, int, int]:
    """Give the key by which findings are sorted."""
    return finding.visit_id, finding.metric, finding.side, finding.start, finding.end


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval; level is a fraction, 0.95 = 95 %."""

    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True)
class Score:
    """A metric's value over a set of visits, with the recipe that gave it (the signature)."""

    metric: str
    value: float | None
    interval: Interval | None
    n_visits: int
    n_undefined: int
    signature: str
    parts: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UseRecord:
    """One clinician's EHR use of one measure in one period (a week or a month)."""

    clinician_id: str
    period_start: str
    phase: Phase
    measure: str
    numerator: float
    denominator: float


@dataclass(frozen=True, slots=True)
class AnalyticInterval:
    """An interval by formula, beside the resampled one.  level: the one reached, where only steps can be.

    why: where there is none, the reason (a key of WHY in stats/reasons.py).
    """

    method: str
    low: float | None = None
    high: float | None = None
    level: float | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A point estimate with its interval.  None = undefined; why: a key of WHY (stats/reasons.py).

    method: how the interval was made (INTERVAL_METHODS), given even where it has no ends.  level: a
    fraction; the one reached, where the method can only reach steps.  analytic: the interval by
    formula; None where the estimator has none.
    """

    estimate: float | None
    low: float | None
    high: float | None
    method: str | None = None
    level: float | None = None
    analytic: AnalyticInterval | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test's result; direction of the effect: after minus before, negative = less.

    p_adjusted: over the declared family of measures, by the method the study names (Holm unless it
    names another); p_benjamini_hochberg: over the same family; family_size: how many defined p-values
    that family had.  All three None for a measure outside the family.  df: degrees of freedom, where
    the test has them.  method: how the p-value was computed (a key of TEST_METHODS).  why: a key of
    WHY where the test is undefined.
    """

    __test__ = False  # pytest: not a test class

    statistic: float | None
    p_value: float | None
    p_adjusted: float | None
    effect_size: float | None
    effect_name: str
    p_benjamini_hochberg: float | None = None
    family_size: int | None = None
    df: int | None = None
    method: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Distribution:
    """How values lie between clinicians.  sd: with n - 1; quartiles by linear interpolation."""

    mean: float
    sd: float | None
    minimum: float
    q1: float
    median: float
    q3: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Spread:
    """How clinicians differ, in numbers that name nobody; all None below SPREAD_MINIMUM clinicians.

    before, after, changes: in the measure's unit; percent_changes: each clinician's after / before - 1,
    a fraction, None where a clinician has 0 before.  *_quantiles: 0, 5, ..., 100 % (QUANTILES).
    shares: of clinicians, each with its interval: fell, unchanged, rose; and worse, better, undefined for
    a measure of which neither direction is good by itself.
    """

    before: Distribution | None
    after: Distribution | None
    changes: Distribution | None
    percent_changes: Distribution | None
    changes_quantiles: tuple[float, ...] | None
    percent_changes_quantiles: tuple[float, ...] | None
    shares: Mapping[str, Estimate]
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One measure before and after.  before, after: unweighted means over clinicians with both.

    difference, hodges_lehmann: in the measure's unit; percent_change: fractions, by estimator;
    effect_sizes: d_z and hedges_g on the measure's declared scale, rank_biserial on the raw one.
    """

    measure: str
    unit: str
    n_clinicians: int
    n_dropped: int
    before: float | None
    after: float | None
    difference: Estimate
    percent_change: Mapping[str, Estimate]
    tests: Mapping[str, TestResult]
    share_of_clinicians_worse: float | None
    hodges_lehmann: Estimate
    effect_sizes: Mapping[str, Estimate]
    spread: Spread


FINDING_KINDS: Mapping[str, str] = {
    "wrong_drug": "another drug than the one spoken of",
    "wrong_dose": "another dose of the right drug",
    "wrong_unit": "the right number with another unit",
    "wrong_frequency": "another frequency of the right drug",
    "wrong_number": "another number (vital sign, laboratory value, duration, age)",
    "wrong_laterality": "the other side of the body",
    "flipped_negation": "an absent finding written as present, or the reverse",
    "wrong_certainty": "a possibility written as a fact, or the reverse",
    "wrong_attribution": "a condition given to the wrong person or the wrong time",
    "invented_fact": "a statement that nobody made",
    "omitted_fact": "a clinical fact that the note leaves out",
    "wrong_section": "a right fact under the wrong heading",
    "duplicated": "the same fact written again",
    "verbose": "padding without a fact",
    "lay_term": "lay wording where a clinical term exists, outside the chief complaint",
    "paraphrased_chief_complaint": "the chief complaint not in the patient's own words",
}
