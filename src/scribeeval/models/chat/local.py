"""What the language models on this machine share: how they decode, and what an answer that is none says."""

import json
from collections.abc import Mapping
from typing import Any

from scribeeval.errors import InputError
from scribeeval.models.chat.base import ChatSettings, NoCompletion, Question

LARGEST_WINDOW = 32_768  # of a model's own: the cache for one of 128 k would take many GB
# Many chat templates tell the model the day; then no note could be made again tomorrow.  Llama 3.1's own.
TEMPLATE_DATE = "26 Jul 2024"
# The layout of a model without a chat template: the messages, an empty line after each.
PLAIN_TEMPLATE = "{% for message in messages %}{{ message.content }}\n\n{% endfor %}"


def window(settings: ChatSettings, own: int | None) -> int:
    """Give the window in tokens: the user's, else the model's own, bounded; None = not known.

    Raises:
        InputError: the user's is more than the model was trained on.

    """
    if own is not None and settings.context_tokens > own:
        raise InputError(
            f"context_tokens {settings.context_tokens}: the model {settings.model!r} was trained on {own}; "
            "set that or less"
        )
    return settings.context_tokens or min(own or LARGEST_WINDOW, LARGEST_WINDOW)


def well_formed(text: str) -> str:
    """Replace lone surrogates, which are no text; tokenizers refuse them."""
    return text.encode("utf-8", "replace").decode()


def too_long(n_tokens: int, room: int) -> NoCompletion:
    """Say that a question does not fit."""
    return NoCompletion(
        f"the question has {n_tokens} tokens and the model's window {room}; "
        "raise context_tokens, or draft by section"
    )


def cut(n_tokens: int, max_tokens: int, room: int) -> NoCompletion:
    """Say where an answer was cut: at the tokens it was given, or at the end of the window."""
    if n_tokens >= max_tokens:
        return NoCompletion(f"cut at max_tokens ({max_tokens}); raise it")
    return NoCompletion(
        f"cut after {n_tokens} tokens, where the window of {room} was full; "
        "raise context_tokens, or draft by section"
    )


def no_answer_in(text: str, question: Question) -> NoCompletion | None:
    """Say why a whole text is no answer: empty, or not JSON where that was asked; None = it is one."""
    if not text.strip():
        return NoCompletion("the model ended without a word of answer; give another model or prompt")
    if question.schema is not None:
        try:
            json.loads(text)
        except ValueError:
            return NoCompletion("the answer is not the JSON asked for; give another model")
    return None


def messages_of(question: Question) -> list[dict[str, str]]:
    """Give the messages as chat templates read them."""
    return [{"role": one.role, "content": well_formed(one.content)} for one in question.messages]


def decoding(temperature: float, seed: int) -> Mapping[str, Any]:
    """Name how tokens are chosen; a seed only where one is drawn."""
    return {"temperature": temperature, "seed": seed} if temperature > 0 else {"temperature": 0.0}
