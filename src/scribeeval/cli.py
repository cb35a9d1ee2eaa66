"""The command line: parse, call a stage, print.  No logic; stages are imported when they are called.

Exit 0; 2 for what the user can put right (one line a problem, no traceback); 1 with a traceback for
our own bugs.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scribeeval import __version__
from scribeeval.cli_common import Out, finish
from scribeeval.cli_draft import draft
from scribeeval.cli_judge import judge
from scribeeval.cli_speech import convert, transcribe
from scribeeval.cli_validate_metric import validate_metric
from scribeeval.errors import InputError

if TYPE_CHECKING:
    pass

app = typer.Typer(
    name="scribeeval",
    help="Evaluate AI medical scribes: transcripts, notes, edits, terminology and EHR-use time.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # with rich markup, --help takes twice as long
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line."""
    try:
        app()
    except InputError as error:
        for problem in error.problems:
            print(f"error: {problem}", file=sys.stderr)
        sys.exit(2)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"scribeeval {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command()
def run(
    config: Annotated[Path, typer.Argument(help="TOML file of the experiment.")],
    out: Annotated[Path | None, typer.Option("--out", help="Run folder; reports/NAME if not given.")] = None,
) -> None:
    """Run every stale stage of a config, then the report."""
    from scribeeval.console import reporter, show_summary
    from scribeeval.stages.pipeline import run_config

    folder, failures = run_config(config, out, reporter())
    show_summary(folder)
    finish(failures)


app.command()(transcribe)
app.command()(convert)


app.command()(draft)


