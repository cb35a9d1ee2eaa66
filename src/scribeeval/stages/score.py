"""Score stage: transcripts.jsonl, notes.jsonl and the visits' own texts -> scores and summary.json.

Loads no model, unless the config names one for the embedding similarity, so it can be run again in
seconds after a change of a metric.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from scribeeval.config import ScoreTable
from scribeeval.io.drafts import FLAGS as DRAFT_FLAGS
from scribeeval.io.files import sha256_of, sha256_of_json, to_json, to_jsonl
from scribeeval.io.notes import read_notes
from scribeeval.io.scores import PANEL, panel_to_parquet, scores_to_parquet
from scribeeval.io.tables import to_csv
from scribeeval.io.transcripts import read_transcripts
from scribeeval.metrics import VisitScore
from scribeeval.metrics.floors import FLOORS
from scribeeval.records import Note, Visit, in_order
from scribeeval.run import Failure, Reporter, Run, stage_key
from scribeeval.stages import draft as draft_stage
from scribeeval.stages import transcribe
from scribeeval.stages.draft_one import STAGE as DRAFT
from scribeeval.stages.lost_terms import COLUMNS, lost_terms
from scribeeval.stages.summary import configured_metrics, summarize
from scribeeval.stages.transcription import transcription

STAGE = "score"
OUTPUTS = (
    "scores.parquet",
    "findings.jsonl",
    "summary.json",
    "tables/metrics.csv",
    "tables/draft_use.csv",
    "tables/lost_terms.csv",
    "tables/visits.csv",
)


def score(
    run: Run,
    config: Path,
    visits: Sequence[Visit],
    settings: ScoreTable,
    drafters: Sequence[str],
    seed: int,
    failures: Sequence[Failure],
    reporter: Reporter,
) -> tuple[Failure, ...]:
    """Score transcripts and notes; the first drafter is the system that summary.json is about.

    config: the file that the settings' paths are relative to.
    failures: what went wrong before, so that the summary can say which visits are missing.
    """
    started = time.monotonic()
    metrics = configured_metrics(settings, config)
    inputs = [name for name in (transcribe.OUTPUT, draft_stage.OUTPUT) if run.has(name)]
    key = stage_key(
        STAGE,
        settings=settings.model_dump(),
        drafters=list(drafters),
        seed=seed,
        metrics=[metric.signature for metric in metrics],
        visits=sha256_of_json([_scored_fields(visit) for visit in visits]),
        files={name: sha256_of(run.path(name)) for name in inputs},
        failures=[asdict(failure) for failure in failures],
        drafting=_drafting(run),
    )
    if run.fresh(STAGE, key):
        reporter.say("score: fresh")
        return ()
    transcripts = read_transcripts(run.path(transcribe.OUTPUT)) if transcribe.OUTPUT in inputs else {}
    notes = read_notes(run.path(draft_stage.OUTPUT)) if draft_stage.OUTPUT in inputs else {}
    summary, scored = summarize(visits, transcripts, notes, metrics, settings, drafters, seed)
    summary["transcription"] = transcription(transcripts.values())
    system = drafters[0]
    summary["lost_terms"], lost = lost_terms(visits, transcripts, notes.get(system, {}), system)
    summary["failures"] = [asdict(failure) for failure in failures]
    summary |= _about_drafts(_drafting(run), notes, drafters, failures)
    per_visit = {name: {one.metric.name: one.visits for one in rows} for name, rows in scored.items()}
    run.write("scores.parquet", scores_to_parquet(per_visit[system]))
    panel = _write_panel(run, per_visit, summary["systems"])
    findings = sorted((finding for one in scored[system] for finding in one.findings), key=in_order)
    run.write("findings.jsonl", to_jsonl(asdict(finding) for finding in findings))
    run.write("summary.json", to_json(summary) + "\n")
    run.write("tables/metrics.csv", _metrics_table(summary))
    run.write("tables/draft_use.csv", _draft_use_table(summary["draft_use"]))
    run.write("tables/lost_terms.csv", to_csv(COLUMNS, lost))
    run.write("tables/visits.csv", _visits_table(visits))
    run.finish(STAGE, key, (*OUTPUTS, *panel), started=started)
    reporter.say(f"score: {len(metrics)} metrics over {len(visits)} visits")
    return ()


def _drafting(run: Run) -> dict[str, Any]:
    """What the draft stage noted that follows from its inputs and answers, without times and rates."""
    record = run.record(DRAFT)
    facts = record.facts if record is not None else {}
    asked = facts.get("drafters", {})
    flags = (facts.get("drafts") or {}).get("flags", {})
    return {
        "several_models": sorted(name for name, about in asked.items() if about.get("several_models")),
        "flags": Counter(flag for of_visit in flags.values() for flag in of_visit),
    }


def _about_drafts(
    drafting: Mapping[str, Any],
    notes: Mapping[str, Mapping[str, Note]],
    drafters: Sequence[str],
    failures: Sequence[Failure],
) -> dict[str, Any]:
    """Say of each drafter how many notes there are and how many failed, and what to know of the drafts.

    n_failed: visits; None where the drafter could not be used at all.
    """
    about: dict[str, Any] = {}
    for name in drafters:
        failed = {failure.visit_id for failure in failures if failure.drafter == name}
        about[name] = {
            "n_notes": len(notes.get(name, {})),
            "n_failed": None if None in failed else len(failed),
            "several_models": name in drafting["several_models"],
        }
    return {
        "drafters": about,
        "draft_flags": {flag: drafting["flags"][flag] for flag in DRAFT_FLAGS if flag in drafting["flags"]},
    }


def _write_panel(
    run: Run, scores: Mapping[str, Mapping[str, Sequence[VisitScore]]], content: Mapping[str, Any]
) -> tuple[str, ...]:
    """Write every drafter's scores per visit on the metrics that all have; nothing for one drafter."""
    if not content:
        run.path(PANEL).unlink(missing_ok=True)
        return ()
    common = {name for block in content.values() for name in block["metrics"]}
    run.write(
        PANEL,
        panel_to_parquet(
            {
                drafter: {name: visits for name, visits in metrics.items() if name in common}
                for drafter, metrics in scores.items()
            }
        ),
    )
    return (PANEL,)


