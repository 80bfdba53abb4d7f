"""Doing something one caller at a time, without missing what others bring meanwhile."""

import threading
from collections.abc import Callable

__all__ = ["Turn"]


class Turn:
    """Lets one caller work; whoever comes meanwhile leaves, and the one at work looks again before it ends.

    A call from within the work, or from another thread, therefore neither waits nor is forgotten.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._is_taken = False
        self._again = False

    def take(self, work: Callable[[], None]) -> None:
        """Call ``work`` until nobody has come since it began, unless somebody else is at it."""
        with self._guard:
            if self._is_taken:
                self._again = True
                return
            self._is_taken = True
        try:
            work()
            while self._came_meanwhile():
                work()
        except BaseException:
            with self._guard:
                self._is_taken = False
            raise

    def _came_meanwhile(self) -> bool:
        with self._guard:
            came, self._again = self._again, False
            self._is_taken = came
            return came
