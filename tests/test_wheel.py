"""The package as it is built and installed: what is in it, and that the installed one is what is tested."""

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import brokerage

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SOURCES = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src" / "brokerage").rglob("*.py")}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the source distribution, the wheel made of the tree, and the one made of the former."""
    out = tmp_path_factory.mktemp("built")
    build(ROOT, out, "--wheel")
    build(ROOT, out, "--sdist")
    with tarfile.open(next(out.glob("*.tar.gz"))) as archive:
        archive.extractall(out / "unpacked", filter="data")
    build(next((out / "unpacked").iterdir()), out / "again", "--wheel")
    return out


def build(source: Path, out: Path, kind: str) -> None:
    """Build a distribution with what is installed here."""
    command = [sys.executable, "-m", "build", "--no-isolation", kind, "--outdir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True, cwd=out.parent)


def files(wheel: Path) -> dict[str, bytes]:
    """Return the files of a wheel, by name."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_the_package_and_nothing_else(built: Path) -> None:
    """Every module, the mark of a typed package and the invented bids are in the wheel, and no test."""
    names = {name for name in files(next(built.glob("*.whl"))) if ".dist-info/" not in name}
    assert names == SOURCES | {"brokerage/py.typed", "brokerage/simulation/invented_bids.csv"}


def test_the_source_distribution_builds_the_same_wheel(built: Path) -> None:
    """A wheel made of the source distribution has the same files with the same contents."""
    assert files(next(built.glob("*.whl"))) == files(next((built / "again").glob("*.whl")))


@pytest.mark.skipif("TOX_ENV_NAME" not in os.environ, reason="outside tox the source tree may be what is tested")
def test_what_is_tested_is_installed() -> None:
    """Every module of the package comes from the environment's own packages, and the source tree is on no path."""
    origins = {
        Path(module.__file__).resolve()
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] == "brokerage" and module.__file__ is not None
    }
    installed = Path(sys.prefix).resolve()
    assert Path(brokerage.__file__).parent.parent.name == "site-packages"
    assert [path for path in origins if not path.is_relative_to(installed)] == []
    assert [path for path in sys.path if Path(path).resolve() == ROOT / "src"] == []


def lower_bounds(requirements: list[str]) -> set[str]:
    """Return plain requirements with their lower bounds as exact versions."""
    return {re.sub(r"\[.*?\]", "", text).replace(">=", "==") for text in requirements}


def test_the_lowest_versions_are_those_declared() -> None:
    """``lowest.txt`` pins every dependency and extra at its lower bound, and nothing at any other version."""
    project = PROJECT["project"]
    extras = [text for extra in project["optional-dependencies"].values() for text in extra]
    needed = lower_bounds([*project["dependencies"], *extras])
    tools = lower_bounds([text for text in PROJECT["dependency-groups"]["test"] if isinstance(text, str)])
    pinned = (ROOT / "tests" / "lowest.txt").read_text(encoding="utf-8").split()
    assert pinned == sorted(set(pinned))
    assert needed <= set(pinned) <= needed | tools


@pytest.mark.skipif(os.environ.get("TOX_ENV_NAME") != "lowest", reason="only one environment has the lowest versions")
def test_the_lowest_versions_are_installed() -> None:
    """In the environment of the lowest versions, each of them is what is really there."""
    listed = subprocess.run([sys.executable, "-m", "pip", "freeze"], check=True, capture_output=True, text=True).stdout
    installed = {name.lower(): version for name, version in re.findall(r"^([\w-]+)==(\S+)$", listed, re.MULTILINE)}
    for line in (ROOT / "tests" / "lowest.txt").read_text(encoding="utf-8").split():
        name, _, version = line.partition("==")
        assert re.fullmatch(re.escape(version) + r"(\.0)*", installed[name])
