"""What changed inside a pair of statements: facts that differ, statements turned, clauses added or dropped."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from scribeeval.terms.clinical_lexicon import lay_pairs
from scribeeval.terms.edits.cues import (
    CLINICAL_WORD,
    CURRENT_WORDS,
    DATED_WORDS,
    KOREAN_LAY_WORD,
    PADDING_WORDS,
    PAST_WORDS,
    RELATIVE_WORDS,
    SURE_WORDS,
    UNSURE_WORDS,
)
from scribeeval.terms.edits.pairing import align_tokens
from scribeeval.terms.edits.tokens import STOP_WEIGHT, Line, Token, same, stems_of
from scribeeval.terms.assertion import Assertion
from scribeeval.terms.facts import assertion_kind, same_number
from scribeeval.terms.mentions import Mention

Step = tuple[Token | None, Token | None]
DOSE_UNITS = frozenset(
    {"mcg", "mg", "g", "ml", "unit", "meq", "mmol", "tablet", "capsule", "puff", "drop", "spray"}
)
DRUG_SECTIONS = frozenset({"medications", "plan", "assessment_and_plan", "instructions"})


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
    family_keys: Collection[str]  # terms that the signed note gives to a relative


class Group(NamedTuple):
    """A pair of statements (or a few that became one), laid side by side."""

    texts: Texts
    draft: tuple[Line, ...]
    signed: tuple[Line, ...]
    steps: tuple[Step, ...]

    def section(self) -> str:
        """Name the section of the draft's statement."""
        return self.draft[0].section

    def changed(self, at: int) -> bool:
        """Tell whether a step is no agreement."""
        one, other = self.steps[at]
        return one is None or other is None or not same(one, other)


def group_of(texts: Texts, draft: tuple[Line, ...], signed: tuple[Line, ...]) -> Group:
    """Lay the statements of a pair side by side."""
    mine = [token for line in draft for token in line.tokens]
    its = [token for line in signed for token in line.tokens]
    return Group(texts, draft, signed, align_tokens(mine, its))


def changes(group: Group) -> list[Edit]:
    """List the clinical changes of a pair, in no order; a change of wording gives none."""
    if all(not group.changed(at) for at in range(len(group.steps))) and not any(_lay(group)):
        return []
    turned = [*_attributed(group), *_assertions(group), *_unsure(group)]
    turned += [edit for edit in _poles(group) if not _covered(edit, turned)]
    facts = [edit for edit in _facts(group) if not (turned and edit.kind == "wrong_number")]
    found = [*facts, *turned]
    found += [edit for edit in _lay(group) if not _covered(edit, found)]
    if not turned:
        found += [edit for edit in _clauses(group) if not _covered(edit, found)]
    return found


def _covered(edit: Edit, others: Sequence[Edit]) -> bool:
    return any(
        edit.side == other.side and edit.start < other.end and other.start < edit.end for other in others
    )


def _edit(group: Group, kind: str, mine: Sequence[Token], its: Sequence[Token]) -> Edit:
    """Make an edit of the draft's tokens, with what the signed note has there."""
    start, end = mine[0].start, mine[-1].end
    other = (its[0].start, its[-1].end) if its else None
    suggestion = group.texts.signed[other[0] : other[1]] if other else None
    return Edit(kind, "hypothesis", start, end, suggestion, other, group.section(), (*mine, *its))


# --- facts of one kind that differ -------------------------------------------------------------------


def _facts(group: Group) -> Iterator[Edit]:
    gone = {a.key for at, (a, b) in enumerate(group.steps) if a is not None and group.changed(at)}
    come = {b.key for at, (a, b) in enumerate(group.steps) if b is not None and group.changed(at)}
    for at, (one, other) in enumerate(group.steps):
        if one is None or other is None or one.kind in ("word", "pole") or same(one, other):
            continue
        if one.kind != "side" and (one.key in come or other.key in gone):
            continue  # it only changed its place
        if one.kind == "side":
            if _moved_side(group, at, one, other):
                continue
            yield _edit(group, "wrong_laterality", *_with_noun(group, at, one, other))
        elif one.kind == "frequency":
            yield _about(_edit(group, "wrong_frequency", [one], [other]), _drugs_near(group, at))
        elif one.kind == "term":
            yield _edit(group, "wrong_drug", [one], [other])
        else:
            edit = _edit(group, _amount_kind(group, at, one, other), [one], [other])
            yield _about(edit, _drugs_near(group, at))


