"""Where somebody lives: streets, towns, ZIP codes; Korean addresses.  States and countries alone stay."""

import re
from collections.abc import Iterator

from scribeeval.models.deidentify.base import Found, any_of, each, folded, table
from scribeeval.models.deidentify.words import NO_TOWNS
from scribeeval.text.number_words import ONES, ORDINALS, TEENS, TENS

_I = re.IGNORECASE
_TYPE = (
    r"(?:street|st\.?|avenue|ave\.?|road|rd\.?|lane|ln\.?|drive|dr\.?|court|ct\.?|boulevard|blvd\.?|way|"
    r"place|pl\.?|terrace|circle|parkway|highway|trail|square|crescent|close|row|alley)"
)
_CLEAR_TYPE = r"(?:street|avenue|road|lane|drive|court|boulevard|blvd|terrace|parkway|crescent)"
_SPOKEN = any_of([*ONES, *TEENS, *TENS, "hundred", "thousand", "oh", "zero", *ORDINALS[:19]])
_NUMBER = rf"(?:\d{{1,5}}[A-Za-z]?|(?:{_SPOKEN})(?:[ -](?:{_SPOKEN})){{0,5}})"
_SMALL = (
    r"(?:a|an|the|my|your|his|her|our|of|to|on|in|at|and|or|over|this|that|is|was|it|you|i|we|they|for|no|"
    r"main|same|mg|milligrams|times|days?|weeks?|months?|years?|hours?|minutes?|per|with|down|up)"
)
_WORD = rf"(?!{_SMALL}\b)[^\W\d_][\w'’.-]*"
_NTH = r"\d{1,3}(?:st|nd|rd|th)"
_UNIT = (
    rf"(?:,? (?:apartment|apt\.?|suite|ste\.?|unit|number|room|floor|#) ?#?(?:\d+(?: ?[A-Za-z]\b)?|[A-Z]\b|"
    rf"{_SPOKEN})(?:[ -]?{_SPOKEN}){{0,3}})"
)
_STATES = (
    "alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|"
    "illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|"
    "mississippi|missouri|montana|nebraska|nevada|new hampshire|new jersey|new mexico|new york|"
    "north carolina|north dakota|ohio|oklahoma|oregon|pennsylvania|rhode island|south carolina|"
    "south dakota|tennessee|texas|utah|vermont|virginia|washington|west virginia|wisconsin|wyoming"
)
_CODES = (
    "A[LKZR]|C[AOT]|DE|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[TA]|"
    "W[AVIY]"
)
_STATE = rf"(?:(?:{_STATES})\b|(?-i:{_CODES})\b)"
_ZIP = r"(?:\d{5}(?:-\d{4})?)"
_CITY = r"(?-i:[A-Z][\w'’.-]+(?: [A-Z][\w'’.-]+){0,2})"
_REST = rf"(?:,? {_CITY}(?=[,. ?!]|$))?(?:,? {_STATE})?(?:,? {_ZIP}\b)?"
_STREET = re.compile(
    rf"(?<![\w.]){_NUMBER} (?:(?:{_WORD}|{_NTH}) ){{1,4}}?{_TYPE}(?![\w'’])(?! (?:of|to|from|with|"
    rf"for)\b)(?: (?:north|south|east|west|northeast|northwest|southeast|"
    rf"southwest)\b)?{_UNIT}?(?P<rest>{_REST})",
    _I,
)
_NAMED_STREET = re.compile(
    rf"\b(?:on|at|off|near|to|down|along|of|from|"
    rf"in)(?: (?:the )?corner of)? (?:the )?(?P<it>{_WORD}(?: {_WORD}){{0,2}} "
    rf"{_CLEAR_TYPE}(?![\w'’]){_UNIT}?)",
    _I,
)
# "Rosewood Terrace, apartment 5C"; "Tooth number 14" is none.
_HOUSE = re.compile(
    rf"(?P<it>(?-i:(?:[A-Z][\w'’]+ ){{0,2}}[A-Z][\w'’]+){_UNIT.replace('|number|room|floor|#', '')})(?!\w)",
    _I,
)
_ZIP_CUE = re.compile(
    rf"\b(?:zip|postal)(?: ?code)?\b[^\d\n]{{0,40}}(?P<it>{_ZIP}|(?:{any_of([*ONES, 'oh', 'zero'])} ?){{5}})",
    _I,
)
_POSTCODE = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|\b[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d\b"
)  # British, Canadian
_STATE_ZIP = re.compile(rf"(?:{_STATE}),? (?P<it>{_ZIP})\b", _I)
_ASKED_ZIP = re.compile(rf"\b(?:zip|postal)\b[^\n]*\n[^\n]{{0,40}}?(?P<it>(?<!\d){_ZIP})(?!\d)", _I)

