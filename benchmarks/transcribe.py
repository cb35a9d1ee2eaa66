"""Speed, word errors and terms of the engines, on the demo's recordings (six two-channel visits).

    python benchmarks/transcribe.py speed [--model tiny.en] [--visits V01,V02]
    python benchmarks/transcribe.py table [--models tiny.en,base] [--hotwords ,lexicon] [--beam-size 1]
    python benchmarks/transcribe.py hour [--model tiny.en]

speed: the default engine against openai-whisper's own `transcribe` on each channel (greedy, float32, the
same weights), visit by visit in turn, in one process; seconds by the clock and of the processor (torch
takes --torch-threads).  Loading is timed apart.  table: WER, recall of reference terms by type, coverage,
real-time factor.  hour: peak memory of this process with an hour of two channels.
"""

import argparse
import resource
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from scribeeval.io.transcripts import read_transcript
from scribeeval.metrics import METRICS
from scribeeval.models.audio import SAMPLE_RATE_HZ, decode
from scribeeval.models.engines import ENGINES, EngineSettings
from scribeeval.models.vocabulary import vocabulary
from scribeeval.models.voice import overlap_s, seconds, speech_spans
from scribeeval.records import Pair
from scribeeval.terms import find_terms

DEMO = Path(__file__).parents[1] / "datasets" / "demo"
VISITS = ("V01", "V02", "V03", "V04", "V05", "V06")
SIDES = ("clinician", "patient")
Made = TypeVar("Made")


@dataclass
class Clock:
    """Seconds by the clock and of the processor, added up."""

    wall_s: float = 0.0
    cpu_s: float = 0.0

    def time(self, work: Callable[[], Made]) -> Made:
        """Do some work and add its seconds."""
        wall, cpu = time.perf_counter(), time.process_time()
        made = work()
        self.wall_s += time.perf_counter() - wall
        self.cpu_s += time.process_time() - cpu
        return made


@dataclass
class Recording:
    """A visit of the demo: its channels, and what was said in each."""

    visit_id: str
    channels: list[Any]
    said: list[str]

    @property
    def length_s(self) -> float:
        """Length in seconds."""
        return len(self.channels[0]) / SAMPLE_RATE_HZ


def recordings(names: Sequence[str]) -> list[Recording]:
    """Read visits of the demo."""
    found = []
    for name in names:
        _, segments = read_transcript(DEMO / "transcripts" / f"{name}.json")
        said = [" ".join(s.text for s in segments or () if s.speaker == side) for side in SIDES]
        found.append(Recording(name, decode(DEMO / "audio" / f"{name}.ogg"), said))
    return found


def wer(visits: Sequence[Recording], heard: Sequence[Sequence[str]]) -> float | None:
    """Word error rate over the channels."""
    pairs = [
        Pair(f"{visit.visit_id}-{side}", said, text)
        for visit, texts in zip(visits, heard, strict=True)
        for side, said, text in zip(SIDES, visit.said, texts, strict=True)
    ]
    return METRICS["wer"].score(pairs).value


def term_recall(visits: Sequence[Recording], heard: Sequence[Sequence[str]]) -> dict[str, tuple[int, int]]:
    """Give (found, said) by semantic type: each concept of a visit as often as it was said."""
    found: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for visit, texts in zip(visits, heard, strict=True):
        mentions = [
            Counter((m.semantic_type, m.concept) for t in side for m in find_terms(t))
            for side in (visit.said, texts)
        ]
        for (semantic_type, concept), n in mentions[0].items():
            said[semantic_type] += n
            found[semantic_type] += min(n, mentions[1][semantic_type, concept])
    return {name: (found[name], said[name]) for name in sorted(said)}


