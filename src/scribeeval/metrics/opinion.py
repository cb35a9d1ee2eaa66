"""A second opinion on what a text holds: a model that a user plugs in beside the lexical method.

The core knows no model.  It takes one as a function with a name, and names it in the signature.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

OPINION_LIFTS = 0.9  # from this probability on, a statement that the words do not ground counts as grounded


@dataclass(frozen=True, slots=True)
class Opinion:
    """A model that says how far premises entail statements.

    name, revision: what the signature says (settings["opinion"] = "name@revision"); the revision is the
    model's own, or the sha256 of its files.
    entails: takes (premise, statement) pairs, a premise being one or a few transcript segments joined by
    newlines, and gives one number for each, 0 (not said) to 1 (said), in the same order.  It must be
    deterministic, and equal for a pair whatever stands beside it.
    """

    name: str
    revision: str
    entails: Callable[[Sequence[tuple[str, str]]], Sequence[float]]

    @property
    def signed(self) -> str:
        """What the signature says of it."""
        return f"{self.name}@{self.revision}"


def best_opinions(
    opinion: Opinion, questions: Sequence[tuple[Sequence[str], str]]
) -> list[tuple[float, int]]:
    """Ask of each (premises, statement) which premise entails it most: how far, and which.

    Of equals the first.  All are asked at once, so that a model may work in batches; without premises the
    answer is (0.0, 0).
    """
    pairs = [(premise, statement) for premises, statement in questions for premise in premises]
    answers = iter(opinion.entails(pairs) if pairs else ())
    best = []
    for premises, _ in questions:
        shares = [next(answers) for _ in premises]
        at = max(range(len(shares)), key=lambda n: (shares[n], -n), default=0)
        best.append((shares[at] if shares else 0.0, at))
    return best
