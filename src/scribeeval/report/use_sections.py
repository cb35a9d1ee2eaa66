"""The sections on EHR use: the plain comparison first, then what qualifies it."""

from collections.abc import Iterator

from scribeeval.report.adjusted import adjusted_section_blocks
from scribeeval.report.blocks import Section
from scribeeval.report.dose import dose_blocks, link_blocks
from scribeeval.report.flow import flow_blocks
from scribeeval.report.languages import Language
from scribeeval.report.missing import missing_blocks
from scribeeval.report.second_opinions import second_opinion_blocks
from scribeeval.report.standing import standing_section
from scribeeval.report.use import use_section
from scribeeval.report.use_subgroups import subgroup_blocks
from scribeeval.report.views import Json

# anchor of a section: the parts of study.json in it; a section without any is left out
PARTS = {
    "adjusted": (adjusted_section_blocks, second_opinion_blocks),
    "groups": (subgroup_blocks, dose_blocks, link_blocks),
    "clinicians": (flow_blocks, missing_blocks),
}


def use_sections(say: Language, study: Json) -> Iterator[Section]:
    """Build the sections; a part that study.json does not have is left out."""
    yield use_section(say, study)
    for anchor, parts in PARTS.items():
        blocks = tuple(block for part in parts for block in part(say, study))
        if blocks:
            yield Section(anchor, say(f"section.{anchor}"), blocks)
    standing = standing_section(say, study)
    if standing is not None:
        yield standing
