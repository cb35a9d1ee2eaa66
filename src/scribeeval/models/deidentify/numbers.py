"""Numbers that stand for a person (phone, record, national numbers), e-mail and web addresses, ages.

Written ("555-0134") or spoken ("five five five oh one three four", "공일공 ...").  Few digits are an
identifier only behind words that say so; seven digits one by one are no dose and no vital sign.
"""

import re
from collections.abc import Iterator

from scribeeval.models.deidentify.base import Found, Kind, any_of, each
from scribeeval.text.number_words import ONES

_I = re.IGNORECASE
_DIGIT = any_of([*ONES, "zero", "oh", "o"])
_REPEATED = r"(?:double|triple)"
_VALUE = {word: str(n) for n, word in enumerate(ONES, 1)} | {"zero": "0", "oh": "0", "o": "0"}
_SPOKEN = re.compile(
    rf"(?<![\w'’-])(?:{_REPEATED} )?(?:{_DIGIT}|\d+)(?:(?:,? |-)(?:{_REPEATED} )?(?:{_DIGIT}|"
    rf"\d+)){{0,30}}(?![\w'’])",
    _I,
)
_SPOKEN_WORD = re.compile(rf"{_REPEATED}|{_DIGIT}|\d+", _I)
_UNIT_AFTER = re.compile(
    r" ?(?:mg|mcg|milli|micro|gram|units?|percent|%|ml|cc|pounds|kilo|degrees|over|/)", _I
)

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_TLD = r"(?:com|org|net|edu|gov|io|health|kr|uk|ca|au)"
_SPOKEN_EMAIL = re.compile(
    rf"(?<!\w)[a-z0-9_]+(?: (?:dot|underscore|dash) [a-z0-9]+)* at [a-z0-9]+(?: dot [a-z0-9]+)*? dot {_TLD}\b"
    r"(?: dot kr\b)?",
    _I,
)
_URL = re.compile(
    rf"https?://[^\s,;)]*[\w/]|(?<![\w@.])(?:[a-z0-9-]+\.)+{_TLD}\b(?:/[\w/.~%-]*[\w/])?(?!\.?\w)",
    _I | re.ASCII,
)
_SPOKEN_URL = re.compile(
    rf"(?<!\w)(?:www dot )?[a-z0-9]+(?: dot [a-z0-9]+)* dot {_TLD}\b(?: slash [a-z0-9]+)*", _I
)
_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_IP = re.compile(
    rf"(?<![\d.]){_BYTE}(?:\.{_BYTE}){{3}}(?![\d]|\.\d)|(?<![\w:])(?:[0-9a-f]{{1,4}}:){{4,7}}[0-9a-f]{{1,4}}",
    _I,
)

_PHONE = re.compile(
    r"(?<![\w-])0\d{1,2}[ .)-]{0,2}\d{3,4}[ .-]?\d{4}(?!\d)|"
    r"(?<![\w.,-])(?:\+?\d{1,3}[ .-]?)?(?:\(\d{2,4}\) ?|\d{3}[ .-]?)?\d{3}[ .-]\d{4}(?![\w-])|"
    r"\+\d{1,3}(?:[ .-]?\d{2,4}){3,5}"
)
_EXTENSION = re.compile(r"\b(?:extension|ext\.?) ?(?P<it>\d{2,6})\b", _I)
_HANGUL_DIGITS = re.compile(
    r"(?<![가-힣])공[공영일이삼사오육륙칠팔구](?:[공영일이삼사오육륙칠팔구]|[ ,]|"
    r"에 ?(?=[공영일이삼사오육륙칠팔구]{3})){6,}(?<=[공영일이삼사오육륙칠팔구])"
)

_SSN = re.compile(r"(?<![\d-])\d{3}[- ]\d{2}[- ]\d{4}(?![\d-])|(?<!\d)\d{6} ?- ?[0-9]\d{6}(?!\d)")
_SSN_CUE = re.compile(r"\bsocial\b|\bs ?s ?n\b|주민(?:등록)?번호|외국인(?:등록)?번호", _I)

_CUE_WORDS = (
    r"record|chart|mrn|m r n|account|member(?:ship)?|policy|insurance|medicare|medicaid|subscriber|"
    r"group number|claim|licen[cs]e|passport|serial|user number|patient (?:number|id)|case number|"
    r"confirmation|reference number|\bid\b|i d number|employer's plan|plan is|pill pack|(?:등록|차트|환자|"
    r"보험증?|증권|접수|계좌|카드|면허|여권|회원|외래)[ ]?번호|보험증"
)
_CUE = re.compile(_CUE_WORDS, _I)
# A code in writing: letters and digits in groups, at least four digits; or letter by letter.
_CODE = re.compile(
    r"(?<![\w.])(?:[A-Z]{1,4}[ -]?|[a-z]{1,4}-)?[A-Za-z]*\d\w*"
    r"(?:[. ][A-Z]{0,4}\d[A-Z0-9]*|-[A-Za-z0-9]+)*(?![\w%])",
    re.ASCII,
)
_LETTER = rf"(?:[a-z]|{_DIGIT}|\d+)"
_SPOKEN_CODE = re.compile(
    rf"(?<![\w'’])(?:{_REPEATED} )?{_LETTER}(?:(?: |-)(?:{_REPEATED} )?{_LETTER}){{3,30}}(?![\w'’])", _I
)
_BARE_CODE = re.compile(r"(?<![\w.,/-])(?:[A-Z]{1,4}-?\d{5,}|\d{7,})(?![\w%,]|\.\d)", re.ASCII)
_REACH = 75  # characters from the cue to its number, which may stand in the next turn
_FEWEST = 4  # digits of a code

