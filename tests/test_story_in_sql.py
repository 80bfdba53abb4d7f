"""Stories of a whole broker keep every invariant on both databases too; how many, the environment says."""

import os

import pytest

from brokerage.testing import Setting, tell_story
from databases import DATABASES

pytestmark = pytest.mark.databases

STORIES = int(os.environ.get("STORIES_IN_SQL", "50"))
PARTS = 10


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_stories_keep_every_invariant(kind: str, part: int) -> None:
    """Whatever goes wrong around a broker that keeps its market in a database, no invariant breaks."""
    pool = DATABASES.pool(kind)
    setting = Setting(store=pool.take, let_go=pool.give_back)
    for seed in range(part, STORIES, PARTS):
        told = tell_story(seed, 200, setting)
        assert told.deals == told.ended
