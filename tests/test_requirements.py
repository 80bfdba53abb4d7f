"""The table of requirements names every id, things that exist, and tests that exist."""

import ast
import re
from pathlib import Path

import pytest

from public_names import exists

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
LAST = {"P": 11, "M": 9, "K": 3, "O": 8, "X": 5, "B": 7, "S": 5, "A": 9, "V": 5, "T": 3, "N": 7, "C": 5, "F": 7, "R": 4}
IDS = [f"{letter}{number}" for letter, last in LAST.items() for number in range(1, last + 1)]
ROW = re.compile(r"^\| ([A-Z][0-9]+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = {match[1]: match for match in ROW.finditer((ROOT / "docs" / "requirements.md").read_text(encoding="utf-8"))}


def test_every_id_has_one_row() -> None:
    """Each requirement has a row of its own, in order, and there is no other."""
    text = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
    assert [match[1] for match in ROW.finditer(text)] == IDS


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: str(row[1]))
def test_every_public_name_exists(row: "re.Match[str]") -> None:
    """What a row says implements it can be imported, or the row says that it comes later."""
    names = re.findall(r"`([^`]+)`", row[3])
    assert names or row[3] == "later"
    for name in names:
        assert exists(name), name


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: str(row[1]))
def test_every_test_exists(row: "re.Match[str]") -> None:
    """What a row says shows it is a test; only what comes later has none."""
    tests = re.findall(r"`([^`]+)`", row[4])
    assert bool(tests) == (row[3] != "later")
    for test in tests:
        file, _, name = test.partition("::")
        tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}, test
