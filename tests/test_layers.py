"""The house keeps its layers and its measures."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

pytestmark = pytest.mark.once

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


def test_whatever_is_new_needs_no_database() -> None:
    """The contract on databases names every part of the package but the command line and the SQL store."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    [named] = [set(each["source_modules"]) for each in contracts if "sqlalchemy" in each.get("forbidden_modules", ())]
    package = ROOT / "src" / "brokerage"
    parts = {path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    adapters = {path.stem for path in (package / "adapters").iterdir() if path.suffix == ".py" or path.is_dir()}
    others = {f"brokerage.{part}" for part in parts - {"__init__", "__main__", "adapters", "cli"}}
    others |= {f"brokerage.adapters.{part}" for part in adapters - {"__init__", "__pycache__", "sql"}}
    assert named == others


def test_the_package_needs_no_database() -> None:
    """Whoever imports the engine, the simulation and the contracts of ports has no need of the extra ``sql``."""
    asked = "import brokerage.cli, brokerage.simulation, brokerage.testing, sys; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout
    assert [name for name in ("sqlalchemy", "alembic", "psycopg") if f"'{name}'" in loaded] == []


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
