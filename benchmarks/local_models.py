"""Seconds that a local language model takes to load, to read and to write.

python benchmarks/local_models.py [KIND MODEL]
"""

import sys
import time

from scribeeval.errors import InputError
from scribeeval.models.chat import CHAT_MODELS
from scribeeval.models.chat.base import ChatSettings, Completion, Message, Question

TURN = "DOCTOR: How is the knee? PATIENT: It hurts on stairs, and I take ibuprofen 400 mg twice a day. "
WINDOW = 4096


def main(kind: str, model_name: str) -> None:
    """Answer a long question in a word, which is reading, and a short one at length, which is writing."""
    began = time.perf_counter()
    model = CHAT_MODELS[kind].load(
        ChatSettings(model=model_name, context_tokens=WINDOW, device="auto"), lambda call: None
    )
    load_s = time.perf_counter() - began
    reads = Question((Message("user", f"{TURN * 70} Answer yes or no: is it the knee?"),), 400)
    writes = Question((Message("user", "List twelve bones of the human body, each with a sentence."),), 700)
    for what, question in (("reads", reads), ("writes", writes)):
        began = time.perf_counter()
        ((_, answer),) = model.answer([question])
        took_s = time.perf_counter() - began
        if isinstance(answer, Completion):
            print(f"{what}: {answer.input_tokens} tokens in, {answer.output_tokens} out, {took_s:.1f} s")
        else:
            print(f"{what}: {answer.message}, {took_s:.1f} s")
    print(f"{kind} {model_name}: load {load_s:.1f} s; {dict(model.versions)}")
    model.close()


if __name__ == "__main__":
    try:
        main(*(sys.argv[1:] or ("gguf", "smollm2-135m")))
    except InputError as error:
        sys.exit(str(error))
