"""Which statement of the draft became which of the signed note.

Statements are paired by what they share, terms weighing most: the best pair first, each statement once; in
one section a weaker likeness is enough than across two.  What then is left on one side joins a pair whose
other side still holds words of it (a sentence split in two, two joined).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from scribeeval.terms.edits.tokens import STOP_WEIGHT, Line, Token, same

SAME_SECTION = 0.34  # least likeness of a pair within a section (weighted Dice, 0 to 1)
OTHER_SECTION = 0.6
SECTION_BONUS = 0.15
PART = 0.6  # share of a statement that must stand in the rest of another to have been a part of it
LISTS = frozenset({"medications", "allergies"})
GAP = 0.12  # least likeness of two statements left between the same neighbours
LEFT = 0.25  # ... of two statements of one section that are left
STEMS = 0.9  # what agreement of words counts beside agreement of terms


class Pairs(NamedTuple):
    """Groups of statements that say one thing on both sides, and statements without a counterpart."""

    groups: tuple[tuple[tuple[Line, ...], tuple[Line, ...]], ...]
    deleted: tuple[Line, ...]
    added: tuple[Line, ...]


def pair_lines(draft: Sequence[Line], signed: Sequence[Line]) -> Pairs:
    """Pair the statements of two notes."""
    alike = _likenesses(draft, signed)
    partner = _best_pairs(draft, signed, alike)
    _fill_gaps(draft, signed, alike, partner)
    groups = {i: ([i], [j]) for i, j in partner.items()}
    joined, by_signed = set(partner), set(partner.values())
    rests = {
        i: [rest(draft[i].bag, signed[j].bag), rest(signed[j].bag, draft[i].bag)] for i, j in partner.items()
    }
    for j, line in enumerate(signed):
        if j not in by_signed:
            i = _whole_of(line, [(k, rests[k][0], draft[k]) for k in partner])
            if i is not None:
                groups[i][1].append(j)
                by_signed.add(j)
                rests[i][0] = rest(rests[i][0], line.bag)
    for i, line in enumerate(draft):
        if i not in joined:
            k = _whole_of(line, [(k, rests[k][1], signed[partner[k]]) for k in partner])
            if k is not None:
                groups[k][0].append(i)
                joined.add(i)
                rests[k][1] = rest(rests[k][1], line.bag)
    return Pairs(
        tuple(
            (tuple(draft[i] for i in sorted(left)), tuple(signed[j] for j in sorted(right)))
            for _, (left, right) in sorted(groups.items())
        ),
        tuple(line for i, line in enumerate(draft) if i not in joined),
        tuple(line for j, line in enumerate(signed) if j not in by_signed),
    )


Bag = Mapping[str, float]


def shared(mine: Bag, its: Bag) -> float:
    """Weigh what two bags have in common."""
    if len(its) < len(mine):
        mine, its = its, mine
    return sum(min(held, its[key]) for key, held in mine.items() if key in its)


def rest(mine: Bag, its: Bag) -> dict[str, float]:
    """Take one bag out of another."""
    left = {key: held - its.get(key, 0.0) for key, held in mine.items()}
    return {key: held for key, held in left.items() if held > 0}


def likeness(one: Line, other: Line) -> float:
    """How alike two statements are, 0 to 1: Dice of their tokens by weight, or of their words' beginnings."""
    total = one.weight + other.weight
    by_tokens = 2 * shared(one.bag, other.bag) / total if total else 0.0
    return max(by_tokens, STEMS * stem_likeness(one, other))


def stem_likeness(one: Line, other: Line) -> float:
    """Dice coefficient of how the words of two statements begin, 0 to 1."""
    stems = len(one.stems) + len(other.stems)
    return 2 * len(one.stems & other.stems) / stems if stems else 0.0


