"""What changed inside a pair of statements."""

from collections.abc import Sequence

from scribeeval.terms.edits.attribution import changed_person_or_time
from scribeeval.terms.edits.certainty import changed_certainty
from scribeeval.terms.edits.group import Edit, Group
from scribeeval.terms.edits.opposed import opposed_words
from scribeeval.terms.edits.turned import denied_terms, lone_negation
from scribeeval.terms.edits.values import changed_facts
from scribeeval.terms.edits.wording import clauses, lay_terms, replaced_terms


def changes(group: Group) -> list[Edit]:
    """List the clinical changes of a pair, in no order; a change of wording gives none."""
    if not any(group.changed):
        return list(lay_terms(group))
    turned = [*changed_person_or_time(group), *changed_certainty(group)]
    turned += [edit for edit in denied_terms(group) if not _covered(edit, turned)]
    turned += [edit for edit in (*opposed_words(group), *lone_negation(group)) if not _covered(edit, turned)]
    facts = list(changed_facts(group))
    found = [*facts, *turned]
    found += [edit for edit in replaced_terms(group) if not _covered(edit, found)]
    found += [edit for edit in lay_terms(group) if not _covered(edit, found)]
    if not turned:
        found += [edit for edit in clauses(group) if not _covered(edit, found)]
    return found


def _covered(edit: Edit, others: Sequence[Edit]) -> bool:
    return any(
        edit.side == other.side and edit.start < other.end and other.start < edit.end for other in others
    )
