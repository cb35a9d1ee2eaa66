"""What every drafter is: a visit's segments -> a plan of questions, and the note their answers make.

A drafter without a model (extractive, vendor, replay) has plans without questions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scribeeval.models.chat.base import ChatModel, Question
from scribeeval.records import Producer, Segment


@dataclass(frozen=True, slots=True)
class Plan:
    """How one visit's note is made.

    questions: independent of each other.  note: the answers, in their order -> the note.
    """

    questions: tuple[Question, ...]
    note: Callable[[Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Drafter:
    """A drafter that is ready.  producer names it and all that its notes depend on.

    plan: (visit_id, segments) -> Plan; None where there is no draft to take, which is no failure; raises
    InputError where the visit cannot be drafted.
    hears: it needs what was said; else it is asked for every visit.
    """

    producer: Producer
    plan: Callable[[str, Sequence[Segment]], Plan | None]
    model: ChatModel | None = None
    hears: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)
