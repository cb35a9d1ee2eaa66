"""Tags of transcribers, which are not speech: taken out of the text, and counted.

| kind | written as | what stays |
|---|---|---|
| unsure | `<UNSURE>word</UNSURE>` | the words: they were heard, if not for certain |
| inaudible | `<INAUDIBLE_SPEECH/>`, `<UNIN/>`, `[inaudible 00:09:25]`, `(불명)` | nothing |
| sound | `[laughter]`, `[BLANK_AUDIO]`, `[MUSIC]`, `(웃음)`, `<LAUGH/>` | nothing |

A symptom's name in round brackets, "(cough)", may be speech: only `[cough]` is a tag.  Any other text in
angle or square brackets stays, for "<120" and "[5 mg]" are facts.
"""

import re
from collections import Counter

_TIME = r"(?:[\s,@-]*\d{1,2}(?::\d{2}){1,2}(?:\.\d+)?)?"
_INAUDIBLE = (
    r"inaudible(?:[\s_]speech)?|unintelligible|indiscernible|indistinct|unclear"
    r"|불명|안[ ]?들림|알아들을 수 없음"
)
_SOUND = (
    r"laugh(?:s|ter|ing)?|chuckl(?:es?|ing)|cross[\s-]?talk|overlapping(?:[\s]speech)?|music|applause|noise"
    r"|background[\s]noise|silence|blank[\s_]audio|웃음|잡음|음악|침묵|겹침"
)
_BODY_SOUND = (
    r"cough(?:s|ing)?|sneez(?:es?|ing)|sigh(?:s|ing)?|sniff(?:s|ing|les)?|clears throat|breath(?:es?|ing)"
    r"|pause|기침"
)

_UNSURE = re.compile(r"</?\s*UNSURE\s*/?>", re.IGNORECASE)
_KINDS = (
    (
        "inaudible",
        re.compile(
            rf"<\s*(?:INAUDIBLE(?:_SPEECH)?|UNIN|UNINTELLIGIBLE)\s*/?\s*>"
            rf"|\[\s*(?:{_INAUDIBLE}){_TIME}\s*\]|\(\s*(?:{_INAUDIBLE}){_TIME}\s*\)",
            re.IGNORECASE,
        ),
    ),
    (
        "sound",
        re.compile(
            rf"\[\s*(?:{_SOUND}|{_BODY_SOUND}){_TIME}\s*\]|\(\s*(?:{_SOUND}){_TIME}\s*\)"
            r"|<[A-Z][A-Z_]*\s*/>",  # a closed tag is a transcriber's, whatever it names
            re.IGNORECASE,
        ),
    ),
)
KINDS = ("unsure", "inaudible", "sound")


def without_tags(text: str) -> tuple[str, Counter[str]]:
    """Take tags out of a text; gives the text with single blanks, and how many of each kind there were.

    >>> without_tags("It <UNSURE>itches</UNSURE> <INAUDIBLE_SPEECH/> [ inaudible 00:09:25 ] at night.")
    ('It itches at night.', Counter({'inaudible': 2, 'unsure': 1}))
    """
    counts: Counter[str] = Counter()
    if "<" in text or "[" in text or "(" in text:
        opened = len(re.findall(r"<\s*UNSURE\s*>", text, re.IGNORECASE))
        if opened:
            counts["unsure"] = opened
        text = _UNSURE.sub("", text)
        for kind, pattern in _KINDS:
            text, n = pattern.subn(" ", text)
            if n:
                counts[kind] = n
    return " ".join(text.split()), counts
