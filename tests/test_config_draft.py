"""The [draft] table of a config: each fault is one line that a stranger can act on."""

from pathlib import Path

import pytest

from scribeeval.config import load_config
from scribeeval.errors import InputError

ONE = '[draft.models.small]\ndrafter = "gguf"\nmodel = "smollm2-135m"\n'
FAULTS = {
    "a drafter misspelt": (
        'drafters = ["extractve"]\n',
        "[draft] 'drafters': drafter 'extractve' is not known; did you mean 'extractive'?",
    ),
    "a model misspelt": (
        f'drafters = ["smal"]\n{ONE}',
        "[draft] 'drafters': drafter 'smal' is not known; did you mean 'small'?",
    ),
    "a kind without its table": (
        'drafters = ["vendor", "gguf"]\n',
        "[draft] 'drafters': 'gguf' needs a table [draft.models.gguf]; add it",
    ),
    "one twice": ('drafters = ["vendor", "vendor"]\n', "[draft] 'drafters': names one twice; name each once"),
    "none": ("drafters = []\n", "[draft] 'drafters': "),
    "a kind misspelt": (
        '[draft.models.small]\ndrafter = "ggfu"\n',
        "[draft.models.small] 'drafter': drafter 'ggfu' is not known; did you mean 'gguf'?",
    ),
    "no kind": (
        'drafters = ["small"]\n[draft.models.small]\nmodel = "x"\n',
        "[draft.models.small] key 'drafter' is missing; add it",
    ),
    "settings of one without": (
        '[draft.models.vendor]\ndrafter = "gguf"\n',
        "[draft] 'models': 'vendor' is the name of a drafter without settings; choose another name",
    ),
    "a key misspelt": ("drafers = 2\n", "[draft] key 'drafers' is not known; did you mean 'drafters'?"),
    "out of range": (f"{ONE}temperature = 9\n", "[draft.models.small] 'temperature': "),
    "a choice misspelt": (f'{ONE}by_section = "often"\n', "[draft.models.small] 'by_section': "),
    "a format misspelt": ('drafts_format = "helthscribe"\n', "did you mean 'healthscribe'?"),
}


def problems(folder: Path, text: str) -> tuple[str, ...]:
    path = folder / "c.toml"
    path.write_text(f'[run]\nname = "y"\n[draft]\n{text}', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_config(path)
    found = tuple(problem.removeprefix(f"{path}: ") for problem in caught.value.problems)
    assert found != caught.value.problems
    assert all("\n" not in problem for problem in found)
    return found


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_line(tmp_path: Path, name: str) -> None:
    text, line = FAULTS[name]
    (problem,) = problems(tmp_path, text)
    assert line in problem


def test_a_key_of_a_model_misspelt_is_one_line(tmp_path: Path) -> None:
    text = '[draft.models.small]\ndrafter = "gguf"\nmodle = "x"\n'
    expected = "[draft.models.small] key 'modle' is not known; did you mean 'model'?"
    assert problems(tmp_path, text) == (expected,)


def test_a_panel_is_read(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(f'[run]\nname = "y"\n[draft]\ndrafters = ["small", "vendor"]\n{ONE}', encoding="utf-8")
    draft = load_config(path).draft
    assert draft.drafters == ("small", "vendor")
    assert draft.models["small"].model == "smollm2-135m"
    assert load_config(path).draft.models["small"].temperature == 0.0