def _moved_side(group: Group, at: int, one: Token, other: Token) -> bool:
    """Tell whether a side only changed its place: each side word has a loose like on the other side."""
    if at + 1 < len(group.steps) and _held(group, at + 1):
        return False  # it stands before the same word
    loose_draft = {a.key for a, b in group.steps if a is not None and b is None}
    loose_signed = {b.key for a, b in group.steps if b is not None and a is None}
    return one.key in loose_signed or other.key in loose_draft


def _with_noun(group: Group, at: int, one: Token, other: Token) -> tuple[list[Token], list[Token]]:
    """Take the word behind a side along: "right knee" says more than "right"."""
    if at + 1 < len(group.steps):
        mine, its = group.steps[at + 1]
        if mine and its and same(mine, its) and mine.start - one.end <= 2 and its.start - other.end <= 2:
            return [one, mine], [other, its]
    return [one], [other]


def _amount_kind(group: Group, at: int, one: Token, other: Token) -> str:
    number, unit = one.value
    its_number, its_unit = other.value
    if same_number(number, its_number) and unit and its_unit:
        return "wrong_unit"
    doses = unit in DOSE_UNITS or its_unit in DOSE_UNITS
    if doses and (group.section() in DRUG_SECTIONS or _drugs_near(group, at)):
        return "wrong_dose"
    return "wrong_number"


def _drugs_near(group: Group, at: int) -> list[Token]:
    tokens = [token for step in group.steps[max(0, at - 6) : at + 4] for token in step if token]
    return [token for token in tokens if token.mention is not None and token.mention.semantic_type == "drug"]


def _about(edit: Edit, tokens: Sequence[Token]) -> Edit:
    """Add the terms that an edit is about, by which it is judged."""
    return edit._replace(tokens=(*edit.tokens, *tokens))


# --- statements turned -------------------------------------------------------------------------------


def _assertions(group: Group) -> Iterator[Edit]:
    """Find terms that both sides name and one side denies."""
    for at, (one, other) in enumerate(group.steps):
        if not (one and other and one.mention and other.mention and one.key == other.key):
            continue
        if kind := _flip(group, one, other):
            yield _edit(group, kind, *_from_cue(group, at))
    for one, other in _displaced(group):
        if kind := _flip(group, one, other):
            yield _edit(group, kind, [one], [other])


def _flip(group: Group, one: Token, other: Token) -> str | None:
    if one.mention is None or other.mention is None or one.mention.semantic_type in ("anatomy", "device"):
        return None
    mine, its = _assertion(one.mention), _assertion(other.mention)
    if assertion_kind(mine, its) != "flipped_negation" or not _has_changed_pole(group):
        return None
    if its == "absent" and one.key in group.texts.family_keys:
        return "wrong_attribution"  # a relative has it
    return "flipped_negation"


def _assertion(mention: Mention) -> Assertion:
    """Give what is said of a mention; a term may bear its own negation ("no known drug allergies").

    In a history what was is stated as much as what is.
    """
    if _OWN_NEGATION.match(mention.text):
        return "absent"
    return "present" if mention.assertion == "historical" else mention.assertion


_OWN_NEGATION = re.compile(r"(?:no|non|not|without)\b", re.IGNORECASE)


def _displaced(group: Group) -> Iterator[tuple[Token, Token]]:
    """Give the terms that stand on both sides, but not side by side."""
    its = {b.key: b for a, b in group.steps if a is None and b is not None and b.mention}
    for one, other in group.steps:
        if other is None and one is not None and one.mention and one.key in its:
            yield one, its[one.key]


def _has_changed_pole(group: Group) -> bool:
    return any(_is_changed_pole(group, at) for at in range(len(group.steps)))


def _is_changed_pole(group: Group, at: int) -> bool:
    return group.changed(at) and any(token is not None and token.kind == "pole" for token in group.steps[at])


