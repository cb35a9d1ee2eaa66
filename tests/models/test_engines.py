"""Engines that need no weights: replay, vocabulary and prompts; and a CTC model made here."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from scribeeval.config import TranscribeTable, load_config, options
from scribeeval.errors import InputError
from scribeeval.models.engines import ENGINES, EngineSettings
from scribeeval.models.engines.base import split_at_pauses
from scribeeval.models.engines.prompt import MOST_TOKENS, estimated_tokens, prompt_of
from scribeeval.models.vocabulary import MOST_WORDS, vocabulary
from scribeeval.records import Segment, Visit
from scribeeval.run import Silent, open_run
from scribeeval.stages.transcribe import beside, transcribe, transcribe_visit

DEMO = Path(__file__).parents[2] / "datasets" / "demo"
LINE = {
    "visit_id": "v1",
    "producer": {"name": "vendor", "revision": "1", "options_sha256": ""},
    "flags": [],
    "segments": [{"start_s": 0.5, "end_s": 1.0, "speaker": "patient", "text": "said before"}],
}
SAID = (Segment(0.5, 1.0, "patient", "said before"),)


def test_each_engine_has_a_title_and_what_brings_it() -> None:
    assert list(ENGINES) == [
        *("faster-whisper", "openai-whisper", "transformers", "openai-compatible", "replay")
    ]
    assert {row.extra for row in ENGINES.values()} == {"", "asr", "whisper", "transformers"}


def test_replay_answers_from_a_transcripts_file(tmp_path: Path) -> None:
    (tmp_path / "transcripts.jsonl").write_text(json.dumps(LINE) + "\n", encoding="utf-8")
    engine = ENGINES["replay"].load(EngineSettings(model=str(tmp_path / "transcripts.jsonl")), print)
    transcript, length_s = transcribe_visit(Visit("v1"), engine)
    assert (transcript.segments, length_s) == (SAID, 0.0)
    assert transcript.producer.name == "replay"
    with pytest.raises(InputError, match="has none of this visit"):
        transcribe_visit(Visit("v2"), engine)


def test_replay_answers_from_a_folder_and_a_changed_file_is_another_revision(tmp_path: Path) -> None:
    (tmp_path / "v1.json").write_text(json.dumps({"segments": LINE["segments"]}), encoding="utf-8")
    (tmp_path / "v2.txt").write_text("plain words\n", encoding="utf-8")
    settings = EngineSettings(model=str(tmp_path))
    engine = ENGINES["replay"].load(settings, print)
    assert engine.of_visit is not None
    assert engine.of_visit("v1") == SAID
    assert engine.of_visit("v2") == (Segment(0.0, 0.0, None, "plain words"),)
    assert engine.of_visit("v3") is None
    before = ENGINES["replay"].revision(settings)
    (tmp_path / "v2.json").write_text(json.dumps({"segments": []}), encoding="utf-8")
    assert ENGINES["replay"].revision(settings) != before
    with pytest.raises(InputError, match="more than one transcript of visit 'v2'"):
        engine.of_visit("v2")
    with pytest.raises(InputError, match="is missing; give a transcripts"):
        ENGINES["replay"].load(EngineSettings(model=str(tmp_path / "absent")), print)


def test_replay_as_a_stage_needs_no_audio_and_names_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text(json.dumps(LINE) + "\n", encoding="utf-8")
    settings = TranscribeTable(engine="replay", model=str(tmp_path / "t.jsonl"))
    with open_run(tmp_path / "run") as run:
        failures = transcribe(run, [Visit("v1"), Visit("v2")], settings, Silent())
    assert [failure.visit_id for failure in failures] == ["v2"]
    lines = (tmp_path / "run" / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["segments"] for line in lines] == [LINE["segments"]]


def test_paths_are_relative_to_the_config_where_they_are_there(tmp_path: Path) -> None:
    (tmp_path / "terms.txt").write_text("warfarin\n", encoding="utf-8")
    (tmp_path / "tiny.en").mkdir()
    settings = TranscribeTable(model="tiny.en", hotwords="terms.txt")
    found = beside(tmp_path / "config.toml", settings)
    assert (found.model, found.hotwords) == ("tiny.en", str(tmp_path / "terms.txt"))
    away = TranscribeTable(model="weights", hotwords="lexicon")
    assert beside(tmp_path / "config.toml", away) == away


def test_options_of_a_wrong_value_are_named() -> None:
    for key, value, message in (
        ("engine", "fasterwhisper", "did you mean 'faster-whisper'"),
        ("beam_size", 0, "'beam_size': input should be greater than or equal to 1"),
        ("device", "tpu", "'device'"),
        ("language", "English", "'language'"),
    ):
        with pytest.raises(InputError, match=message):
            options(TranscribeTable, {key: value})


def test_nothing_leaves_the_machine_by_default(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("[transcribe]\n", encoding="utf-8")
    table = load_config(tmp_path / "c.toml").transcribe
    assert table is not None
    assert (table.allow_downloads, table.allow_remote, table.remote_host) == (False, False, "")


@pytest.mark.parametrize("engine", ["faster-whisper", "openai-whisper", "transformers"])
def test_another_name_is_only_fetched_where_the_user_allowed_it(engine: str) -> None:
    row = ENGINES[engine]
    with pytest.raises(InputError, match="allow_downloads = true"):
        row.revision(EngineSettings(model="large-v3"))
    assert row.revision(EngineSettings(model="large-v3", allow_downloads=True)) == "downloaded"


# Vocabulary.


def test_a_file_of_terms_keeps_its_order_and_says_each_once(tmp_path: Path) -> None:
    path = tmp_path / "terms.txt"
    path.write_text("# ward 3\nwarfarin\n\n메트포르민\nwarfarin\n", encoding="utf-8")
    assert vocabulary(str(path)) == ("warfarin", "메트포르민")
    path.write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(InputError, match="holds 0 terms"):
        vocabulary(str(path))
    path.write_text("\n".join(f"term{i}" for i in range(MOST_WORDS + 1)), encoding="utf-8")
    with pytest.raises(InputError, match="holds 1001 terms"):
        vocabulary(str(path))
    with pytest.raises(InputError, match="cannot be read"):
        vocabulary(str(tmp_path / "absent.txt"))


def test_the_lexicon_gives_drugs_first() -> None:
    words = vocabulary("lexicon")
    assert len(set(words)) == len(words)
    assert "metoprolol" in words[:100]
    assert words.index("metoprolol") < words.index("potassium")
    assert vocabulary("") == ()


def test_a_prompt_takes_whole_words_while_there_is_room() -> None:
    settings = EngineSettings(hotwords=tuple(f"word{i:03}" for i in range(200)), initial_prompt="Cardiology.")
    prompt = prompt_of(settings, estimated_tokens)
    kept = 200 - prompt.left_out
    assert prompt.text.startswith("word000, word001, ")
    assert prompt.text.endswith(f"word{kept - 1:03}. Cardiology.")
    assert estimated_tokens(prompt.text) <= MOST_TOKENS
    assert estimated_tokens(prompt.text + ", word999") > MOST_TOKENS
    assert prompt_of(EngineSettings(), estimated_tokens).text == ""
    assert prompt_of(EngineSettings(hotwords=("a", "b")), len).text == "a, b."


def test_a_segment_is_cut_where_its_speaker_was_silent() -> None:
    words = [(0.0, 0.4, " One"), (0.4, 0.9, " two."), (1.9, 2.2, " Three"), (3.3, 3.5, " four.")]
    assert [(p.start_s, p.end_s, p.text) for p in split_at_pauses(words)] == [
        (0.0, 2.2, "One two. Three"),
        (3.3, 3.5, "four."),
    ]


# A CTC model of random numbers: the plumbing, not the words.


@pytest.fixture(scope="module")
def ctc_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("ctc")
    letters = ["<pad>", "<s>", "</s>", "<unk>", "|", *"ABCDEFGHIJ"]
    (folder / "vocab.json").write_text(json.dumps({c: i for i, c in enumerate(letters)}), encoding="utf-8")
    tokenizer = transformers.Wav2Vec2CTCTokenizer(str(folder / "vocab.json"))
    extractor = transformers.Wav2Vec2FeatureExtractor(sampling_rate=16_000, return_attention_mask=True)
    transformers.Wav2Vec2Processor(extractor, tokenizer).save_pretrained(folder)
    torch.manual_seed(1)
    config = transformers.Wav2Vec2Config(
        vocab_size=len(letters),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        conv_dim=(16,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
    )
    transformers.Wav2Vec2ForCTC(config).save_pretrained(folder)
    return folder


def test_a_ctc_model_in_a_directory_gives_timed_phrases_in_order(ctc_folder: Path) -> None:
    settings = EngineSettings(engine="transformers", model=str(ctc_folder), batch_size=2)
    engine = ENGINES["transformers"].load(settings, print)
    samples, rate = soundfile.read(DEMO / "audio" / "V04.ogg", dtype="float32", frames=25 * 16_000)
    assert rate == 16_000
    channel = np.ascontiguousarray(samples[:, 0])
    phrases = engine.transcribe(channel)
    assert phrases
    assert [p.start_s for p in phrases] == sorted(p.start_s for p in phrases)
    assert all(0 <= p.start_s <= p.end_s <= 25 for p in phrases)
    # One at a time or two at once: the padding of the shorter one must not be heard.
    alone = ENGINES["transformers"].load(EngineSettings(model=str(ctc_folder), batch_size=1), print)
    assert [p.start_s for p in alone.transcribe(channel)] == [p.start_s for p in phrases]
    assert engine.transcribe(np.zeros(5 * 16_000, dtype=np.float32)) == ()


def test_a_damaged_model_directory_is_named(ctc_folder: Path, tmp_path: Path) -> None:
    for file in ctc_folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(InputError, match="no speech model that transformers can load"):
        ENGINES["transformers"].load(EngineSettings(model=str(tmp_path)), print)
