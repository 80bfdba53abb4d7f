"""Processes of the tests' own, begun quickly: a server that has imported everything forks them."""

import multiprocessing
from multiprocessing.context import ForkServerContext

__all__ = ["processes"]


def processes(*modules: str) -> ForkServerContext:
    """Return what begins processes; none of them shares anything with this one.

    Args:
        modules: what they need, imported once.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(modules))
    return context
