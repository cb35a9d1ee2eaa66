"""Language models: questions -> answers.  A table, a file per kind, one protocol."""

from collections.abc import Mapping

from scribeeval.models.chat import gguf, transformers_chat
from scribeeval.models.chat.base import ChatKind

CHAT_MODELS: Mapping[str, ChatKind] = {
    gguf.NAME: gguf.KIND,
    transformers_chat.NAME: transformers_chat.KIND,
}
