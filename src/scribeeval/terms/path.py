"""Where terms are lost: a note's terms that were said, followed through recognition, draft and signature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scribeeval.terms.mentions import ConceptFinder, Mention, find_terms


@dataclass(frozen=True, slots=True)
class TermPath:
    """One concept of the note that was said in the visit, and the stages that have it.

    mention: where the note first names it.  has: for each stage in order, whether its text names the concept.
    """

    mention: Mention
    has: tuple[bool, ...]

    @property
    def lost_at(self) -> int | None:
        """Give the first stage that lacks the concept; None if all have it."""
        return self.has.index(False) if False in self.has else None

    @property
    def back(self) -> bool:
        """Tell whether a later stage has the concept again: a drafter's guess, a clinician's correction."""
        return self.lost_at is not None and any(self.has[self.lost_at :])


def follow_terms(
    note: str, said: str, stages: Sequence[str], finder: ConceptFinder = find_terms
) -> tuple[TermPath, ...]:
    """Follow each concept of a note that was said, in the order of the note; each concept once.

    said: the reference transcript.  stages: texts in the order in which they were made, such as the
    recognised transcript, the draft and the signed note.  Only the concept is compared: in speech the
    assertion of a term lies in questions and answers.
    """
    spoken = {mention.concept for mention in finder(said)}
    named = [{mention.concept for mention in finder(text)} for text in stages]
    wanted: dict[str, Mention] = {}
    for mention in finder(note):
        if mention.concept in spoken:
            wanted.setdefault(mention.concept, mention)
    return tuple(
        TermPath(mention, tuple(concept in concepts for concepts in named))
        for concept, mention in wanted.items()
    )


def tally_paths(paths: Sequence[TermPath], stages: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    """Count by stage: have, lost (lacking for the first time) and back (of the lost, those that return)."""
    return {
        stage: {
            "have": sum(path.has[at] for path in paths),
            "lost": sum(path.lost_at == at for path in paths),
            "back": sum(path.lost_at == at and path.back for path in paths),
        }
        for at, stage in enumerate(stages)
    }