def _from_cue(group: Group, at: int) -> tuple[list[Token], list[Token]]:
    """Give the tokens from the changed words before a term (within five) up to the cue behind it, if any."""
    first = min((k for k in range(max(0, at - 5), at) if group.changed(k)), default=at)
    behind = (k for k in range(at + 1, min(at + 4, len(group.steps))) if _is_changed_pole(group, k))
    steps = group.steps[first : max(behind, default=at) + 1]
    return [a for a, _ in steps if a], [b for _, b in steps if b]


_OPPOSED = {("normal+", "amount-"), ("normal+", "amount+"), ("amount-", "normal+"), ("amount+", "normal+")}


def _poles(group: Group) -> Iterator[Edit]:
    """Find words of opposite meaning in each other's place, and a "no" that only one side has."""
    for low, high in _runs(group):
        mine = [a for a, _ in group.steps[low:high] if a]
        its = [b for _, b in group.steps[low:high] if b]
        if any(_opposite(a, b) for a in mine if a.kind == "pole" for b in its if b.kind == "pole"):
            yield _edit(group, "flipped_negation", *_widened(group, low, high))
    yield from _lone_negation(group)


def _opposite(one: Token, other: Token) -> bool:
    a, b = one.value[0], other.value[0]
    if a[:-1] == b[:-1] == "found":
        return False  # "has" and "no" stand apart too often: see _lone_negation
    return a != b and (a[:-1] == b[:-1] or (a, b) in _OPPOSED)


def _lone_negation(group: Group) -> Iterator[Edit]:
    """Find a negation on one side of a matched word, where the other side has none at all."""
    for which in (0, 1):
        lone = [
            at for at, step in enumerate(group.steps)
            if group.changed(at) and (token := step[which]) and token.key == "p:found-"
        ]  # fmt: skip
        rest = [t for at, step in enumerate(group.steps) if group.changed(at) for t in step if t is not None]
        others = [step[1 - which] for at, step in enumerate(group.steps) if group.changed(at)]
        if not lone or any(token is not None and _denies(token) for token in others):
            continue
        if any(token.key in _TERMS_OF_TIME for token in rest) or not _mostly_held(group):
            continue
        for at in lone:
            nearest = _denied(group, at, which)
            if nearest is not None:
                low, high = min(at, nearest), max(at, nearest) + 1
                mine, its = _widened(group, low, high)
                if mine:
                    yield _edit(group, "flipped_negation", mine, its)
                break


def _denied(group: Group, at: int, which: int) -> int | None:
    """Find the held word that a negation denies: behind it in English, before it in Korean; no term.

    What is said of a term its assertion tells better.
    """
    note = (group.texts.draft, group.texts.signed)[which]
    token = group.steps[at][which]
    korean = token is not None and "가" <= note[token.start] <= "힣"
    near = (at - 1, at - 2) if korean else (at + 1, at + 2, at - 1)
    for k in near:
        if 0 <= k < len(group.steps) and _held(group, k):
            held = group.steps[k][which]
            return k if held is not None and held.mention is None else None
    return None


_TERMS_OF_TIME = frozenset({"until", "unless", "till"})
_DENYING_PREFIXES = ("un", "non", "in", "im", "dis", "불", "무", "미", "비")


def _denies(token: Token) -> bool:
    if (token.value[0].endswith("-") and token.kind == "pole") or (
        token.mention is not None and _OWN_NEGATION.match(token.mention.text)
    ):
        return True
    return token.kind == "word" and (
        (len(token.key) > 4 and token.key.startswith(_DENYING_PREFIXES))
        or token.key.endswith(("less", "free"))
    )


def _mostly_held(group: Group) -> bool:
    """Tell whether both sides agree in at least half of what they say: else they say different things."""
    weights = [max(t.weight for t in step if t is not None) for step in group.steps]
    held = sum(w for at, w in enumerate(weights) if not group.changed(at))
    return 2 * held >= sum(weights)


def _held(group: Group, at: int) -> bool:
    one, other = group.steps[at]
    return one is not None and other is not None and same(one, other) and one.weight >= 0.8


