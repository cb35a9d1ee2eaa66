"""transformers on small random models made here, causal and seq2seq, and on SmolLM2 unpacked from GGUF."""

import json
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from scribeeval.errors import InputError
from scribeeval.models.chat import transformers_chat
from scribeeval.models.chat.base import (
    Answer,
    ChatModel,
    ChatSettings,
    Completion,
    Message,
    NoCompletion,
    Question,
)

torch = pytest.importorskip("torch", reason="the transformers extra is not installed")
transformers = pytest.importorskip("transformers", reason="the transformers extra is not installed")
tokenizers = pytest.importorskip("tokenizers", reason="the transformers extra is not installed")

WORDS = ["knee", "pain", "hurts", "on", "stairs", "no", "fever", "ibuprofen", "400", "mg", "left", "right"]
THINK = ["<think>", "</think>"]
SPECIAL = ["<pad>", "<s>", "</s>", "<end>", "<unk>"]
TEMPLATE = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    "<s> {{ m.content }} {% endfor %}{% if date_string is defined %}{{ date_string }}{% endif %}"
)
VISITS = [
    "knee pain",
    "left knee hurts on stairs no fever",
    "ibuprofen 400 mg",
    "no fever no pain right knee",
]


def save_tokenizer(folder: Path, words: Sequence[str], template: str = "") -> None:
    vocabulary = {word: place for place, word in enumerate(words)}
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, "<unk>"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    names = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=made, **names)
    if template:
        fast.chat_template = template
    fast.save_pretrained(folder)


def save_llama(folder: Path, words: Sequence[str] = (*SPECIAL, *WORDS), **generation: Any) -> Path:
    """A Llama of two layers; its weights are scaled up, so that its words are not all the same."""
    save_tokenizer(folder, words, TEMPLATE)
    torch.manual_seed(3)
    config = transformers.LlamaConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, max_position_embeddings=64, bos_token_id=1, eos_token_id=2,
        pad_token_id=0, initializer_range=0.6,
    )  # fmt: skip
    model = transformers.LlamaForCausalLM(config)
    model.generation_config.eos_token_id = [2, 3]
    for name, value in generation.items():
        setattr(model.generation_config, name, value)
    model.save_pretrained(folder)
    return folder


def save_t5(folder: Path) -> Path:
    words = (*SPECIAL, *WORDS)
    save_tokenizer(folder, words)
    torch.manual_seed(1)
    config = transformers.T5Config(
        vocab_size=len(words), d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2, n_positions=64,
        decoder_start_token_id=0, pad_token_id=0, eos_token_id=2, initializer_factor=4.0,
    )  # fmt: skip
    model = transformers.T5ForConditionalGeneration(config)
    model.generation_config.eos_token_id = [2, 3, *range(7, len(words))]  # else it never ends
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture(scope="module")
def t5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_t5(tmp_path_factory.mktemp("t5"))


def loaded(folder: Path | str, **settings: Any) -> ChatModel:
    return transformers_chat.load(
        ChatSettings(model=str(folder), device="cpu", **settings), lambda call: None
    )


def ask(text: str, max_tokens: int = 40) -> Question:
    return Question((Message("user", text),), max_tokens)


def answers(model: ChatModel, texts: Sequence[str], max_tokens: int = 40) -> list[Answer]:
    found = list(model.answer([ask(text, max_tokens) for text in texts]))
    assert sorted(place for place, _ in found) == list(range(len(texts)))
    return [answer for _, answer in sorted(found, key=lambda one: one[0])]


def by_hand(folder: Path, text: str, max_tokens: int) -> str | None:
    """Greedy decoding, a token at a time, without cache: what the library's loop must come to."""
    model = transformers.LlamaForCausalLM.from_pretrained(folder).float().eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    tokens = tokenizer(f"<s> {text} 26 Jul 2024", add_special_tokens=False).input_ids
    said: list[int] = []
    while len(said) < max_tokens:
        with torch.inference_mode():
            logits = model(torch.tensor([[*tokens, *said]])).logits[0, -1]
        said.append(int(logits.argmax()))
        if said[-1] in (2, 3):
            return str(tokenizer.decode(said, skip_special_tokens=True))
    return None


