"""The lexicon clinical-1: sound, as large as it says, and open to a site's own terms."""

import csv
import re
from pathlib import Path

import pytest

from scribeeval.errors import InputError
from scribeeval.terms import (
    SEMANTIC_TYPES,
    abbreviations,
    add_terms,
    clinical_lexicon,
    find_terms,
    lay_pairs,
    lexicon_sources,
)
from scribeeval.terms.keys import key_of

TABLES = Path(__file__).parents[2] / "scripts" / "lexicon"
DATA = Path(__file__).parents[2] / "src" / "scribeeval" / "terms" / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_key_is_found_again_and_names_a_concept_of_a_known_type() -> None:
    lexicon = clinical_lexicon()
    for key in list(lexicon.packed)[::7]:  # one in seven: the whole takes seconds
        assert key_of(key) == key or key_of(key_of(key)) == key_of(key)
        entry = lexicon.entry(key)
        assert entry is not None
        assert entry.concept is None or entry.concept.semantic_type in SEMANTIC_TYPES
        assert re.fullmatch("|upper|plural|lower|allergy|owned|exact:.+", entry.condition)


def test_counts_are_those_of_the_sources() -> None:
    assert sum(source.surfaces for source in lexicon_sources()) == pytest.approx(
        len(clinical_lexicon()), rel=0.01
    )
    assert {source.source.split()[0].rstrip(",") for source in lexicon_sources()} == {
        "scribeeval", "HPO", "ICD-10-CM", "DrugBank"
    }  # fmt: skip
    assert len(clinical_lexicon().rows) > 40_000


def test_the_readme_states_these_counts() -> None:
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for source in lexicon_sources():
        assert f"| {source.concepts:,} | {source.surfaces:,} |" in readme, source


def test_the_package_data_is_small() -> None:
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 4 * 2**20


@pytest.mark.parametrize(
    ("surface", "concept", "code"),
    [
        ("hypertension", "hypertension", "I10"),  # ICD-10-CM: essential (primary) hypertension
        ("shortness of breath", "dyspnea", "HP:0002094"),  # hpo.jax.org: Dyspnea
        ("Coumadin", "warfarin", "DB00682"),  # go.drugbank.com: Warfarin
        ("pneumothorax", "pneumothorax", "J93.9"),  # ICD-10-CM: pneumothorax, unspecified
    ],
)
def test_codes_are_the_sources_own(surface: str, concept: str, code: str) -> None:
    entry = clinical_lexicon().entry(key_of(surface))
    assert entry is not None
    assert entry.concept is not None
    assert (entry.concept.name, entry.concept.code) == (concept, code)


@pytest.mark.parametrize("row", rows("lay.csv"), ids=lambda row: row["clinical"])
def test_lay_and_clinical_wording_name_one_concept(row: dict[str, str]) -> None:
    for wording in (row["clinical"], *row["lay"].split("|")):
        assert [m.concept for m in find_terms(f"has {wording}")] == [row_concept(row)], wording


def row_concept(row: dict[str, str]) -> str:
    return find_terms(f"has {row['clinical']}")[0].concept


def test_lay_pairs_are_ours_and_hpos() -> None:
    pairs = lay_pairs()
    assert pairs["water pill"] == "diuretic"
    assert pairs["bleeding gums"] == "gingival bleeding"
    assert pairs["club feet"] == "talipes equinovarus" or "clubfoot" in pairs  # HPO:0001762
    assert len(pairs) > 5_000


def test_the_korean_table_has_its_concepts_and_finds_each() -> None:
    table = rows("korean.csv")
    assert len(table) >= 300
    for row in table:
        for surface in row["surfaces"].split("|"):
            found = [(m.text, m.semantic_type) for m in find_terms(f"오늘 {surface}")]
            assert found == [(surface, row["semantic_type"])], (row["concept"], surface)


def test_every_drug_and_brand_of_ours_is_found_whole() -> None:
    for row in rows("drug.csv"):
        for surface in filter(None, (row["concept"], *row["surfaces"].split("|"))):
            found = [m.text for m in find_terms(f"takes {surface} at home")]
            assert found == [surface], surface


def test_abbreviations_are_marked_where_they_are_ambiguous() -> None:
    table = abbreviations()
    assert len(table) > 350
    assert table["htn"].expansions == ("hypertension",)
    assert len(table["pt"].expansions) == 3
    assert table["prn"].semantic_type == ""


def test_a_site_adds_its_own_terms() -> None:
    site = add_terms(
        clinical_lexicon(),
        [
            {"concept": "hospital at home", "semantic_type": "procedure", "surfaces": "HaH|virtual ward"},
            {"concept": "cold agglutinin titre", "semantic_type": "lab_or_vital", "code": "site:7"},
            {"concept": "mercy protocol", "semantic_type": "procedure", "surfaces": "fever"},
        ],
        "mercy-1",
    )
    assert site.name == "mercy-1"
    text = "To the virtual ward; cold agglutinin titre 64; fever, cough"
    assert [(m.concept, m.code) for m in find_terms(text, site)] == [
        ("hospital at home", ""),
        ("cold agglutinin titre", "site:7"),
        ("mercy protocol", ""),
        ("cough", "HP:0012735"),
    ]
    assert [m.concept for m in find_terms(text)] == ["fever", "cough"]  # the packaged one is as it was


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"concept": "", "semantic_type": "drug"}, "row 1: no concept"),
        ({"concept": "x ray", "semantic_type": "imaging"}, "semantic_type must be one of"),
        ({"concept": "a b c d e f g h i j", "semantic_type": "drug"}, "more than 9 words"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused(row: dict[str, str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        add_terms(clinical_lexicon(), [row], "site")
