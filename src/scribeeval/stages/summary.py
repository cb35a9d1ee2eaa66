"""What summary.json says: every metric of every system, with floors, parts, sections and subgroups."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from scribeeval.config import ScoreTable, relative
from scribeeval.io.files import sha256_of_json
from scribeeval.io.site_terms import read_site_terms
from scribeeval.metrics import Bootstrap, Metric, MetricOptions, VisitScore
from scribeeval.metrics import edit_seconds_estimate as edit_seconds
from scribeeval.metrics.floors import FLOORS, floor_pairs
from scribeeval.models import embedding_similarity, opinions
from scribeeval.records import Comparison, Finding, Note, Pair, Score, Transcript, Visit
from scribeeval.stages.draft import VENDOR
from scribeeval.stages.draft_use import draft_use
from scribeeval.stages.metric_choice import chosen_metrics
from scribeeval.stages.pairs import content_pairs, edit_pairs, speech_pairs, without_blocks
from scribeeval.stages.sections import Sections, by_section, presence, section_scores
from scribeeval.stages.subgroups import subgroups
from scribeeval.text.sections import default_headers, extend

BLOCKS_INCLUDED = "blocks_included"
SECTION = "section."  # starts the name of a part that is a section of the note


@dataclass(frozen=True, slots=True)
class Compared:
    """The pairs of one system by comparison, and the same pairs by section.

    whole: the pairs before template blocks were left out, where any rule leaves some out.
    """

    pairs: Mapping[Comparison, Sequence[Pair]]
    sections: Mapping[Comparison, Sections]
    whole: Mapping[Comparison, Sequence[Pair]]


@dataclass(frozen=True, slots=True)
class Scored:
    """One metric of one system: its visits, its findings, and its line of summary.json."""

    metric: Metric
    visits: Sequence[VisitScore]
    findings: Sequence[Finding]
    row: Mapping[str, Any]


def summarize(
    visits: Sequence[Visit],
    transcripts: Mapping[str, Transcript],
    notes: Mapping[str, Mapping[str, Note]],
    metrics: Sequence[Metric],
    settings: ScoreTable,
    drafters: Sequence[str],
    seed: int,
) -> tuple[dict[str, Any], dict[str, list[Scored]]]:
    """Compute summary.json, and the scored metrics by drafter: of the first all, of the others content."""
    bootstrap = Bootstrap(settings.level, settings.resamples, seed, settings.interval)
    clinicians = {v.visit_id: v.clinician_id for v in visits if v.clinician_id is not None}
    clusters = clinicians if len(clinicians) == len(visits) else None
    headers = extend(default_headers(), settings.headings)
    drafts = notes.get(VENDOR, {})
    whole_edits = edit_pairs(visits, drafts, transcripts)
    edits, excluded = without_blocks(whole_edits, settings, headers)
    system, *others = drafters

    def compared(name: str) -> Compared:
        pairs: dict[Comparison, Sequence[Pair]] = {
            "content": content_pairs(visits, notes.get(name, {}), transcripts)
        }
        if name == system:
            pairs["speech"] = speech_pairs(visits, transcripts)
            # Only the drafts that clinicians edited have an edit distance to what they signed.
            pairs["edit"] = edits if name == VENDOR else []
        sections: dict[Comparison, Sections] = {
            kind: by_section(pairs[kind], settings.section_level, headers)
            for kind in pairs
            if kind != "speech"
        }
        return Compared(pairs, sections, {"edit": whole_edits} if excluded.rules else {})

    texts = compared(system)
    scored = [score_one(metric, texts, bootstrap, clusters) for metric in metrics]
    content = [metric for metric in metrics if metric.compares == "content"]
    beside = {name: compared(name) for name in others}
    further = {
        name: [score_one(metric, theirs, bootstrap, clusters) for metric in content]
        for name, theirs in beside.items()
    }
    return {
        "n_visits": len(visits),
        "n_clinicians": len(set(clinicians.values())),
        "specialties": sorted({visit.specialty for visit in visits if visit.specialty is not None}),
        "system": system,
        "intervals": {
            "level": settings.level,
            "resamples": settings.resamples,
            "seed": seed,
            "method": settings.interval,
            "unit": "clinician" if clusters else "visit",
        },
        "metrics": {one.metric.name: one.row for one in scored},
        "systems": {
            name: {
                "n_visits": len(beside[name].pairs["content"]),
                "metrics": {one.metric.name: one.row for one in rows},
            }
            for name, rows in further.items()
        },
        "sections": {
            kind: {name: presence(sides) for name, sides in sections.items()}
            for kind, sections in texts.sections.items()
        },
        "draft_use": draft_use(visits, drafts, edits, settings.discarded_below),
        "excluded": asdict(excluded),
        "by": subgroups(visits, [(one.metric, one.visits) for one in scored], settings.by, bootstrap),
    }, {system: scored, **further}


def configured_metrics(settings: ScoreTable, config: Path) -> list[Metric]:
    """List the metrics of a config file, as it wants them.

    Raises:
        InputError: the embedding model is no model directory, the table of terms is not readable, or as
                chosen_metrics.

    """
    opinion = settings.second_opinion
    if opinion is not None and opinion not in opinions.PACKAGED:
        opinion = str(relative(config, opinion))
    site = None if settings.site_terms is None else read_site_terms(relative(config, settings.site_terms))
    options = MetricOptions(settings.rouge_tokenizer, settings.rouge_stem, site, opinion)
    metrics = [_configured(metric, settings) for metric in chosen_metrics(settings.metrics, options)]
    if settings.embedding_model is not None:
        folder = relative(config, settings.embedding_model)
        metrics.append(embedding_similarity.metric(folder, settings.embedding_layer))
    return metrics


def _configured(metric: Metric, settings: ScoreTable) -> Metric:
    """A metric as the config wants it; what differs from the default stands in its signature."""
    if metric.name == edit_seconds.METRIC.name:
        metric = edit_seconds.metric(edit_seconds.EditRates(**settings.edit_rates.model_dump()))
    rules = [*settings.exclude_patterns, *settings.exclude_sections]
    if metric.compares != "edit" or not rules:
        return metric
    return replace(metric, settings={**metric.settings, "excluded": sha256_of_json(rules)[:8]})


def score_one(
    metric: Metric, texts: Compared, bootstrap: Bootstrap, clusters: Mapping[str, str] | None
) -> Scored:
    """Score one metric with its floors, parts, sections and findings."""
    kind = metric.compares
    pairs = texts.pairs[kind]
    visit_scores = metric.score_visits(pairs)
    result = metric.summarize(visit_scores, bootstrap, clusters)
    parts: dict[str, dict[str, float | int | None]] = {
        name: {"value": value} for name, value in result.parts.items()
    }
    if kind in texts.whole:
        parts[BLOCKS_INCLUDED] = {"value": metric.score(texts.whole[kind]).value}
    if metric.by_section:
        of_sections = section_scores(metric, texts.sections.get(kind, {}))
        parts |= {SECTION + name: score for name, score in of_sections.items()}
    findings = [finding for pair in pairs for finding in metric.find(pair)] if metric.find else []
    kinds = sorted(finding.kind for finding in findings)
    floors = {} if kind == "speech" else {name: _floor(metric, name, pairs) for name in FLOORS}
    row = score_row(result) | {
        "floors": floors,
        "parts": parts,
        "findings": {name: kinds.count(name) for name in dict.fromkeys(kinds)},
    }
    return Scored(metric, visit_scores, findings, row)


def _floor(metric: Metric, name: str, pairs: Sequence[Pair]) -> float | None:
    return metric.score(floor_pairs(name, pairs)).value


def score_row(result: Score) -> dict[str, Any]:
    """Give a score's line of summary.json, without floors, parts and findings."""
    return {
        "value": result.value,
        "interval": None if result.interval is None else asdict(result.interval),
        "n_visits": result.n_visits,
        "n_undefined": result.n_undefined,
        "signature": result.signature,
    }
