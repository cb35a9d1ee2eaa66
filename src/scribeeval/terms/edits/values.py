"""Facts that differ in a pair of statements: drug, dose, unit, frequency, number, side."""

import re
from collections.abc import Iterator, Sequence

from scribeeval.terms.edits.group import Edit, Group, edit_of
from scribeeval.terms.edits.tokens import Token
from scribeeval.terms.facts import same_number

DOSE_UNITS = frozenset(
    {"mcg", "mg", "g", "ml", "unit", "meq", "mmol", "tablet", "capsule", "puff", "drop", "spray"}
)
NAME_REACH = 10  # characters between a name and its amount: "INR today is 3.8"
TIMES = frozenset({"day", "week", "month", "year"})
_ALONE = frozenset({"wrong_unit", "wrong_frequency"})
_PLACES = frozenset({"upper", "lower", "mid", "medial", "lateral", "anterior", "posterior", "상", "하"})
_WAIT_BEFORE = re.compile(r"(?:\bin|\bafter|\bq|마다)\s*(?:about |~ ?)?$", re.IGNORECASE)
_WAIT_BEHIND = re.compile(r"\s*(?:apart|interval|later|간격|뒤|후)(?![가-힣A-Za-z])", re.IGNORECASE)
NEAR = 3  # tokens within which a side may have changed its place in a phrase
PLANS = frozenset({"plan", "assessment_and_plan", "instructions"})
DRUG_SECTIONS = frozenset({"medications", "plan", "assessment_and_plan", "instructions"})


def changed_facts(group: Group) -> Iterator[Edit]:
    """Give the facts that stand in each other's place and differ; what only changed its place does not."""
    gone = {a.key for (a, _), new in zip(group.steps, group.changed, strict=True) if a is not None and new}
    come = {b.key for (_, b), new in zip(group.steps, group.changed, strict=True) if b is not None and new}
    for at, (one, other) in enumerate(group.steps):
        if one is None or other is None or one.kind in ("word", "pole") or not group.changed[at]:
            continue
        if one.kind != "side" and (one.key in come or other.key in gone):
            continue  # it only changed its place
        if one.kind == "side":
            if _moved_side(group, at, one, other):
                continue
            yield edit_of(group, "wrong_laterality", *_with_noun(group, at, one, other))
        elif one.kind == "frequency":
            yield _about(edit_of(group, "wrong_frequency", [one], [other]), _drugs_near(group, at))
        elif one.kind == "term":
            yield edit_of(group, "wrong_drug", [one], [other])
        else:
            kind = _amount_kind(group, at, one, other)
            # The number stands and is right: the amount alone is at fault.
            sides = ([one], [other]) if kind in _ALONE else _with_name(group, at, one, other)
            edit = edit_of(group, kind, *sides)
            yield _about(edit, _drugs_near(group, at))


def _moved_side(group: Group, at: int, one: Token, other: Token) -> bool:
    """Tell whether a side only changed its place: each side word has a loose like on the other side."""
    for k, (mine, its) in enumerate(group.steps):
        loose = its if mine is None else mine if its is None else None
        if loose is None or loose.key != (one.key if mine is None else other.key):
            continue
        if abs(k - at) <= NEAR or not group.held(at + 1) or _is_amount(group, at + 1):
            return True  # a side before the same word, with its like far away, is another side
    return False


def _is_amount(group: Group, at: int) -> bool:
    one = group.steps[at][0]
    return one is not None and one.kind == "amount"


def _with_noun(group: Group, at: int, one: Token, other: Token) -> tuple[list[Token], list[Token]]:
    """Take the word behind a side along: "right knee" says more than "right"; so does "upper right"."""
    before = group.steps[at - 1] if at else (None, None)
    if before[0] and before[1] and not group.changed[at - 1] and before[0].value[0] in _PLACES:
        return [before[0], one], [before[1], other]
    if group.held(at + 1):
        mine, its = group.steps[at + 1]
        if mine and its and mine.start - one.end <= 2 and its.start - other.end <= 2:
            return [one, mine], [other, its]
    return [one], [other]


def _with_name(group: Group, at: int, one: Token, other: Token) -> tuple[list[Token], list[Token]]:
    """Take the drug or measurement before an amount along: "metoprolol 50 mg" says more than "50 mg"."""
    return _named(group, 0, at, one), _named(group, 1, at, other)


def _named(group: Group, side: int, at: int, amount: Token) -> list[Token]:
    for step in reversed(group.steps[:at]):
        token = step[side]
        if token is None:
            continue
        if amount.start - token.end > NAME_REACH:
            break
        if token.mention is not None and token.mention.semantic_type in ("drug", "lab_or_vital"):
            return [token, amount]
    return [amount]


def _amount_kind(group: Group, at: int, one: Token, other: Token) -> str:
    number, unit = one.value
    its_number, its_unit = other.value
    if unit in TIMES and its_unit in TIMES and _is_interval(group, one):
        return "wrong_frequency"
    if same_number(number, its_number) and unit and its_unit:
        return "wrong_unit"
    doses = unit in DOSE_UNITS or its_unit in DOSE_UNITS
    if doses and (group.section in DRUG_SECTIONS or _drugs_near(group, at)):
        return "wrong_dose"
    return "wrong_number"


def _is_interval(group: Group, one: Token) -> bool:
    """Tell whether a time is a step of a schedule: "in 2 weeks" in a plan, "one week apart" anywhere."""
    note = group.texts.draft
    behind = _WAIT_BEHIND.match(note, one.end)
    if behind and behind[0].strip() in ("apart", "interval", "간격"):
        return True
    waits = behind is not None or _WAIT_BEFORE.search(note, max(0, one.start - 12), one.start) is not None
    return waits and group.section in PLANS


def _drugs_near(group: Group, at: int) -> list[Token]:
    tokens = [token for step in group.steps[max(0, at - 6) : at + 4] for token in step if token]
    return [token for token in tokens if token.mention is not None and token.mention.semantic_type == "drug"]


def _about(edit: Edit, tokens: Sequence[Token]) -> Edit:
    """Add the terms that an edit is about, by which it is judged."""
    return edit._replace(tokens=(*edit.tokens, *tokens))
