"""The commands about transcripts: transcribe and convert."""

from pathlib import Path
from typing import Annotated

import typer

from scribeeval.cli_common import Out, finish


def transcribe(
    visits: Annotated[Path, typer.Argument(help="Visits table (.csv, .jsonl, .parquet).")],
    out: Out,
    engine: Annotated[
        str,
        typer.Option(help="faster-whisper, openai-whisper, transformers, openai-compatible or replay."),
    ] = "faster-whisper",
    model: Annotated[
        str, typer.Option(help="Packaged name (tiny.en, base), model folder, or file to replay.")
    ] = "tiny.en",
    language: Annotated[str, typer.Option(help="Language of the speech.")] = "en",
    transcripts: Annotated[
        str | None, typer.Option(help="Folder of finished transcripts to take, of any format; no engine.")
    ] = None,
    swap_roles: Annotated[bool, typer.Option("--swap-roles", help="The patient is left.")] = False,
    beam_size: Annotated[int, typer.Option(help="1 is greedy.")] = 1,
    batch_size: Annotated[int, typer.Option(help="Windows of 30 s decoded at once; 0: as it suits.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    initial_prompt: Annotated[str, typer.Option(help="Text before the first word.")] = "",
    hotwords: Annotated[str, typer.Option(help="lexicon, or a file with a term a line.")] = "",
    endpoint: Annotated[str, typer.Option(help="Of openai-compatible: http://127.0.0.1:PORT/v1")] = "",
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Send audio to another machine.")
    ] = False,
    remote_host: Annotated[str, typer.Option(help="The one machine it may be sent to.")] = "",
    allow_downloads: Annotated[
        bool, typer.Option("--allow-downloads", help="Fetch a model by name.")
    ] = False,
) -> None:
    """Transcribe the visits' audio."""
    from scribeeval.console import reporter
    from scribeeval.stages import alone

    settings = {
        "engine": engine,
        "model": model,
        "language": language,
        "swap_roles": swap_roles,
        "beam_size": beam_size,
        "batch_size": batch_size,
        "device": device,
        "initial_prompt": initial_prompt,
        "hotwords": hotwords,
        "endpoint": endpoint,
        "allow_remote": allow_remote,
        "remote_host": remote_host,
        "allow_downloads": allow_downloads,
        "transcripts": transcripts,
    }
    finish(alone.transcribe(visits, settings, out, reporter()))


def convert(
    files: Annotated[list[Path], typer.Argument(metavar="IN...", help="Transcripts, or folders of them.")],
    to: Annotated[str, typer.Option("--to", help="Format to write, as in docs/transcript-formats.md.")],
    out: Annotated[Path, typer.Option("--out", help="Folder, or a file with the format's suffix.")],
    source: Annotated[
        str | None, typer.Option("--from", help="Format of the files; recognised if not given.")
    ] = None,
    speaker: Annotated[
        list[str] | None, typer.Option(help="LABEL=ROLE (clinician, patient, other); give it again for more.")
    ] = None,
) -> None:
    """Turn transcripts of any known format into another."""
    from scribeeval.console import reporter
    from scribeeval.stages.convert import convert as convert_files

    finish(convert_files(files, to, out, reporter(), source=source, speakers=speaker or ()))
