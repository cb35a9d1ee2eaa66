"""All stages of one config, in order.  A stage that fails does not keep the next ones from running."""

from collections.abc import Callable, Sequence
from pathlib import Path

from scribeeval.config import Config, load_config, relative
from scribeeval.errors import InputError, not_known
from scribeeval.io.files import read_text
from scribeeval.io.visits import VisitTable, read_visits
from scribeeval.records import Visit
from scribeeval.run import Failure, Reporter, Run, open_run
from scribeeval.stages import drafters
from scribeeval.stages.draft import draft
from scribeeval.stages.import_transcripts import import_transcripts
from scribeeval.stages.published import published
from scribeeval.stages.report import report
from scribeeval.stages.score import score
from scribeeval.stages.study import study
from scribeeval.stages.transcribe import beside, is_to_do, transcribe


def run_config(path: Path, out: Path | None, reporter: Reporter) -> tuple[Path, tuple[Failure, ...]]:
    """Run every stale stage of a config, then the report; returns the run folder and what failed.

    Raises:
        InputError: the config or the visits table cannot be read, or the run folder cannot be used.

    """
    config = load_config(path)
    table = None if config.visits is None else read_visits(relative(path, config.visits.table))
    folder = out if out is not None else Path("reports") / config.run.name
    with open_run(folder) as run:
        run.write("config.toml", read_text(path))
        failures = _stages(run, path, config, table, reporter)
    return folder, failures


def _check_columns(table: VisitTable, columns: Sequence[str]) -> None:
    """A misspelt subgroup must not look like a pilot without subgroups."""
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise InputError(f"[score] by: {not_known('column', name, table.columns)}" for name in missing)


def _stages(
    run: Run, path: Path, config: Config, table: VisitTable | None, reporter: Reporter
) -> tuple[Failure, ...]:
    failures: list[Failure] = []
    visits: Sequence[Visit] = () if table is None else table.visits
    for problem in () if table is None else table.problems:
        failures.append(Failure("visits", problem.visit_id, problem.message))
        reporter.fail(problem.message)

    def attempt(stage: str, work: Callable[[], tuple[Failure, ...] | None], *, remakes: bool = False) -> None:
        """Run one stage; what it cannot do is told, kept, and does not stop the next stage.

        remakes: what it made from other inputs must not be reported as if it were of these.
        """
        try:
            failures.extend(work() or ())
        except InputError as error:
            for problem in error.problems:
                failures.append(Failure(stage, None, problem))
                reporter.fail(problem)
            if remakes:
                run.discard(stage)

    spoken = config.transcribe
    if table is not None and spoken is not None and spoken.transcripts is not None:
        finished = relative(path, spoken.transcripts)
        attempt("transcribe", lambda: import_transcripts(run, visits, finished, spoken, reporter))
    elif spoken is not None and any(is_to_do(visit, spoken) for visit in visits):
        settings = beside(path, spoken)
        attempt("transcribe", lambda: transcribe(run, visits, settings, reporter))
    if table is not None and config.visits is not None:
        attempt("score", lambda: _check_columns(table, config.score.by))
        product = config.visits.product
        panel = drafters.beside(path, config.draft)
        attempt("draft", lambda: draft(run, visits, panel, product, reporter))
        before = tuple(failures)
        attempt(
            "score",
            lambda: score(
                run, path, visits, config.score, config.draft.drafters, config.run.seed, before, reporter
            ),
        )
    if config.study is not None:
        questions = config.study
        attempt("study", lambda: study(run, path, questions, config.run.seed, reporter), remakes=True)
    if config.published is not None:
        table_of_means = config.published
        attempt("published", lambda: published(run, path, table_of_means, reporter), remakes=True)
    attempt("report", lambda: report(run, (), reporter))
    return tuple(failures)
