"""Language models: questions -> answers.  A table, a file per kind, one protocol."""

from collections.abc import Mapping

from scribeeval.models.chat import gguf
from scribeeval.models.chat.base import ChatKind

CHAT_MODELS: Mapping[str, ChatKind] = {
    gguf.NAME: gguf.KIND,
}
