"""How amounts, frequencies, sides and words are written in a note, and what each stands for."""

import re

NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
ONE_BEFORE_TIME = r"(?:an?|one)(?=[ -](?:hour|day|week|month|year)\b)"
DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:/\d+)?"
UNITS = (
    r"m?L/(?:min|hr?|hour|day|kg)|mc?g/kg|mg/dL|mmol/L|mEq/L|g/dL|ng/mL|mmHg|mm Hg|bpm"
    r"|mcg|µg|mg|kg|mEq|mmol|mL|cc|dL|cm|mm|lbs?|pounds?"
    r"|kilograms?|grams?|international units|units?|IU|tablets?|capsules?|puffs?|drops?|sprays?"
    r"|patch(?:es)?|suppositor(?:y|ies)|lozenges?|cartridges?|vials?|ampou?les?|g"
    r"|degrees|%|percent|[℃℉]|°? ?[CF](?![A-Za-z])"
    r"|[dhy]|mo|yo|seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|years?|yrs?|decades?"
    r"|times?"
    r"|정|캡슐|초|분|시간|일|주|개월|달|년|회|번|세|점|명"
)
QUANTITY = re.compile(
    rf"(?<![\w.,/])(?P<number>{DIGITS}|(?:{NUMBER_WORDS}|{ONE_BEFORE_TIME})\b|twice\b)"
    rf"(?:(?:[ -]?(?P<unit>{UNITS})(?![A-Za-z])(?P<half> and a half)?)|(?![A-Za-z]))",
    re.IGNORECASE,
)
N = rf"(?:\d+|one|{NUMBER_WORDS})"
SCHEDULE = re.compile(
    rf"(?<![\w])(?:"
    rf"(?:every|each|q) ?(?P<every>{N}|other|second|third|fourth)?[ -]?"
    rf"(?P<period>hour|h|day|night|week|month|year)s?\b"
    rf"|(?P<times>once|twice|thrice|{N} (?:times|sessions|visits)|{N} ?x) ?"
    rf"(?:an? |per |every |each |this |last |in (?:a|one|the last|the past) |/ ?)?"
    rf"(?P<per>hour|hr|h|day|d|night|week|wk|month|mo|year|hourly|daily|nightly|weekly|monthly|yearly)\b"
    rf"|(?P<alone>날마다|(?:매일|매주|매월|매달|매년)(?! ?(?:\d+|한|두|세|네) ?[회번])"
    rf"|hourly|weekly|monthly|yearly|annually|fortnightly|daily|nightly|hs)(?![A-Za-z])"
    rf"|(?P<korean_span>\d+|한|두|세|네|다섯|여섯) ?(?P<korean_unit>시간|일|주|개월|달|년)에? ?"
    rf"(?P<korean_often>\d+|한|두|세|네) ?[회번]"
    rf"|(?P<korean_per>하루|일주일에|매일|매주|매월|매달|매년|주|월|연)에? ?"
    rf"(?P<korean_times>\d+|한|두|세|네)? ?(?:회|번)"
    rf"|(?P<korean_every>\d+) ?(?P<korean_period>시간|일|주|개월)(?: ?간격|마다)"
    rf")",
    re.IGNORECASE,
)
HOURS = {
    "hour": 1, "h": 1, "hr": 1, "hourly": 1, "시간": 1, "day": 24, "d": 24, "night": 24, "일": 24,
    "daily": 24, "nightly": 24, "hs": 24,
    "하루": 24, "매일": 24, "날마다": 24, "매주": 168, "매월": 720, "매달": 720, "달": 720, "매년": 8760,
    "년": 8760, "wk": 168, "mo": 720, "week": 168, "weekly": 168, "주": 168, "일주일에": 168,
    "fortnightly": 336, "month": 720, "monthly": 720, "월": 720, "개월": 720, "year": 8760, "yearly": 8760,
    "annually": 8760, "연": 8760,
}  # fmt: skip
COUNTS = {
    "once": 1, "twice": 2, "thrice": 3, "other": 2, "second": 2, "third": 3, "fourth": 4, "한": 1, "두": 2,
    "세": 3, "네": 4, "다섯": 5, "여섯": 6,
}  # fmt: skip
UNIT_NAMES = {
    "min": "minute", "hr": "hour", "wk": "week", "yr": "year", "d": "day", "h": "hour", "y": "year",
    "yo": "year", "mo": "month", "번": "time", "회": "time", "℃": "°c",
    "℉": "°f", "일": "day", "주": "week", "개월": "month", "달": "month", "년": "year", "분": "minute",
    "초": "second", "시간": "hour",
}  # fmt: skip
SIDE = re.compile(
    r"(?<![\w'])(?:left|right|bilateral(?:ly)?|both|b/l)(?![\w'])|(?<![A-Za-z'])[LR](?=t?[ .])t?(?!\w)"
    r"|(?<![A-Za-z'])(?-i:O[DSU]|[LRB](?=(?:[LU][EQL]|ML|[SI]?CA|T[KH][AR])\b))"
    r"|좌측|우측|양측|왼쪽|오른쪽|양쪽|(?<![가-힣])[좌우](?![가-힣]|/)|(?<![가-힣])[좌우](?=하[지엽]|상[지엽복]|하복)",
    re.IGNORECASE,
)
SIDES = {
    "l": "left", "lt": "left", "좌측": "left", "왼쪽": "left", "r": "right", "rt": "right", "우측": "right",
    "오른쪽": "right", "both": "bilateral", "bilaterally": "bilateral", "양측": "bilateral",
    "양쪽": "bilateral", "b": "bilateral", "b/l": "bilateral", "ou": "bilateral", "od": "right", "os": "left",
    "좌": "left", "우": "right",
}  # fmt: skip
NOT_A_SIDE = re.compile(r"\s*(?:now|away|after|before|handed)\b", re.IGNORECASE)
WORD = re.compile(r"[가-힣ㄱ-ㆎ]+|[^\W_가-힣ㄱ-ㆎ]+(?:['’][^\W_가-힣ㄱ-ㆎ]+)*")
KOREAN_ENDING = re.compile(
    r"(?<=[가-힣]{2})(?:으로|에서|에게|하고|하며|하여|하지|하도록|되어|되고|은|는|이|가|을|를|에|의|로|도|만|과|와|함|됨|임|한|된)$"
)
# The side in the short name of a limb or quadrant: "LLE", "RUQ".
LIMB = re.compile(r"[LRB](?=(?:[LU][EQL]|ML)$)")
# "+" and "-" for "has" and "no", before what they speak of; a "-" behind anything but , ; or ( may be a dash.
SIGN = re.compile(
    r"(?:(?:^|(?<=[,;.:(\n])) ?\+ ?|(?<=[,;(]) ?[-–](?! ?\d) ?"
    r"|(?:^|(?<=[,;.:\n])) ?\([+-]\) ?)(?=[A-Za-z가-힣])",
    re.MULTILINE,
)
PREFIXED = re.compile(r"(?:un|non-?)(?P<rest>(?!der|til|ion|it|iq|iv|less|cle|able|remark|likely)[a-z]{4,})$")
# How a word begins -> how the plainer word of the same thing does, where they share no root.
ROOTS = {
    "febri": "fever", "afebr": "fever", "pyrex": "fever", "cardi": "heart", "renal": "kidne",
    "hepat": "liver", "pulmo": "lung", "cutan": "skin", "denta": "tooth", "dent": "tooth", "teeth": "tooth",
    "ocula": "eye", "cereb": "brain", "gastr": "stoma", "preop": "surge", "posto": "surge", "opera": "surge",
}  # fmt: skip
