"""A diarisation of one recording, RTTM: who spoke when, found by a program of the user's.

    SPEAKER <file> <channel> <start_s> <duration_s> <NA> <NA> <label> <NA> <NA>

Source: NIST, "The Rich Transcription 2009 evaluation plan", appendix A.  Other lines than SPEAKER
are passed over.
"""

import math
from pathlib import Path
from typing import NamedTuple

from scribeeval.errors import InputError
from scribeeval.io.files import read_text
from scribeeval.records import Speaker

ROLES: dict[str, Speaker] = {
    **dict.fromkeys(("clinician", "doctor", "dr", "physician", "provider", "nurse", "의사"), "clinician"),
    **dict.fromkeys(("patient", "pt", "환자"), "patient"),
    **dict.fromkeys(("other", "relative", "companion", "guest", "보호자"), "other"),
}
_LABEL_FIELD = 7


class Turn(NamedTuple):
    """A stretch of one speaker, in seconds.  speaker: the role that the label names, if it names one."""

    start_s: float
    end_s: float
    label: str
    speaker: Speaker | None


def read_rttm(path: Path) -> tuple[Turn, ...]:
    """Read an RTTM file, in the order of time.

    Raises:
        InputError: unreadable, no SPEAKER line, or a line of another form.

    """
    turns = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        fields = line.split()
        if not fields or fields[0] != "SPEAKER":
            continue
        try:
            start_s, duration_s, label = float(fields[3]), float(fields[4]), fields[_LABEL_FIELD]
        except (IndexError, ValueError):
            start_s = duration_s = math.nan
            label = ""
        if not (0 <= start_s < math.inf and 0 <= duration_s < math.inf):
            raise InputError(
                f"{path}: line {number} is no RTTM; write SPEAKER FILE 1 START_S DURATION_S NA NA LABEL NA NA"
            )
        turns.append(Turn(start_s, start_s + duration_s, label, ROLES.get(label.casefold())))
    if not turns:
        raise InputError(f"{path}: has no SPEAKER line; export the diarisation as RTTM")
    return tuple(sorted(turns))
