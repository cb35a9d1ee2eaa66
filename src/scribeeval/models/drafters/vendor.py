"""vendor: drafts that a product wrote, by visit id; nothing is asked and nothing is heard."""

from collections.abc import Mapping, Sequence

from scribeeval.io.files import sha256_of_json
from scribeeval.models.drafters.base import Drafter, Plan
from scribeeval.records import Producer, Segment

NAME = "vendor"


def drafter(drafts: Mapping[str, str], product: str) -> Drafter:
    """Give the drafts of a product: visit_id -> text.  A visit without one gets no note.

    The drafts come from io.drafts or from the visits table's column draft_note.
    """

    def plan(visit_id: str, segments: Sequence[Segment]) -> Plan | None:
        if visit_id not in drafts:
            return None
        return Plan((), lambda answers: drafts[visit_id])

    return Drafter(Producer(NAME, product, sha256_of_json({})), plan, hears=False)
