"""Compare a draft with the signed note: what the clinician changed, clinical changes apart from wording."""

from scribeeval.terms.edits.changes import changes
from scribeeval.terms.edits.chief import chief_complaint_edits
from scribeeval.terms.edits.group import Edit, Texts, group_of
from scribeeval.terms.edits.pairing import pair_lines
from scribeeval.terms.edits.tokens import read_note
from scribeeval.terms.edits.whole import whole_statements

__all__ = ["Edit", "find_edits"]


def find_edits(draft: str, signed: str) -> tuple[list[Edit], int]:
    """List the edits from a draft to the signed note, and count the statements that were only reworded.

    Edits come in the order of the draft (omitted facts, which stand in the signed note, last).
    """
    mine, its = read_note(draft), read_note(signed)
    pairs = pair_lines(mine, its)
    texts = Texts(
        draft,
        signed,
        frozenset(token.key for line in mine for token in line.tokens),
        frozenset(token.key for line in its for token in line.tokens),
        frozenset(stem for line in mine for stem in line.stems),
        frozenset(stem for line in its for stem in line.stems),
        {
            section: frozenset(token.key for line in mine if line.section == section for token in line.tokens)
            for section in {line.section for line in mine}
        },
        frozenset(
            token.key
            for line in its
            for token in line.tokens
            if token.mention is not None and token.mention.assertion == "family"
        ),
    )
    found: list[Edit] = [*chief_complaint_edits(texts, mine, its)]
    reworded = 0
    for left, right in pairs.groups:
        if left[0].section == "chief_complaint" or right[0].section == "chief_complaint":
            continue
        if [draft[line.start : line.end] for line in left] == [
            signed[line.start : line.end] for line in right
        ]:
            continue
        new = changes(group_of(texts, left, right))
        reworded += not new
        found += new
    found += whole_statements(texts, pairs, mine, its)
    found.sort(key=lambda edit: (edit.side, edit.start, edit.end, edit.kind))
    return list(dict.fromkeys(found)), reworded
