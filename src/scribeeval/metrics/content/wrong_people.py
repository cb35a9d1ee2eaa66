"""What a note tells of one relative and the talk of another: "her mother" for "my aunt"."""

import re
from collections.abc import Iterator, Mapping

from scribeeval.metrics.content.claims import Claim, Contradiction
from scribeeval.metrics.content.talk import Talk
from scribeeval.terms import Mention

_RELATIVES: Mapping[str, str] = {
    "mother": r"mother|mom|mum|mommy|mama|ma|M(?=:)|어머니|어머님|엄마|모친|모(?=[:：])",
    "father": r"father|dad|daddy|papa|pa|F(?=:)|아버지|아버님|아빠|부친|부(?=[:：])",
    "sister": "sister|sis|언니|누나|여동생|자매",
    "brother": "brother|bro|오빠|형님|형|남동생|형제",
    "aunt": "aunt|auntie|aunty|이모|고모|숙모",
    "uncle": "uncle|삼촌|외삼촌|큰아버지|작은아버지|숙부",
    "cousin": "cousin|사촌",
    "grandmother": "grandmother|grandma|granny|nana|nan|할머니|외할머니|조모",
    "grandfather": "grandfather|grandpa|granddad|할아버지|외할아버지|조부",
    "son": "son|아들",
    "daughter": "daughter|딸",
    "husband": "husband|hubby|남편",
    "wife": "wife|아내|집사람",
}
_NAMED = re.compile(
    r"(?<![A-Za-z가-힣])(?:"
    + "|".join(f"(?P<{who}>{words})" for who, words in _RELATIVES.items())
    + r")(?![A-Za-z])(?!(?:['’]s|s['’]) \w)",
    re.IGNORECASE,
)
_PARENTS = re.compile(
    r"\b(?:mother|mom|mum|father|dad|mama|papa)(?:'s|’s) (?:\w+ )?"
    r"(brother|sister|mother|mom|mum|father|dad)\b",
    re.IGNORECASE,
)
_OF_PARENTS = {
    "uncle": "brother",
    "aunt": "sister",
    "grandmother": "mother|mom|mum",
    "grandfather": "father|dad",
}
# Whom it tells of is open: several, or one whom these words do not tell apart.
_SEVERAL = re.compile(
    r"\b(?:parents?|siblings?|grandparents?|family|relatives?|sisters|brothers|aunts|uncles|cousins|sons"
    r"|daughters|side|step\w+|half[- ]\w+|in[- ]law|he|she|they|both|everyone|everybody|great|twin)\b"
    r"|부모|가족|친척",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"\b(?:my|our|his|her|the) (?:\w+ )?(?:room ?mate|friend|buddy|neighbou?r|co-?worker|colleague"
    r"|boss|boyfriend|girlfriend|partner|spouse|wife|husband|mother|mom|father|dad|brother|sister|son|daughter|aunt|uncle|cousin"
    r"|grand\w+|twin)(?:'s)? (?:takes?|took|has|have|had|got|gets|is|was|does|did|uses?|used|smokes?"
    r"|smoked)\b"
    r"|(?:남편|아내|집사람|어머니|아버지|언니|누나|오빠|형|동생|친구)(?:이|가|은|는|요)?(?![가-힣])",
    re.IGNORECASE,
)
_ANSWER = 3  # sentences after a question in which "my roommate takes those" stands


def _who(text: str, start: int, end: int) -> set[str]:
    named = {match.lastgroup or "" for match in _NAMED.finditer(text, start, end)}
    return named | {
        who
        for match in _PARENTS.finditer(text, start, end)
        for who, words in _OF_PARENTS.items()
        if re.fullmatch(words, match[1], re.IGNORECASE)
    }


def wrong_relative(mention: Mention, claim: Claim, talk: Talk) -> Iterator[Contradiction]:
    """A condition of one relative that the talk gives another one only."""
    if mention.assertion != "family" or mention.semantic_type not in ("diagnosis", "procedure"):
        return
    low, _ = claim.clause(mention.start)
    named = list(_NAMED.finditer(claim.text, low, mention.start))
    if len(named) != 1 or _SEVERAL.search(claim.text, claim.start, mention.start):
        return
    places = [at for at, m in talk.index.concepts.get(mention.concept, ())]
    told: set[str] = set()
    for at in places:
        start, end = talk.index.segments[at]
        before = talk.index.segments[max(0, at - 1)][0]
        who = _who(talk.index.text, start, end)
        if not who or _SEVERAL.search(talk.index.text, start, end):
            return
        told |= who | _who(talk.index.text, before, start)
    if told and named[0].lastgroup not in told:
        said = talk.index.segments[places[0]]
        yield Contradiction(named[0].start(), mention.end, "wrong_attribution", None, said)


def is_anothers_answer(at: int, talk: Talk) -> bool:
    """Tell whether the answer to a question gives it to somebody else: "no, my roommate takes those"."""
    if not talk.index.is_question(at):
        return False
    last = min(at + _ANSWER, len(talk.index.segments) - 1)
    text, start = talk.index.text, talk.index.segments[at][1]
    for segment in range(at + 1, last + 1):
        if talk.index.is_question(segment):
            return False
        if _ANOTHER.search(text, *talk.index.segments[segment]):
            return text.count("\n", start, talk.index.segments[segment][0]) <= 1
    return False
