"""The command `draft`: its options are many, and cli.py is long enough."""

from pathlib import Path
from typing import Annotated, Any

import typer

from scribeeval.cli_common import Out, finish
from scribeeval.errors import InputError


def draft(
    context: typer.Context,
    out: Out,
    visits: Annotated[
        Path | None, typer.Argument(help="Visits table (.csv, .jsonl, .parquet); the config's if not given.")
    ] = None,
    drafter: Annotated[
        list[str] | None,
        typer.Option(
            help="vendor, extractive, gguf, transformers, openai-compatible or replay; again for more."
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="Take the drafters from this config's [draft] table: a panel.")
    ] = None,
    model: Annotated[
        str, typer.Option(help="A packaged name, a file or folder, or the name that the server knows.")
    ] = "",
    template: Annotated[
        str,
        typer.Option(help="soap, h_and_p, follow_up, aci_bench, paediatrics, dental, soap_ko or a .toml."),
    ] = "soap",
    max_tokens: Annotated[int, typer.Option(help="Of an answer, its reasoning included.")] = 1024,
    by_section: Annotated[str, typer.Option(help="A question per section: auto, always, never.")] = "auto",
    temperature: Annotated[float, typer.Option(help="0 is greedy.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Of a temperature above 0.")] = 0,
    context_tokens: Annotated[int, typer.Option(help="Window of the model; 0: its own.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    batch_size: Annotated[int, typer.Option(help="Of transformers; 0: as the device suits.")] = 0,
    endpoint: Annotated[str, typer.Option(help="Of openai-compatible: http://127.0.0.1:PORT/v1")] = "",
    api: Annotated[str, typer.Option(help="openai or azure.")] = "openai",
    api_version: Annotated[str, typer.Option(help="Of Azure OpenAI.")] = "",
    concurrency: Annotated[int, typer.Option(help="Questions in flight at a server.")] = 4,
    requests_per_min: Annotated[int, typer.Option(help="0: no limit.")] = 0,
    timeout_s: Annotated[float, typer.Option("--timeout", help="Longest silence of a server, s.")] = 300.0,
    tries: Annotated[int, typer.Option(help="How often a question is sent.")] = 4,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Send transcripts to another machine.")
    ] = False,
    remote_host: Annotated[str, typer.Option(help="The one machine they may be sent to.")] = "",
    allow_downloads: Annotated[
        bool, typer.Option("--allow-downloads", help="Fetch a model by name.")
    ] = False,
    deidentify: Annotated[
        bool, typer.Option("--deidentify", help="Take names, dates, numbers and addresses out first.")
    ] = False,
    names: Annotated[Path | None, typer.Option(help="File with a name of staff a line.")] = None,
    drafts: Annotated[Path | None, typer.Option(help="File or folder of the vendor's drafts.")] = None,
    drafts_format: Annotated[
        str | None, typer.Option(help="Their format; recognised file by file if not given.")
    ] = None,
    input_price: Annotated[float | None, typer.Option(help="Of a million tokens in.")] = None,
    output_price: Annotated[float | None, typer.Option(help="Of a million tokens out.")] = None,
    currency: Annotated[str, typer.Option(help="Of the prices.")] = "USD",
    max_visits: Annotated[int, typer.Option(min=0, help="Draft the first visits only; 0: all.")] = 0,
    retry_errors: Annotated[
        bool, typer.Option("--retry-errors", help="Ask again what got no usable answer.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be asked, and its tokens and cost.")
    ] = False,
) -> None:
    """Draft notes, or collect the vendor's.

    Drafts from the run folder's transcripts, else the table's reference transcripts.
    """
    from scribeeval.config_draft import KINDS, PLAIN, DrafterTable
    from scribeeval.console import reporter
    from scribeeval.stages import alone
    from scribeeval.stages.draft_one import Choice

    choice = Choice(max_visits, retry_errors, dry_run)
    given = [name for name in context.params if _is_given(context, name)]
    if config is not None:
        clash = [name for name in given if name not in _WITH_CONFIG]
        if clash:
            raise InputError(f"{_flag(clash[0])}: stands in the config; give one of the two")
        finish(alone.draft_config(config, visits, choice, out, reporter()))
        return
    if visits is None:
        raise InputError("draft: name a table of visits, or a config with --config")
    values = context.params
    of_model = {
        name: values[name] for name in given if name in DrafterTable.model_fields and name != "drafter"
    }
    drafters = drafter or ["vendor"]
    if of_model and not set(drafters) - set(PLAIN):  # a forgotten --drafter would give the vendor's notes
        raise InputError(
            f"{_flag(next(iter(of_model)))}: {' and '.join(drafters)} asks no model; "
            f"name one that does with --drafter: {', '.join(KINDS)}"
        )
    settings: dict[str, Any] = {
        "drafts": None if drafts is None else str(drafts),
        "drafts_format": drafts_format,
        "names": None if names is None else str(names),
    }
    finish(alone.draft(visits, drafters, settings, of_model, choice, out, reporter()))


_WITH_CONFIG = {"out", "visits", "config", "max_visits", "retry_errors", "dry_run"}


def _flag(name: str) -> str:
    return "--" + name.removesuffix("_s").replace("_", "-")


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"
