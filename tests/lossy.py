"""A way to a PostgreSQL on which the answers to commits can be lost."""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from attrs import define, field

__all__ = ["Lossy"]

_NAME = ".s.PGSQL.5432"


@define(eq=False)
class Lossy:
    """Passes on what is said between clients and a server, both at sockets in directories.

    Args:
        server: the directory of the server's socket.
        here: the directory in which clients find this one.
        answers_commits: whether the answer to a COMMIT reaches the client; else the connection ends in its place.
    """

    server: Path
    here: Path
    answers_commits: bool = True
    _listening: socket.socket = field(init=False)
    _open: list[socket.socket] = field(factory=list)

    def __enter__(self) -> "Lossy":
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.here / _NAME))
        self._listening.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in (self._listening, *self._open):
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self.server / _NAME))
            self._open += [client, server]
            is_committing = threading.Event()
            for way in (self._say, self._answer):
                threading.Thread(target=way, args=(client, server, is_committing), daemon=True).start()

    def _say(self, client: socket.socket, server: socket.socket, is_committing: threading.Event) -> None:
        with suppress(OSError):  # whoever had enough has closed them
            while said := _received(client):
                if b"COMMIT" in said and not self.answers_commits:
                    is_committing.set()
                server.sendall(said)
            server.shutdown(socket.SHUT_RDWR)

    def _answer(self, client: socket.socket, server: socket.socket, is_committing: threading.Event) -> None:
        with suppress(OSError):
            while (answer := _received(server)) and not is_committing.is_set():
                client.sendall(answer)
            client.shutdown(socket.SHUT_RDWR)


def _received(one: socket.socket) -> bytes:
    try:
        return one.recv(65536)
    except OSError:
        return b""
