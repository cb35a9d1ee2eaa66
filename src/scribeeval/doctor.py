"""What is installed, which weights are found and verified, what is missing and what brings it."""

import platform
import re
from dataclasses import dataclass
from importlib import metadata
from typing import Literal

from scribeeval import __version__
from scribeeval.models import opinions
from scribeeval.models.chat import weights as chat_weights
from scribeeval.models.weights import WEIGHTS, Packaged, is_published, packaged_folder
from scribeeval.terms import CLINICAL_LEXICON, LEXICON, clinical_lexicon, lexicon_sources, load_lexicon

_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:.*extra == [\"'](?P<extra>[\w-]+)[\"'])?")


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor: what was looked at, what was found, and what to do if it is not well."""

    what: str
    state: Literal["ok", "missing", "damaged"]
    found: str
    remedy: str = ""


def examine() -> list[Check]:
    """Look at the installation; nothing is imported that is heavy, nothing is downloaded."""
    checks = [
        Check(
            "scribeeval", "ok", f"{__version__}, Python {platform.python_version()} on {platform.system()}"
        ),
        Check("lexicon", "ok", f"{LEXICON}: {len(load_lexicon().concepts)} surface forms"),
        _check_clinical_lexicon(),
    ]
    checks += [
        _check_extra(extra, packages)
        for extra, packages in sorted(_needs().items())
        if extra not in ("all", "test")
    ]
    tables = (WEIGHTS, opinions.PACKAGED, chat_weights.PACKAGED)
    checks += [_check_weights(packaged) for table in tables for packaged in table.values()]
    return checks


def _check_clinical_lexicon() -> Check:
    brought = "; ".join(f"{name} {surfaces:,}" for name, _, surfaces in lexicon_sources())
    n_concepts = len(clinical_lexicon().rows)
    n_surfaces = len(clinical_lexicon())
    found = f"{CLINICAL_LEXICON}: {n_surfaces:,} surface forms of {n_concepts:,} concepts ({brought})"
    return Check("lexicon of find_terms", "ok", found)


def _needs() -> dict[str, list[str]]:
    """The packages that each extra brings; "" is the core."""
    needs: dict[str, list[str]] = {}
    for requirement in metadata.requires("scribeeval") or ():
        if match := _REQUIREMENT.match(requirement):
            needs.setdefault(match["extra"] or "", []).append(match["name"])
    return needs


def _check_extra(extra: str, packages: list[str]) -> Check:
    found, missing = [], []
    for name in packages:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    what = f"extra {extra}" if extra else "core packages"
    if missing:
        remedy = f"pip install 'scribeeval[{extra}]'" if extra else "pip install --force-reinstall scribeeval"
        return Check(what, "missing", f"not installed: {', '.join(missing)}", remedy)
    return Check(what, "ok", ", ".join(found))


def _check_weights(packaged: Packaged) -> Check:
    what = f"weights {packaged.name}"
    if packaged_folder(packaged) is None:
        return Check(what, "missing", packaged.title, packaged.install)
    if not is_published(packaged):
        found = "other bytes than published (sha256 differs)"
        return Check(what, "damaged", found, f"{packaged.install} --force-reinstall")
    return Check(what, "ok", f"{packaged.title}; sha256 verified; licence {packaged.licence}")
