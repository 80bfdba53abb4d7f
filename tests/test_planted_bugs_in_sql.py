"""What proves the SQL store finds bugs that are planted into it."""

import pytest

from brokerage.adapters.sql import SqlStore
from brokerage.testing import Contract, Setting, broken_laws
from brokerage.testing.story.actions import drawn
from brokerage.testing.story.telling import broken_by
from databases import DATABASES
from planted_in_sql import IN_CONTRACTS, IN_STORIES, BugInSql

pytestmark = pytest.mark.databases

SEEDS = 20


def broken(contract: type[Contract], kind: str) -> list[str]:
    """Return the laws of a contract that a store in one kind of database breaks."""
    pool, lent = DATABASES.new_pool(kind), list[SqlStore]()

    def made() -> SqlStore:
        while lent:
            pool.give_back(lent.pop())
        lent.append(pool.take())
        return lent[0]

    found = broken_laws(contract, made)
    pool.give_back(lent[0])
    pool.close()
    return list(found)


@pytest.mark.parametrize("bug", IN_STORIES, ids=lambda bug: bug.name)
def test_stories_find_a_planted_bug(bug: BugInSql, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the first stories breaks an invariant on a store that has the bug."""
    monkeypatch.setattr(bug.owner, bug.attribute, bug.made(getattr(bug.owner, bug.attribute)))
    pool = DATABASES.new_pool("SQLite")
    setting = Setting(store=pool.take, let_go=pool.give_back)
    assert any(broken_by(drawn(seed, 200), setting) for seed in range(SEEDS))
    pool.close()


@pytest.mark.parametrize(("bug", "contract", "law"), IN_CONTRACTS, ids=lambda each: getattr(each, "name", ""))
@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_a_law_finds_a_planted_bug(
    kind: str, bug: BugInSql, contract: type[Contract], law: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that has the bug breaks a law that it keeps without."""
    assert broken(contract, kind) == []
    monkeypatch.setattr(bug.owner, bug.attribute, bug.made(getattr(bug.owner, bug.attribute)))
    assert law in broken(contract, kind)