def _runs(group: Group) -> Iterator[tuple[int, int]]:
    """Give the stretches of changed steps; agreement in a word that carries nothing does not end one."""
    at = 0
    while at < len(group.steps):
        if not group.changed(at):
            at += 1
            continue
        low = high = at
        while at < len(group.steps):
            if group.changed(at):
                high = at
            elif (token := group.steps[at][0]) is None or token.weight > 0.1 or at - high > 1:
                break
            at += 1
        yield low, high + 1
        at = high + 1


def _widened(group: Group, low: int, high: int) -> tuple[list[Token], list[Token]]:
    """Take along the changed steps beside a stretch, and a held word where a side has none."""
    while low > 0 and group.changed(low - 1):
        low -= 1
    while high < len(group.steps) and group.changed(high):
        high += 1
    mine = [a for a, _ in group.steps[low:high] if a]
    if not mine and high < len(group.steps):
        high += 1
    elif not mine and low > 0:
        low -= 1
    steps = group.steps[low:high]
    return [a for a, _ in steps if a], [b for _, b in steps if b]


# --- certainty, person and time ----------------------------------------------------------------------


def _text(note: str, lines: Sequence[Line]) -> str:
    return " ".join(note[line.start : line.end] for line in lines)


def _unsure(group: Group) -> Iterator[Edit]:
    """Find a possibility on one side that the other side states."""
    mine, its = _text(group.texts.draft, group.draft), _text(group.texts.signed, group.signed)
    before, after = len(UNSURE_WORDS.findall(mine)), len(UNSURE_WORDS.findall(its))
    if (before > 0) == (after > 0) and not (SURE_WORDS.search(mine) and after > before):
        return
    which, note, lines = (
        (1, group.texts.signed, group.signed) if after > before else (0, group.texts.draft, group.draft)
    )
    for line in lines:
        for match in UNSURE_WORDS.finditer(note, line.start, line.end):
            at = next(
                (k for k, s in enumerate(group.steps) if (t := s[which]) and t.end > match.start()), None
            )
            if at is None:
                continue
            draft, signed = _governed(group, at)
            if draft:
                yield _edit(group, "wrong_certainty", draft, signed)
                return


def _governed(group: Group, at: int) -> tuple[list[Token], list[Token]]:
    """Give what a word of certainty is said of: the changed words around it, and the next term (or the last)."""
    low, high = at, at + 1
    while low > 0 and group.changed(low - 1):
        low -= 1
    while high < len(group.steps) and group.changed(high):
        high += 1
    if not any(a for a, _ in group.steps[low:high] if a and a.weight >= 0.8):
        after = next((k for k in range(high, min(high + 5, len(group.steps))) if _is_term(group, k)), None)
        before = next((k for k in range(low - 1, max(low - 6, -1), -1) if _is_term(group, k)), None)
        if after is not None:
            high = after + 1
        elif before is not None:
            low = before
    steps = group.steps[low:high]
    return [a for a, _ in steps if a], [b for _, b in steps if b]


def _is_term(group: Group, at: int) -> bool:
    one = group.steps[at][0]
    return one is not None and one.weight >= 1


def _attributed(group: Group) -> Iterator[Edit]:
    """Find a condition that the signed note gives to a relative, or to the past."""
    mine, its = _text(group.texts.draft, group.draft), _text(group.texts.signed, group.signed)
    shared = [
        (a.mention, b.mention) for a, b in group.steps if a and b and a.mention and b.mention and same(a, b)
    ]
    to_family = any(a.assertion != "family" and b.assertion == "family" for a, b in shared)
    relative = to_family and RELATIVE_WORDS.search(its) and not RELATIVE_WORDS.search(mine)
    resolved = PAST_WORDS.search(its) and not PAST_WORDS.search(mine) and not DATED_WORDS.search(mine)
    if relative or (resolved and shared) or (PAST_WORDS.search(its) and CURRENT_WORDS.search(mine)):
        yield _edit(
            group, "wrong_attribution", [a for a, _ in group.steps if a], [b for _, b in group.steps if b]
        )
        return
    here = {b.key for _, b in group.steps if b}
    for one, _ in group.steps:
        if one and one.mention and one.mention.assertion != "family" and one.key not in here:
            if one.key in group.texts.family_keys:
                yield _edit(group, "wrong_attribution", [one], [])


