"""Engines: samples of one channel -> timed phrases.  A table, a file per engine, one protocol."""

from collections.abc import Mapping

from scribeeval.models.engines import endpoint, faster_whisper, openai_whisper, replay, transformers_speech
from scribeeval.models.engines.base import Engine, EngineSettings, Phrase, Transcriber

ENGINES: Mapping[str, Engine] = {
    module.NAME: module.ENGINE
    for module in (faster_whisper, openai_whisper, transformers_speech, endpoint, replay)
}

__all__ = ["ENGINES", "Engine", "EngineSettings", "Phrase", "Transcriber"]
