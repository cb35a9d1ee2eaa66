"""One metric of summary.json, ready to be printed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scribeeval.report.languages import Language, Scale, number, scale

Json = Mapping[str, Any]
COMPARISONS = ("edit", "speech", "content")
BLOCKS_INCLUDED = "blocks_included"  # the part that holds the value with template blocks
SECTION = "section."  # starts the name of a part that is a section of the note
TOLD = {  # the parts that a sentence of the report tells, text.NAME
    "edit_distance_words": ("replaced", "inserted", "deleted"),
    "edit_seconds_estimate": ("fast", "slow"),
}


@dataclass(frozen=True, slots=True)
class MetricView:
    """A metric over all systems.  comparison: one of COMPARISONS, or `other` where nobody names it.

    blind_to: floors that a system need not beat on this metric.
    scores: by the label of what made the hypothesis, the run's first system first.
    """

    say: Language
    name: str
    title: str
    comparison: str
    higher_is_better: bool | None
    scale: Scale
    scores: Mapping[str, Json]
    blind_to: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """Title with unit and better direction."""
        better = self.higher_is_better
        direction = "" if better is None else self.say("label.more" if better else "label.less")
        note = ", ".join(filter(None, (self.scale.label(), direction)))
        return self.say("label.group", title=self.title, note=note) if note else self.title

    def floors(self) -> Iterator[tuple[str, float | None]]:
        """Each floor with its name, of the first system that has some."""
        found = (score["floors"] for score in self.scores.values() if score.get("floors"))
        yield from next(found, {}).items()

    def best_floor(self) -> tuple[str, float] | None:
        """Give the floor that is hardest to beat; None where the metric has no direction or sees none."""
        seen = [(n, v) for n, v in self.floors() if v is not None and n not in self.blind_to]
        if self.higher_is_better is None or not seen:
            return None
        sign = 1 if self.higher_is_better else -1
        return max(seen, key=lambda floor: sign * floor[1])

    def parts(self) -> dict[str, dict[str, Json]]:
        """The parts of each system that has some, without those that the page shows elsewhere."""
        elsewhere = (BLOCKS_INCLUDED, *TOLD.get(self.name, ()))
        parts = {
            label: {
                part: value
                for part, value in (score.get("parts") or {}).items()
                if part not in elsewhere and not part.startswith(SECTION)
            }
            for label, score in self.scores.items()
        }
        return {label: values for label, values in parts.items() if values}

    def sections(self) -> dict[str, Json]:
        """The first system's score of each section of the note."""
        parts = next(iter(self.scores.values())).get("parts") or {}
        return {name.removeprefix(SECTION): part for name, part in parts.items() if name.startswith(SECTION)}

    def told(self) -> str | None:
        """Tell the first system's value with its parts, for a metric whose parts make a sentence."""
        score = next(iter(self.scores.values()))
        names, parts = TOLD.get(self.name, ()), score.get("parts") or {}
        values = {name: parts[name]["value"] for name in names if name in parts}
        if not names or len(values) < len(names) or None in (score["value"], *values.values()):
            return None
        told = {name: self.scale.amount(value) for name, value in values.items()}
        return self.say(f"text.{self.name}", value=self.scale.amount(score["value"]), **told)

    def value(self, score: Json) -> str:
        """Print a score's value; an undefined one with its count of visits."""
        return self.say.undefined(score) if score["value"] is None else self.scale.value(score["value"])

    def cells(self, score: Json) -> tuple[str, str, str, str]:
        """Print value, interval, number of visits and number of undefined visits."""
        counts = (number(score["n_visits"], 0), number(score["n_undefined"], 0))
        return self.value(score), self.scale.interval(*ends(score)), *counts

    def estimate(self, score: Json) -> str:
        """Print a score in a sentence: value with unit, and its interval."""
        if score["value"] is None:
            return self.say.undefined(score)
        level = self.say.percent((score.get("interval") or {}).get("level"), digits=0)
        return estimate_in_text(
            self.say, self.scale.amount(score["value"]), level, self.scale.interval(*ends(score))
        )


def views(say: Language, summary: Json, facts: Json) -> list[MetricView]:
    """Make a view of every metric that had a visit to compare, in the order of facts, then of names."""
    systems = _systems(summary)
    order = list(facts.get("metrics") or ())
    names = sorted({name for metrics in systems.values() for name in metrics})
    names.sort(key=lambda name: order.index(name) if name in order else len(order))
    scores = {
        name: {s: m[name] for s, m in systems.items() if name in m and m[name]["n_visits"]} for name in names
    }
    labels = system_labels(say, summary)
    return [_view(say, facts, name, scores[name], labels) for name in names if scores[name]]


def unmeasured(say: Language, summary: Json, facts: Json) -> list[str]:
    """Title the metrics that the run asked for and that no visit had both texts for."""
    names = sorted({name for metrics in _systems(summary).values() for name in metrics})
    measured = {view.name for view in views(say, summary, facts)}
    return [_title(say, facts, name) for name in names if name not in measured]


def estimate_in_text(say: Language, estimate: str, level: str, interval: str) -> str:
    """Print an estimate with its interval in a sentence."""
    return say("number.estimate_in_text", estimate=estimate, level=level, interval=interval)


def ends(score: Json) -> tuple[float | None, float | None]:
    """Take the two ends of a score's interval, None where it has none."""
    interval = score.get("interval") or {}
    return interval.get("low"), interval.get("high")


def failed_visits(summary: Json) -> list[str]:
    """List the visits that failed for every system; a drafter's own failures are told by system."""
    failures = summary.get("failures") or ()
    return sorted({one["visit_id"] for one in failures if one.get("drafter") is None} - {None})


def _systems(summary: Json) -> dict[str, Json]:
    """The metrics of each system, the run's first one first; a system without a name is empty."""
    others = (summary.get("systems") or {}).items()
    return {
        summary.get("system") or "": summary["metrics"],
        **{name: other["metrics"] for name, other in others},
    }


def system_labels(say: Language, summary: Json) -> dict[str, str]:
    """Name each system, the run's first one first; no two get one label, whatever they are called."""
    labels: dict[str, str] = {}
    for name in _systems(summary):
        label = say.name("system", name) if name else say("label.draft")
        labels[name] = label if label not in labels.values() else say("label.named", title=label, name=name)
    return labels


def _about(facts: Json, name: str) -> Json:
    about: Json = (facts.get("metrics") or {}).get(name) or {}
    return about


def _title(say: Language, facts: Json, name: str) -> str:
    """Title a metric in the reader's language, else as the metric does itself, else by its name."""
    return say.name("metric", name, _about(facts, name).get("title"))


def _view(
    say: Language, facts: Json, name: str, scores: Mapping[str, Json], labels: Mapping[str, str]
) -> MetricView:
    about = _about(facts, name)
    compares = about.get("compares")
    comparison = str(compares) if compares in COMPARISONS else "other"
    values = [score["value"] for score in scores.values()]
    unit = about.get("unit")
    return MetricView(
        say=say,
        name=name,
        title=_title(say, facts, name),
        comparison=comparison,
        higher_is_better=about.get("higher_is_better"),
        scale=scale(say, unit, values, share=unit == "share"),
        scores={
            _recogniser(say, facts) if comparison == "speech" else labels[system]: score
            for system, score in scores.items()
        },
        blind_to=tuple(about.get("blind_to") or ()),
    )


def _recogniser(say: Language, facts: Json) -> str:
    """Name what made the transcripts."""
    recogniser = facts.get("transcriber") or {}
    named = " ".join(str(recogniser[key]) for key in ("name", "model") if recogniser.get(key))
    return named or say("label.transcriber")
