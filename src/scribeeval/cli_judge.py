"""The command `judge`: its options are many, and cli.py is long enough."""

from pathlib import Path
from typing import Annotated

import typer

from scribeeval.cli_common import finish


def judge(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder with drafted notes.")],
    judge_kind: Annotated[
        str, typer.Option("--judge", help="Kind of model: openai-compatible, gguf or transformers.")
    ],
    model: Annotated[
        str, typer.Option(help="Model: a name that the server knows, a packaged name, a file or a folder.")
    ] = "",
    rubric: Annotated[str, typer.Option(help="pdqi9, support_claims, or a TOML file.")] = "pdqi9",
    repeats: Annotated[int, typer.Option(min=1, max=100, help="Judgements of each note.")] = 3,
    name: Annotated[
        str, typer.Option(help="Name of the judge in all results; KIND:MODEL if not given.")
    ] = "",
    drafter: Annotated[
        list[str] | None, typer.Option(help="Judge this drafter's notes alone; give it again for more.")
    ] = None,
    visits: Annotated[
        Path | None, typer.Option(help="Visits table with reference transcripts and notes.")
    ] = None,
    humans: Annotated[
        Path | None, typer.Option(help="Table of people's marks: visit_id, rater, item, value.")
    ] = None,
    max_visits: Annotated[int, typer.Option(min=0, help="Judge the first visits only; 0: all.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Let a model judge its own notes.")] = False,
    temperature: Annotated[
        float | None,
        typer.Option(min=0, max=2, help="0 is greedy; 0 for one repeat, else 0.7, if not given."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first repeat; the others follow.")] = 0,
    max_tokens: Annotated[
        int, typer.Option(min=0, help="Tokens of an answer with its reasoning; 0: what the marks need.")
    ] = 0,
    context_tokens: Annotated[int, typer.Option(min=0, help="Window of the model; 0: its own.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    endpoint: Annotated[str, typer.Option(help="Of openai-compatible: http://127.0.0.1:PORT/v1")] = "",
    azure: Annotated[bool, typer.Option("--azure", help="The server is Azure OpenAI.")] = False,
    api_version: Annotated[str, typer.Option(help="Of Azure OpenAI.")] = "",
    concurrency: Annotated[int, typer.Option(min=1, help="Questions in flight at a server.")] = 4,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Send notes and transcripts to another machine.")
    ] = False,
    remote_host: Annotated[str, typer.Option(help="The one machine they may be sent to.")] = "",
    allow_downloads: Annotated[
        bool, typer.Option("--allow-downloads", help="Fetch a model by name.")
    ] = False,
    level: Annotated[float, typer.Option(min=0.5, max=0.999, help="Level of the intervals.")] = 0.95,
    resamples: Annotated[int, typer.Option(min=100, help="Resamples of the bootstrap.")] = 2000,
) -> None:
    """Let a language model judge the notes of a run by a rubric.

    A judgement is an opinion; hold it against people's with --humans.  Judges add up in
    the run folder: give the command again with another model or rubric.  Writes judgements.jsonl and
    judgement.json.
    """
    from scribeeval.console import reporter
    from scribeeval.console_judge import show_judgement
    from scribeeval.models.chat.base import ChatSettings
    from scribeeval.models.judges.rubrics import read_rubric
    from scribeeval.stages.judge import judge_run
    from scribeeval.stages.judge_asking import JudgeSettings, temperature_for
    from scribeeval.stats.raters import Bootstrap

    chat = ChatSettings(
        model=model,
        temperature=temperature_for(repeats) if temperature is None else temperature,
        seed=seed,
        context_tokens=context_tokens,
        device=device,
        allow_downloads=allow_downloads,
        endpoint=endpoint,
        api="azure" if azure else "openai",
        api_version=api_version,
        allow_remote=allow_remote,
        remote_host=remote_host,
        concurrency=concurrency,
    )
    settings = JudgeSettings(
        rubric=read_rubric(rubric),
        kind=judge_kind,
        chat=chat,
        name=name or f"{judge_kind}:{Path(model).name}".rstrip(":"),
        repeats=repeats,
        drafters=tuple(drafter or ()),
        max_visits=max_visits,
        max_tokens=max_tokens,
        force=force,
        visits=visits,
        humans=humans,
        bootstrap=Bootstrap(level, resamples, seed),
    )
    found, failures = judge_run(run_folder, settings, reporter())
    show_judgement(found["rubrics"][settings.rubric.name], run_folder)
    finish(failures)