_LOWER_TOWN = re.compile(r",? ([a-z]+(?: [a-z]+)?)")
_STATE_AND_ZIP = re.compile(rf"(?:,? (?:{_STATE}|(?:{_CODES})\b))?(?:,? {_ZIP}\b)?", _I)
# Where a town's name may stand.
_TOWN_WORD = r"(?:st\.|[^\W\d_][\w'’-]*)"
_BEFORE_TOWN = (
    r"\b(?:in|from|to|near|outside|around|at|through|over in|up in|down in|of|for|live|leaving|reach|"
    r"visiting)"
)
_TOWN = re.compile(
    rf"{_BEFORE_TOWN}(?= (?P<it>{_TOWN_WORD}(?: {_TOWN_WORD}){{0,2}})(?P<state>,? {_STATE})?)", _I
)
_HOME = re.compile(
    r"\b(?:liv(?:e|es|ed|ing)|mov(?:e|es|ed|ing)|com(?:e|es|ing)|driv(?:e|es|ing)(?: \w+)?|grew up|born|"
    r"work|works|stay(?:ing)?|raised|home|house|condo|apartment|teach|school|plant|farm|clinic|office|site|"
    r"store|kroger|cvs|walgreens|town)\b[^.?!\n]{0,18}$",
    _I,
)
_NO_TOWN = NO_TOWNS | frozenset(_STATES.split("|"))

_KO_UNIT = r"(?:특별시|광역시|특별자치시|특별자치도|도)"
_KO_CITIES = "서울|부산|대구|인천|광주|대전|울산|세종|제주"
# Words that end as a quarter does: movement, beating, rebound.
_DONG_NOT = tuple("운동 활동 행동 이동 진동 박동 거동 충동 작동 반동 변동 연동 태동".split())  # noqa: SIM905
_NO_DONG = frozenset(("반자동", "전자동", "반수동", "중노동"))
_NUM_TAIL = r"(?: ?\d{1,4}(?:-\d{1,4})?(?: ?번지)?)?(?:,? ?\d{1,4} ?동)?(?:,? ?\d{1,5} ?호)?"
_GU = (
    "강남구|강동구|강북구|강서구|관악구|광진구|구로구|금천구|노원구|도봉구|동대문구|동작구|마포구|서대문구|"
    "서초구|성동구|성북구|송파구|양천구|영등포구|용산구|은평구|종로구|중랑구|분당구|수정구|중원구|팔달구|"
    "영통구|장안구|권선구|일산동구|일산서구|덕양구|해운대구|수영구|사하구|사상구|금정구|연제구|동래구|"
    "부산진구|수성구|달서구|달성군|유성구|대덕구|연수구|남동구|부평구|계양구|미추홀구|광산구|상당구|흥덕구|"
    "완산구|덕진구|만안구|동안구|단원구|상록구|처인구|기흥구|수지구|성산구|의창구"
)
_GU_WORD = rf"(?:{_GU}|[동서남북중]구)"
_ROAD = r"[가-힣]{2,6}(?:\d{1,2})?(?:로|길)(?: ?\d{1,3}(?:번)?길)?"
_DONG = r"[가-힣]{2,5}\d?(?:동|읍|면|리)"
_KO_FULL = re.compile(
    rf"(?<![가-힣])(?:(?:[가-힣]{{2,4}}{_KO_UNIT}|{_KO_CITIES})(?:시)? )?(?:[가-힣]{{2,4}}(?:시|"
    rf"군) )?(?:{_GU_WORD} )?(?:{_ROAD} ?\d{{1,4}}(?:-\d{{1,3}})?(?:,? ?\d{{1,4}} ?동)?(?:,? ?\d{{1,5}} "
    rf"?호)?|{_DONG}{_NUM_TAIL})(?=[은는이가을를에의로으도,. ?!\n세예죠인라]|$)"
)
_KO_PART = re.compile(
    rf"(?<![가-힣])(?:[가-힣]{{2,4}}(?:시|군)|(?:{_KO_CITIES})(?:시)?)? ?(?:{_GU})|"
    rf"(?<![가-힣])[가-힣]{{2,3}}시(?= {_GU_WORD})"
)