def speed(model: str, names: Sequence[str], torch_threads: int) -> None:
    """Print the ratio of the two engines after each visit."""
    import torch
    import whisper

    from scribeeval.models.checkpoint import checkpoint_of

    torch.set_num_threads(torch_threads)
    load = Clock()
    engine = load.time(
        lambda: ENGINES["faster-whisper"].load(EngineSettings(model=model, device="cpu"), print)
    )
    print(f"load faster-whisper {load.wall_s:.1f} s")
    reference = whisper.load_model(str(checkpoint_of(model).path), device="cpu")
    ours, theirs = Clock(), Clock()
    heard: list[tuple[list[str], list[str]]] = []
    visits = recordings(names)

    greedy = {"temperature": 0.0, "beam_size": None, "condition_on_previous_text": False, "fp16": False}

    def transcribed(channels: Sequence[Any]) -> list[str]:
        return [str(reference.transcribe(channel, language="en", **greedy)["text"]) for channel in channels]

    for number, visit in enumerate(visits, 1):
        mine = ours.time(partial(engine.transcribe_channels, visit.channels))
        other = theirs.time(partial(transcribed, visit.channels))
        heard.append(([" ".join(p.text for p in phrases) for phrases in mine], other))
        errors = [wer(visits[:number], [texts[side] for texts in heard]) for side in (0, 1)]
        print(
            f"{visit.visit_id}: clock {_ratio(theirs.wall_s, ours.wall_s)}; "
            f"processor {_ratio(theirs.cpu_s, ours.cpu_s)}; WER {errors[1]:.4f} / {errors[0]:.4f}",
            flush=True,
        )


def _ratio(theirs_s: float, ours_s: float) -> str:
    return f"{theirs_s:.1f} / {ours_s:.1f} s = {theirs_s / ours_s:.2f}"


def table(models: Sequence[str], hotwords: Sequence[str], names: Sequence[str], beam_size: int) -> None:
    """Print a line for each model and source of hotwords."""
    visits = recordings(names)
    spoken = [[speech_spans(channel) for channel in visit.channels] for visit in visits]
    detected_s = sum(seconds(spans) for sides in spoken for spans in sides)
    for model in models:
        for source in hotwords:
            settings = EngineSettings(model=model, beam_size=beam_size, hotwords=vocabulary(source))
            engine = ENGINES["faster-whisper"].load(settings, print)
            clock, heard, covered_s = Clock(), [], 0.0
            for visit, sides in zip(visits, spoken, strict=True):
                found = clock.time(partial(engine.transcribe_channels, visit.channels))
                heard.append([" ".join(phrase.text for phrase in phrases) for phrases in found])
                covered_s += sum(
                    overlap_s(spans, p.start_s, p.end_s)
                    for spans, phrases in zip(sides, found, strict=True)
                    for p in phrases
                )
            recall = term_recall(visits, heard)
            both = tuple(map(sum, zip(*recall.values(), strict=True)))
            parts = ", ".join(f"{name} {n}/{of}" for name, (n, of) in recall.items())
            length_s = sum(visit.length_s for visit in visits)
            print(
                f"{model} hotwords={source or 'none'} beam={beam_size}: WER {wer(visits, heard):.4f}, "
                f"terms {both[0] / both[1]:.3f} ({parts}), coverage {covered_s / detected_s:.3f}, "
                f"real-time factor {clock.wall_s / length_s:.4f}",
                flush=True,
            )


def hour(model: str) -> None:
    """Print the peak memory before and after an hour of two channels."""

    def peak_mb() -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    visits = recordings(VISITS)
    n_samples = 3600 * SAMPLE_RATE_HZ
    channels = []
    for side in (0, 1):
        channel, at = np.empty(n_samples, dtype=np.float32), 0
        for part in islice(cycle(visit.channels[side] for visit in visits), 1000):
            kept = part[: n_samples - at]
            channel[at : at + len(kept)] = kept
            at += len(kept)
        channels.append(channel)
    del visits
    engine = ENGINES["faster-whisper"].load(EngineSettings(model=model), print)
    before = peak_mb()
    phrases = engine.transcribe_channels(channels)
    samples_mb = sum(channel.nbytes for channel in channels) / 2**20
    print(
        f"{model}: peak {peak_mb():.0f} MB (with {samples_mb:.0f} MB of samples and the model loaded: "
        f"{before:.0f}), {sum(map(len, phrases))} phrases"
    )


def main() -> None:
    """Run one of the three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["speed", "table", "hour"], nargs="?", default="speed")
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--models", default="tiny.en,base")
    parser.add_argument("--hotwords", default=",lexicon")
    parser.add_argument("--visits", default=",".join(VISITS))
    parser.add_argument("--beam-size", type=int, default=1)
    parser.add_argument("--torch-threads", type=int, default=2)
    chosen = parser.parse_args()
    names = chosen.visits.split(",")
    if chosen.what == "speed":
        speed(chosen.model, names, chosen.torch_threads)
    elif chosen.what == "table":
        table(chosen.models.split(","), chosen.hotwords.split(","), names, chosen.beam_size)
    else:
        hour(chosen.model)


if __name__ == "__main__":
    main()
