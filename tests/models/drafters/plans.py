"""The plan of a drafter that can draft the visit."""

from collections.abc import Sequence

from scribeeval.models.drafters.base import Drafter, Plan
from scribeeval.records import Segment


def planned(drafter: Drafter, visit_id: str, segments: Sequence[Segment]) -> Plan:
    """Plan a visit; a drafter that says it has none fails the test."""
    plan = drafter.plan(visit_id, segments)
    assert plan is not None
    return plan
