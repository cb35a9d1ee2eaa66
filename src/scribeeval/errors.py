"""The one exception that users are meant to see: something they can put right."""

from collections.abc import Iterable


class InputError(Exception):
    """Say what is wrong with the input, where, and what to do about it.

    The command line prints each problem on a line of its own and exits with 2.  A problem never
    quotes a transcript, a note or any other text of a patient: it names the file, the row or the id.
    """

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))
