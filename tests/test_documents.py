"""The documents name things that exist, and the reference has every public name."""

import importlib
import re
from pathlib import Path

import pytest
import typer

import brokerage
from brokerage.cli import application
from public_names import exists

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
DIRECTIVE = re.compile(r"^\.\. auto(module|class|function|data):: (\S+)$", re.MULTILINE)
TERM = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
TERMS = TERM.findall((DOCS / "glossary.md").read_text(encoding="utf-8"))[2:]


def documented_names() -> set[str]:
    """Return the name of everything that a page of the reference takes from a docstring."""
    names: set[str] = set()
    for page in (DOCS / "reference").glob("*.md"):
        for kind, name in DIRECTIVE.findall(page.read_text(encoding="utf-8")):
            names |= set(importlib.import_module(name).__all__) if kind == "module" else {name.rpartition(".")[2]}
    return names


def test_the_reference_has_every_public_name() -> None:
    """Whatever the package or its ports offer has its place in the reference."""
    ports = importlib.import_module("brokerage.ports")
    assert {*brokerage.__all__, *ports.__all__} - documented_names() == set()


@pytest.mark.parametrize("term", TERMS, ids=lambda term: str(term[0]))
def test_the_words_of_the_glossary_stand_in_the_code(term: tuple[str, str, str]) -> None:
    """Each word of the glossary names something that can be imported, or says that it comes later."""
    names = re.findall(r"`([^`]+)`", term[2])
    assert bool(names) != (term[2] == "a later version")
    assert [name for name in names if not exists(name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every picture and every other file that a page points to is there."""
    targets = re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_reference_has_every_option() -> None:
    """The page on the command line lists the commands and options that there are, and no others."""
    text = (DOCS / "reference" / "command-line.md").read_text(encoding="utf-8")
    group = typer.main.get_group(application)
    options = {
        option
        for command in group.commands.values()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    }
    assert set(re.findall(r"^\| `(--[a-z]+)", text, re.MULTILINE)) == options
    assert set(re.findall(r"^\| `([a-z]+)", text, re.MULTILINE)) == set(group.commands)
