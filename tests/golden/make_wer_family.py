"""Make the golden values of the WER family with the peers: python tests/golden/make_wer_family.py

Needs jiwer 4.0.0, kaldialign 0.12.0, medwer 1.0.0 and meeteval 0.4.3 (built from source) beside scribeeval.
The texts are written here; every defined value is a peer's, on the tokens of clinical-v1.
"""

import json
import random
from pathlib import Path
from typing import Any

import jiwer
import kaldialign
import medwer
from meeteval.wer import cp_word_error_rate

from scribeeval.metrics import METRICS
from scribeeval.metrics.wer import words_of
from scribeeval.terms import lexicon_terms

HERE = Path(__file__).parent
ON_TOKENS = "on the same tokens; where the reference has no word, by hand: no number is right"
SAYS = {
    "cer": f"jiwer 4.0.0 process_characters {ON_TOKENS}",
    "mer": "jiwer 4.0.0 process_words on the same tokens; two empty sides by hand: no word, no right number",
    "wil": f"jiwer 4.0.0 process_words {ON_TOKENS}",
    "medical_wer": "medwer 1.0.0 medical_wer on the same tokens, with our lexicon as its terms; where the "
    "reference has no term, by hand",
    "cpwer": "meeteval 0.4.3 cp_word_error_rate on the same tokens; null by hand: no reference word, or a "
    "side that does not say who speaks",
}
TEXTS = [
    ("no chest pain today", "no chess pain to day"),
    ("no chest pain", "chest pain"),
    ("pain", "the pain is here"),
    ("The nodule is 5 mm.", "the nodule is 5mm"),
    ("a b c", ""),
    ("", "a b"),
    ("", ""),
    ("네", "예"),
    ("가슴이 아파요", "가슴이아파요"),
    ("혈압 120/80 입니다", "혈압 120/80 이다"),
]
MEDICAL = [
    ("She takes metformin and lisinopril for diabetes", "she takes met forming and lisinopril for diabetes"),
    ("short of breath and febrile", "out of breath and febrile"),
    ("dyspnea", "short of breath"),
    ("chest pain", "chest pains"),
    ("headache", "headache and nausea and fever"),
    ("warfarin", ""),
    ("good morning", "fever"),
    ("", ""),
]
TURNS: list[tuple[Any, Any]] = [
    (
        [["clinician", "any chest pain"], ["patient", "no"]],
        [["patient", "any chest pain"], ["clinician", "no"]],
    ),
    ([["clinician", "any pain"], ["patient", "no pain"]], [["clinician", "any pain no pain"]]),
    ([["clinician", "any pain"]], [["clinician", "any"], ["patient", "pain"], ["other", "yes"]]),
    ([["clinician", "a"], ["patient", "b"], ["clinician", "c"]], [["patient", "a c"], ["other", "b"]]),
    ([["clinician", "any pain"]], []),
    ([], [["clinician", "any pain"]]),
    ([["clinician", ""]], [["clinician", "any pain"]]),
    ([["clinician", "any pain"], ["patient", "no"]], [["clinician", "any pain"], [None, "no"]]),
    (None, [["clinician", "any pain"]]),
    ([["clinician", "any pain"]], None),
]


def tokens(text: str) -> str:
    """The text as a peer gets it: tokens with a space between two."""
    return " ".join(words_of(text))


def random_turns(random_numbers: random.Random) -> list[list[str]]:
    """Up to six turns of up to three speakers, in few words."""
    speakers = random_numbers.sample(["clinician", "patient", "other"], random_numbers.randint(1, 3))
    return [
        [
            random_numbers.choice(speakers),
            " ".join(random_numbers.choices(["pain", "no", "fever"], k=random_numbers.randint(1, 4))),
        ]
        for _ in range(random_numbers.randint(1, 6))
    ]


def said(turns: list[list[str]] | None) -> str:
    """The words of all speakers."""
    return " ".join(text for _, text in turns or ())


def cpwer(reference: Any, hypothesis: Any) -> float | None:
    """Ask meeteval; None where a side does not say who speaks, or there is no reference word."""
    sides = []
    for turns in (reference, hypothesis):
        if turns is None or any(speaker is None for speaker, _ in turns):
            return None
        by_speaker: dict[str, str] = {}
        for speaker, text in turns:
            by_speaker[speaker] = f"{by_speaker.get(speaker, '')} {tokens(text)}"
        sides.append(by_speaker)
    if not "".join(sides[0].values()).strip():
        return None
    value: float = cp_word_error_rate(*sides).error_rate
    return value


def medical(reference: str, hypothesis: str) -> float | None:
    """Ask medwer; its 0.0 for a reference without a term is no value."""
    terms = [" ".join(term) for term in lexicon_terms().terms]
    _, n_terms, value = medwer.medical_wer(tokens(reference), tokens(hypothesis), terms)
    return value if n_terms else None


def text_case(name: str, reference: str, hypothesis: str) -> dict[str, Any]:
    """One case of jiwer's."""
    left, right = tokens(reference), tokens(hypothesis)
    theirs = jiwer.process_characters(left, right) if name == "cer" else jiwer.process_words(left, right)
    defined = left or (name == "mer" and right)
    value = getattr(theirs, name) if defined else None
    return {"reference": reference, "hypothesis": hypothesis, "value": value}


def write(path: Path, head: dict[str, str], cases: list[dict[str, Any]]) -> None:
    """Write one case a line."""
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
    heads = "".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)},\n " for k, v in head.items())
    path.write_text(f'{{{heads}"cases": [\n{lines}]}}\n', encoding="utf-8")


def main() -> None:
    """Write every golden file of the family but wer.json, which is older."""
    random_numbers = random.Random(3)
    turns = [*TURNS, *((random_turns(random_numbers), random_turns(random_numbers)) for _ in range(30))]
    cases = {name: [text_case(name, *texts) for texts in TEXTS] for name in ("cer", "mer", "wil")}
    cases["medical_wer"] = [
        {"reference": left, "hypothesis": right, "value": medical(left, right)} for left, right in MEDICAL
    ]
    cases["cpwer"] = [
        {
            "reference": said(left),
            "hypothesis": said(right),
            "reference_turns": left,
            "hypothesis_turns": right,
            "value": cpwer(left, right),
        }
        for left, right in turns
    ]
    for name, rows in cases.items():
        signature = METRICS[name].signature.rpartition("|")[0]
        write(HERE / f"{name}.json", {"says": SAYS[name], "signature": signature}, rows)
    pairs = [
        [random_numbers.choices("abcd", k=random_numbers.randint(0, 12)) for _ in range(2)] for _ in range(60)
    ]
    errors = [
        {
            "reference": " ".join(left),
            "hypothesis": " ".join(right),
            "errors": kaldialign.edit_distance(left, right)["total"],
        }
        for left, right in pairs
    ]
    says = {"says": "kaldialign 0.12.0 edit_distance, by tests/golden/make_wer_family.py"}
    write(HERE.parent / "text" / "golden" / "kaldialign.json", says, errors)


if __name__ == "__main__":
    main()
