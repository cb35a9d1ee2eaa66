"""Which statement of the draft became which of the signed note.

Statements are paired by what they share, terms weighing most: the best pair first, each statement once; in
one section a weaker likeness is enough than across two.  What then is left on one side joins a pair whose
other side still holds words of it (a sentence split in two, two joined).
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from scribeeval.terms.edits.tokens import Line, Token, same

SAME_SECTION = 0.34  # least likeness of a pair within a section (weighted Dice, 0 to 1)
OTHER_SECTION = 0.6
SECTION_BONUS = 0.15
PART = 0.6  # share of a statement that must stand in the rest of another to have been a part of it
GAP = 0.12  # least likeness of two statements left between the same neighbours


class Pairs(NamedTuple):
    """Groups of statements that say one thing on both sides, and statements without a counterpart."""

    groups: tuple[tuple[tuple[Line, ...], tuple[Line, ...]], ...]
    deleted: tuple[Line, ...]
    added: tuple[Line, ...]


def pair_lines(draft: Sequence[Line], signed: Sequence[Line]) -> Pairs:
    """Pair the statements of two notes."""
    mine, its = [_bag(line) for line in draft], [_bag(line) for line in signed]
    partner = _best_pairs(draft, signed, mine, its)
    _fill_gaps(draft, signed, mine, its, partner)
    groups = {i: ([i], [j]) for i, j in partner.items()}
    by_signed = {j: i for i, j in partner.items()}
    rests = {i: _rests(mine[i], its[j]) for i, j in partner.items()}
    for j in range(len(signed)):
        if j not in by_signed:
            i = _whole_of(its[j], signed[j], [(k, rests[k][0], draft[k]) for k in partner])
            if i is not None:
                groups[i][1].append(j)
                by_signed[j] = i
                rests[i] = (rests[i][0] - its[j], rests[i][1])
    joined = set(partner)
    for i in range(len(draft)):
        if i not in partner:
            k = _whole_of(mine[i], draft[i], [(k, rests[k][1], signed[partner[k]]) for k in partner])
            if k is not None:
                groups[k][0].append(i)
                joined.add(i)
                rests[k] = (rests[k][0], rests[k][1] - mine[i])
    return Pairs(
        tuple(
            (tuple(draft[i] for i in sorted(left)), tuple(signed[j] for j in sorted(right)))
            for _, (left, right) in sorted(groups.items())
        ),
        tuple(line for i, line in enumerate(draft) if i not in joined),
        tuple(line for j, line in enumerate(signed) if j not in by_signed),
    )


Bag = Counter[tuple[str, float]]


def _bag(line: Line) -> Bag:
    return Counter((token.key, token.weight) for token in line.tokens)


def weight(bag: Bag) -> float:
    """Weigh a bag of tokens."""
    return sum(key[1] * n for key, n in bag.items())


def _rests(mine: Bag, its: Bag) -> tuple[Bag, Bag]:
    return mine - its, its - mine


def likeness(mine: Bag, its: Bag) -> float:
    """Weighted Dice coefficient of two bags, 0 to 1."""
    total = weight(mine) + weight(its)
    return 2 * weight(mine & its) / total if total else 0.0


def _best_pairs(
    draft: Sequence[Line], signed: Sequence[Line], mine: Sequence[Bag], its: Sequence[Bag]
) -> dict[int, int]:
    """Pair greedily, the most alike first; ties by place in the note."""
    candidates = []
    for i, line in enumerate(draft):
        for j, other in enumerate(signed):
            if mine[i].keys().isdisjoint(its[j]):
                continue
            alike = likeness(mine[i], its[j])
            within = line.section == other.section
            if alike >= (SAME_SECTION if within else OTHER_SECTION):
                place = abs(i / len(draft) - j / len(signed))
                candidates.append((-(alike + SECTION_BONUS * within), place, i, j))
    partner: dict[int, int] = {}
    used: set[int] = set()
    for _, _, i, j in sorted(candidates):
        if i not in partner and j not in used:
            partner[i] = j
            used.add(j)
    return partner


def _fill_gaps(
    draft: Sequence[Line], signed: Sequence[Line], mine: Sequence[Bag], its: Sequence[Bag],
    partner: dict[int, int],
) -> None:
    """Pair what is left over between the same neighbours of one section, even if it is less alike."""
    used = set(partner.values())
    for i, line in enumerate(draft):
        if i in partner:
            continue
        before = partner[i - 1] if i - 1 in partner else -1 if i == 0 else None
        after = partner.get(i + 1)
        for j in (before + 1 if before is not None else None, after - 1 if after is not None else None):
            if (
                j is not None
                and 0 <= j < len(signed)
                and j not in used
                and signed[j].section == line.section
                and likeness(mine[i], its[j]) >= GAP
            ):
                partner[i] = j
                used.add(j)
                break


def _whole_of(part: Bag, line: Line, wholes: Sequence[tuple[int, Bag, Line]]) -> int | None:
    """Find the pair of the same section whose rest holds most of a statement; None where none holds enough."""
    total = weight(part)
    best, found = PART * total, None
    for k, rest, other in wholes:
        if other.section == line.section and (held := weight(part & rest)) >= best and held > 0:
            best, found = held + 1e-9, k
    return found


TYPED = 0.4  # two amounts, sides, frequencies, drugs or poles of one group that differ


def align_tokens(mine: Sequence[Token], its: Sequence[Token]) -> tuple[tuple[Token | None, Token | None], ...]:
    """Lay the tokens of two texts side by side so that most weight stands beside its like.

    Needleman & Wunsch (1970), with a score of a token's weight where both say the same, a part of it where
    they say something different of the same kind, and 0 for a gap.
    """
    rows, columns = len(mine), len(its)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    scores = [[_score(a, b) for b in its] for a in mine]
    for i in range(rows - 1, -1, -1):
        row, below, score = best[i], best[i + 1], scores[i]
        for j in range(columns - 1, -1, -1):
            skipped = below[j] if below[j] >= row[j + 1] else row[j + 1]
            paired = below[j + 1] + score[j]
            row[j] = paired if score[j] and paired >= skipped else skipped
    steps: list[tuple[Token | None, Token | None]] = []
    i = j = 0
    while i < rows and j < columns:
        if scores[i][j] and best[i][j] == best[i + 1][j + 1] + scores[i][j]:
            steps.append((mine[i], its[j]))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            steps.append((mine[i], None))
            i += 1
        else:
            steps.append((None, its[j]))
            j += 1
    steps += [(token, None) for token in mine[i:]]
    steps += [(None, token) for token in its[j:]]
    return tuple(steps)


def _score(one: Token, other: Token) -> float:
    if one.key == other.key or same(one, other):
        return max(one.weight, 0.05)
    if one.kind != other.kind or one.kind == "word":
        return 0.0
    if one.kind == "term":
        both = one.mention, other.mention
        drugs = all(mention is not None and mention.semantic_type == "drug" for mention in both)
        return TYPED if drugs else 0.0
    if one.kind == "pole":
        return TYPED / 2 if one.value[0][:-1] == other.value[0][:-1] else 0.0
    return TYPED