_OLD = (
    r"(?:9\d|1[0-2]\d|ninety(?:[ -]"
    + any_of(ONES)
    + r")?|(?:a |one )?hundred(?: and)?(?: "
    + any_of(ONES)
    + r")?)"
)
_AGE = re.compile(
    rf"(?<![\w.])(?P<it>{_OLD})(?=[ -]years?\b(?! ago)|[ -]y/?o\b)|\b(?:i|he|she|you|who|dad|mom|father|"
    rf"mother|grandma|grandpa|husband|wife)(?:['’](?:m|s|re|ll be)| is| was| will be| am| are| turned|"
    rf" turns) (?:almost |nearly |about |already |now )?(?P<that>{_OLD})(?![\w.]*\d|\w|-)(?! ?(?:\.? ?\d|%|"
    rf"percent|over|/|mg|kilos?|pounds|lbs|kg|degrees|"
    r"point|on (?:room|oxygen|o2|two|\d)|minutes|times|days|weeks|months|beats|to \d|milli|units))"
    rf"|\b(?:aged?|age of|age is) (?P<those>{_OLD})(?![\w.]*\d|\w)",
    _I,
)
_AGE_ASKED = re.compile(
    rf"\b(?:age|how old)\b[^\n]*\n[^\n]{{0,20}}?\b(?P<it>{_OLD})(?!\w|-)(?:, i'll be (?P<then>{_OLD}))?", _I
)
_NATIVE = "(?:하나|한|둘|두|셋|세|넷|네|다섯|여섯|일곱|여덟|아홉)"
_AGE_KO = re.compile(
    rf"(?<!\d)(?:9\d|1[0-2]\d) ?(?:세|살)|아흔 ?{_NATIVE}?(?: ?(?:살|세))?|"
    rf"구십[일이삼사오육칠팔구]? ?(?:세|살)|백 ?{_NATIVE}? ?살"
)


def digits_of(spoken: str) -> str:
    """The digits of a run of digits: "seven double oh 4" -> "7004".

    >>> digits_of("triple five oh 12")
    '555012'
    """
    digits, times = "", 1
    for word in _SPOKEN_WORD.findall(spoken.lower()):
        if word in ("double", "triple"):
            times = 2 if word == "double" else 3
            continue
        digits += _VALUE.get(word, word) * times
        times = 1
    return digits


def find_online(text: str) -> Iterator[Found]:
    """E-mail addresses, web addresses and IP addresses."""
    for pattern in (_EMAIL, _SPOKEN_EMAIL):
        yield from each("EMAIL", pattern, text)
    for pattern in (_URL, _SPOKEN_URL):
        yield from each("URL", pattern, text)
    yield from each("IP", _IP, text)


def find_numbers(text: str) -> Iterator[Found]:
    """National, record and phone numbers: first those that say what they are."""
    yield from each("SSN", _SSN, text)
    yield from _after_cues(text)
    yield from each("PHONE", _PHONE, text)
    yield from each("PHONE", _EXTENSION, text, "it")
    yield from each("PHONE", _HANGUL_DIGITS, text)
    for match in _SPOKEN.finditer(text):
        digits = digits_of(match[0])
        if len(digits) >= 7 and digits not in "12345678910111213" and not _doses(match[0]):
            yield Found(match.start(), match.end(), "PHONE" if len(digits) in (7, 10, 11) else "RECORD")
    yield from each("RECORD", _BARE_CODE, text)


def find_ages(text: str) -> Iterator[Found]:
    """Ages over 89."""
    for pattern in (_AGE, _AGE_ASKED):
        for match in pattern.finditer(text):
            for name, value in match.groupdict().items():
                if value and value.lower() != "hundred":
                    yield Found(match.start(name), match.end(name), "AGE")
    yield from each("AGE", _AGE_KO, text)


def _doses(run: str) -> bool:
    """Whether a run is a list of numbers of two digits and more, not of digits one by one."""
    groups = [word for word in _SPOKEN_WORD.findall(run) if word.isdigit()]
    return len(groups) > 2 and all(1 < len(group) < 3 for group in groups)


def _after_cues(text: str) -> Iterator[Found]:
    cues: tuple[tuple[re.Pattern[str], Kind], ...] = ((_SSN_CUE, "SSN"), (_CUE, "RECORD"))
    for pattern, kind in cues:
        for cue in pattern.finditer(text):
            found = _code_after(text, cue.end())
            if found:
                yield Found(*found, kind)


def _code_after(text: str, start: int) -> tuple[int, int] | None:
    """The first code behind a cue, in its turn or the next one."""
    stop = min(len(text), start + _REACH)
    turns = [at for at, char in enumerate(text[start:stop], start) if char == "\n"]
    stop = turns[1] if len(turns) > 1 else stop
    for match in _SPOKEN_CODE.finditer(text, start, stop + _REACH):
        if match.start() >= stop:
            break
        if len(digits_of(match[0])) >= _FEWEST:
            return match.span()
    for match in _CODE.finditer(text, start, stop + _REACH):
        if match.start() >= stop:
            break
        digits = sum(char.isdigit() for char in match[0])
        year = re.fullmatch(r"(?:19|20)\d\d", match[0])
        if digits >= _FEWEST and not year and not _UNIT_AFTER.match(text, match.end()):
            return match.span()
    return None
