"""Names of persons in Korean: a surname and one or two syllables, or a given name beside a title or kin."""

import re
from collections.abc import Iterator

from scribeeval.models.deidentify.base import Found, table
from scribeeval.models.deidentify.words import NO_KOREAN_NAMES

# The 60 most usual surnames of one syllable and the usual ones of two, as written in Hangul.
_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구나민진지엄채원천방공현함"
    "변염여추도소석선설마길연위표명기반라왕금옥육인맹제모탁국은편용예봉"
)
_DOUBLE = "남궁|황보|제갈|사공|선우|서문|독고|동방|어금"
_TITLE = (
    "님|씨|환자분|환자|할머니|할아버지|어르신|선생님|선생|교수님|교수|과장님|과장|원장님|원장|박사님|박사|"
    "간호사|약사|학생|보호자|실장|팀장|엄마|아빠|어머니|아버지|어머님|아버님|아버|군|양|이모|삼촌|형|누나|"
    "언니|오빠|고객|의사|치료사|코디|전공의|인턴|펠로우"
)
_KIN = (
    "아들|딸|남편|아내|와이프|손자|손녀|며느리|사위|남동생|여동생|동생|언니|누나|오빠|형|친구|여자친구|"
    "남자친구|조카|엄마|아빠|어머니|아버지|간호사|실장|의사|내과|외과|소아과|산부인과|정형외과|신경과|"
    "가정의학과|응급의학과|안과|이비인후과|피부과|비뇨의학과|정신과|치과|상담실장|담당|약사|코디네이터|"
    "전공의|주치의"
)
_PARTICLE = (
    r"(?:이?(?:입니다|에요|예요|이에요|요|라고|랍니다|인데요|인데|이고요|고요|고|이라고|이라는|라는)|"
    r"이?(?:은|는|가|를|을|의|도|만|와|과|랑|하고|한테|께서|께|에게|야|아)|이(?:랑|가|는|를|도|한테|네|"
    r"야)?|네)"
)
_END = r"(?![가-힣])"
_NAME = rf"(?:(?:{_DOUBLE})[가-힣]{{1,2}}|[가-힣]{{2,4}})"
_FULL = rf"(?:(?:{_DOUBLE})[가-힣]{{1,2}}|[{_SURNAMES}][가-힣]{{1,2}})"
# A word before a title that ends so is a verb or bears a particle: "말고 선생님".
_VERBAL = re.compile("[고는만게면요께된할을를의에던러려]$")
_TITLED = re.compile(
    rf"(?<![가-힣])(?P<it>{_NAME}?|[{_SURNAMES}])(?P<by>이)?(?P<space> ?)(?P<title>{_TITLE})(?:분|"
    rf"들)?(?=(?:님|이|은|는|가|께|한테|께서|을|를|의|도|과|와|하고|랑|이랑|네|이네|이네요|이시|맞|되|요|"
    rf"이요|이에요|예요|입|으로|들|만|야|아|에게|신|이신|이름)|[^가-힣]|$)"
)
_SELF = re.compile(
    rf"(?:이름은|이름이|성함은|성함이|저는|전|제가|저|나는)(?: (?:{_KIN}|"
    rf"[가-힣]{{2,6}}과))? (?P<it>{_FULL})(?=(?:이?라고|입니다|이에요|예요|인데요|이요|이고요|요)[^가-힣]|"
    rf"(?:이?라고|인데))"
)
_IS = re.compile(
    rf"(?<![가-힣])(?P<it>{_FULL}|[가-힣]{{2,4}} [가-힣]{{2,4}})(?=(?:입니다|이에요|예요|이요|요|"
    rf"이고요)?[ ]*[.,\n]|(?:입니다|이에요|예요|이라고|라고|인데요))"
)
_CALLED = re.compile(rf"(?<![가-힣])(?P<it>(?:{_DOUBLE}|[{_SURNAMES}])[가-힣]{{2}})(?=이라(?:고|는))")
_ASKED = re.compile(r"(?:성함|이름|누구)[^\n]*\n(?:(?:네|예|아|저는|저)[,. ]+)*$")
_KIN_THEN = re.compile(
    rf"(?<![가-힣])(?:{_KIN})(?:님|은|는|이|가)?,? (?P<it>{_FULL}|"
    rf"[가-힣]{{2}})(?P<by>이)?(?={_PARTICLE}?{_END})"
)


def find_korean_names(text: str) -> Iterator[Found]:
    """Names in Hangul, without title and particle."""
    if not re.search("[가-힣]", text):
        return
    for match in _TITLED.finditer(text):
        name = match["it"]
        if name and _is_person(name, match["title"], bool(match["space"])):
            yield from _names(match)
    for match in _SELF.finditer(text):
        yield from _names(match)
    for match in _IS.finditer(text):
        if _ASKED.search(text, max(0, match.start() - 60), match.start()):
            yield from _names(match)
    for match in _KIN_THEN.finditer(text):
        if match["it"] not in NO_KOREAN_NAMES and _given(match["it"]):
            yield from _names(match)
    for match in _CALLED.finditer(text):
        yield from _names(match)
    yield from _listed(text)


def _names(match: re.Match[str]) -> Iterator[Found]:
    start = match.start("it")
    for part in match["it"].split(" "):
        yield Found(start, start + len(part), "NAME")
        start += len(part) + 1


def _given(name: str) -> bool:
    """A full name, or a given name of the list."""
    given = table("given")
    return name in given or bool(re.fullmatch(_FULL, name) and len(name) > 2)


def _is_person(name: str, title: str, space: bool) -> bool:
    if space and 1 < len(name) < 4 and _VERBAL.search(name) and name not in table("given"):
        return False
    if name in NO_KOREAN_NAMES or any(name.endswith(no) and len(no) > 1 for no in NO_KOREAN_NAMES):
        return False
    if len(name) == 1:
        return space and title.endswith("님") and title != "님"
    return len(name) > 2 or space or name in table("given")


def _listed(text: str) -> Iterator[Found]:
    """Full names whose given part is in the list, anywhere."""
    given = table("given")
    for match in re.finditer(
        rf"(?<![가-힣])(?P<it>(?:{_DOUBLE}|[{_SURNAMES}])(?P<given>[가-힣]{{2}}))(?={_PARTICLE}?{_END})", text
    ):
        if match["given"] in given:
            yield Found(match.start(), match.end("it"), "NAME")
