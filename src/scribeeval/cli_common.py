"""What the commands share: the option of the run folder, and the exit status."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from scribeeval.run import Failure

Out = Annotated[Path, typer.Option("--out", help="Run folder to write.")]


def finish(failures: "Sequence[Failure]") -> None:
    """Exit with 2 if anything failed; each problem was named when it was met."""
    if failures:
        print(f"{len(failures)} problems, named above; everything else was done", file=sys.stderr)
        raise typer.Exit(2)
