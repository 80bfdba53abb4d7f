"""URLs of stores: what they may be, that no user and no password is ever shown, and the command that migrates."""

import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url
from typer.testing import CliRunner

from brokerage.adapters.sql import SqlStore, migrate
from brokerage.adapters.sql.places import place_of
from brokerage.cli import application
from brokerage.errors import BrokerageError, InvalidChoice, StoreError, StoreFailure, StoreUnavailable
from databases import DATABASES
from sql_facts import kept, post

SECRET = "s3cret"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg:/user:{SECRET}@host/name",
        f"postgresql+psycopg://user:{SECRET}",
        "sqlite:///",
        f"sqlite:///a?{SECRET}/market.db",
        f"postgresql+psycopg://user:x@{SECRET}@host/name",
        f"postgresql+psycopg://user:x/y@{SECRET}@host/name",
        f"postgresql+psycopg://user:x@{SECRET}/wo?rd@host/name",
        f"postgresql+psycopg://user:x@y/{SECRET}?rd@host/name",
        f"postgresql+psycopg://user:x@y?{SECRET}/wo@host/name",
        f"postgresql+psycopg://user:x@y/z?{SECRET}=wo@host/name",
        f"postgresql+psycopg://user/{SECRET}?x@host/name",
        f"postgresql+psycopg://host/name?password={SECRET}@",
        f"postgresql+psycopg://user:{SECRET}@host:port/name",
        f"postgresql+psycopg://user:{SECRET}@host",
        f"user:{SECRET}@host/name",
        f"mysql://user:{SECRET}@host/name",
        f"postgresql+asyncpg://user:{SECRET}@host/name",
        f"sqlite://user:{SECRET}@host/name",
        f"sqlite:///market.db?password={SECRET}",
        f"{SECRET}",
        "",
        f"://{SECRET}",
        f"postgresql://[{SECRET}",
    ],
)
@pytest.mark.parametrize("use", [SqlStore, migrate, place_of])
def test_what_is_no_url(url: str, use: Callable[[str], object]) -> None:
    """A text that is no URL, or one of a database that is not known, is refused and not shown."""
    with pytest.raises(InvalidChoice, match=r"a URL such as sqlite:///market.db or postgresql") as caught:
        use(url)
    assert caught.value.field == "url"
    assert SECRET not in rendered(caught.value)


@pytest.mark.parametrize("url", [None, 5, b"sqlite://", Path("market.db")])
def test_what_is_no_text(url: object) -> None:
    """Something else than a text is refused by its kind."""
    with pytest.raises(InvalidChoice) as caught:
        place_of(url)
    assert (caught.value.field, caught.value.value) == ("url", type(url).__name__)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite://", "sqlite://"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite:///market.db", "sqlite:///market.db"),
        ("sqlite:////tmp/a market.db", "sqlite:////tmp/a market.db"),
        ("sqlite:///file:market.db?mode=ro&uri=true", "sqlite:///file:market.db"),
        (f"postgresql://user:{SECRET}@host/name", "postgresql://host/name"),
        (f"postgresql+psycopg://user:{SECRET}@host:5433/name?sslmode=require", "postgresql://host/name"),
        (f"postgresql+psycopg://user:{SECRET}/%40?@host/name", "postgresql://host/name"),
        (f"postgresql+psycopg://host/name?password={SECRET}%40", "postgresql://host/name"),
        (f"postgresql+psycopg://{SECRET}@/name?host=/run&sslpassword={SECRET}", "postgresql:///name"),
    ],
)
def test_what_is_shown(url: str, shown: str) -> None:
    """The kind, the host and the name are shown; the user, the password and whatever is asked beside are not."""
    place = place_of(url)
    assert place.shown == shown
    assert SECRET not in repr(place)
    assert place == place_of(make_url(url))


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("market.db", "write sqlite:/// before the path of a file"),
        ("/var/lib/market.db", "write sqlite:/// before the path of a file"),
        ("postgresql+asyncpg://host/name", r"write postgresql\+psycopg://"),
        ("postgres+psycopg://host/name", r"write postgresql\+psycopg://"),
        ("sqlite+aiosqlite:///market.db", "write sqlite://"),
        ("mysql://host/name", "choose one of these databases"),
    ],
)
def test_what_to_do(url: str, remedy: str) -> None:
    """Whoever mistypes a URL in a usual way is told what to write."""
    with pytest.raises(InvalidChoice, match=remedy):
        place_of(url)


