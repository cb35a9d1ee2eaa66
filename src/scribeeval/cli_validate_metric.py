"""The command `validate-metric`: its options are many, and cli.py is long enough."""

from pathlib import Path
from typing import Annotated

import typer


def validate_metric(
    table: Annotated[
        Path,
        typer.Argument(
            metavar="TABLE",
            help="Table of texts with human judgements, one row a note (.csv, .jsonl, .parquet, .xlsx).",
        ),
    ],
    judgement_column: Annotated[
        list[str], typer.Option(help="Column of a judgement, a number; give it again for more.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Run folder to write.")],
    id_column: Annotated[
        str, typer.Option("--id", help="Column that names the row, or with a system column the visit.")
    ] = "visit_id",
    reference_column: Annotated[str, typer.Option(help="Column of the reference text.")] = "reference",
    hypothesis_column: Annotated[str, typer.Option(help="Column of the text judged.")] = "hypothesis",
    source_column: Annotated[str | None, typer.Option(help="Column of the transcript.")] = None,
    system_column: Annotated[
        str | None, typer.Option(help="Column of who wrote the text; adds correlations by system.")
    ] = None,
    cluster_column: Annotated[
        str | None,
        typer.Option(help="Column of what rows share (a dialogue); resampled whole. The id if not given."),
    ] = None,
    above: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[COLUMN=]T", help="A row is positive where its judgement is above T; gives the AUC."
        ),
    ] = None,
    metrics: Annotated[str | None, typer.Option(help="Names, separated by commas; all if not given.")] = None,
    second_opinion: Annotated[
        str | None, typer.Option(help="Model beside support and omission: all-MiniLM-L6-v2 or a folder.")
    ] = None,
    level: Annotated[float, typer.Option(min=0.5, max=0.999, help="Level of the intervals.")] = 0.95,
    resamples: Annotated[int, typer.Option(min=100, help="Resamples of the bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 0,
) -> None:
    """Check the metrics against human judgements of your own.

    Correlates every metric with each judgement (Pearson, Spearman, Kendall; AUC for a judgement of 0 and
    1, or with --above), beside the note's length and its overlap of words: a metric that does no better
    than these has shown nothing.  Writes validation.json and tables/validation.csv.
    """
    from scribeeval.console import reporter
    from scribeeval.console_validation import show_validation
    from scribeeval.io.ratings import RatingColumns
    from scribeeval.metrics import MetricOptions
    from scribeeval.run import open_run
    from scribeeval.stages import validate_metric as stage
    from scribeeval.stages.score_frame import choose

    names = choose(None if metrics is None else [name.strip() for name in metrics.split(",")])
    thresholds = stage.read_thresholds(above or [], judgement_column)
    columns = RatingColumns(
        item=id_column,
        reference=reference_column,
        hypothesis=hypothesis_column,
        judgements=tuple(dict.fromkeys(judgement_column)),
        source=source_column,
        system=system_column,
        cluster=cluster_column,
    )
    options = MetricOptions(second_opinion=second_opinion)
    how = stage.Resampling(level, resamples, seed)
    with open_run(out) as folder:
        found = stage.validate_metric(folder, table, columns, names, thresholds, how, reporter(), options)
    show_validation(found, out)