def _likenesses(draft: Sequence[Line], signed: Sequence[Line]) -> dict[tuple[int, int], float]:
    """Give the likeness of all pairs that share something that carries a meaning."""
    holders: dict[str, list[int]] = {}
    for j, line in enumerate(signed):
        for key in {token.key for token in line.tokens if token.weight > STOP_WEIGHT} | line.stems:
            holders.setdefault(key, []).append(j)
    found: dict[tuple[int, int], float] = {}
    for i, line in enumerate(draft):
        keys = {token.key for token in line.tokens if token.weight > STOP_WEIGHT} | line.stems
        for j in {j for key in keys for j in holders.get(key, ())}:
            found[i, j] = likeness(line, signed[j])
    return found


def _best_pairs(
    draft: Sequence[Line], signed: Sequence[Line], alike: Mapping[tuple[int, int], float]
) -> dict[int, int]:
    """Pair greedily, the most alike first; ties by place in the note."""
    candidates = []
    for (i, j), value in alike.items():
        within = draft[i].section == signed[j].section
        if value >= (SAME_SECTION if within else OTHER_SECTION):
            place = abs(i / len(draft) - j / len(signed))
            candidates.append((-(value + SECTION_BONUS * within), place, i, j))
    partner: dict[int, int] = {}
    used: set[int] = set()
    for _, _, i, j in sorted(candidates):
        if i not in partner and j not in used:
            partner[i] = j
            used.add(j)
    return partner


def _fill_gaps(
    draft: Sequence[Line],
    signed: Sequence[Line],
    alike: Mapping[tuple[int, int], float],
    partner: dict[int, int],
) -> None:
    """Pair what is left of one section: between the same neighbours a weak likeness is enough."""
    used = set(partner.values())
    left = []
    for (i, j), value in alike.items():
        if i in partner or j in used or draft[i].section != signed[j].section:
            continue
        between = partner.get(i - 1, -1 if i == 0 else None) == j - 1 or partner.get(i + 1) == j + 1
        if value >= (GAP if between else LEFT):
            left.append((-value, i, j))
    for _, i, j in sorted(left):
        if i not in partner and j not in used:
            partner[i] = j
            used.add(j)
    neighbours = {-1: -1, len(draft): len(signed), **partner}
    for i, line in enumerate(draft):
        for j in (neighbours.get(i - 1, -2) + 1, neighbours.get(i + 1, 0) - 1):
            if i not in partner and 0 <= j < len(signed) and j not in used and _in_place_of(line, signed[j]):
                partner[i] = neighbours[i] = j
                used.add(j)


def _in_place_of(line: Line, other: Line) -> bool:
    """Tell whether one entry of a list stands where the other did: one drug each, and the same amounts."""
    if line.section != other.section or line.section not in LISTS:
        return False
    lines = (line, other)
    drugs = [
        [t for t in one.tokens if t.mention is not None and t.mention.semantic_type == "drug"]
        for one in lines
    ]
    amounts = [{t.key for t in one.tokens if t.kind in ("amount", "frequency")} for one in lines]
    return all(len(found) == 1 for found in drugs) and amounts[0] == amounts[1]


def _whole_of(line: Line, wholes: Sequence[tuple[int, Bag, Line]]) -> int | None:
    """Find the pair of the same section whose rest holds most of a statement; None where none does."""
    best, found = PART * line.weight, None
    for k, left, other in wholes:
        if other.section == line.section and (held := shared(line.bag, left)) >= best and held > 0:
            best, found = held + 1e-9, k
    return found


NEAR = 0.9  # the same in other words
TYPED = 0.4  # two amounts, sides, frequencies, drugs or poles of one group that differ


def align_tokens(
    mine: Sequence[Token], its: Sequence[Token]
) -> tuple[tuple[Token | None, Token | None], ...]:
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
        return max(one.weight if one.key == other.key else NEAR * one.weight, 0.05)
    if one.kind != other.kind or one.kind == "word":
        return 0.0
    if one.kind == "term":
        both = one.mention, other.mention
        drugs = all(mention is not None and mention.semantic_type == "drug" for mention in both)
        return TYPED if drugs else 0.0
    if one.kind == "pole":
        return TYPED / 2 if one.value[0][:-1] == other.value[0][:-1] else 0.0
    if one.kind == "amount":
        return TYPED if one.value[1] == other.value[1] or one.value[0] == other.value[0] else 0.7 * TYPED
    return TYPED