def test_greedy_is_the_likeliest_token_each_time_until_one_of_the_end_tokens(llama: Path) -> None:
    expected = [by_hand(llama, text, 40) for text in VISITS]
    found = answers(loaded(llama), VISITS)
    assert [one.text.split() if isinstance(one, Completion) else [] for one in found] == [
        (text or "").split() for text in expected
    ]
    assert any(expected)


@pytest.mark.parametrize("kind", ["llama", "t5"])
def test_answers_are_the_same_alone_and_together_and_in_any_order(
    kind: str, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue(kind)
    alone = answers(loaded(folder), VISITS)
    assert len({repr(one) for one in alone}) > 1
    assert answers(loaded(folder), VISITS) == alone
    assert answers(loaded(folder), VISITS[::-1]) == alone[::-1]
    # On these short texts in float32 the padding changes no answer, only digits.
    assert answers(loaded(folder, batch_size=3), VISITS) == alone


def test_what_the_directory_recommends_for_sampling_is_not_used(tmp_path: Path, llama: Path) -> None:
    wild: dict[str, Any] = {
        "do_sample": True,
        "temperature": 5.0,
        "repetition_penalty": 9.0,
        "min_length": 30,
    }
    recommends = save_llama(tmp_path / "recommends", **wild)
    assert answers(loaded(recommends), VISITS) == answers(loaded(llama), VISITS)


def test_a_seed_draws_the_same_in_any_order_and_leaves_torchs_alone(llama: Path) -> None:
    torch.manual_seed(7)
    before = torch.random.get_rng_state()
    drawn = answers(loaded(llama, temperature=3.0, seed=1), VISITS)
    assert torch.equal(before, torch.random.get_rng_state())
    assert answers(loaded(llama, temperature=3.0, seed=1, batch_size=4), VISITS[::-1]) == drawn[::-1]
    assert answers(loaded(llama, temperature=3.0, seed=2), VISITS) != drawn
    assert answers(loaded(llama), VISITS) != drawn


def test_an_answer_that_is_cut_or_a_question_too_long_is_none(llama: Path) -> None:
    model = loaded(llama)
    whole = [one for one in answers(model, VISITS) if isinstance(one, Completion)]
    shortest = min(one.output_tokens or 0 for one in whole)
    assert shortest > 1
    assert all(
        one == NoCompletion(f"cut at max_tokens ({shortest - 1}); raise it")
        for one in answers(model, VISITS, shortest - 1)
    )
    # With others that may say more, the limit is still each question's own.
    questions = [ask(text, limit) for text in VISITS for limit in (shortest - 1, 40)]
    found = dict(loaded(llama, batch_size=8).answer(questions))
    assert all(isinstance(found[place], NoCompletion) for place in range(0, 8, 2))
    (refused,) = answers(model, ["knee " * 70])
    assert refused == NoCompletion(
        "the question has 74 tokens and the model's window 64; raise context_tokens, or draft by section"
    )


def test_a_schema_is_refused_with_the_kinds_that_can(llama: Path) -> None:
    ((_, found),) = loaded(llama).answer([Question((Message("user", "knee"),), 9, {"type": "object"})])
    assert isinstance(found, NoCompletion)
    assert "use gguf or openai-compatible" in found.message


def test_a_system_message_that_the_template_refuses_goes_before_the_users(llama: Path) -> None:
    model = loaded(llama)
    both = Question((Message("system", "knee pain"), Message("user", "no fever")), 40)
    ((_, found),) = model.answer([both])
    assert [found] == answers(model, ["knee pain\n\nno fever"])
    ((_, refused),) = model.answer([Question((Message("system", "knee pain"),), 40)])
    assert refused == NoCompletion("the model's chat template refuses the messages (TemplateError)")


def test_reasoning_is_taken_out_and_counted(tmp_path: Path) -> None:
    """A model that always says the same words, whatever it is asked: its last layer is set by hand."""
    words = [*SPECIAL, *WORDS, *THINK]
    folder = save_llama(tmp_path / "llama", words)
    model = transformers.LlamaForCausalLM.from_pretrained(folder)
    says = ["<think>", "knee", "pain", "</think>", "no", "fever", "</s>"]
    ids = [words.index(word) for word in says]
    chain = {words.index("left"): ids[0], **dict(pairwise(ids))}
    with torch.no_grad():
        for layer in model.model.layers:  # nothing but the last word is heard
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
        near = model.model.norm(model.model.embed_tokens.weight)
        model.lm_head.weight.zero_()
        for word, following in chain.items():
            model.lm_head.weight[following] += 50 * near[word] / near[word].norm()
    model.save_pretrained(folder)
    fast = transformers.AutoTokenizer.from_pretrained(folder)
    fast.chat_template = "{% for m in messages %}{{ m.content }} {% endfor %}left"
    fast.save_pretrained(folder)
    (found,) = answers(loaded(folder), ["knee"])
    assert found == Completion("no fever", input_tokens=2, output_tokens=7, reasoning_tokens=2)
    # A template that begins the reasoning itself.
    fast.chat_template = "{% for m in messages %}{{ m.content }} {% endfor %}<think>"
    fast.save_pretrained(folder)
    (found,) = answers(loaded(folder), ["knee"])
    assert found == Completion("no fever", input_tokens=2, output_tokens=6, reasoning_tokens=2)


def test_the_revision_is_every_file_that_counts(tmp_path: Path) -> None:
    folder = save_llama(tmp_path / "llama")
    settings = ChatSettings(model=str(folder), device="cpu")
    before = transformers_chat.KIND.revision(settings)
    (folder / "README.md").write_text("a model", "utf-8")
    assert transformers_chat.KIND.revision(settings) == before == loaded(folder).revision
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    tokenizer.chat_template = TEMPLATE + " "
    tokenizer.save_pretrained(folder)
    assert transformers_chat.KIND.revision(settings) != before


def test_what_is_no_whole_language_model_is_said(tmp_path: Path) -> None:
    folder = save_llama(tmp_path / "llama")
    weights = folder / "model.safetensors"
    whole, config = weights.read_bytes(), json.loads((folder / "config.json").read_text("utf-8"))

    def refused(match: str) -> None:
        with pytest.raises(InputError, match=match):
            loaded(folder)

    weights.write_bytes(whole[: len(whole) // 2])
    refused(r"no language model that transformers can load .*copy it again, whole")
    weights.unlink()
    torch.save({}, folder / "pytorch_model.bin")
    refused(r"its weights are a pickle, which can run code; give them as safetensors")
    (folder / "pytorch_model.bin").unlink()
    refused(r"neither a packaged name \(smollm2-135m\) nor a folder with config\.json")
    from safetensors.torch import load as read
    from safetensors.torch import save

    tensors = read(whole)
    del tensors["model.layers.1.mlp.up_proj.weight"]
    weights.write_bytes(save(tensors, {"format": "pt"}))
    refused(r"lacks 1 weights \(first: model\.layers\.1\.mlp\.up_proj\.weight\)")
    weights.write_bytes(whole)
    (folder / "config.json").write_text(json.dumps(config | {"architectures": ["BertModel"]}), "utf-8")
    refused(r"config\.json: a BertModel writes no text")
    own_code = {"model_type": "mine", "auto_map": {"AutoConfig": "c.C", "AutoModelForCausalLM": "m.M"}}
    (folder / "config.json").write_text(json.dumps(config | own_code), "utf-8")
    (folder / "c.py").write_text("raise SystemExit('ran')", "utf-8")
    refused("without code of its own")
    (folder / "config.json").write_text("[]", "utf-8")
    refused(r"config\.json: not a model's config")
    with pytest.raises(InputError, match="was trained on 64"):
        loaded(save_llama(tmp_path / "again"), context_tokens=65)


@pytest.mark.validation  # half a minute to unpack
def test_smollm2_says_the_same_through_transformers_as_through_llama_cpp(gguf_model: ChatModel) -> None:
    if find_spec("gguf") is None:
        pytest.skip("the package gguf is not installed")
    model = loaded("smollm2-135m", context_tokens=2048)
    question = "Name a bone of the leg in one short sentence."
    (found,), (peer,) = answers(model, [question], 60), answers(gguf_model, [question], 60)
    assert isinstance(found, Completion)
    assert isinstance(peer, Completion)
    assert found.input_tokens == peer.input_tokens  # the same template, the same tokens
    # The digits differ (float32 against 4 bits times 8 bits): the words agree at the beginning only.
    assert found.text.split()[:3] == peer.text.split()[:3]
    assert answers(model, [question], 60) == [found]
    for text in ("knee pain", "두통이 있어요, 0.5 mg"):
        assert model.count_tokens(text) == gguf_model.count_tokens(text)
