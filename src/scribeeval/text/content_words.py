"""The words of a text that carry content, and its numbers, each with its place.

English words are reduced to Porter's stem, Korean ones to their first two syllables, because particles
and endings follow; numbers are written in one way, whether spoken or in digits ("twenty-five" = "25").
Function words carry none; NOTE_WORDS, which nearly every note or talk holds, carry little ("light").
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from scribeeval.text.number_words import TEENS, TENS, VALUES, cardinal, decimal, listed, ordinal, two_parts
from scribeeval.text.porter import stem

FUNCTION_WORDS = frozenset(listed(
    "a about above after again all also am an and any anyone anything are as at away be because been "
    "before being both but by can can't cannot come comes could did didn't do does doesn't doing don't down "
    "during each either else etc even ever every everything few for from further get gets getting give given "
    "go goes going got had has hasn't have haven't having he her here hers him himself his how i "
    "i'd i'll i'm "
    "i've if in into is isn't it it's its itself just kind know let let's like little lot made make makes "
    "many may maybe me mean might more most much my myself neither no none nope nor not nothing now of off "
    "oh ok okay on once one ones only or other others our out over own per please put quite rather really "
    "said same say says see seem she should since so some something sort still such sure take taken takes "
    "taking than thank thanks that that's the their them then there there's these they they're thing things "
    "this those though through to too told took under until up upon us use used using very want wants was "
    "wasn't way we well went were weren't what what's when where whether which while who whole whom whose "
    "why will with within without won't would yeah yep yes yet you you'd you'll you're you've your "
    "um uh hm mr mrs ms miss mister dr doctor approximately around roughly almost nearly overall except "
    "nil sx hx rx tx dx "
    "begin began begun start started starting seem seems appear appears return returns returned routine last "
    "first second third next ask asked asks help helps helped different similar"
))  # fmt: skip
NOTE_WORDS = frozenset(listed(
    "patient pt daily nightly reports reported reporting states stated stating presents presented "
    "presenting presentation "
    "denies denied deny denying complains complaining complaint history significant noted notes note notable "
    "remarkable otherwise currently current today office clinic visit states endorses endorsed describes "
    "described describing negative positive known previous previously prior past recent recently discussed "
    "advised instructed recommended recommend counselled counseled plan continue follow followup up "
    "associated including includes regarding related due secondary time times year years old day days week "
    "weeks month months ago man woman male female boy girl gentleman lady mother father mom dad daughter "
    "son wife husband parent caregiver evaluation exam examination findings normal review reviewed remains "
    "ongoing status post occurs occurred occurring felt feels feel feeling accompanied medical "
    "medication medications medicine medicines drug dose doses course term symptom symptoms disease disorder "
    "condition conditions problem problems issue issues"
))  # fmt: skip
# By their first two syllables.
KOREAN_NOTE_WORDS = frozenset(listed(
    "없음 없으 없고 없어 있음 있으 있고 있어 호소 동반 발생 시행 환자 내원 보호 금일 오늘 "
    "정상 양호 이전 이후 현재 확인 관찰 소견 증상 경우 정도 필요 예정 설명 권유 권고 "
    "권함 교육 그래 그런 그리 이런 네요 어요"
))  # fmt: skip
_KOREAN_BODY = frozenset("목배귀코입눈간폐피열땀침손발등팔당변")
_KOREAN_PARTICLES = ("", "은", "는", "이", "가", "을", "를", "도", "에", "의", "만", "로")
_SPOKEN = "|".join(sorted(VALUES.keys() - {"oh", "o", "second", "point"}, key=len, reverse=True))
_KOREAN_NUMBERS = {
    "한": "1", "두": "2", "세": "3", "네": "4", "다섯": "5", "여섯": "6", "일곱": "7",
    "여덟": "8", "아홉": "9",
    "열": "10", "스무": "20",
}  # fmt: skip
_KOREAN_COUNTED = "시간|번|달|개월|주|알|정|회|명|개|살|잔|병"
_MONTHS = listed("january february march april may june july august september october november december")
_WORD = re.compile(
    r"(?P<date>\b(?P<month>0?[1-9]|1[0-2])/(?P<day>[0-2]?\d|3[01])/(?P<year>(?:19|20)?\d\d)\b)"
    r"|(?P<name>\b[A-Za-z]{1,4}-?\d+[A-Za-z]?\b)"
    r"|(?P<number>\d+(?:,\d{3})+(?:\.\d+)?|\d*\.?\d+)"
    rf"|(?P<spoken>\b(?:{_SPOKEN})(?:(?:[ -]| and | point )(?:{_SPOKEN}))*(?: and a half)?"
    r"(?:(?<=[a-z][ -]hundred)s)?\b)"
    rf"|(?P<korean>(?<![가-힣])(?:{'|'.join(_KOREAN_NUMBERS)}))(?= ?(?:{_KOREAN_COUNTED}))"
    r"|(?P<letters>\b(?-i:[A-Z] ){1,5}(?-i:[A-Z])\b(?!['’]))"
    r"|(?P<word>\bnon-?[A-Za-z]+|[A-Za-z]+(?:['’][a-z]+)?|[가-힣]+)",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"[ -]+")
_KOREAN_STEM = 2


class Word(NamedTuple):
    """A word or number, text[start:end]; key: what is compared; light: a word of nearly every note."""

    start: int
    end: int
    key: str
    number: bool
    light: bool = False


def content_words(text: str) -> list[Word]:
    """List the content words and numbers of a text in its order, without overlap.

    >>> [word.key for word in content_words("She takes twenty-five milligrams of losartan, 1,000 units")]
    ['25', 'milligram', 'losartan', '1000', 'unit']
    """
    return list(_words(text))


def _words(text: str) -> Iterator[Word]:
    for match in _WORD.finditer(text):
        start, end = match.span()
        if match["date"]:
            yield Word(*match.span("month"), stem(_MONTHS[int(match["month"]) - 1]), False)
            yield Word(*match.span("day"), plain_number(match["day"]), True)
            yield Word(*match.span("year"), _full_year(match["year"]), True)
        elif match["name"]:  # B12, A1c, L5
            yield Word(start, end, match["name"].replace("-", "").lower(), False)
        elif match["letters"]:
            yield Word(start, end, match["letters"].replace(" ", "").lower(), False)
        elif match["number"]:
            yield Word(start, end, plain_number(match["number"]), True)
        elif match["korean"]:
            yield Word(start, end, _KOREAN_NUMBERS[match["korean"]], True)
        elif match["spoken"]:
            yield from _spoken(text, start, end)
        elif key := _key(match["word"].lower()):
            yield Word(start, end, key, False, key in _LIGHT)


def _spoken(text: str, start: int, end: int) -> Iterator[Word]:
    """Read a run of number words: one number, or, where it reads as none, each word by itself."""
    value = spoken_number(text[start:end].lower())
    if value is not None:
        yield Word(start, end, value, True)
        return
    hyphens = text.find("-", start, end) >= 0  # "twenty-four twenty-six": first at the spaces
    for part in re.finditer(r"[A-Za-z-]+" if hyphens else "[A-Za-z]+", text[start:end]):
        value = spoken_number(part[0].lower())
        if value is not None:
            yield Word(start + part.start(), start + part.end(), value, True)
        elif "-" in part[0]:
            yield from _spoken_apart(text, start + part.start(), start + part.end())


def _spoken_apart(text: str, start: int, end: int) -> Iterator[Word]:
    for part in re.finditer("[A-Za-z]+", text[start:end]):
        value = spoken_number(part[0].lower())
        if value is not None:
            yield Word(start + part.start(), start + part.end(), value, True)


@lru_cache(maxsize=4096)
def spoken_number(words: str) -> str | None:
    """Write number words in digits; None where they are no number, and for a lone "one".

    >>> [spoken_number(w) for w in ("twelve and a half", "one twenty two", "nineteen sixty eight", "tenth")]
    ['12.5', '122', '1968', '10']
    """
    if words.endswith("hundreds"):  # "two of the five hundreds": tablets by their strength
        words = words[:-1]
    half = words.endswith(" and a half")
    parts = [part for part in _SPLIT.split(words.removesuffix(" and a half")) if part]
    if parts == ["one"] and not half:
        return None
    if parts and parts[0] in ("hundred", "thousand"):  # "a thousand units"
        parts = ["a", *parts]
    if "point" in parts:
        value = decimal(parts)
    elif len(parts) == 1 and parts[0] in ("first", "third"):
        value = None
    else:
        value = two_parts(parts) or cardinal(parts) or ordinal(parts) or _year(parts)
    return f"{value}.5" if half and value else value and value.rstrip("stndrh")


def _full_year(year: str) -> str:
    """Write a year of two digits in four: '07 is 2007, '68 is 1968."""
    return year if len(year) == 4 else f"{'19' if year > '30' else '20'}{year}"


def _year(words: list[str]) -> str | None:
    """Read "nineteen sixty eight" and "twenty twenty five"."""
    if len(words) in (2, 3) and words[0] in (*TEENS[-2:], "twenty") and words[1] in (*TEENS, *TENS):
        rest = cardinal(words[1:])
        return f"{VALUES[words[0]]}{rest:>02}" if rest else None
    return None


def plain_number(digits: str) -> str:
    """Write a number without separators of thousands and without zeros that add nothing.

    >>> [plain_number(digits) for digits in ("1,000", "4.80", ".5", "007")]
    ['1000', '4.8', '0.5', '7']
    """
    whole, _, fraction = digits.replace(",", "").partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole.lstrip('0') or '0'}.{fraction}" if fraction else whole.lstrip("0") or "0"


@lru_cache(maxsize=65536)
def _key(word: str) -> str:
    """What of a word is compared; "" where it carries no content."""
    if word[0] >= "가":
        if word[0] in _KOREAN_BODY and word[1:] in _KOREAN_PARTICLES:
            return word[0]
        return word[:_KOREAN_STEM] if len(word) > 1 else ""
    word = word.replace("’", "'").removesuffix("'s").replace("-", "")
    return "" if len(word) < 2 or word in FUNCTION_WORDS else stem(word)


_LIGHT = frozenset(stem(word) for word in NOTE_WORDS) | KOREAN_NOTE_WORDS
