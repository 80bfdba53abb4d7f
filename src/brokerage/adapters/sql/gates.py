"""Letting few in at a time, in the order in which they came."""

import threading
from collections import deque

__all__ = ["Gate"]


class Gate:
    """Lets so many threads in at a time, and the others in the order of their coming.

    A lock, or a pool of connections, goes to whoever asks first when it is free, which is most often whoever has just
    let go of it: among many threads somebody would wait for ever.

    Args:
        places: how many may be in at a time.

    >>> gate = Gate(1)
    >>> gate.enter(1.0), gate.enter(0.01)
    (True, False)
    >>> gate.leave()
    >>> gate.enter(1.0)
    True
    """

    def __init__(self, places: int) -> None:
        self._guard = threading.Lock()
        self._free = places
        self._waiting: deque[threading.Lock] = deque()

    def enter(self, patience: float) -> bool:
        """Wait for a place, at most so many seconds; say whether there was one."""
        with self._guard:
            if self._free:  # then nobody waits
                self._free -= 1
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            if turn.acquire(timeout=patience):
                return True
        except BaseException:  # a signal: nobody is there any more to take the place
            if not self._gives_up(turn):
                self.leave()
            raise
        return not self._gives_up(turn)

    def leave(self) -> None:
        """Give the place to whoever has waited for the longest time."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    def _gives_up(self, turn: threading.Lock) -> bool:
        """Wait no more; say whether there was still no place."""
        with self._guard:
            try:
                self._waiting.remove(turn)
            except ValueError:  # it came meanwhile
                return False
            return True
