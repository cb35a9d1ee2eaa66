"""What summary.json says of the transcripts: flags, coverage, and words that nobody said."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from scribeeval.metrics.base import ratio
from scribeeval.models.guards import KINDS
from scribeeval.records import Transcript

S_PER_HOUR = 3600


def transcription(transcripts: Iterable[Transcript]) -> dict[str, Any]:
    """Sum up the transcripts of a run.

    coverage: seconds of detected speech that have words / seconds of detected speech, 0 to 1.
    hallucinated_words_per_hour: words that the recording cannot hold, removed or beyond the fastest
    rate, per hour of recording; None, like coverage, where no transcript was made from audio.
    """
    chosen = list(transcripts)
    flags = Counter(flag for transcript in chosen for flag in transcript.flags)
    total: Counter[str] = Counter()
    for transcript in chosen:
        total.update(transcript.facts)  # Counter.update adds
    words = {kind: int(total[f"{kind}_words"]) for kind in KINDS}
    return {
        "n_visits": len(chosen),
        "flags": dict(sorted(flags.items())),
        "audio_s": round(total["audio_s"], 2),
        "coverage": ratio(total["transcribed_s"], total["speech_s"]),
        "hallucinated_words_per_hour": ratio(sum(words.values()) * S_PER_HOUR, total["audio_s"]),
        "hallucinated_words": words,
        "doubtful_words": int(total["doubtful_words"]),
    }
