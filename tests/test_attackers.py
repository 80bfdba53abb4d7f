"""What prying members learn and gain under bounds on probing is what the documentation says (spec B7)."""

from fractions import Fraction
from pathlib import Path

import pytest

from attackers import ATTACKS, OTHERS, SETTINGS, Attack, honest, possible, surplus, table, tried
from drawings.probing import figures

pytestmark = pytest.mark.once

PAGE = (Path(__file__).parents[1] / "docs" / "explanation" / "probing.md").read_text(encoding="utf-8")
NONE, DAY, WEEK, GRID, BOTH, ONE = SETTINGS
READS, DECOY, HALVES, SELLS = ATTACKS


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.words)
def test_the_figures_of_the_page_are_current(attack: Attack) -> None:
    """Each table of the page is what the attackers bring home today."""
    behind = PAGE.split(f"### {attack.words}\n", 1)[1]
    shown = [line for line in behind.partition("\n##")[0].splitlines() if line.startswith("|")]
    assert table(attack) == shown


def test_the_picture_has_every_figure() -> None:
    """What is drawn is read from the page: every attack, under all of the bounds."""
    drawn = [(words, [row.bounds for row in rows]) for words, rows in figures(PAGE)]
    assert drawn == [(attack.words, [bounds.words for bounds in SETTINGS]) for attack in ATTACKS]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.words)
def test_without_bounds_every_limit_falls(attack: Attack) -> None:
    """Nothing keeps a patient member from knowing all limits to the cent, and from having nearly the whole spread."""
    outcome = tried(attack, NONE)
    assert (outcome.found, outcome.deals) == (OTHERS, OTHERS)
    assert max(outcome.off) <= 1
    assert min(outcome.gained) >= 0
    assert outcome.surplus > 2 * surplus(attack, honest(attack, NONE))


def test_a_pause_makes_the_next_question_wait() -> None:
    """A longer pause leaves fewer deals and fewer limits; for who amends before each deal, honesty is worth more."""
    for attack in (READS, HALVES, SELLS):
        outcomes = [tried(attack, bounds) for bounds in (NONE, DAY, WEEK)]
        assert outcomes[0].days < outcomes[1].days
        assert sorted((outcome.deals for outcome in outcomes), reverse=True) == [each.deals for each in outcomes]
        assert outcomes[2].found < outcomes[0].found
    assert tried(READS, WEEK).surplus < surplus(READS, honest(READS, WEEK))


def test_a_grid_makes_answers_coarse() -> None:
    """On a grid a stated limit is found all the same, but it says less of what its member would truly take."""
    for attack in (READS, HALVES, SELLS):
        plain, coarse = tried(attack, NONE), tried(attack, GRID)
        assert coarse.found == plain.found
        assert sum(coarse.off) > 100 * sum(plain.off)
        assert coarse.surplus < plain.surplus


def test_a_decoy_needs_no_second_try() -> None:
    """An offer that is left standing tells everything without a pause, until a member may have one offer only."""
    assert tried(DECOY, NONE) == tried(DECOY, WEEK)
    assert tried(DECOY, ONE).deals < tried(DECOY, BOTH).deals


def test_what_a_price_leaves_possible() -> None:
    """The limits read off a price are those that give it, and no others: three to the cent, one on the grid."""
    assert possible(92_00, Fraction(1, 10), 1) == (79_99, 80_01)
    assert possible(92_00, Fraction(1, 10), 500) == (80_00, 80_00)
