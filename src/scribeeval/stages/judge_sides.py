"""What a judge is shown beside the note: what was said, and the reference note where there is one."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from scribeeval.io.transcripts import read_transcripts
from scribeeval.io.visits import read_visits
from scribeeval.records import Segment, Visit
from scribeeval.run import Run
from scribeeval.stages import transcribe


def sides_of(run: Run, visits: Path | None) -> Callable[[str], Mapping[str, str]]:
    """Give what tells the texts of a visit by their side: "transcript", "reference"; those there are.

    The transcript is the reference one of the visits table, else the run's recognised one, as for the
    metrics that compare a note with its source.  The reference is the expert's note, else the signed one.
    """
    recognised = read_transcripts(run.path(transcribe.OUTPUT)) if run.has(transcribe.OUTPUT) else {}
    known = {visit.visit_id: visit for visit in read_visits(visits).visits} if visits is not None else {}

    def sides(visit_id: str) -> Mapping[str, str]:
        visit = known.get(visit_id, Visit(visit_id))
        said = None
        if visit.reference_segments is not None:
            said = spoken(visit.reference_segments)
        elif visit.reference_transcript is not None:
            said = visit.reference_transcript
        elif visit_id in recognised:
            said = spoken(recognised[visit_id].segments)
        note = visit.reference_note if visit.reference_note is not None else visit.signed_note
        found = {"transcript": said, "reference": note}
        return {side: text for side, text in found.items() if text is not None}

    return sides


def spoken(segments: Sequence[Segment]) -> str:
    """Write segments as turns, one a line, each with its speaker where one is known."""
    turns = [
        (speaker, " ".join(segment.text for segment in turn))
        for speaker, turn in groupby(segments, key=lambda segment: segment.speaker)
    ]
    return "\n".join(
        text if speaker is None else f"{speaker.capitalize()}: {text}" for speaker, text in turns
    )
