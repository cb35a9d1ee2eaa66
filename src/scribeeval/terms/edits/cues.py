"""Words that turn a statement: polarity, certainty, time, person, and the padding that says nothing.

Tables written for notes in English and Korean; each word stands in one group.
"""

import re
from collections.abc import Mapping

# Group -> (words of one pole, words of the other).  A change of pole within a group turns the statement.
POLES: Mapping[str, tuple[str, str]] = {
    "found": (
        "positive|present|reports?|reported|endorses?|admits|has|had|have|is present|noted|있음|있으며|있고|있었음"
        "|양성|동반|호소|확인됨|시행함",
        "negative|absent|denies|denied|nobody|nothing|no|not|never|none|without|neither|nor|lacks?|unable|non|nil"
        "|cannot|없음|없으며|없고|없었음|없이|없는|없|않음|않았음|않고|않으며|않는|음성|부인|부인함|아님|불필요|미|안",
    ),
    "carried on": (
        "continued?|continues|continuing|keeps?|resumed?|restart(?:ed)?|start(?:ed|s)?|begin|began|유지|지속|계속|시작|재개",
        "stop(?:ped|s)?|hold|held|holding|discontinued?|paused?|withheld|quit|중단|중지|보류|끊음",
    ),
    "amount": (
        "increased?|increases|increasing|raised?|elevated|higher|gained?|gain|up|증량|증가|상승",
        "decreased?|decreases|decreasing|reduced?|reduces|lowered?|lower|lost|loss|down|tapered?|diminished"
        "|감량|감소|저하|하강",
    ),
    "normal": (
        "normal|intact|independent|full|symmetric(?:al)?|unremarkable|clear|regular|steady|soft|정상|규칙적|독립적",
        "abnormal|impaired|dependent|limited|restricted|asymmetric(?:al)?|irregular|unsteady|needs help"
        "|requires (?:help|assistance)|이상|비정상|불규칙",
    ),
    "course": (
        "improved|improves?|improving|better|relieved|relieves|호전|호전됨",
        "worsened|worsens?|worsening|worse|aggravated|aggravates|악화|악화됨",
    ),
}  # fmt: skip
UNSURE = (
    r"possibl[ey]|probabl[ey]|likely|unlikely|suspected|suspects?|suspicion|suspicious for|presum(?:ed|ably|ptive)"
    r"|(?:may|might|could) (?:well )?(?:be|have|represent|reflect|indicate|contribute|contributing|suggest)"
    r"|perhaps|appears to|seems?|concern for|cannot be excluded|not established|unconfirmed"
    r"|to be confirmed|rule out|differential|versus|questionable"
    r"|의심\w*|추정\w*|가능성|감별|배제|의증|것으로 보임|것 같음"
)
SURE = (
    r"confirmed|definite(?:ly)?|established|certain(?:ly)?|proven|diagnosed|clearly|is caused by|caused by"
    r"|확진\w*|확실\w*|진단됨|명백\w*|원인임"
)
CURRENT = r"active|current(?:ly)?|ongoing|presently|현재|활동성"
PAST = r"former(?:ly)?|resolved|previous(?:ly)?|childhood|in the past|cured|remote|quit|ex-?|완치\w*|과거|소아기|어릴 때|금연"
RELATIVES = (
    r"(?:grand)?(?:mother|father)|mom|dad|brother|sister|siblings?|uncle|aunt|cousin|parents?|son|daughter"
    r"|wife|husband|family history|모|부|형|누나|오빠|언니|동생|남동생|여동생|모친|부친|어머니|아버지|할머니|할아버지"
    r"|삼촌|이모|고모|외삼촌|가족력"
)
# What speaks of the visit, of care in general or of the writer, and of no finding, drug or order.
PADDING = (
    r"worth noting|should be noted|it is important to note|noting that|of note|as mentioned|aforementioned|discuss\w*"
    r"|describ\w*|elaborat\w*|convey\w*|express\w*|explor\w*|address\w*|surfac\w*|share[sd]?|pleasant|pleasure"
    r"|thorough\w*|comprehensive\w*|holistic\w*|careful\w*|consideration|considerable|in light of|overall"
    r"|clinical picture|relevant|various|numerous|journey|navigat\w*|concerns|experiences|developments|openness"
    r"|approach|collaborative|individualized|personalized|patient-centered|optimal|outcomes?|priorit\w*"
    r"|foremost|paramount|central|essential|safety|comfort|loved ones|in all that we do|attitude|outlook|process"
    r"|gradual|survivorship|constellation|unique|demanding|challenging|meaningful|commitment|committed|well-being"
    r"|wellbeing|quality of life|engag\w*|empower\w*|supportive environment|interview|conversation|encounter|visit"
    r"|decision was made|proceed|perioperative|multidisciplinary|dialogue|rapport|trust|understanding|balance"
    r"|성실\w*|전반적\w*|사료됨|중요\w*|편안\w*|마음\w*|협조\w*|충분히 이해|논의\w*|상담 과정|진료 과정\w*|진술\w*|면담\w*"
    r"|최선\w*|노력\w*|모습\w*|신뢰\w*|관계\w*|바탕\w*|임하\w*|기울\w*|공감\w*|심신\w*|긍정\w*|꾸준\w*"
)
# Parts of Greek and Latin words: their bearer is a clinician's word, not a patient's.
CLINICAL_PARTS = (
    r"\w*(?:itis|emia|aemia|uria|algia|osis|ectomy|otomy|ostomy|pnea|pnoea|rrhea|rrhoea|edema|plegia|paresis|itus"
    r"|mosis|emesis|cardia|pathy|phagia|plasia|scopy|esthesia|ema|phasia|opia|phoria|rrhage|stasis|philia|penia)s?"
    r"|\w*(?:erythem|dermat|vaso|vascul|ventilat|umbilic|clavicul|bulla|nause|prurit|thorac|cephal|gastr|hepat|renal"
    r"|pulmon|arthr|neur|febrile|pyrexia|gingiv|tympan|ocul|ophthalm|otal|cerumen|patell|tibi|femor|hyper|hypo"
    r"|cutane|lumb|cervic|axill|abdomin|epistax|diaphor|vertig|syncop|insomn|somnol|anore|lethar|dysm|menorr"
    r"|malign|neoplas|carcin|immuni[sz]|vaccin|contracept|antihypert|anticoag|diuret|analges|antibiot|antipyr"
    r"|ambulat|supin|pectoris|infarct|macul|papul|vesicl|lacerat|contus|abras|micturit|defecat|hematoma|sacral)\w*"
)
KOREAN_LAY = r"콧물|맹장\w*|물집|멍\w*|가려\w*|어지러\w*|토함|토했\w*|속쓰림|배꼽|겨드랑이|귓밥|귀지|눈곱|쥐가|붓기|부음|숨참|숨이 참|두근거림|딸꾹질|트림|방귀|오줌|고름|딱지|뾰루지|열남|코피|무릎뼈|쇄골뼈|목젖|잇몸 피"
STOP_WORDS = frozenset(
    "a an the of and or in on at to for with by from is are was were be been being it its his her their he she they "
    "this that these those as also then than which who whom but so if when while about there patient mr mrs ms "
    "has have had does do did will would should can into over under up out both during after before since "
    "및 은 는 이 가 을 를 에 의 로 으로 에서 와 과 도 만 함 됨 하고 하며 중 후 시 등 환자 금일 하도록 하여 있으나".split()
)


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{words})(?![A-Za-z0-9'])", re.IGNORECASE)


UNSURE_WORDS, SURE_WORDS = _pattern(UNSURE), _pattern(SURE)
# With a time of its own, a condition is in the past without "resolved".
DATED_WORDS = re.compile(
    r"\b(?:last|ago|at age|in (?:19|20)\d\d|since|until|as an? )\b|작년|재작년|지난|\d ?(?:년|개월|주) 전",
    re.IGNORECASE,
)
CURRENT_WORDS, PAST_WORDS = _pattern(CURRENT), _pattern(PAST)
PADDING_WORDS = _pattern(PADDING)
CLINICAL_WORD, KOREAN_LAY_WORD = _pattern(CLINICAL_PARTS), re.compile(KOREAN_LAY)
RELATIVE_WORDS = re.compile(rf"(?<![\w'])(?:{RELATIVES})(?:'s|s)?(?![\w'])", re.IGNORECASE)
_POLE_OF: list[tuple[re.Pattern[str], str]] = [
    (re.compile(words, re.IGNORECASE), f"{group}{sign}")
    for group, poles in POLES.items()
    for words, sign in zip(poles, "+-", strict=True)
]
POLE_WORDS = re.compile(
    r"(?<![A-Za-z0-9가-힣])(?:needs help|requires (?:help|assistance)|is present|[A-Za-z]+|[가-힣]+)(?![A-Za-z가-힣])"
)


def pole_of(word: str) -> str | None:
    """Give group and pole of a word ("found-"); None for a word that turns nothing.

    >>> pole_of("denies"), pole_of("Hold"), pole_of("knee")
    ('found-', 'carried on-', None)
    """
    return next((pole for pattern, pole in _POLE_OF if pattern.fullmatch(word)), None)
