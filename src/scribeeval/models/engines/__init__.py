"""Engines: samples of one channel -> timed phrases.  A table, a file per engine, one protocol."""

from collections.abc import Mapping

from scribeeval.models.engines import faster_whisper
from scribeeval.models.engines.base import Engine, EngineSettings, Phrase, Transcriber

ENGINES: Mapping[str, Engine] = {
    faster_whisper.NAME: faster_whisper.ENGINE,
}

__all__ = ["ENGINES", "Engine", "EngineSettings", "Phrase", "Transcriber"]
