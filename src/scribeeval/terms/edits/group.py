"""A pair of statements laid side by side, and the edits found in it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from scribeeval.terms.edits.pairing import align_tokens
from scribeeval.terms.edits.tokens import STOP_WEIGHT, Line, Token, same

Step = tuple[Token | None, Token | None]
CONTENT = 0.8  # least weight of a token that carries a meaning


class Edit(NamedTuple):
    """A change: its kind, where it stands on its side, what should stand there, and where that stands."""

    kind: str
    side: str
    start: int
    end: int
    suggestion: str | None
    other: tuple[int, int] | None
    section: str
    tokens: tuple[Token, ...]


class Texts(NamedTuple):
    """Both notes, and the keys of all their tokens that carry a meaning."""

    draft: str
    signed: str
    draft_keys: Collection[str]
    signed_keys: Collection[str]
    draft_stems: Collection[str]
    signed_stems: Collection[str]
    draft_keys_of: Mapping[str, Collection[str]]  # section -> keys of its tokens
    family_keys: Collection[str]  # terms that the signed note gives to a relative


class Group(NamedTuple):
    """A pair of statements (or a few that became one), laid side by side; changed: which steps disagree."""

    texts: Texts
    draft: tuple[Line, ...]
    signed: tuple[Line, ...]
    steps: tuple[Step, ...]
    changed: tuple[bool, ...]

    @property
    def section(self) -> str:
        """Name the section of the draft's statement."""
        return self.draft[0].section

    def held(self, at: int) -> bool:
        """Tell whether both sides agree at a step in something that carries a meaning."""
        one = self.steps[at][0] if 0 <= at < len(self.steps) else None
        return one is not None and not self.changed[at] and one.weight >= CONTENT

    def sides(self, low: int, high: int) -> tuple[list[Token], list[Token]]:
        """Give the tokens of both sides between two steps."""
        steps = self.steps[low:high]
        return [a for a, _ in steps if a], [b for _, b in steps if b]

    def texts_of_sides(self) -> tuple[str, str]:
        """Give the text of the draft's statements and that of the signed note's."""
        mine, its = self.texts.draft, self.texts.signed
        return (
            " ".join(mine[line.start : line.end] for line in self.draft),
            " ".join(its[line.start : line.end] for line in self.signed),
        )


def group_of(texts: Texts, draft: tuple[Line, ...], signed: tuple[Line, ...]) -> Group:
    """Lay the statements of a pair side by side."""
    mine = [token for line in draft for token in line.tokens]
    its = [token for line in signed for token in line.tokens]
    steps = align_tokens(mine, its)
    changed = tuple(one is None or other is None or not same(one, other) for one, other in steps)
    return Group(texts, draft, signed, steps, changed)


def edit_of(group: Group, kind: str, mine: Sequence[Token], its: Sequence[Token]) -> Edit:
    """Make an edit of the draft's tokens, with what the signed note has there."""
    start, end = mine[0].start, mine[-1].end
    other = (its[0].start, its[-1].end) if its else None
    suggestion = group.texts.signed[other[0] : other[1]] if other else None
    return Edit(kind, "hypothesis", start, end, suggestion, other, group.section, (*mine, *its))


def mostly_held(group: Group) -> bool:
    """Tell whether both sides agree in at least half of what they say: else they say different things."""
    weights = [max(token.weight for token in step if token is not None) for step in group.steps]
    held = sum(weight for weight, changed in zip(weights, group.changed, strict=True) if not changed)
    return 2 * held >= sum(weights)


def runs(group: Group) -> Iterator[tuple[int, int]]:
    """Give the stretches of changed steps; agreement in a word that carries nothing does not end one."""
    at = 0
    while at < len(group.steps):
        if not group.changed[at]:
            at += 1
            continue
        low = high = at
        while at < len(group.steps):
            if group.changed[at]:
                high = at
            elif (token := group.steps[at][0]) is None or token.weight > STOP_WEIGHT or at - high > 1:
                break
            at += 1
        yield low, high + 1
        at = high + 1


def widened(group: Group, low: int, high: int) -> tuple[list[Token], list[Token]]:
    """Take along the changed steps beside a stretch, and a held word where a side has none."""
    while low > 0 and group.changed[low - 1]:
        low -= 1
    while high < len(group.steps) and group.changed[high]:
        high += 1
    mine, _ = group.sides(low, high)
    if not mine and high < len(group.steps):
        high += 1
    elif not mine and low > 0:
        low -= 1
    return group.sides(low, high)
