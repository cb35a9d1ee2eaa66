"""Wording that is a fault though no fact changed, and clauses that only one side has."""

from collections.abc import Collection, Iterator, Sequence

from scribeeval.terms.clinical_lexicon import lay_pairs
from scribeeval.terms.edits.cues import cue
from scribeeval.terms.edits.group import CONTENT, Edit, Group, edit_of, runs
from scribeeval.terms.edits.tokens import STOP_WEIGHT, Token, stems_of
from scribeeval.terms.keys import key_of

LONGEST_LAY = 10  # tokens
ADDED = 1.9  # least weight of an added clause that is a fact by itself
DROPPED = 3.5  # ... of a dropped one, whose words may have gone elsewhere


def lay_terms(group: Group) -> Iterator[Edit]:
    """Find a lay wording in the draft where the signed note has the clinical term."""
    for (one, other), changed in zip(group.steps, group.changed, strict=True):
        if one and other and one.mention and other.mention and not changed:
            mine, its = _surface(group.texts.draft, one), _surface(group.texts.signed, other)
            known = (mine in lay_pairs() and its not in lay_pairs()) or _is_name_only_of(other, mine, its)
            if mine != its and (known or _is_plainer(mine, its)):
                yield edit_of(group, "lay_term", [one], [other])
    mine_keys = {a.key for a, _ in group.steps if a}
    its_keys = {b.key for _, b in group.steps if b}
    for low, high in runs(group):
        mine_run = [a for a, _ in group.steps[low:high] if a and a.key not in its_keys]
        its_run = [b for _, b in group.steps[low:high] if b and b.key not in mine_keys]
        if (
            mine_run
            and its_run
            and any(a.weight >= CONTENT for a in mine_run)
            and len(mine_run) <= LONGEST_LAY
        ):
            mine = " ".join(_surface(group.texts.draft, token) for token in mine_run)
            if _is_plainer(mine, " ".join(_surface(group.texts.signed, token) for token in its_run)):
                yield edit_of(group, "lay_term", mine_run, its_run)


def _is_name_only_of(other: Token, mine: str, its: str) -> bool:
    """Tell whether the signed note has the concept's own name, and the draft several plain words for it."""
    if other.mention is None or key_of(other.mention.concept) != key_of(its) or key_of(mine) == key_of(its):
        return False
    if set(its.split()) <= set(mine.split()):
        return False  # "fracture of the ulna" says more than "fracture"
    return mine.isascii() and " " in mine and cue("clinical").search(mine) is None


def _is_plainer(mine: str, its: str) -> bool:
    """Tell whether one wording lacks the clinician's words that the other has."""
    if any("가" <= letter <= "힣" for letter in mine):
        return cue("lay").search(mine) is not None and cue("lay").search(its) is None
    if cue("clinical").search(mine):
        return False
    words = [match[0] for match in cue("clinical").finditer(its)]
    of_one_root = any(len(word) >= 4 and word[:5] in other for word in mine.split() for other in words)
    return bool(words) and not of_one_root


def _surface(note: str, token: Token) -> str:
    return note[token.start : token.end].lower()


def replaced_terms(group: Group) -> Iterator[Edit]:
    """Find a diagnosis or procedure with another in its place, if each is nowhere in the other note."""
    for low, high in runs(group):
        mine, its = group.sides(low, high)
        gone = _named(mine, group.texts.signed_keys)
        come = [token for token in _named(its, group.texts.draft_keys) if _type(token) in map(_type, gone)]
        if come:
            kept = next(token for token in gone if _type(token) == _type(come[0]))
            yield edit_of(group, "invented_fact", [kept], come[:1])


def _named(tokens: Sequence[Token], elsewhere: Collection[str]) -> list[Token]:
    return [t for t in tokens if _type(t) in ("diagnosis", "procedure") and t.key not in elsewhere]


def _type(token: Token) -> str | None:
    return token.mention.semantic_type if token.mention is not None else None


def clauses(group: Group) -> Iterator[Edit]:
    """Find clauses that only one side has and whose words stand nowhere else on the other."""
    for low, high in runs(group):
        mine, its = group.sides(low, high)
        mine_weight, its_weight = sum(t.weight for t in mine), sum(t.weight for t in its)
        if (
            mine_weight < 0.5
            and _is_clause(group.texts.signed, its)
            and (
                _news(its, group.texts.signed, group.texts.draft_keys, group.texts.draft_stems) >= ADDED
                or _speaks_of_drug(group, its)
            )
        ):
            yield edit_of(group, "omitted_fact", its, mine)._replace(
                side="reference", suggestion=None, other=None
            )
        elif mine_weight >= DROPPED and its_weight < 1:
            text = group.texts.draft[mine[0].start : mine[-1].end]
            if len(cue("padding").findall(text)) >= 2:
                yield edit_of(group, "verbose", mine, [])
            elif _news(mine, group.texts.draft, group.texts.signed_keys, group.texts.signed_stems) >= DROPPED:
                yield edit_of(group, "invented_fact", mine, [])


def _is_clause(note: str, tokens: Sequence[Token]) -> bool:
    """Tell whether tokens hang on what stands before them: behind a comma, a bracket or a small word."""
    if not tokens or note.startswith(":", tokens[-1].end):
        return False
    return (
        tokens[0].weight <= STOP_WEIGHT
        or tokens[0].kind == "pole"
        or note[: tokens[0].start].rstrip().endswith((",", ";", "(", "-", "–"))
    )


def _speaks_of_drug(group: Group, tokens: Sequence[Token]) -> bool:
    """Tell whether a clause says of a drug what no statement of the draft's section speaks of."""
    here = group.texts.draft_keys_of.get(group.section, ())
    drugs = [t for t in tokens if t.mention is not None and t.mention.semantic_type == "drug"]
    return bool(drugs) and all(drug.key not in here for drug in drugs)


def _news(tokens: Sequence[Token], note: str, keys: Collection[str], stems: Collection[str]) -> float:
    """Weigh the tokens that the other note has nowhere, not even as a word of the same root."""
    return sum(
        token.weight
        for token in tokens
        if token.weight >= CONTENT
        and token.key not in keys
        and not any(stem in stems for stem in stems_of(note, token.start, token.end))
    )
