"""Language models: questions -> answers.  A table, a file per kind, one protocol."""

from collections.abc import Mapping

from scribeeval.models.chat import gguf, transformers_chat
from scribeeval.models.chat.base import ChatKind, ChatModel, ChatSettings

CHAT_MODELS: Mapping[str, ChatKind] = {module.NAME: module.KIND for module in (gguf, transformers_chat)}

__all__ = ["CHAT_MODELS", "ChatKind", "ChatModel", "ChatSettings"]
