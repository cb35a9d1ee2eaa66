"""The design's rules, read from the source itself: layout, import direction, privacy of imports."""

import ast
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from scribeeval.metrics import METRICS

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "scribeeval"

# Each level may import itself and the levels before it.
LEVELS = (
    {"errors", "records"},
    {"text", "terms"},
    {"metrics", "stats"},
    {"io", "models", "config_base", "config_draft", "config_study", "config"}
    | {"import_settings", "run", "doctor", "pilot"},
    {"stages", "report", "review", "hf"},
    {
        "cli",
        "cli_common",
        "cli_draft",
        "cli_judge",
        "cli_speech",
        "cli_validate_metric",
        "console",
        "console_compare",
        "console_judge",
        "console_validation",
    },
)
LEVEL = {name: level for level, names in enumerate(LEVELS) for name in names}
HEAVY = {
    "torch",
    "whisper",
    "faster_whisper",
    "transformers",
    "evaluate",
    "datasets",
    "ray",
    "fastapi",
    "matplotlib",
    "av",
}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def part_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def test_every_part_has_a_level() -> None:
    parts = {part_of(path) for path, _ in modules()} - {"__init__"}
    assert parts <= LEVEL.keys()


def test_imports_point_one_way() -> None:
    wrong = []
    for path, tree in modules():
        part = part_of(path)
        if part == "__init__":
            continue
        for name in (name for node in ast.walk(tree) for name in imported(node)):
            package, _, rest = name.partition(".")
            other = rest.split(".")[0]
            if package != "scribeeval" or other not in LEVEL or other == part:
                continue
            if LEVEL[other] > LEVEL[part]:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_inside_a_level_statistics_know_no_metric_and_text_no_terms() -> None:
    forbidden = {"stats": "scribeeval.metrics", "text": "scribeeval.terms", "report": "scribeeval.stages"}
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path, tree in modules()
        for node in ast.walk(tree)
        for name in imported(node)
        if part_of(path) in forbidden and name.startswith(forbidden[part_of(path)])
    ]
    assert wrong == []


def test_heavy_libraries_are_imported_inside_functions() -> None:
    wrong = []
    for path, tree in modules():
        top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {name.split(".")[0] for node in top for name in imported(node)}
        wrong += [f"{path.relative_to(ROOT)} imports {name}" for name in sorted(names & HEAVY)]
    assert wrong == []


def test_no_assert_checks_input() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
    ]
    assert wrong == []


def test_only_one_place_may_open_connections() -> None:
    """Where the gate is that lets nothing out but to this machine or one named host."""
    network = {"socket", "urllib", "http", "requests", "httpx", "aiohttp", "ftplib", "smtplib"}
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path, tree in modules()
        for node in ast.walk(tree)
        for name in imported(node)
        if name.split(".")[0] in network and path != SOURCE / "models" / "network.py"
    ]
    assert wrong == []


def test_files_stay_short() -> None:
    long = [str(p.relative_to(ROOT)) for p, _ in modules() if len(p.read_text("utf-8").splitlines()) > 350]
    assert long == []


def test_every_metric_has_its_file_line_in_the_table_golden_values_and_hugging_face_module() -> None:
    shared = {"__init__", "base", "floors", "opinion", "options", "plain", "rouge", "term_counts"}
    files = {path.stem for path in (SOURCE / "metrics").glob("*.py")} - shared
    golden = {path.stem for path in (ROOT / "tests" / "golden").glob("*.json")}
    modules = {path.parent.name for path in (SOURCE / "hf").glob("*/*.py")}
    assert files == set(METRICS)
    assert golden == set(METRICS)
    assert modules == set(METRICS)
    for name in METRICS:
        script = (SOURCE / "hf" / name / f"{name}.py").read_text(encoding="utf-8")
        assert f'Module = module_class("{name}")' in script
        assert import_module(f"scribeeval.metrics.{name}").METRIC is METRICS[name]


def test_datasets_hold_no_python() -> None:
    """With Python there, running from the root would hide Hugging Face's `datasets` package."""
    assert list((ROOT / "datasets").rglob("*.py")) == []


@pytest.mark.parametrize("folder", sorted(p.name for p in (ROOT / "datasets").iterdir() if p.is_dir()))
def test_every_data_set_says_where_it_is_from(folder: str) -> None:
    readme = (ROOT / "datasets" / folder / "README.md").read_text(encoding="utf-8")
    assert "icence" in readme
    assert "sha256" in readme


def test_nothing_large_is_in_the_repository() -> None:
    skipped = {".git", ".venv", ".mypy_cache", ".ruff_cache", "reports"}
    large = [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*")
        if not skipped & set(path.relative_to(ROOT).parts)
        and path.is_file()
        and path.stat().st_size > 4 * 2**20
    ]
    assert large == []


def test_python_is_new_enough() -> None:
    assert sys.version_info >= (3, 11)
