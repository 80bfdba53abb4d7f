"""Something that happens in another thread while a unit of work is in its middle."""

import threading
from collections.abc import Callable

__all__ = ["Aside"]

_PATIENCE = 0.1  # seconds that a work waits for another one that may itself be waiting for it
_LONG = 20.0


class Aside:
    """Something that happens in another thread while a unit of work is in its middle: once, however often it is run."""

    def __init__(self, action: Callable[[], object]) -> None:
        self._thread = threading.Thread(target=action, daemon=True)

    def let_run(self) -> None:
        """Let it happen, to its end or until it is plain that it waits for whoever let it."""
        if self._thread.ident is None:
            self._thread.start()
            self._thread.join(_PATIENCE)

    def end(self) -> None:
        """Wait for its end."""
        self._thread.join(_LONG)
        assert not self._thread.is_alive()
