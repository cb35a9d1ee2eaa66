"""Note templates: a title, a language, and sections with what belongs there; packaged, or a user's file."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from scribeeval.errors import InputError, not_known
from scribeeval.io.files import read_text
from scribeeval.text.sections import MAX_HEADING, Headers, default_headers, extend, key

TEMPLATES = ("soap", "h_and_p", "follow_up", "aci_bench", "paediatrics", "dental", "soap_ko")
LANGUAGES = ("en", "ko")
FORM = "a template has title, language and [[sections]] with name, heading and belongs"


@dataclass(frozen=True, slots=True)
class TemplateSection:
    """One section of a note.  name: that of text/sections; heading: as printed; belongs: what goes there."""

    name: str
    heading: str
    belongs: str


@dataclass(frozen=True, slots=True)
class Template:
    """A note to be written.  name: the packaged one, or the file's without its suffix.

    sha256: of the file's text, line ends as newlines.
    """

    name: str
    title: str
    language: str
    sections: tuple[TemplateSection, ...]
    sha256: str

    @property
    def headers(self) -> Headers:
        """The packaged table of headings and this template's own."""
        return extend(default_headers(), {part.name: [part.heading] for part in self.sections})


@dataclass(frozen=True, slots=True)
class Wording:
    """The words that all templates of a language share.

    rules: the default prompt; reminder: what of it is said again after the transcript.  whole, section: the
    order for a note and for one section.  nothing: the answer for a section of which nothing was said;
    nothing_said: what models write in its place.  labels: of speakers.
    """

    rules: str
    reminder: str
    task: str
    one_part: str
    begin: str
    end: str
    whole: str
    section: str
    ready: str
    nothing: str
    nothing_said: tuple[str, ...]
    labels: Mapping[str, str]
    sha256: str


@cache
def wording(language: str) -> Wording:
    """Read the packaged words of one of LANGUAGES."""
    text = _packaged(f"wording/{language}.toml")
    table = tomllib.loads(text)
    return Wording(**{**table, "nothing_said": tuple(table["nothing_said"])}, sha256=_sha256(text))


def read_template(name: str) -> Template:
    """Read a packaged template by its name, or a user's own by the path of its TOML file.

    Raises:
        InputError: no such template; a file that is missing or not of the form of a template.

    """
    if name in TEMPLATES:
        return _template(name, name, _packaged(f"{name}.toml"))
    if not name.endswith(".toml"):
        raise InputError(not_known("template", name, TEMPLATES) + "; or give the path of a .toml file")
    return _template(Path(name).stem, name, read_text(Path(name)))


def _packaged(path: str) -> str:
    return (resources.files("scribeeval.models") / "prompts" / path).read_text(encoding="utf-8")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _template(name: str, source: str, text: str) -> Template:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{source}: not TOML: {error}") from None
    rows = table.get("sections")
    unknown = sorted(table.keys() - {"title", "language", "sections"})
    if unknown or not isinstance(rows, list) or not rows:
        what = f"key {unknown[0]!r} is not known" if unknown else "no [[sections]]"
        raise InputError(f"{source}: {what}; {FORM}")
    language = _line(table, "language", source)
    if language not in LANGUAGES:
        raise InputError(f"{source}: {not_known('language', language, LANGUAGES)}")
    sections = tuple(_section(row, f"{source}: section {i}") for i, row in enumerate(rows, start=1))
    for what, values in (
        ("name", [part.name for part in sections]),
        ("heading", [key(part.heading) for part in sections]),
    ):
        doubled = [value for value in values if values.count(value) > 1]
        if doubled:
            raise InputError(f"{source}: two sections have the {what} {doubled[0]!r}; give each its own")
    return Template(name, _line(table, "title", source), language, sections, _sha256(text))


def _section(row: object, where: str) -> TemplateSection:
    if not isinstance(row, dict) or row.keys() != {"name", "heading", "belongs"}:
        raise InputError(f"{where}: has other keys than name, heading and belongs; {FORM}")
    section = TemplateSection(*(_line(row, name, where) for name in ("name", "heading", "belongs")))
    read_as = default_headers().section.get(key(section.heading))
    if len(section.heading) > MAX_HEADING or not key(section.heading):
        raise InputError(f"{where}: a heading has letters, and at most {MAX_HEADING} characters")
    if read_as not in (None, section.name):
        raise InputError(
            f"{where}: its heading is that of {read_as!r}, not of {section.name!r}; change name or heading"
        )
    return section


def _line(table: Mapping[str, Any], name: str, where: str) -> str:
    """Give a text of one line."""
    value = table.get(name)
    if not isinstance(value, str) or not value.strip() or len(value.strip().splitlines()) > 1:
        raise InputError(f"{where}: {name} is missing or not one line of text; {FORM}")
    return value.strip()
