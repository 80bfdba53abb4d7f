"""Bringing the tables of a database to the revision that this version of the library works with, by Alembic's steps."""

from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateTable

from brokerage.adapters.sql.engines import engine_of, make_file, write_ahead
from brokerage.adapters.sql.failures import no_connection
from brokerage.adapters.sql.places import Place, place_of
from brokerage.adapters.sql.schema import HEAD, REVISIONS, SCHEMA, alone, revision_of
from brokerage.errors import InvalidChoice, SchemaTooNew, SchemaTooOld

__all__ = ["migrate"]

_STEPS = Path(__file__).parent / "migrations"


def migrate(url: str | URL, to: str = HEAD, patience: float = 10.0, create: bool = False) -> tuple[str, ...]:
    """Bring a database's tables to a revision, all steps or none.

    Several processes may do it at once: the first one does, the others wait for it and find nothing to do. Stop what
    works with the tables before, and make a backup: there is no way back.

    Args:
        url: as for :class:`SqlStore`.
        to: the revision; others than the present one are of use to tests only.
        patience: seconds that it waits for somebody else's lock.
        create: whether a database that is empty or, with SQLite, not there yet gets its tables, too.

    Returns:
        The revisions whose steps were taken, in their order; none if there was nothing to do.

    Raises:
        InvalidChoice: the URL is none of a database that is known, or there is no such revision.
        SchemaTooOld: there are no tables, and ``create`` is false.
        SchemaTooNew: the tables are of a later version of the library.
        StoreFailure: the database is missing, locked, full, cannot be written, does not answer, or is none; nothing
            was changed.

    >>> migrate("sqlite://", create=True)
    ('0001', '0002', '0003', '0004', '0005', '0006', '0007')
    """
    if to not in REVISIONS:
        raise InvalidChoice("to", to, f"a revision from {REVISIONS[0]} to {HEAD}", "leave it out")
    place = place_of(url)
    engine = engine_of(place, patience, connections=1)
    try:
        if place.is_sqlite:
            make_file(place, patience, create)
        with engine.connect() as connection:
            taken = _migrated(connection, place, to, create)
        with closing(engine.raw_connection()) as opened:
            made: Any = opened.driver_connection
            write_ahead(made.execute, place, patience)
        return taken
    except DBAPIError as error:
        raise no_connection(error.orig if isinstance(error.orig, Exception) else error, place) from None
    except _errors(engine) as error:
        raise no_connection(error, place) from None
    finally:
        engine.dispose()


def _errors(engine: Any) -> type[Exception]:
    found: type[Exception] = engine.dialect.dbapi.Error
    return found


def _migrated(connection: Connection, place: Place, to: str, may_create: bool) -> tuple[str, ...]:
    """Take the steps in one transaction."""
    with connection.begin():
        alone(connection.exec_driver_sql, place)
        found = revision_of(connection.exec_driver_sql, place)
        if found is None and not may_create:
            raise SchemaTooOld(place.shown, found, HEAD)
        if found is None:
            connection.execute(CreateTable(SCHEMA, if_not_exists=True))
        elif found not in REVISIONS:
            raise SchemaTooNew(place.shown, found, HEAD)
        done = 0 if found is None else REVISIONS.index(found) + 1
        steps = REVISIONS[done : REVISIONS.index(to) + 1]
        if steps:
            _take_steps(connection, to)
        return steps


def _take_steps(connection: Connection, to: str) -> None:
    from alembic.config import Config  # whoever only opens a store has no need of it
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    steps = ScriptDirectory(str(_STEPS))

    def upgrading(revision: Any, _: object) -> Any:
        return steps._upgrade_revs(to, revision)

    with EnvironmentContext(Config(), steps, fn=upgrading, destination_rev=to) as environment:
        environment.configure(connection=connection, version_table=SCHEMA.name)
        environment.run_migrations()
