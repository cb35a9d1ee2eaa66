"""llama.cpp's own OpenAI-compatible server on a loopback port, in a process of its own.

`running(...)` starts it and stops it; run as a program it is the server itself.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from scribeeval.models.chat.weights import gguf_file

MODEL = "smollm2-135m"


@contextmanager
def running(*, context_tokens: int = 2048) -> Iterator[int]:
    """Start the server with the packaged model under its name; gives the port it listens on."""
    asked = json.dumps({"file": str(gguf_file(MODEL)), "context_tokens": context_tokens})
    process = subprocess.Popen(
        [sys.executable, __file__, asked], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def serve(asked: str) -> None:
    """Serve until stdin ends, decoding as the `gguf` kind does."""
    import os

    os.environ["OMP_WAIT_POLICY"] = "passive"
    import xllamacpp

    given = json.loads(asked)
    params = xllamacpp.CommonParams()
    params.model.path = given["file"]
    params.model_alias = {MODEL}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.verbosity = -1
    params.n_ctx = given["context_tokens"]
    params.fit_params = False
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = 512
    params.cache_prompt = False
    params.cache_ram_mib = 0
    params.warmup = False
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    server = xllamacpp.Server(params)
    print(server.listening_address.rpartition(":")[2], flush=True)  # noqa: T201 - the port, for the parent
    sys.stdin.read()


if __name__ == "__main__":
    serve(sys.argv[1])
