"""Every engine on real speech with published weights: John F. Kennedy's 22 words, once.

The inaugural address of 20 January 1961, as openai-whisper's own tests have it (tests/jfk.flac).  Slow:
`make validate` runs it; an engine or weights that are not installed are skipped.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from scribeeval.errors import InputError
from scribeeval.models.audio import decode
from scribeeval.models.checkpoint import read_arrays
from scribeeval.models.engines import ENGINES, EngineSettings, Phrase
from scribeeval.models.voice import speech_of
from scribeeval.models.weights import WEIGHTS, find_weights, packaged_folder
from scribeeval.text import NORMALIZERS, words

pytestmark = pytest.mark.validation

SAID = (
    "and so my fellow americans ask not what your country can do for you ask what you can do for your country"
)


@pytest.fixture(scope="session")
def channel(shared_data: Path) -> Any:
    return decode(shared_data / "speech" / "jfk.flac")[0]


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Weights are joined and converted once a session, not into the cache of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def heard(phrases: tuple[Phrase, ...]) -> str:
    return " ".join(words(NORMALIZERS["clinical-v1"](" ".join(phrase.text for phrase in phrases))))


def check(phrases: tuple[Phrase, ...]) -> None:
    assert len(SAID.split()) == 22
    assert heard(phrases) == SAID
    assert all(0 <= p.start_s < p.end_s <= 11.1 for p in phrases)
    assert phrases[0].start_s < 1.5
    assert phrases[-1].end_s > 9.5


@pytest.mark.parametrize("model", list(WEIGHTS))
@pytest.mark.parametrize(
    ("engine", "package"), [("faster-whisper", "faster_whisper"), ("openai-whisper", "whisper")]
)
def test_the_packaged_weights_hear_the_words_once(
    engine: str, package: str, model: str, channel: Any
) -> None:
    pytest.importorskip(package)
    if packaged_folder(WEIGHTS[model]) is None:
        pytest.skip(f"the weights {model} are not installed")
    loaded = ENGINES[engine].load(EngineSettings(engine=engine, model=model, device="cpu"), print)
    check(loaded.transcribe(channel))
    assert loaded.producer.revision == f"{model}@{WEIGHTS[model].sha256[:12]}"
    assert loaded.options is not None
    assert loaded.options["temperature"] == 0.0
    assert loaded.options["condition_on_previous_text"] is False


@pytest.fixture(scope="session")
def hugging_face(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged tiny.en under the names that transformers gives them."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    source = find_weights("tiny.en").folder
    with (source / "model.bin").open("rb") as file:
        arrays = read_arrays(file)
    config = transformers.WhisperConfig(
        vocab_size=51_864, d_model=384, encoder_layers=4, decoder_layers=4, encoder_attention_heads=6,
        decoder_attention_heads=6, encoder_ffn_dim=1536, decoder_ffn_dim=1536, num_mel_bins=80,
        bos_token_id=50_256, eos_token_id=50_256, pad_token_id=50_256, decoder_start_token_id=50_257,
    )  # fmt: skip
    model = transformers.WhisperForConditionalGeneration(config)
    state = {name: torch.from_numpy(np.array(array)).float() for name, array in named(arrays)}
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert unexpected == []
    assert [name for name in missing if "proj_out" not in name] == []
    suppressed = json.loads((source / "config.json").read_text(encoding="utf-8"))
    model.generation_config = transformers.GenerationConfig(
        is_multilingual=False, no_timestamps_token_id=50_362, return_timestamps=False, max_length=448,
        max_initial_timestamp_index=50, suppress_tokens=suppressed["suppress_ids"],
        begin_suppress_tokens=suppressed["suppress_ids_begin"], decoder_start_token_id=50_257,
        eos_token_id=50_256, pad_token_id=50_256, bos_token_id=50_256, forced_decoder_ids=None,
        prev_sot_token_id=50_360,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("hugging_face")
    model.save_pretrained(folder)
    tokenizer = transformers.WhisperTokenizerFast(tokenizer_file=str(source / "tokenizer.json"))
    transformers.WhisperProcessor(transformers.WhisperFeatureExtractor(), tokenizer).save_pretrained(folder)
    return folder


def named(arrays: Any) -> Any:
    """CTranslate2's arrays under transformers' names."""
    kinds = {"gamma": "weight", "beta": "bias", "weight": "weight", "bias": "bias"}
    blocks = {"self_attention": "self_attn", "attention": "encoder_attn"}
    for name, array in arrays.items():
        side, *rest, kind = name.split("/")
        if kind == "encodings":
            yield f"model.{side}.embed_positions.weight", array
        elif name == "decoder/embeddings/weight":
            yield "model.decoder.embed_tokens.weight", array
        elif kind not in kinds or rest == ["projection"]:
            continue
        elif len(rest) == 1:
            yield f"model.{side}.{rest[0]}.{kinds[kind]}", array
        else:
            layer = f"model.{side}.layers.{rest[0].split('_')[1]}"
            block, part = rest[1:]
            if block == "ffn":
                ours = {"layer_norm": "final_layer_norm", "linear_0": "fc1", "linear_1": "fc2"}[part]
                yield f"{layer}.{ours}.{kinds[kind]}", array
            elif part == "layer_norm":
                yield f"{layer}.{blocks[block]}_layer_norm.{kinds[kind]}", array
            else:
                parts = {
                    "self_attention/linear_0": ("q_proj", "k_proj", "v_proj"),
                    "self_attention/linear_1": ("out_proj",),
                    "attention/linear_0": ("q_proj",),
                    "attention/linear_1": ("k_proj", "v_proj"),
                    "attention/linear_2": ("out_proj",),
                }[f"{block}/{part}"]
                for ours, cut in zip(parts, np.split(array, len(parts)), strict=True):
                    if (ours, kind) != ("k_proj", "bias"):
                        yield f"{layer}.{blocks[block]}.{ours}.{kinds[kind]}", cut


def test_a_whisper_directory_of_hugging_face_hears_the_words_once(hugging_face: Path, channel: Any) -> None:
    settings = EngineSettings(engine="transformers", model=str(hugging_face), device="cpu")
    check(ENGINES["transformers"].load(settings, print).transcribe(channel))


def test_an_english_model_refuses_another_language() -> None:
    pytest.importorskip("faster_whisper")
    with pytest.raises(InputError, match="knows English only, not language 'ko'"):
        ENGINES["faster-whisper"].load(EngineSettings(model="tiny.en", language="ko"), print)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_korean_goes_through_the_multilingual_weights(tmp_path: Path) -> None:
    """Synthetic speech checks the plumbing, not the quality: Hangul comes back, nothing breaks."""
    pytest.importorskip("faster_whisper")
    if packaged_folder(WEIGHTS["base"]) is None:
        pytest.skip("the weights base are not installed")
    wav = tmp_path / "말.wav"
    text = "안녕하세요. 어디가 아프세요? 어제부터 머리가 아프고 열이 나요."
    subprocess.run(["espeak-ng", "-v", "ko", "-s", "130", "-w", wav, text], check=True)
    engine = ENGINES["faster-whisper"].load(EngineSettings(model="base", language="ko", device="cpu"), print)
    found = "".join(phrase.text for phrase in engine.transcribe(decode(wav)[0]))
    assert any("가" <= letter <= "힣" for letter in found)


def test_both_channels_at_once_are_as_one_at_a_time() -> None:
    pytest.importorskip("faster_whisper")
    demo = Path(__file__).parents[2] / "datasets" / "demo" / "audio" / "V04.ogg"
    samples, _ = soundfile.read(demo, dtype="float32", frames=90 * 16_000)
    channels = [np.ascontiguousarray(samples[:, side]) for side in (0, 1)]
    engine = ENGINES["faster-whisper"].load(EngineSettings(device="cpu"), print)
    speech = speech_of(channels)
    together = engine.transcribe_channels(channels, speech)
    assert together == engine.transcribe_channels(channels, speech)
    assert [heard(phrases) for phrases in together] == [heard(engine.transcribe(c)) for c in channels]


def test_words_given_before_are_recorded_and_leave_room() -> None:
    pytest.importorskip("faster_whisper")
    hotwords = tuple(f"metoprolol{i}" for i in range(300))
    engine = ENGINES["faster-whisper"].load(EngineSettings(hotwords=hotwords, device="cpu"), print)
    assert engine.options is not None
    assert 0 < engine.options["hotwords_left_out"] < 300
    assert engine.options["initial_prompt"].startswith(" metoprolol0, ")