def _scored_fields(visit: Visit) -> dict[str, Any]:
    """What a score depends on; the audio counts through its transcript."""
    return asdict(replace(visit, audio=(), diarisation=None))


def _metrics_table(summary: Mapping[str, Any]) -> str:
    columns = [
        "system",
        "metric",
        "value",
        "low",
        "high",
        "level",
        "n_visits",
        "n_undefined",
        *FLOORS,
        "signature",
    ]
    systems = {summary["system"]: summary, **summary["systems"]}
    rows = []
    for system, block in systems.items():
        for name, row in block["metrics"].items():
            interval = row["interval"] or {}
            ends = [interval.get(end) for end in ("low", "high", "level")]
            floors = [row["floors"].get(floor) for floor in FLOORS]
            counts = [row["n_visits"], row["n_undefined"]]
            rows.append([system, name, row["value"], *ends, *counts, *floors, row["signature"]])
    return to_csv(columns, rows)


def _draft_use_table(use: Mapping[str, Any]) -> str:
    columns = ["clinician_id", *use["total"]]
    return to_csv(
        columns, ([clinician, *counts.values()] for clinician, counts in use["by_clinician"].items())
    )


def _visits_table(visits: Sequence[Visit]) -> str:
    """Who saw whom, so that runs can be compared by clinician."""
    columns = ["visit_id", "clinician_id", "specialty", "date"]
    return to_csv(columns, ([v.visit_id, v.clinician_id, v.specialty, v.date] for v in visits))
