"""transformers: a language model in a local directory, causal (Llama's kind) or seq2seq (T5's kind).

safetensors, or one GGUF file, which is unpacked to float32; no pickle, no code of the directory, no
download unless the user allowed it.  Greedy, or sampled from the seed anew for each question; what the
directory recommends for sampling is not used.  There is no grammar: a question with a JSON schema is
refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from scribeeval.models.chat.base import (
    Answer,
    ChatKind,
    ChatModel,
    ChatSettings,
    Completion,
    NoCompletion,
    Question,
)
from scribeeval.models.chat.local import (
    TEMPLATE_DATE,
    cut,
    messages_of,
    no_answer_in,
    too_long,
    well_formed,
)
from scribeeval.models.chat.model_folder import find_folder
from scribeeval.models.chat.reasoning import separate
from scribeeval.models.chat.transformers_model import EXTRA, NAME, Loaded, load_model, options
from scribeeval.models.network import Listed

NO_MEMORY = NoCompletion("the GPU's memory was full; set a smaller batch_size or fewer context_tokens")
_OPENS = ("<think>", "[THINK]", "<thought>", "◁think▷")


@dataclass(frozen=True, slots=True)
class _Prompt:
    """A question as tokens.  opened: the tag by which the template has begun the reasoning already, or ""."""

    place: int
    question: Question
    tokens: tuple[int, ...]
    opened: str
    max_new: int


def load(settings: ChatSettings, listed: Listed) -> ChatModel:
    """Load a language model.

    Raises:
        InputError: the transformers extra is missing, the directory holds no whole language model that can
            be loaded without its own code, or there is no GPU as wanted.

    """
    folder = find_folder(settings.model, allow_downloads=settings.allow_downloads)
    loaded = load_model(settings, folder)

    def answer(questions: Sequence[Question]) -> Iterator[tuple[int, Answer]]:
        prompts: list[_Prompt] = []
        for place, question in enumerate(questions):
            prompt = _prompt(loaded, place, question)
            if isinstance(prompt, NoCompletion):
                yield place, prompt
            else:
                prompts.append(prompt)
        # Of like length together: the shorter ones are filled up.
        prompts.sort(key=lambda prompt: (len(prompt.tokens), prompt.place))
        # Those that are drawn share a generator, so each is drawn by itself.
        at_once = 1 if settings.temperature > 0 else loaded.options["batch_size"]
        for first in range(0, len(prompts), at_once):
            batch = prompts[first : first + at_once]
            try:
                made = _generate(loaded, batch)
            except loaded.torch.OutOfMemoryError:
                yield from ((prompt.place, NO_MEMORY) for prompt in batch)
                continue
            for prompt, tokens in zip(batch, made, strict=True):
                yield prompt.place, _read(loaded, prompt, tokens)

    return ChatModel(
        name=NAME,
        revision=folder.revision,
        options=loaded.options,
        versions={name: metadata.version(name) for name in ("transformers", "torch", "tokenizers")},
        context_tokens=loaded.window,
        count_tokens=lambda text: _count(loaded.tokenizer, text),
        answer=answer,
    )


def _prompt(loaded: Loaded, place: int, question: Question) -> _Prompt | NoCompletion:
    if question.schema is not None:
        return NoCompletion(
            f"drafter {NAME!r} cannot hold an answer to a JSON schema; use gguf or openai-compatible"
        )
    try:
        text = _layout(loaded, question)
    except Exception as error:  # the template's own
        return NoCompletion(f"the model's chat template refuses the messages ({type(error).__name__})")
    tokens = tuple(loaded.tokenizer(text, add_special_tokens=loaded.plain, verbose=False).input_ids)
    room = loaded.window - (0 if loaded.model.config.is_encoder_decoder else len(tokens))
    if len(tokens) > loaded.window or room < 1:
        return too_long(len(tokens), loaded.window)
    opened = next((tag for tag in _OPENS if text.rstrip().endswith(tag)), "")
    return _Prompt(place, question, tokens, opened, min(question.max_tokens, room))


def _layout(loaded: Loaded, question: Question) -> str:
    """Lay the messages out as the model was taught; without a template, one after another."""
    messages = messages_of(question)
    if loaded.plain:
        return "".join(f"{message['content']}\n\n" for message in messages)
    given: dict[str, Any] = {
        "tokenize": False,
        "add_generation_prompt": True,
        "date_string": TEMPLATE_DATE,
        "strftime_now": lambda _: TEMPLATE_DATE,
    }
    try:
        return str(loaded.tokenizer.apply_chat_template(messages, **given))
    except Exception:  # the template's own: most often, that it knows no system message
        system = [message["content"] for message in messages if message["role"] == "system"]
        others = [dict(message) for message in messages if message["role"] != "system"]
        if not system or not others:
            raise
        others[0]["content"] = "\n\n".join([*system, others[0]["content"]])
        return str(loaded.tokenizer.apply_chat_template(others, **given))


def _generate(loaded: Loaded, batch: Sequence[_Prompt]) -> list[list[int]]:
    """Give the new tokens of each prompt, with the end token and the padding behind it."""
    torch, model = loaded.torch, loaded.model
    seq2seq = model.config.is_encoder_decoder
    fill = model.generation_config.pad_token_id
    longest = max(len(prompt.tokens) for prompt in batch)
    rows, masks = [], []
    for prompt in batch:
        padding = longest - len(prompt.tokens)
        row, mask = [fill] * padding, [0] * padding
        rows.append([*prompt.tokens, *row] if seq2seq else [*row, *prompt.tokens])
        masks.append([1] * len(prompt.tokens) + mask if seq2seq else mask + [1] * len(prompt.tokens))
    chosen: dict[str, Any] = {
        "max_new_tokens": max(prompt.max_new for prompt in batch),
        "do_sample": False,
        "num_beams": 1,
    }
    temperature = loaded.options["temperature"]
    if temperature > 0:
        chosen |= {"do_sample": True, "temperature": temperature, "top_k": 0, "top_p": 1.0}
    threads = torch.get_num_threads()
    if loaded.device == "cpu":
        torch.set_num_threads(loaded.options["threads"])
    try:
        with torch.inference_mode(), torch.random.fork_rng():
            torch.manual_seed(loaded.options.get("seed", 0))
            made = model.generate(
                input_ids=torch.tensor(rows, device=loaded.device),
                attention_mask=torch.tensor(masks, device=loaded.device),
                **chosen,
            ).tolist()
    finally:
        torch.set_num_threads(threads)
    begin = 1 if seq2seq else longest
    return [row[begin:] for row in made]


def _read(loaded: Loaded, prompt: _Prompt, tokens: list[int]) -> Answer:
    end = next((place for place, token in enumerate(tokens) if token in loaded.ends), None)
    # The end token is the model's too, and needs room; another row of the batch may have had more.
    if end is None or end + 1 > prompt.max_new:
        return cut(prompt.max_new, prompt.question.max_tokens, loaded.window)
    said = loaded.tokenizer.decode(tokens[:end], skip_special_tokens=False)  # they may mark the reasoning
    text, reasoning = separate(prompt.opened + said)
    for special in loaded.tokenizer.all_special_tokens:
        text = text.replace(special, "")
    if (none := no_answer_in(text, prompt.question)) is not None:
        return none
    return Completion(
        text.strip(),
        input_tokens=len(prompt.tokens),
        output_tokens=end + 1,
        reasoning_tokens=_count(loaded.tokenizer, reasoning) if reasoning else 0,
    )


def _count(tokenizer: Any, text: str) -> int:
    return len(tokenizer(well_formed(text), add_special_tokens=False, verbose=False).input_ids)


KIND = ChatKind(
    title="a language model in a directory, run by Hugging Face's transformers",
    extra=EXTRA,
    revision=lambda settings: find_folder(settings.model, allow_downloads=settings.allow_downloads).revision,
    options=options,
    load=load,
)
