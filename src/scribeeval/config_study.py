"""[study]: what the before/after comparison is asked, fixed before the data are seen."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from scribeeval.config_base import ConfigTable
from scribeeval.errors import not_known
from scribeeval.stats.measures import MEASURES, Measure

TestName = Literal["paired_t", "wilcoxon_signed_rank", "sign_flip"]
Tests = Annotated[
    tuple[TestName, ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, str) else value),
    Field(min_length=1, strict=False),
]
Names = Annotated[tuple[str, ...], Field(strict=False)]
Day = Annotated[date, Field(strict=False)]


class PhaseTable(ConfigTable):
    """[study.phases]: first days of the phases, where the table has no phase column or another one.

    A period belongs to the phase in which it starts; periods before `before` or from `end` on are
    left out of the study.
    """

    before: Day | None = None
    training: Day | None = None
    after: Day
    end: Day | None = None


class MeasureTable(ConfigTable):
    """[study.define.NAME]: a measure of the hospital's own (satisfaction, RVUs, visits, coding accuracy).

    Its rows stand in the EHR-use table under NAME, with numerator and denominator.  kind = "share" for
    parts of a whole, 0 to 1; scale = "log" compares ratios, and no clinician may then have 0.
    """

    unit: str = Field(min_length=1)
    title: str = Field(min_length=1)
    kind: Literal["time", "share", "length", "other"]
    scale: Literal["raw", "log"] = "raw"
    lower_is_better: bool | None = None

    def measure(self, name: str) -> Measure:
        """Make the measure."""
        return Measure(name, self.unit, self.title, self.lower_is_better, self.kind, self.scale)


class LinkTable(ConfigTable):
    """[[study.links]]: is the use of the scribe, or the change in one measure, linked to that in another?"""

    outcome: str
    exposure: str = "utilisation"


class StudyTable(ConfigTable):
    """[study]: the tables and the analysis.

    imports: a config of importers (`scribeeval import`) in place of ehr_use.  family: the measures over
    which p-values are adjusted; all if not given.  covariates: columns of the clinicians table;
    cross_with_phase: whether their effect on the change is modelled, not only that on the level.
    time_varying: `denominator` (the workload of a period), a measure of the EHR-use table, or
    MEASURE.denominator.  by: columns of the clinicians table whose groups are shown apart.
    used_min_visits, used_min_utilisation: who counts as a user of the scribe.
    """

    ehr_use: str | None = None
    imports: str | None = None
    clinicians: str | None = None
    measures: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    define: dict[str, MeasureTable] = Field(default_factory=dict)
    design: Literal["before_after"] = "before_after"
    primary: str | None = None
    test: Tests = ("paired_t", "sign_flip")
    family: Names | None = None
    multiplicity: Literal["holm", "benjamini_hochberg"] = "holm"
    covariates: Names = ()
    time_varying: Names = ()
    cross_with_phase: bool = True
    by: Names = ()
    links: tuple[LinkTable, ...] = Field(default=(), strict=False)
    used_min_visits: int = Field(default=1, ge=1)
    used_min_utilisation: float | None = Field(default=None, gt=0, le=1)
    phases: PhaseTable | None = None
    alpha: float = Field(default=0.05, gt=0, lt=1)
    resamples: int = Field(default=2000, ge=100)
    seed: int | None = Field(default=None, ge=0)

    @property
    def table(self) -> dict[str, Measure]:
        """All measures that the config may name: the design's and its own."""
        return {**MEASURES, **{name: table.measure(name) for name, table in self.define.items()}}

    @property
    def chosen(self) -> dict[str, Measure]:
        """The measures of the study, in the order of the config."""
        return {name: self.table[name] for name in self.measures}

    @model_validator(mode="after")
    def _one_source(self) -> "StudyTable":
        if (self.ehr_use is None) == (self.imports is None):
            raise ValueError("give ehr_use (a tidy table) or imports (a config of importers), one of them")
        return self

    @model_validator(mode="after")
    def _phases_follow_each_other(self) -> "StudyTable":
        if self.phases is not None:
            given = (self.phases.before, self.phases.training, self.phases.after, self.phases.end)
            days = [day for day in given if day is not None]
            if days != sorted(set(days)):
                raise ValueError("phases: the first days must be in the order before, training, after, end")
        return self

    @model_validator(mode="after")
    def _names_are_given_once(self) -> "StudyTable":
        for key in ("measures", "family", "by", "test"):
            names = getattr(self, key) or ()
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{key}: {', '.join(twice)} is named twice; name it once")
        if self.by and self.clinicians is None:
            raise ValueError(
                "by: these are columns of the clinicians table; give `clinicians`, or leave it out"
            )
        return self

    @model_validator(mode="after")
    def _measures_are_known(self) -> "StudyTable":
        known = tuple(self.table)
        for name in self.define:
            if name in MEASURES:
                raise ValueError(f"define: measure {name!r} is there already; choose another name")
        for name in self.measures:
            if name not in known:
                hint = "; add a table [study.define.NAME] for a measure of your own"
                raise ValueError(f"measures: {not_known('measure', name, known)}{hint}")
        for key, names in (("primary", (self.primary,)), ("family", self.family or ())):
            for name in filter(None, names):
                if name not in self.measures:
                    raise ValueError(f"{key}: {not_known('measure of this study', name, self.measures)}")
        linked = [name for link in self.links for name in (link.outcome, link.exposure)]
        for name in linked:
            if name not in (*self.measures, "utilisation"):
                raise ValueError(f"links: {not_known('measure of this study', name, self.measures)}")
        return self