def find_addresses(text: str) -> Iterator[Found]:
    """Streets with all that follows, towns, ZIP codes."""
    yield from each("ADDRESS", _ZIP_CUE, text, "it")
    yield from each("ADDRESS", _ASKED_ZIP, text, "it")
    for match in _STREET.finditer(text):
        yield Found(match.start(), _town_after(text, match.end()), "ADDRESS")
    yield from each("ADDRESS", _HOUSE, text, "it")
    yield from each("ADDRESS", _NAMED_STREET, text, "it")
    yield from each("ADDRESS", _POSTCODE, text)
    yield from each("ADDRESS", _STATE_ZIP, text, "it")
    yield from _korean(text)


def find_towns(text: str, cased: bool) -> Iterator[Found]:
    """Towns: known ones, and in a text with capitals any that follows words of home ("we live in X")."""
    places, words = table("places"), table("words")
    for match in _TOWN.finditer(text):
        tokens = match["it"].split(" ")
        for n in range(len(tokens), 0, -1):
            name = " ".join(tokens[:n])
            end = match.start("it") + len(name)
            key = folded(name)
            if key in _NO_TOWN or tokens[0].lower() in _NO_TOWN:
                break
            large = all(token[:1].isupper() for token in tokens[:n]) and not tokens[0].isupper()
            known = key in places and (key not in words or large)
            home = _HOME.search(text, max(0, match.start() - 40), match.start())
            unknown = (
                cased and large and (home or (n == 1 and match["state"])) and folded(tokens[0]) not in words
            )
            if (known and (large or not cased)) or unknown:
                state = re.compile(rf",? {_STATE}", _I).match(text, end)
                yield Found(match.start("it"), state.end() if state else end, "ADDRESS")
                break
    yield from _korean_towns(text)


def _town_after(text: str, end: int) -> int:
    """Where town, state and ZIP end behind a street that is written small: "third street cleveland"."""
    match = _LOWER_TOWN.match(text, end)
    if match:
        for name in (match[1], match[1].split(" ")[0]):
            if name in table("places") and name not in table("words"):
                tail = _STATE_AND_ZIP.match(text, match.start(1) + len(name))
                return tail.end() if tail else end
    return end


def _korean(text: str) -> Iterator[Found]:
    for match in _KO_FULL.finditer(text):
        last = re.search(r"([가-힣]+)(?=[^가-힣]*$)", match[0])
        if last and (last[1].endswith(_DONG_NOT) or last[1] in _NO_DONG) and last[0] == match[0]:
            continue
        if re.fullmatch(r"[가-힣]+(?:면|리|읍)", match[0]):
            continue
        yield Found(match.start(), match.end(), "ADDRESS")
    yield from each("ADDRESS", _KO_PART, text)


def _korean_towns(text: str) -> Iterator[Found]:
    numerals = {"이천", "사천", "구미", "공주", "진주", "고성"}
    for match in re.finditer(
        r"(?<![가-힣])(?P<it>[가-힣]{2,3})(?:시|군)?(?=(?:에서|에|으로|로|까지|집) ?)", text
    ):
        name = match["it"]
        if name in table("places") and name not in numerals:
            yield Found(match.start(), match.end(), "ADDRESS")
