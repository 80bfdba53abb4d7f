"""What is mutated, and the tests that must notice, are there; the page on mutants tells of each module."""

import re
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
PAGE = (ROOT / "docs" / "mutants.md").read_text(encoding="utf-8")


def test_everything_named_is_there() -> None:
    """A module or a test that was moved is not left out in silence."""
    named = [*SETTINGS["only_mutate"], *SETTINGS["pytest_add_cli_args_test_selection"], *SETTINGS["also_copy"]]
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_page_tells_of_each_module() -> None:
    """The table of what was found has a row for each module that is mutated, and no other."""
    rows = re.findall(r"^\| `([\w/]+\.py)` \| \d+ \| \d+ \| \d+ \|$", PAGE, re.MULTILINE)
    assert [name.removeprefix("src/brokerage/") for name in SETTINGS["only_mutate"]] == rows


def test_every_survivor_is_explained() -> None:
    """As many changes are explained as survived."""
    found, left = PAGE.split("## What is left")
    survived = re.findall(r"^\| `[\w/]+\.py` \| \d+ \| \d+ \| (\d+) \|$", found, re.MULTILINE)
    explained = re.findall(r"^\| `[^|]+` \| [^|]+ \| (\d+) \| [^|]+ \|$", left, re.MULTILINE)
    assert sum(map(int, survived)) == sum(map(int, explained))
