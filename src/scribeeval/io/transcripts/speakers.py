"""Who a speaker's label names: clinician, patient, other, or nobody known.

The first rule that holds decides:

1. the user's own names (`--speaker SPEAKER_00=clinician`);
2. a word of OTHER in the label: "patient_guest", "Guest_clinician", "Gest_family" are other people;
3. a word of CLINICIAN: "Doctor", "Dr. Kim", "CLINICIAN_1", "의사";
4. a word of PATIENT: "patient", "PATIENT_0", "환자".

A word of five letters and more is also met with one slip of the hand (a letter missing, too many,
another, or two swapped: "Docotr_2", "Gest_family").  Numbers count for nothing.  All else ("SPEAKER_00",
"A", a name) is not known: None.
"""

import re

from rapidfuzz.distance import OSA

from scribeeval.io.transcripts.base import Names
from scribeeval.records import SPEAKERS, Speaker

OTHER = frozenset(
    ("other", "guest", "family", "relative", "mother", "father", "mom", "dad", "parent", "wife", "husband",
     "spouse", "partner", "son", "daughter", "sister", "brother", "caregiver", "carer", "companion",
     "interpreter", "translator", "student", "scribe", "보호자", "가족", "어머니", "아버지", "배우자", "아내",
     "남편", "딸", "아들", "간병인", "통역사", "통역")
)  # fmt: skip
CLINICIAN = frozenset(
    ("clinician", "doctor", "dr", "doc", "physician", "provider", "nurse", "gp", "md", "practitioner", "d",
     "의사", "의료진", "간호사", "주치의", "전문의")
)  # fmt: skip
PATIENT = frozenset(("patient", "pt", "p", "환자"))

SLIP_LETTERS = 5  # shorter words are too near to each other: "doc", "dad", "pt"
NAMELESS = frozenset(("speaker", "spk", "spkr", "unknown", "participant", "화자", "발화자"))

_RULES: tuple[tuple[frozenset[str], Speaker], ...] = (
    (OTHER, "other"),
    (CLINICIAN, "clinician"),
    (PATIENT, "patient"),
)
_WORD = re.compile(r"[^\W\d_]+")
_FILE_PART = re.compile(r"[\s_.-]+")
_TITLED = re.compile(r"(?:Dr|Doctor|Nurse)\.?(?: [A-Z][\w.'-]*){1,2}")
_MACHINE = re.compile(r"(?:speaker|spk|spkr|participant|unknown|s|화자)[ _-]?\d{0,3}", re.IGNORECASE)


def role_of(label: str | None, names: Names) -> Speaker | None:
    """Give the role that a label names; None if it names none.

    >>> [role_of(label, {}) for label in ("Docotr_2", "Gest_family", "[patient]", "SPEAKER_00")]
    ['clinician', 'other', 'patient', None]
    """
    if label is None:
        return None
    if own := names.get(label.strip().casefold()):
        return own
    words = _WORD.findall(label.casefold())
    for near in (False, True):
        for known, role in _RULES:
            if any(_is(word, known, near=near) for word in words):
                return role
    return None


def _is(word: str, known: frozenset[str], *, near: bool) -> bool:
    if not near:
        return word in known
    return any(len(k) >= SLIP_LETTERS and OSA.distance(word, k, score_cutoff=1) <= 1 for k in known)


def is_machine_label(label: str) -> bool:
    """Tell whether a label is a program's ("SPEAKER_00", "Speaker 1", "S2") and so nobody's name."""
    return _MACHINE.fullmatch(label.strip()) is not None


def is_label(label: str, names: Names) -> bool:
    """Tell whether a word before a colon or in brackets names a speaker, known or nameless.

    Only a label of role words alone is one ("Guest_family", "Doctor 2"), or a title and a name ("Dr Kim"):
    "Patient was told" before a colon is speech.
    """
    label = label.strip()
    if label.casefold() in names or is_machine_label(label) or _TITLED.fullmatch(label):
        return True
    words = _WORD.findall(label.casefold())
    return bool(words) and all(role_of(word, {}) is not None for word in words)


def role_in_name(stem: str) -> tuple[str, Speaker | None]:
    """Split a file name that ends in a role: "day1_doctor" is visit "day1" by the clinician.

    Only whole words without a slip count, and something must be left of the name.

    >>> role_in_name("day1_consultation01_doctor"), role_in_name("V01"), role_in_name("patient")
    (('day1_consultation01', 'clinician'), ('V01', None), ('patient', None))
    """
    parts = list(_FILE_PART.finditer(stem))
    if not parts or parts[-1].start() == 0:
        return stem, None
    last = stem[parts[-1].end() :].casefold()
    for known, role in _RULES:
        if len(last) > 1 and last in known:
            return stem[: parts[-1].start()], role
    return stem, None


def parse_names(given: "dict[str, str] | None") -> dict[str, Speaker]:
    """Check the user's names: label -> role.

    Raises:
        ValueError: a role that is none of SPEAKERS.

    """
    checked: dict[str, Speaker] = {}
    for label, wanted in (given or {}).items():
        role = next((speaker for speaker in SPEAKERS if speaker == wanted), None)
        if role is None:
            raise ValueError(f"speaker {label!r}: {wanted!r} is none of {', '.join(SPEAKERS)}")
        checked[label.strip().casefold()] = role
    return checked
