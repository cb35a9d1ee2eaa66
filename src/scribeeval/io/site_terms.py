"""A site's own terms, a table of concept, semantic_type, surfaces and code -> SiteTerms."""

from pathlib import Path

from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of
from scribeeval.io.tables import read_table
from scribeeval.terms import SITE_COLUMNS, SiteTerms, add_terms, clinical_lexicon


def read_site_terms(path: Path) -> SiteTerms:
    """Read a site's terms; their name is the file's stem and the first digits of its sha256.

    surfaces: other wordings, separated by "|"; surfaces and code may be left out.

    Raises:
        InputError: an unreadable table, a missing column, a row without concept or of no known type.

    """
    table = read_table(path)
    missing = [column for column in SITE_COLUMNS[:2] if column not in table.columns]
    if missing:
        raise InputError(
            f"{path}: the column {missing[0]!r} is missing; a table of terms has {', '.join(SITE_COLUMNS)}"
        )
    rows = tuple(
        (
            row["concept"] or "",
            row["semantic_type"] or "",
            row.get("surfaces") or "",
            row.get("code") or "",
        )
        for row in table.rows
    )
    site = SiteTerms(f"{path.stem}@{sha256_of(path)[:8]}", rows)
    try:
        add_terms(clinical_lexicon(), site.as_rows(), site.name)
    except InputError as error:
        raise InputError([f"{path}: {problem}" for problem in error.problems]) from None
    return site
