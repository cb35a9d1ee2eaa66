"""The one exception that users are meant to see: something they can put right."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(Exception):
    """Say what is wrong with the input, where, and what to do about it.

    The command line prints each problem on a line of its own and exits with 2.  A problem never
    quotes a transcript, a note or any other text of a patient: it names the file, the row or the id.
    """

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


def not_known(what: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is not known, with the nearest one that is, or with all of them.

    >>> not_known("metric", "wre", ["cer", "wer"])
    "metric 'wre' is not known; did you mean 'wer'?"
    """
    names = list(known)
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names)}"
    return f"{what} {name!r} is not known; {hint}"