# --- wording that is a fault, and clauses -------------------------------------------------------------


def _lay(group: Group) -> Iterator[Edit]:
    """Find a lay wording in the draft where the signed note has the clinical term."""
    for one, other in group.steps:
        if one and other and one.mention and other.mention and same(one, other):
            mine, its = _surface(group.texts.draft, one), _surface(group.texts.signed, other)
            if mine != its and (_is_plainer(mine, its) or (mine in lay_pairs() and its not in lay_pairs())):
                yield _edit(group, "lay_term", [one], [other])
    mine_keys = {a.key for a, _ in group.steps if a}
    its_keys = {b.key for _, b in group.steps if b}
    for low, high in _runs(group):
        mine_run = [a for a, _ in group.steps[low:high] if a and a.key not in its_keys]
        its_run = [b for _, b in group.steps[low:high] if b and b.key not in mine_keys]
        if mine_run and its_run and any(a.weight >= 0.8 for a in mine_run) and len(mine_run) <= LONGEST_LAY:
            mine = " ".join(_surface(group.texts.draft, token) for token in mine_run)
            if _is_plainer(mine, " ".join(_surface(group.texts.signed, token) for token in its_run)):
                yield _edit(group, "lay_term", mine_run, its_run)


def _is_plainer(mine: str, its: str) -> bool:
    """Tell whether one wording lacks the clinician's words that the other has."""
    if any("가" <= letter <= "힣" for letter in mine):
        return KOREAN_LAY_WORD.search(mine) is not None and KOREAN_LAY_WORD.search(its) is None
    if CLINICAL_WORD.search(mine):
        return False
    words = [match[0] for match in CLINICAL_WORD.finditer(its)]
    of_one_root = any(len(word) >= 4 and word[:5] in other for word in mine.split() for other in words)
    return bool(words) and not of_one_root


LONGEST_LAY = 10  # tokens


def _surface(note: str, token: Token) -> str:
    return note[token.start : token.end].lower()


ADDED, DROPPED = (
    1.9,
    3.5,
)  # weight of a clause that is a fact by itself; what is dropped may have gone elsewhere


def _clauses(group: Group) -> Iterator[Edit]:
    """Find clauses that only one side has and whose words stand nowhere else on the other."""
    for low, high in _runs(group):
        mine = [a for a, _ in group.steps[low:high] if a]
        its = [b for _, b in group.steps[low:high] if b]
        mine_weight, its_weight = sum(t.weight for t in mine), sum(t.weight for t in its)
        if (
            mine_weight < 0.5
            and _is_clause(group.texts.signed, its)
            and _news(its, group.texts.signed, group.texts.draft_keys, group.texts.draft_stems) >= ADDED
        ):
            yield _edit(group, "omitted_fact", its, mine)._replace(
                side="reference", suggestion=None, other=None
            )
        elif mine_weight >= DROPPED and its_weight < 1:
            text = group.texts.draft[mine[0].start : mine[-1].end]
            if len(PADDING_WORDS.findall(text)) >= 2:
                yield _edit(group, "verbose", mine, [])
            elif _news(mine, group.texts.draft, group.texts.signed_keys, group.texts.signed_stems) >= DROPPED:
                yield _edit(group, "invented_fact", mine, [])


def _is_clause(note: str, tokens: Sequence[Token]) -> bool:
    """Tell whether tokens hang on what stands before them: behind a comma, a bracket or a small word."""
    if not tokens or note.startswith(":", tokens[-1].end):
        return False
    return tokens[0].weight <= STOP_WEIGHT or note[: tokens[0].start].rstrip().endswith(
        (",", ";", "(", "-", "–")
    )


def _news(tokens: Sequence[Token], note: str, keys: Collection[str], stems: Collection[str]) -> float:
    """Weigh the tokens that the other note has nowhere, not even as a word of the same root."""
    return sum(
        token.weight
        for token in tokens
        if token.weight >= 0.8
        and token.key not in keys
        and not any(stem in stems for stem in stems_of(note, token.start, token.end))
    )
