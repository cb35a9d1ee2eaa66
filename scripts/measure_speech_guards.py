"""Measure the cross-talk guard on the demonstration's visits: WER of each speaker with channels mixed.

    python scripts/measure_speech_guards.py [--seconds 60] [--visits V01 V04]

Each visit's two channels are mixed into each other at a gain, transcribed by tiny.en as they are, and
again through scribeeval.models.hearing; the reference is what each speaker said.  The numbers in
docs/speech-guards.md come from here.
"""

import argparse
import json
from pathlib import Path

from scribeeval.metrics import METRICS
from scribeeval.models.audio import SAMPLE_RATE_HZ, decode
from scribeeval.models.engines import ENGINES, EngineSettings
from scribeeval.models.hearing import hear
from scribeeval.models.voice import as_float
from scribeeval.records import Pair, Segment, Speaker

DEMO = Path(__file__).parents[1] / "datasets" / "demo"
ROLES: tuple[Speaker, ...] = ("clinician", "patient")


def main() -> None:
    """Print a line per visit and gain."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--visits", nargs="+", default=["V01", "V04"])
    arguments = parser.parse_args()
    engine = ENGINES["faster-whisper"].load(EngineSettings(), print)
    print("visit gain_db  wer plain (clinician, patient)  wer guarded  words plain, guarded  flags")
    for visit in arguments.visits:
        channels = decode(DEMO / "audio" / f"{visit}.ogg")
        length = int(arguments.seconds * SAMPLE_RATE_HZ)
        left, right = (as_float(samples[:length]) for samples in channels)
        for decibels in (None, -10, -20):
            gain = 0.0 if decibels is None else 10 ** (decibels / 20)
            mixed = [(left + gain * right).astype("float32"), (right + gain * left).astype("float32")]
            plain = [
                Segment(p.start_s, p.end_s, role, p.text)
                for role, samples in zip(ROLES, mixed, strict=True)
                for p in engine.transcribe(samples.copy())
            ]
            heard = hear(mixed, engine, "en")
            rates = [_wer(visit, segments, arguments.seconds) for segments in (plain, heard.segments)]
            words = [sum(len(s.text.split()) for s in segments) for segments in (plain, heard.segments)]
            print(visit, decibels, *rates, words, heard.flags)


def _wer(visit: str, segments: "list[Segment] | tuple[Segment, ...]", seconds: float) -> list[float]:
    rows = json.loads((DEMO / "transcripts" / f"{visit}.json").read_text(encoding="utf-8"))["segments"]
    found = []
    for role in ROLES:
        own = [r for r in rows if (r["speaker"] == "clinician") == (role == "clinician")]
        said = [r["text"] for r in own if r["end_s"] <= seconds]
        heard = " ".join(s.text for s in segments if s.speaker == role and (s.end_s or 0) <= seconds)
        found.append(round(METRICS["wer"].score([Pair(visit, " ".join(said), heard)]).value or 0.0, 3))
    return found


if __name__ == "__main__":
    main()
