"""Words that the speech may hold, as the text "before" the first word: Whisper's only vocabulary help.

A Whisper model sees at most 224 tokens of earlier text (Radford et al., 2022).  It leans towards
spellings that it finds there; on speech without those words it may also write them where they were not
said.  So the words are taken whole, in their order, until the room is used, and what was left out is
counted.
"""

from collections.abc import Callable
from dataclasses import dataclass

from scribeeval.models.engines.base import EngineSettings

MOST_TOKENS = 223  # 224 less the token that begins earlier text
CHARS_PER_TOKEN = 2.0  # of drug names, on the low side: where the engine's own tokenizer cannot be asked


@dataclass(frozen=True, slots=True)
class Prompt:
    """The text before the first word, and how many of the words found no room."""

    text: str
    left_out: int


def estimated_tokens(text: str) -> int:
    """Give at least the tokens that a text is likely to have."""
    return -(-len(text) // int(CHARS_PER_TOKEN))


def prompt_of(settings: EngineSettings, n_tokens: Callable[[str], int]) -> Prompt:
    """Make the prompt: the user's own text whole, before it the words that fit beside it.

    The user's text stands last, because an engine that cuts a prompt cuts its beginning.
    """
    kept: list[str] = []
    for word in settings.hotwords:
        if n_tokens(_text([*kept, word], settings.initial_prompt)) > MOST_TOKENS:
            break
        kept.append(word)
    return Prompt(_text(kept, settings.initial_prompt), len(settings.hotwords) - len(kept))


def _text(words: list[str], initial_prompt: str) -> str:
    glossary = ", ".join(words) + "." if words else ""
    return " ".join(part for part in (glossary, initial_prompt.strip()) if part)
