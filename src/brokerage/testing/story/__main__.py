"""``python -m brokerage.testing.story 1000`` tells a story for each of 1,000 seeds, on the store in memory.

Seeds are a number, or a range such as ``1000-2000`` (the last one is not told). It ends with status 1 at the first
story that breaks an invariant, and says which, and how to play it again.
"""

import argparse
import sys
from collections.abc import Sequence

from brokerage.testing.story.telling import StoryBroken, tell_story

__all__ = ["main"]

_EVERY = 100


def _seeds(text: str) -> range:
    first, dash, last = text.partition("-")
    try:
        seeds = range(int(first), int(last)) if dash else range(int(first))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is refused; pass a number, or two as in 1000-2000") from None
    if not seeds:
        raise argparse.ArgumentTypeError(f"{text!r} is refused; there is no seed in it")
    return seeds


def main(arguments: Sequence[str] | None = None) -> int:
    """Tell the stories of some seeds, and return the status to end with.

    Args:
        arguments: as on the command line, which it is by default.

    >>> main(["3", "--steps", "30"])
    3 stories of 30 steps, ...
    0
    """
    parser = argparse.ArgumentParser("python -m brokerage.testing.story", description="Simulate a broker by seeds.")
    parser.add_argument("seeds", type=_seeds, nargs="?", default=range(1000), help="how many, or a range: 1000-2000")
    parser.add_argument("--steps", type=int, default=200, help="steps of each story (200)")
    given = parser.parse_args(arguments)
    deals = crashes = entries = 0
    for count, seed in enumerate(given.seeds, start=1):
        try:
            told = tell_story(seed, given.steps)
        except StoryBroken as broken:
            sys.stdout.write(f"{broken}\n")
            return 1
        deals, crashes, entries = deals + told.deals, crashes + told.crashes, entries + told.entries
        if count % _EVERY == 0 or count == len(given.seeds):
            sys.stdout.write(
                f"{count} stories of {given.steps} steps, up to seed {seed}: {deals} deals, {entries} entries in the"
                f" ledger, {crashes} crashes\n"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