@app.command()
def score(
    references: Annotated[Path, typer.Option(help="Table with the reference texts.")],
    hypotheses: Annotated[Path, typer.Option(help="Table with the texts to score.")],
    out: Out,
    id_column: Annotated[
        str, typer.Option("--id", help="Column that both tables are joined on.")
    ] = "visit_id",
    reference_column: Annotated[str, typer.Option(help="Column of the reference text.")] = "reference",
    hypothesis_column: Annotated[str, typer.Option(help="Column of the text to score.")] = "hypothesis",
    source_column: Annotated[
        str | None, typer.Option(help="Column of the transcript, in the references table.")
    ] = None,
    metrics: Annotated[str | None, typer.Option(help="Names, separated by commas; all if not given.")] = None,
    level: Annotated[float, typer.Option(min=0.5, max=0.999, help="Level of the intervals.")] = 0.95,
    resamples: Annotated[int, typer.Option(min=100, help="Resamples of the bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 0,
    file_format: Annotated[
        str, typer.Option("--format", help="Format of the scores: parquet, csv or json.")
    ] = "parquet",
    rouge_tokenizer: Annotated[
        str, typer.Option(help="rouge, or unicode for notes that are not in English.")
    ] = "rouge",
    rouge_stem: Annotated[bool, typer.Option("--rouge-stem", help="ROUGE on Porter's stems.")] = False,
    site_terms: Annotated[
        Path | None, typer.Option(help="Table of your own terms: concept, semantic_type, surfaces, code.")
    ] = None,
    second_opinion: Annotated[
        str | None, typer.Option(help="Model beside support and omission: all-MiniLM-L6-v2 or a folder.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes; any number gives the same bytes.")] = 1,
) -> None:
    """Score one table of texts against another; the two may be one file, and of any size."""
    from scribeeval.console import reporter, show_values
    from scribeeval.metrics import Bootstrap
    from scribeeval.run import open_run
    from scribeeval.stages.score_frame import choose, choose_options
    from scribeeval.stages.score_tables import score_tables
    from scribeeval.stages.table_batches import Tables

    names = choose(None if metrics is None else [name.strip() for name in metrics.split(",")])
    metric_options = choose_options(
        rouge_tokenizer, stem=rouge_stem, site_terms=site_terms, second_opinion=second_opinion
    )
    tables = Tables(references, hypotheses, id_column, reference_column, hypothesis_column, source_column)
    with open_run(out) as folder:
        summary, failures = score_tables(
            folder,
            tables,
            names,
            Bootstrap(level, resamples, seed),
            reporter(),
            options=metric_options,
            file_format=file_format,
            workers=workers,
        )
    show_values(summary, out)
    finish(failures)


app.command()(validate_metric)
app.command()(judge)


@app.command()
def study(config: Annotated[Path, typer.Argument(help="TOML file with a [study] table.")], out: Out) -> None:
    """Compare EHR use before and after."""
    from scribeeval.console import reporter, show_summary
    from scribeeval.stages import alone

    alone.study(config, out, reporter())
    show_summary(out)


@app.command("import")
def import_exports(
    config: Annotated[Path, typer.Argument(help="TOML file with [[import]] tables.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="CSV file to write, the tidy EHR-use table.")
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what is recognised; write nothing.")
    ] = False,
) -> None:
    """Turn exports of an EHR (CSV, XLSX) into the tidy EHR-use table."""
    from scribeeval.console import reporter
    from scribeeval.stages.import_exports import import_exports as write_table

    write_table(config, out, preview, reporter())


@app.command()
def report(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder.")],
    language: Annotated[
        list[str] | None,
        typer.Option(help="en or ko; the first becomes report.html, give it again for more."),
    ] = None,
    include_text: Annotated[
        bool, typer.Option("--include-text", help="Print every finding with its words: patients' text.")
    ] = False,
) -> None:
    """Write the report of a run folder again."""
    from scribeeval.console import reporter
    from scribeeval.stages import alone

    alone.report(run_folder, language or [], reporter(), include_text=include_text)


@app.command()
def simulate(
    config: Annotated[Path, typer.Argument(help="TOML file with a [simulate] table.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for ehr_use.csv and clinicians.csv.")],
) -> None:
    """Make the tables of a simulated pilot; equal settings give equal bytes."""
    from scribeeval.console import reporter
    from scribeeval.stages.simulate import write_pilot

    write_pilot(config, out, reporter())


@app.command()
def compare(
    run_a: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder A.")],
    run_b: Annotated[
        Path | None, typer.Argument(metavar="[RUN]", help="Run folder B; without it, the drafters of A.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Compare different signatures too.")] = False,
    level: Annotated[float, typer.Option(min=0.5, max=0.999, help="Level of the intervals.")] = 0.95,
    resamples: Annotated[int, typer.Option(min=100, help="Resamples of the bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of bootstrap and permutation.")] = 0,
    out: Annotated[Path | None, typer.Option("--out", help="JSON file to write as well.")] = None,
) -> None:
    """Compare two runs, or the drafters of one, on the same visits: interval and permutation test."""
    from dataclasses import asdict

    from scribeeval.console_compare import show_panel, show_runs
    from scribeeval.io.files import to_json, write_whole
    from scribeeval.stages.compare import How, compare_drafters, compare_runs

    how = How(level, resamples, seed)
    found: object
    if run_b is None:
        panel = compare_drafters(run_a, how)
        show_panel(panel)
        found = asdict(panel)
    else:
        rows = compare_runs(run_a, run_b, how, force=force)
        show_runs(rows)
        found = [asdict(row) for row in rows]
    if out is not None:
        write_whole(out, to_json(found) + "\n")


@app.command()
def fit_edit_rates(
    table: Annotated[
        Path, typer.Argument(help="Table with visit_id, draft_note, signed_note and edit_seconds.")
    ],
) -> None:
    """Fit the rates of the edit-seconds estimate to measured seconds; prints them as a config table."""
    from scribeeval.console import show_rates
    from scribeeval.stages.fit_rates import fit_rates

    show_rates(fit_rates(table))


@app.command()
def metrics() -> None:
    """List the metrics with their signatures."""
    from scribeeval.console import show_metrics

    show_metrics()


@app.command()
def doctor() -> None:
    """Show what is installed, which weights are found and verified, and what is missing."""
    from scribeeval.console import show_checks
    from scribeeval.doctor import examine

    checks = examine()
    show_checks(checks)
    if any(check.state == "damaged" for check in checks):
        raise typer.Exit(2)


@app.command()
def validate(
    tables: Annotated[list[Path], typer.Argument(metavar="TABLE...", help="Tables to check.")],
) -> None:
    """Check tables and name every problem at once, with row and column."""
    from scribeeval.io.validate import validate as check

    problems: list[str] = []
    for path in tables:
        try:
            kind, n_rows = check(path)
        except InputError as error:
            problems += error.problems
        else:
            print(f"{path}: {kind}, {n_rows} rows, no problem")
    if problems:
        raise InputError(problems)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
) -> None:
    """Make a pilot's folder: config, template tables and a README of what to export."""
    from scribeeval.console import reporter
    from scribeeval.stages.init import init as write_templates

    write_templates(folder, reporter())