@pytest.mark.parametrize("scheme", ["postgres", "POSTGRESQL", "Postgresql+Psycopg"])
def test_other_spellings_of_postgresql(postgresql_url: str, scheme: str) -> None:
    """What other programs take for a PostgreSQL's URL is taken here."""
    with SqlStore(f"{scheme}://{postgresql_url.partition('://')[2]}") as store:
        store.run(post)
        assert kept(store) == (1, 1, 5)
    assert place_of("SQLite:///market.db") == place_of("sqlite:///market.db")


def test_an_option_that_the_driver_does_not_know(postgresql_url: str) -> None:
    """Whoever asks a server for what there is not is told so."""
    with pytest.raises(StoreUnavailable, match=r"bogus.*is what the URL says"):
        SqlStore(f"{postgresql_url}&bogus=1")


def rendered(error: BaseException) -> str:
    """Return everything that an error shows of itself: its traceback with what caused it, its fields and arguments."""
    fields = [repr(getattr(error, name)) for name in vars(error)]
    return "\n".join([*traceback.format_exception(error), repr(error), str(error), repr(error.args), *fields])


@pytest.fixture
def guarded(postgresql_url: str) -> Iterator[str]:
    """Return a URL with the right password of somebody who needs one."""
    hba = DATABASES.server.directory / "kept" / "pg_hba.conf"
    before = hba.read_text()
    with DATABASES.server.connection(str(make_url(postgresql_url).database)) as admin:
        admin.execute(f"CREATE ROLE guarded LOGIN PASSWORD '{SECRET}'")
        admin.execute("GRANT ALL ON SCHEMA public TO guarded; GRANT ALL ON ALL TABLES IN SCHEMA public TO guarded")
        admin.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO guarded")
        hba.write_text(f"local all guarded scram-sha-256\n{before}")
        admin.execute("SELECT pg_reload_conf()")
        yield make_url(postgresql_url).set(username="guarded", password=SECRET).render_as_string(hide_password=False)
        hba.write_text(before)
        admin.execute("SELECT pg_reload_conf()")
        admin.execute("DROP OWNED BY guarded; DROP ROLE guarded")


def test_a_wrong_password(guarded: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever gives a wrong password is told so, without it."""
    caplog.set_level(logging.DEBUG)
    wrong = guarded.replace(SECRET, f"{SECRET}-wrong")
    for use in (SqlStore, migrate):
        with pytest.raises(StoreUnavailable, match="lets this user in") as caught:
            use(wrong)
        assert "password authentication failed" in caught.value.problem
        assert SECRET not in rendered(caught.value)
    assert SECRET not in caplog.text


def test_a_right_password(guarded: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """With every log at its most talkative, neither work nor failures nor the store itself show the password."""
    caplog.set_level(logging.DEBUG)
    for name in ("sqlalchemy", "sqlalchemy.engine", "sqlalchemy.pool", "alembic", "psycopg"):
        caplog.set_level(logging.DEBUG, logger=name)
    store = SqlStore(guarded)
    assert repr(store).startswith("SqlStore('postgresql:///market_")
    store.run(post)
    assert kept(store) == (1, 1, 5)
    with pytest.raises(StoreError) as caught:
        store.read(post)
    shown = rendered(caught.value)
    store.run(lambda tx: _say_nothing())
    with DATABASES.server.connection(str(make_url(guarded).database)) as admin:
        admin.execute("REVOKE ALL ON persons FROM guarded")
        with pytest.raises(StoreFailure, match="permission denied") as refused:
            store.run(post)
        shown += rendered(refused.value)
    store.close()
    assert migrate(guarded) == ()
    assert SECRET not in shown + caplog.text + "".join(capfd.readouterr()) + repr(vars(store))


def _say_nothing() -> None:
    return None


def command(*arguments: str) -> tuple[int, str, str]:
    """Run ``migrate``; return how it ended and what it said."""
    found = CliRunner().invoke(application, ["migrate", *arguments], env={"COLUMNS": "1000"})
    return found.exit_code, found.stdout.strip(), found.stderr.strip()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"mysql://user:{SECRET}@host/name", "url: 'mysql' is refused"),
        (f"postgresql://user:{SECRET}@/market?host=/nowhere", "postgresql:///market: "),
        ("sqlite:////nowhere/market.db", "there is no folder /nowhere"),
    ],
)
def test_what_the_command_refuses(url: str, words: str) -> None:
    """It ends with 2 and one line that names the problem and no password."""
    code, said, error = command("--store", url)
    assert (code, said) == (2, "")
    assert error.startswith("Refused. ")
    assert words in error
    assert "\n" not in error
    assert SECRET not in error


def test_errors_are_of_the_library() -> None:
    """Whatever is wrong with a URL is one of the library's errors."""
    with pytest.raises(BrokerageError):
        SqlStore("postgresql+psycopg://user@/name?host=/nowhere&nonsense=1")
