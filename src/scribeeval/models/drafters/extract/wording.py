"""Speech as it is written down: fillers, stammers and slips that were taken back go, numbers become digits.

Nothing is added but capital letters and full stops, and nothing that a clinician would want goes.
"""

import re

from scribeeval.text.spoken_numbers import NUMBER_WORDS, digits_for

_DIGIT = r"(?:one|two|three|four|five|six|seven|eight|nine)\b"
_JOIN: tuple[
    tuple[re.Pattern[str], str], ...
] = (  # some transcripts write tokens apart: "do n't", "mr . ward"
    (re.compile(r"\s+(n't|'[a-z]+)\b"), r"\1"),
    (re.compile(r"\bgon na\b", re.IGNORECASE), "going to"),
    (re.compile(r"\bwan na\b", re.IGNORECASE), "want to"),
    (re.compile(r"\blem me\b", re.IGNORECASE), "let me"),
    (re.compile(r"\b(mr|mrs|ms|dr)\s+\.", re.IGNORECASE), r"\1."),
    (re.compile(rf"\b(ninety[ -](?:five|six|seven|eight|nine)) ?\. ?(?={_DIGIT})"), r"\1 point "),
    (re.compile(rf"\b(a|an|of|the|is) \. ?(?={_DIGIT})"), r"\1 point "),  # "a . five cm stone" has not 5 cm
    (re.compile(r"\s+([,.;:?!%])(?=\s|$)"), r"\1"),
)
_FILLER = re.compile(
    r"(?:,?\s+|^|(?<=[.?!…] ))"
    r"(?:um+|uh+|uhm|hm+|mm-hmm|er|음|어|i mean|you know(?!\s+(?:what|how|who|where|that|if)))"
    r"(?![\w']),?(?=\s|$|[.?!])",
    re.IGNORECASE,
)
_STAMMER = re.compile(r"\b((?:[^\W\d]['\w]*\s+){0,3}[^\W\d]['\w]*)(?:\s*,)?\s+\1\b(?!-)", re.IGNORECASE)
_CUT = re.compile(  # "mon- , monitor"; not "pre- and postoperative"
    r"\b(?!(?:pre|post|non|anti|x|short|long|half|mid|self|over|under|\w*\d)-)[\w']+-(?:\s*,|(?=\s))\s*",
    re.IGNORECASE,
)
# "Right knee" and "no fever" keep theirs.
_OPENS = re.compile(
    r"(?:(?:okay|ok|all right|alright|well|so|and|yeah|yes|yep|oh|um|uh|but|hey)(?=[\s,.!])"
    r"|(?:right|sure|good|great|fine|again|like|now|actually|then|also)(?=[,.!])"
    r"|no(?=[,.!]\s+(?:i|it|he|she|we|they|no|not|nothing|never|nobody|none)\b)"
    r"|(?:음|어|네|아)(?=[\s,.!]))[\s,.!]+",
    re.IGNORECASE,
)
_CLOSES = re.compile(
    r"(?:[\s,;:-]+(?:okay|ok|alright|all right|and|so|but|or|because)(?=[\s,.]|$))*[\s,;:-]*(\.*)$",
    re.IGNORECASE,
)
_SPOKEN = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_NUMBER = rf"(?:[0-9][0-9.,/]*|(?:{_SPOKEN}|one)(?:[ -](?:and a half|{_SPOKEN}))*)"
_SORRY = r"(?:no|sorry|wait|i mean|make that)\b[,.]?"
_TAKEN_BACK = re.compile(
    rf"\b(?:a )?{_NUMBER}(?:\s+[a-z]+s?)?\s*(?:\.\.\.|…|[.,;-])\s*(?:oh,? )?"
    rf"{_SORRY}(?:\s*(?:{_SORRY}|it's\b))*\s+"
    rf"(?:that's[^.?!]{{0,60}}\.\s+)?(?:mine is )?(?={_NUMBER}\b)",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(the|that|this|which|right|left|other|another|each|no|larger|smaller|first|last|new|old) one\b"
)
_WORD = re.compile(r"[A-Za-z]+")
_SPACE = re.compile(r"\s+")
_I = re.compile(r"\bi(?=\s|'|,|\.$|$)")
_LEADS = re.compile(  # what leads up to an order
    r"(?:(?:so|and|then|also|now|next|today|for now|first|again|additionally)[, ]+)*"
    r"(?:(?:i|we)(?:'m| am|'re| are) (?:also |just |still )?going to"
    r"|(?:i|we)(?:'d| would) (?:also |still |just )?like to|i'd like you to"
    r"|i (?:also |just |do |still )*want to|i want you to|(?:i|we)(?:'ll| will)|let's)"
    r"\s+(?:also |just |just also )*(?:go ahead and |try to )?(?:also |just )?"
    r"(?=(?:start|stop|hold|increase|decrease|reduce|lower|continue|refer|order|schedule|recheck|repeat"
    r"|prescribe|keep|get|put|send|give|add|check|recommend|switch|resume|obtain|take|use|avoid|call|weigh|follow"
    r"|return|come back|try|see (?:you|him|her))\b)",
    re.IGNORECASE,
)
_APPRECIATE = re.compile(
    r"\bi (?:do )?appreciate (?=an?\b|some\b|no\b|slight|mild|fine|\w+ (?:edema|crackles|murmur))",
    re.IGNORECASE,
)
_YOURS = re.compile(r"your (?=\w)", re.IGNORECASE)
_YOU_ARE = re.compile(r"you(?:'re| are) (?=(?:on|a|an|tender|here|taking|still|having)\b)", re.IGNORECASE)
_YOU_HAVE = re.compile(r"you (?:do )?have (?!to\b)", re.IGNORECASE)


