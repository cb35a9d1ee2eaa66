"""Misspelt drugs are found; look-alike drugs are never taken for each other."""

import pytest

from scribeeval.terms import find_terms
from scribeeval.terms.spelling import by_first_letter, correct, most_edits

MISSPELT = {
    "warfrin": "warfarin",
    "metropolol": "metoprolol",
    "lisinoprl": "lisinopril",
    "amlodapine": "amlodipine",
    "hydroxizine": "hydroxyzine",
    "atorvastatine": "atorvastatin",
    "omeprazol": "omeprazole",
    "levothyroxin": "levothyroxine",
    "predisone": "prednisone",
    "gabapentn": "gabapentin",
    "Tylenoll": "acetaminophen",
    "ibuprofin": "ibuprofen",
    "azithromicin": "azithromycin",
}

# Pairs that are known to be confused, after the lists of the Institute for Safe Medication Practices (ISMP);
# brand and generic mixed as they are written.
CONFUSED = """
Adderall Inderal|alprazolam lorazepam|amiloride amlodipine|amiodarone amantadine|aripiprazole rabeprazole
azathioprine azacitidine|baclofen Bactroban|bupropion buspirone|captopril carvedilol|Celebrex Celexa
carbamazepine oxcarbazepine|Celebrex Cerebyx|cetirizine sertraline|chlorpromazine chlorpropamide
clonazepam clonidine|clonazepam lorazepam|clozapine clonazepam|Cozaar Zocor|cyclosporine cycloserine
diazepam diltiazem|dobutamine dopamine|doxycycline dicyclomine|duloxetine fluoxetine|ephedrine epinephrine
escitalopram citalopram|Femara Femhrt|fluoxetine paroxetine|glipizide glyburide|guaifenesin guanfacine
Humalog Humulin|hydralazine hydroxyzine|hydrochlorothiazide hydroxychloroquine|hydrocodone oxycodone
hydromorphone morphine|infliximab rituximab|Januvia Jantoven|Keppra Keflex|Klonopin clonidine
lamotrigine lamivudine|Lamictal Lamisil|Lantus Latuda|levetiracetam levofloxacin|levothyroxine liothyronine
losartan valsartan|Lyrica Lopressor|metformin metronidazole|methadone methylphenidate|metoprolol misoprostol
Mucinex Mucomyst|nicardipine nifedipine|nizatidine tizanidine|olanzapine quetiapine|Paxil Plavix
penicillin penicillamine|pioglitazone rosiglitazone|Pradaxa Plavix|prednisone prednisolone|Prilosec Prozac
Prilosec Pristiq|quinidine quinine|rifampin rifaximin|risperidone ropinirole|simvastatin atorvastatin
sitagliptin saxagliptin|sulfadiazine sulfasalazine|sumatriptan zolmitriptan|tamoxifen tamsulosin
ticagrelor ticlopidine|Topamax Toprol|tramadol trazodone|valacyclovir valganciclovir|venlafaxine verapamil
vinblastine vincristine|Xanax Zantac|Zantac Zyrtec|Zestril Zetia|Zyprexa Zyrtec
"""
PAIRS = [pair.split() for line in CONFUSED.split("\n") for pair in line.split("|") if pair]


@pytest.mark.parametrize(("written", "meant"), MISSPELT.items())
def test_a_misspelt_drug_is_found_and_said_to_be_misspelt(written: str, meant: str) -> None:
    (mention,) = find_terms(f"takes {written} at home")
    assert mention.concept == meant
    assert mention.semantic_type == "drug"
    assert mention.text == written
    assert mention.attributes["misspelt"]


def test_the_list_of_confused_pairs_is_long_enough() -> None:
    assert len(PAIRS) >= 70


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_confused_drugs_are_two_drugs(one: str, other: str) -> None:
    (first,), (second,) = find_terms(one), find_terms(other)
    assert first.concept != second.concept
    assert "misspelt" not in first.attributes
    assert "misspelt" not in second.attributes


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_one_slip_never_turns_a_confused_drug_into_the_other(one: str, other: str) -> None:
    for at in range(1, len(one)):
        slip = one[:at] + one[at + 1 :]
        concepts = {m.concept for m in find_terms(slip) if "misspelt" in m.attributes}
        assert find_terms(other)[0].concept not in concepts


@pytest.mark.parametrize(
    "word", ["patient", "metabolism", "concert", "lyrical", "prosaic", "Warren", "tylen", "lasik"]
)
def test_no_other_word_is_taken_for_a_drug(word: str) -> None:
    assert [m for m in find_terms(word) if "misspelt" in m.attributes] == []


def test_the_bound_grows_with_the_name() -> None:
    assert [most_edits(n) for n in (5, 6, 8, 9, 14)] == [0, 1, 1, 2, 2]


def test_two_drugs_at_one_distance_are_none() -> None:
    index = by_first_letter(["prednisone", "prednisolone"])
    assert correct("prednisolne", index, {}, str) is None
    assert correct("prednisolne", by_first_letter(["prednisolone"]), {}, str) == "prednisolone"
    assert correct("rednisone", index, {}, str) is None  # the first letter stays
    alone, rare = by_first_letter(["nifedipine"]), by_first_letter(["nicardipine"])
    assert correct("nifdipine", alone, rare, str) == "nifedipine"
    assert correct("nicdipine", alone, {}, str) == "nifedipine"
    assert correct("nicdipine", alone, rare, str) is None
    assert correct("prednisolne", index, {}, lambda name: "one drug") == "prednisolone"
