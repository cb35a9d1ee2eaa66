"""Identifiers out of a transcript before it leaves the machine, and back into the answer.

Rules and lists, no model: docs/deidentification.md.
"""

from scribeeval.models.deidentify.finder import find_identifiers
from scribeeval.models.deidentify.placeholders import (
    Deidentified,
    deidentify,
    reidentify,
    unknown_placeholders,
)

__all__ = ["Deidentified", "deidentify", "find_identifiers", "reidentify", "unknown_placeholders"]
