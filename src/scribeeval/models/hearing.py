"""One visit's channels -> segments: roles before the engine, guards after it, and the numbers of both."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from scribeeval.io.diarisation import Turn
from scribeeval.models.channels import (
    CROSS_TALK,
    ONE_CHANNEL,
    SAME_SPEECH,
    SILENT_CHANNEL,
    prepare,
)
from scribeeval.models.engines.base import Phrase, Transcriber
from scribeeval.models.guards import KINDS, guard, transcribed_s
from scribeeval.models.roles import diarised, look_swapped, without_echoes
from scribeeval.models.voice import RATE_HZ, seconds
from scribeeval.records import Segment

if TYPE_CHECKING:
    from scribeeval.models.voice import Samples

NO_SPEECH = "no_speech"
CUT_SHORT = "cut_short"
ROLES_SWAPPED = "roles_swapped"
ROLES_INFERRED = "roles_inferred"
UNUSED_DIARISATION = "unused_diarisation"
INVENTED_WORDS = "invented_words"
DOUBTFUL_WORDS = "doubtful_words"
LOW_COVERAGE = "low_coverage"

FLAGS: Mapping[str, str] = {
    ONE_CHANNEL: "one channel: who speaks is not known (speaker null)",
    SAME_SPEECH: "both channels carry the same speech: transcribed once, who speaks is not known",
    SILENT_CHANNEL: "one of two channels holds no speech: check that each speaker has a channel",
    CROSS_TALK: "each voice is heard on the other's channel too: what was quieter there was left out",
    ROLES_SWAPPED: "the roles look swapped (patient left?): check, and set swap_roles for such visits",
    ROLES_INFERRED: "the diarisation names no roles: they were taken from what is said; check them",
    UNUSED_DIARISATION: "each speaker has a channel: the diarisation was not used",
    NO_SPEECH: "no speech found: the transcript is empty",
    INVENTED_WORDS: "words that the recording cannot hold were found",
    DOUBTFUL_WORDS: "words that may be invented were kept: listen to them",
    LOW_COVERAGE: "much of the detected speech has no words",
    CUT_SHORT: "ends before the file says it does, words are missing; export it again",
}

LEAST_COVERAGE = 0.8
ENOUGH_SPEECH_S = 10.0  # of less, a share says little


class Heard(NamedTuple):
    """A visit's segments in the order of time, its flags (keys of FLAGS) and its numbers."""

    segments: tuple[Segment, ...]
    flags: tuple[str, ...]
    facts: Mapping[str, float]


def hear(
    channels: "Sequence[Samples]",
    engine: Transcriber,
    language: str,
    *,
    swap_roles: bool = False,
    turns: Sequence[Turn] | None = None,
) -> Heard:
    """Transcribe one or two channels at 16 kHz.

    turns: a diarisation, used where one channel carries all.  A channel in which nobody speaks is
    not given to the engine.  facts: audio_s, speech_s (detected, both channels), transcribed_s (of
    it), invented words by kind, doubtful_words, echoed_words.  Cross-talk is muted in the arrays given.
    """
    length_s = max(map(len, channels)) / RATE_HZ
    sounds, flags = prepare(channels, swap_roles=swap_roles)
    spoken = [sound for sound in sounds if sound.speech]
    answers = iter(
        engine.transcribe_channels([sound.samples for sound in spoken], [sound.speech for sound in spoken])
        if spoken
        else ()
    )
    raw = [next(answers) if sound.speech else () for sound in sounds]
    guarded = [guard(phrases, sound.speech) for phrases, sound in zip(raw, sounds, strict=True)]
    phrases: Sequence[Sequence[Phrase]] = [one.phrases for one in guarded]
    echoed = 0
    if len(sounds) > 1:
        phrases, echoed = without_echoes(phrases, sounds)
    said_by = [
        (p, sound.speaker) for sound, of_channel in zip(sounds, phrases, strict=True) for p in of_channel
    ]
    # Stable: what starts together stays in the order of the channels, the clinician first.
    said_by.sort(key=lambda one: one[0].start_s)
    segments: Sequence[Segment] = [Segment(p.start_s, p.end_s, speaker, p.text) for p, speaker in said_by]
    invented = {kind: sum(one.invented.get(kind, 0) for one in guarded) for kind in KINDS}
    facts = {
        "audio_s": round(length_s, 2),
        "speech_s": round(sum(seconds(sound.speech) for sound in sounds), 2),
        "transcribed_s": round(
            sum(transcribed_s(p, sound.speech) for p, sound in zip(phrases, sounds, strict=True)), 2
        ),
        **{f"{kind}_words": n for kind, n in invented.items()},
        "doubtful_words": sum(one.doubtful for one in guarded),
        "echoed_words": echoed,
    }
    if echoed and CROSS_TALK not in flags:
        flags.append(CROSS_TALK)
    segments, role_flags = _roles(segments, len(sounds) > 1, language, turns)
    flags = [flag for flag in flags if not (flag in (ONE_CHANNEL, SAME_SPEECH) and turns)] + role_flags
    return Heard(tuple(segments), (*flags, *_word_flags(facts, invented, bool(segments))), facts)


def _roles(
    segments: Sequence[Segment], apart: bool, language: str, turns: Sequence[Turn] | None
) -> tuple[Sequence[Segment], list[str]]:
    """Apply a diarisation to one channel, or look whether two channels are swapped."""
    if apart:
        flags = [ROLES_SWAPPED] if look_swapped(segments, language) else []
        return segments, flags + ([UNUSED_DIARISATION] if turns else [])
    if not turns:
        return segments, []
    segments, inferred = diarised(segments, turns, language)
    unknown = any(segment.speaker is None for segment in segments)
    return segments, [ROLES_INFERRED] * inferred + [ONE_CHANNEL] * unknown


def _word_flags(facts: Mapping[str, float], invented: Mapping[str, int], any_words: bool) -> list[str]:
    low = facts["transcribed_s"] < LEAST_COVERAGE * facts["speech_s"]
    found = {
        INVENTED_WORDS: any(invented.values()),
        DOUBTFUL_WORDS: facts["doubtful_words"] > 0,
        LOW_COVERAGE: low and facts["speech_s"] >= ENOUGH_SPEECH_S,
        NO_SPEECH: not any_words,
    }
    return [flag for flag, is_so in found.items() if is_so]
