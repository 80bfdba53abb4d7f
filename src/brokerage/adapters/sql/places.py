"""Where a store is: its URL, read once, and as much of it as may be shown.

Nothing but the kind of database, the host and the name is shown: a password never stands in an error, a log or a
representation, not even that of a URL that nobody can read; a user does only where the database itself names it.
"""

from pathlib import Path
from urllib.parse import urlencode

from attrs import field, frozen
from sqlalchemy import URL, make_url

from brokerage.errors import InvalidChoice

__all__ = ["Place", "place_of"]

_SQLITE = ("sqlite", "sqlite+pysqlite")
_POSTGRESQL = ("postgresql", "postgresql+psycopg", "postgres")
_WANTED = "a URL such as sqlite:///market.db or postgresql+psycopg://user@host/name"
_HIDDEN = "a URL that is not shown"
_SECRETS = ("password", "passwd", "passphrase", "secret", "token", "key")


@frozen
class Place:
    """A database: ``url`` for those who connect, ``shown`` for everybody."""

    url: URL = field(repr=False)
    shown: str

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite."""
        return self.url.drivername in _SQLITE

    @property
    def is_in_memory(self) -> bool:
        """Whether it lives as long as its only connection."""
        return self.is_sqlite and self.url.database in (None, "", ":memory:")

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database, ``None`` if it has none or is given as a URI of SQLite's own."""
        database = self.url.database or ""
        return None if not self.is_sqlite or self.is_in_memory or database.startswith("file:") else Path(database)

    def sqlite_uri(self, mode: str) -> str:
        """Return SQLite's own name of the database, which stays the same if the process changes its directory."""
        if self.is_in_memory:
            return ":memory:"
        if self.file is not None:
            return f"{self.file.absolute().as_uri()}?mode={mode}"
        query = urlencode({name: value for name, value in self.url.query.items() if name != "uri"}, doseq=True)
        return f"{self.url.database}?{query}"

    def without_secrets(self, words: str) -> str:
        """Return what a driver says, without the password if it should stand there."""
        secrets = [self.url.password, *(self.url.query[name] for name in self.url.query if _is_secret(name))]
        for secret in secrets:
            if isinstance(secret, str) and secret:
                words = words.replace(secret, "***")
        return " ".join(words.split())


def place_of(url: object) -> Place:
    """Return the place that a URL names.

    Args:
        url: ``"sqlite:///market.db"``, ``"sqlite://"`` (in memory), ``"sqlite:///file:…?mode=ro&uri=true"``, or
            ``"postgresql+psycopg://user:password@host/name"``; or SQLAlchemy's own ``URL``.

    Raises:
        InvalidChoice: it is no such URL; the error does not show it.
    """
    if not isinstance(url, str | URL):
        raise InvalidChoice("url", type(url).__name__, _WANTED, "pass it as text")
    if isinstance(url, str) and "://" not in url:
        raise _refused("write sqlite:/// before the path of a file, or postgresql+psycopg:// before a host")
    try:
        read = make_url(url)
        read = read.set(drivername=read.drivername.lower())
        read.port  # noqa: B018
    except Exception:  # whatever it says, it may say the password
        raise _refused("write it like that, with a password's odd characters as %40, %2F and so on") from None
    if read.drivername in _SQLITE:
        if isinstance(url, str) and url.endswith("///"):
            raise _refused("name the file behind the three slashes, or write sqlite:// for a store in memory")
        if isinstance(url, str) and "?" in url and not read.query:  # it would be taken for the end of the path
            raise _refused("write a ? in the path of a file as %3F")
        return _sqlite(read)
    if read.drivername not in _POSTGRESQL:
        kind, _, driver = read.drivername.partition("+")
        known = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "sqlite": "sqlite"}
        remedy = f"write {known[kind]}://" if driver and kind in known else "choose one of these databases"
        raise InvalidChoice("url", read.drivername, _WANTED, remedy)
    if "@" in (read.host or "") or ("@" in (read.database or "")):
        raise _refused("write a password's @ as %40")
    if isinstance(url, str) and url.count("@") > (read.username is not None):  # it was read as some path or question
        raise _refused("write every @ but the one before the host as %40, and a password's / and ? as %2F and %3F")
    if not read.database:
        raise _refused("name the database behind the host")
    return Place(read.set(drivername="postgresql+psycopg"), f"postgresql://{read.host or ''}/{read.database}")


def _sqlite(url: URL) -> Place:
    if url.host or url.username or url.password or url.port:
        raise _refused("write three slashes before the path of a file, four before an absolute one")
    if url.query and not (url.database or "").startswith("file:"):
        raise _refused(
            "write what stands behind a ? with a URI of SQLite's own: sqlite:///file:market.db?mode=ro&uri=true"
        )
    return Place(url, f"sqlite:///{url.database or ''}" if url.database else "sqlite://")


def _is_secret(name: str) -> bool:
    return any(each in name for each in _SECRETS)


def _refused(remedy: str) -> InvalidChoice:
    return InvalidChoice("url", _HIDDEN, _WANTED, remedy)