def clean(text: str) -> str:
    """Write what one speaker says in a row: no fillers, no stammer, no slip taken back, numbers in digits.

    >>> clean("i , i take fifty , no , sorry , twenty-five milligrams , um , twice a day")
    'i take 25 milligrams twice a day'
    """
    for pattern, new in _JOIN:
        text = pattern.sub(new, text)
    text = _CUT.sub("", _FILLER.sub("", _SPACE.sub(" ", text)))
    text = _STAMMER.sub(r"\1", _STAMMER.sub(r"\1", text))
    text = _TAKEN_BACK.sub("", text)
    return _digits(_SPACE.sub(" ", text)).strip(" ,")


def _digits(text: str) -> str:
    text = _PRONOUN.sub(r"\1 \0ne", text)
    text = _WORD.sub(lambda m: m[0].lower() if m[0].lower() in NUMBER_WORDS else m[0], text)
    found = NUMBER_WORDS & set(_WORD.findall(text))
    return (digits_for(text, found) if found else text).replace("\0", "o")


def sentence_case(text: str) -> str:
    """Begin with a capital letter, write "I"."""
    text = _I.sub("I", text)
    return text[:1].upper() + text[1:]


def without_end(text: str) -> str:
    """Take a dangling "okay", "and" or comma from the end of a sentence; its full stop stays."""
    return _CLOSES.sub(r"\1", text, count=1)


def without_opening(text: str) -> str:
    """Take "okay, so" and the like from the start of a sentence."""
    while match := _OPENS.match(text):
        text = text[match.end() :]
    return text


def as_order(text: str) -> str:
    """Take from a clinician's sentence what only leads up to it: "I'm going to go ahead and order an MRI".

    >>> as_order("so I'd like to go ahead and order an MRI."), as_order("your lungs are clear.")
    ('order an MRI.', 'lungs are clear.')
    """
    lead = _LEADS.match(text)
    text = _APPRECIATE.sub("", text[lead.end() :] if lead else text)
    for opening, written in ((_YOU_HAVE, "patient has "), (_YOU_ARE, "patient is "), (_YOURS, "")):
        match = opening.match(text)
        text = written + text[match.end() :] if match else text
    return text
