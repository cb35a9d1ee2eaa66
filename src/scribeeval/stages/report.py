"""Report stage: summary.json and study.json -> report.html, one self-contained page a language."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from scribeeval import __version__
from scribeeval.config import Config, Language, RunTable, load_config
from scribeeval.errors import InputError
from scribeeval.io.files import read_jsonl, sha256_of
from scribeeval.io.notes import read_notes
from scribeeval.metrics import METRICS
from scribeeval.models import embedding_similarity
from scribeeval.report import render
from scribeeval.run import Reporter, Run, stage_key
from scribeeval.stages.draft import OUTPUT as NOTES
from scribeeval.stages.judge import SUMMARY as JUDGED
from scribeeval.stages.judge_rows import JUDGEMENTS, note_hash, read_judgements

STAGE = "report"
CONFIG = "config.toml"
FINDINGS = "findings.jsonl"
INPUTS = (CONFIG, "summary.json", "study.json", "published.json")


def report(
    run: Run, languages: Sequence[Language], reporter: Reporter, *, include_text: bool = False
) -> None:
    """Write the report of a run folder, in its first language as report.html.

    languages: () takes those of the run's config.toml.  include_text: print the findings with their words,
    even where the config does not ask for it.

    Raises:
        InputError: the folder holds no scores, no study and no published table.

    """
    started = time.monotonic()
    config = load_config(run.path(CONFIG)) if run.has(CONFIG) else Config(run=RunTable(name=run.folder.name))
    languages = languages or (config.report.language, *config.report.also)
    with_text = (include_text or config.report.include_text) and run.has(FINDINGS)
    judged = run.has(JUDGED)
    names = (*INPUTS, *((FINDINGS,) if with_text else ()), *((JUDGED, JUDGEMENTS, NOTES) if judged else ()))
    inputs = {name: sha256_of(run.path(name)) for name in names if run.has(name)}
    key = stage_key(STAGE, languages=list(languages), inputs=inputs)
    if run.fresh(STAGE, key):
        reporter.say("report: fresh")
        return
    summary, study = run.read_json("summary.json"), run.read_json("study.json")
    published = run.read_json("published.json")
    if summary is None and study is None and published is None:
        raise InputError(
            f"{run.folder}: holds no summary.json and no study.json; run `scribeeval run CONFIG` first"
        )
    facts = _facts(config, summary, study) | {
        "published": published,
        "findings": read_jsonl(run.path(FINDINGS)) if with_text else None,
        "judgement": run.read_json(JUDGED) | {"n_outdated": _n_outdated(run)} if judged else None,
    }
    pages = [page_name(language, languages[0]) for language in languages]
    for page, language in zip(pages, languages, strict=True):
        run.write(page, render(summary, study, facts, language))
    run.finish(STAGE, key, pages, started=started)
    reporter.say(f"report: {', '.join(pages)}")


def _n_outdated(run: Run) -> int:
    """Count the notes judged that are not the run's any more: changed since, or gone."""
    notes = read_notes(run.path(NOTES)) if run.has(NOTES) else {}
    judged = {(row.drafter, row.visit_id): row.note for row in read_judgements(run.path(JUDGEMENTS))}
    now = {(drafter, visit): note_hash(note) for drafter, of in notes.items() for visit, note in of.items()}
    return sum(now.get(place) != sha for place, sha in judged.items())


def page_name(language: Language, first: Language) -> str:
    """Name a page: report.html in the run's own language, report.ko.html beside it."""
    return "report.html" if language == first else f"report.{language}.html"


def _facts(
    config: Config, summary: Mapping[str, Any] | None, study: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What the report says of the run itself, the same in equal runs, and what it must know of metrics."""
    score = config.score
    return {
        "run_name": config.run.name,
        "title": config.run.title or config.run.name,
        "version": __version__,
        "simulated": config.run.simulated,
        "product": "" if config.visits is None else config.visits.product,
        "n_visits": summary["n_visits"] if summary else 0,
        "n_clinicians": summary["n_clinicians"] if summary else 0,
        "specialties": summary["specialties"] if summary else [],
        "transcriber": _transcriber(config),
        "drafters": list(config.draft.drafters),
        "level": summary["intervals"]["level"] if summary else 1 - study["alpha"] if study else score.level,
        "resamples": score.resamples,
        "seed": config.run.seed,
        "metrics": {
            metric.name: {
                "title": metric.title,
                "compares": metric.compares,
                "higher_is_better": metric.higher_is_better,
                "unit": metric.unit,
                "blind_to": list(metric.blind_to),
            }
            for metric in METRICS.values()
        }
        | {embedding_similarity.NAME: embedding_similarity.ABOUT},
    }


def _transcriber(config: Config) -> dict[str, str] | None:
    spoken = config.transcribe
    if spoken is None:
        return None
    return {"name": spoken.engine, "model": spoken.model, "language": spoken.language}
