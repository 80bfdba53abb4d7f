"""The house keeps its layers and its measures."""

import ast
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
BENCHMARKS = sorted((ROOT / "benchmarks").rglob("*.py"))


def test_imports_go_downwards_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every contract of import-linter is kept."""
    monkeypatch.chdir(ROOT)
    assert lint_imports(cache_dir=None) == EXIT_STATUS_SUCCESS


def test_no_contract_has_exceptions() -> None:
    """No import is excused from the contracts."""
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [*SOURCES, *TESTS, *BENCHMARKS], ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_short(path: Path) -> None:
    """No file is longer than 400 lines."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is(path: Path) -> None:
    """Every module has a docstring, and every public one an ``__all__`` if it defines anything."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {target.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
             if isinstance(target, ast.Name)}  # fmt: skip
    defines = any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in tree.body)
    assert ast.get_docstring(tree)
    assert "__all__" in names or not defines


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_public_things_have_docstrings(path: Path) -> None:
    """Every public class and function says what it is or does."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [
        f"{owner.name}.{node.name}" if isinstance(owner, ast.ClassDef) else node.name
        for owner in ast.walk(tree)
        if isinstance(owner, ast.Module | ast.ClassDef)
        and not (isinstance(owner, ast.ClassDef) and owner.name.startswith("_"))
        for node in owner.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and not _is_declared_elsewhere(node)
    ]
    assert silent == []


def _is_declared_elsewhere(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """A property of the Transaction protocol is explained by its type."""
    return isinstance(node, ast.FunctionDef) and isinstance(node.body[0], ast.Expr) and _is_ellipsis(node.body[0].value)


def _is_ellipsis(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is ...


def test_the_package_is_typed() -> None:
    """The package tells type checkers that it is typed."""
    assert (ROOT / "src" / "brokerage" / "py.typed").exists()


def test_nothing_is_excused_from_the_type_checker() -> None:
    """The source has no ``type: ignore``."""
    excused = [str(path) for path in SOURCES if "type: ignore" in path.read_text(encoding="utf-8")]
    assert excused == []
