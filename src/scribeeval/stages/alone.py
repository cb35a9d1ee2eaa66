"""One stage by itself, on a table and a run folder, as the command line calls it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from scribeeval.config import Language, TranscribeTable, load_config, options, relative
from scribeeval.config_draft import KINDS, PLAIN, DraftTable
from scribeeval.errors import InputError, not_known
from scribeeval.io.files import read_text
from scribeeval.io.visits import VisitTable, read_visits
from scribeeval.run import Failure, Reporter, open_run
from scribeeval.stages import draft as draft_stage
from scribeeval.stages import published as published_stage
from scribeeval.stages import report as report_stage
from scribeeval.stages import study as study_stage
from scribeeval.stages import transcribe as transcribe_stage
from scribeeval.stages.draft_one import Choice
from scribeeval.stages.drafters import beside
from scribeeval.stages.import_transcripts import import_transcripts


def transcribe(visits: Path, settings: dict[str, Any], out: Path, reporter: Reporter) -> tuple[Failure, ...]:
    """Transcribe a visits table into a run folder, or take finished transcripts; returns what failed."""
    checked = options(TranscribeTable, settings)
    table = read_visits(visits)
    problems = _problems(table, reporter)
    with open_run(out) as run:
        if checked.transcripts is None:
            failed = transcribe_stage.transcribe(run, table.visits, checked, reporter)
        else:
            failed = import_transcripts(run, table.visits, Path(checked.transcripts), checked, reporter)
    return (*problems, *failed)


def draft(
    visits: Path,
    drafters: Sequence[str],
    settings: dict[str, Any],
    model: dict[str, Any],
    choice: Choice,
    out: Path,
    reporter: Reporter,
) -> tuple[Failure, ...]:
    """Draft the notes of a visits table into a run folder; returns what failed.

    settings: keys of [draft]; model: keys of the table of each drafter that has a model.
    """
    unknown = [name for name in drafters if name not in (*PLAIN, *KINDS)]
    if unknown:
        raise InputError(not_known("drafter", unknown[0], (*PLAIN, *KINDS)))
    models = {name: {"drafter": name, **model} for name in drafters if name not in PLAIN}
    checked = options(DraftTable, {**settings, "drafters": drafters, "models": models})
    return _drafted(visits, checked, "", choice, out, reporter)


def draft_config(
    config: Path, visits: Path | None, choice: Choice, out: Path, reporter: Reporter
) -> tuple[Failure, ...]:
    """Draft with the [draft] table of a config, over its visits or those of another table.

    Raises:
        InputError: neither the config nor the command names a table of visits.

    """
    checked = load_config(config)
    if visits is None and checked.visits is None:
        raise InputError(f"{config}: has no [visits] table; add one, or give a table of visits")
    table = visits if visits is not None else relative(config, checked.visits.table if checked.visits else "")
    settings = beside(config, checked.draft)
    product = checked.visits.product if checked.visits else ""
    return _drafted(table, settings, product, choice, out, reporter)


def _drafted(
    visits: Path, settings: DraftTable, product: str, choice: Choice, out: Path, reporter: Reporter
) -> tuple[Failure, ...]:
    table = read_visits(visits)
    problems = _problems(table, reporter)
    with open_run(out) as run:
        failed = draft_stage.draft(run, table.visits, settings, product, reporter, choice)
    return (*problems, *failed)


def study(config: Path, out: Path, reporter: Reporter) -> None:
    """Run the [study] and [published] tables of a config into a run folder, and write the report.

    Raises:
        InputError: the config has neither table, or the study cannot be made.

    """
    checked = load_config(config)
    if checked.study is None and checked.published is None:
        raise InputError(f"{config}: has no [study] table; name ehr_use and measures in one")
    with open_run(out) as run:
        run.write(report_stage.CONFIG, read_text(config))
        if checked.study is not None:
            study_stage.study(run, config, checked.study, checked.run.seed, reporter)
        if checked.published is not None:
            published_stage.published(run, config, checked.published, reporter)
        report_stage.report(run, (), reporter)


def report(folder: Path, languages: Sequence[str], reporter: Reporter, *, include_text: bool = False) -> None:
    """Write the report of a run folder again.

    Raises:
        InputError: no run folder, or a language that there is not.

    """
    known: tuple[Language, ...] = get_args(Language)
    chosen = tuple(language for language in known if language in languages)
    unknown = [language for language in languages if language not in known]
    if unknown:
        raise InputError(f"language {unknown[0]!r} is not known; known: {', '.join(known)}")
    if not folder.is_dir():
        raise InputError(f"{folder}: is no run folder; run `scribeeval run CONFIG --out {folder}` first")
    with open_run(folder) as run:
        ordered = sorted(chosen, key=list(languages).index)
        report_stage.report(run, ordered, reporter, include_text=include_text)


def _problems(table: VisitTable, reporter: Reporter) -> tuple[Failure, ...]:
    for problem in table.problems:
        reporter.fail(problem.message)
    return tuple(Failure("visits", problem.visit_id, problem.message) for problem in table.problems)
