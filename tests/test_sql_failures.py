"""What can go wrong with a file of SQLite: one typed error each, nothing half-written, and work once it is mended."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from brokerage.adapters.sql import SqlStore
from brokerage.adapters.sql.schema import HEAD, REVISIONS
from brokerage.errors import (
    InvalidChoice,
    SchemaTooNew,
    SchemaTooOld,
    StoreDamaged,
    StoreError,
    StoreFailure,
    StoreFull,
    StoreLocked,
    StoreMissing,
    StoreReadOnly,
)
from brokerage.ports import Transaction
from brokerage.records.ledger import Entry
from sql_facts import driver, kept, post

pytestmark = pytest.mark.databases


@pytest.fixture
def file(sqlite_url: str) -> Path:
    """Return the file of an empty store."""
    return Path(sqlite_url.removeprefix("sqlite:///"))


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    """Where the file's folder does not exist, none is made."""
    with pytest.raises(StoreMissing, match="make the folder, or mend the URL") as caught:
        SqlStore(f"sqlite:///{tmp_path}/nowhere/market.db")
    shown = f"sqlite:///{tmp_path}/nowhere/market.db"
    assert str(caught.value).startswith(f"{shown}: there is no folder {tmp_path}/nowhere; ")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    """A store that may not be made is not made."""
    with pytest.raises(StoreMissing, match="there is no such file"):
        SqlStore(f"sqlite:///{tmp_path}/market.db", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    """A folder is no database."""
    with pytest.raises(StoreMissing, match="this is a folder"):
        SqlStore(f"sqlite:///{tmp_path}")


def test_a_home_directory_in_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ~ is no folder's name, unless there is one of that name."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreMissing, match="write the path of the home directory"):
        SqlStore("sqlite:///~/market.db")
    (tmp_path / "~").mkdir()
    SqlStore("sqlite:///~/market.db").close()
    assert (tmp_path / "~" / "market.db").exists()


def test_a_store_in_memory_that_was_closed() -> None:
    """What it kept is gone, and it is not taken for a damaged one."""
    with SqlStore("sqlite://") as store:
        store.run(post)
    for use in (store.run, store.read):
        with pytest.raises(StoreMissing, match="it was closed, and was in memory only"):
            use(lambda tx: None)


def test_a_file_that_goes_away(file: Path) -> None:
    """A file that was removed is not made again by a store that was opened before."""
    store = SqlStore(f"sqlite:///{file}")
    store.close()
    file.rename(file.with_suffix(".away"))
    with pytest.raises(StoreMissing):
        store.run(post)
    assert not file.exists()
    file.with_suffix(".away").rename(file)
    store.run(post)
    assert kept(store) == (1, 1, 5)
    store.close()


def test_a_store_stays_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path means the folder in which the store was opened."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()
    store = SqlStore("sqlite:///a market%23.db")
    monkeypatch.chdir(tmp_path / "other")
    store.run(post)
    store.close()
    assert list((tmp_path / "other").iterdir()) == []
    assert [path.name for path in tmp_path.glob("*.db")] == ["a market#.db"]


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A text is left as it is."""
    file = tmp_path / "market.db"
    file.write_text("offers\n" * 1000)
    with pytest.raises(StoreDamaged, match="file is not a database"):
        SqlStore(f"sqlite:///{file}")
    assert file.read_text() == "offers\n" * 1000


def test_a_damaged_file(file: Path) -> None:
    """A database whose pages were overwritten says that it is damaged."""
    size = file.stat().st_size
    with file.open("r+b") as written:
        written.seek(size // 4096 // 2 * 4096)
        written.write(b"\xff" * (size // 3))
    with pytest.raises(StoreDamaged, match="restore a backup") as caught:
        kept(SqlStore(f"sqlite:///{file}"))
    assert "malformed" in caught.value.problem


def test_tables_of_somebody_else(tmp_path: Path) -> None:
    """A database with a table of the same name that is not the library's is left as it is."""
    file = tmp_path / "market.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE members (name TEXT)")
    connection.close()
    with pytest.raises(StoreDamaged, match="there is a table members, but no word of its revision"):
        SqlStore(f"sqlite:///{file}")
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("members",)]
    connection.close()


@pytest.mark.parametrize("is_writing", [True, False])
def test_a_locked_file(file: Path, is_writing: bool) -> None:
    """Who waits longer than the store's patience for another process's commit is told so, and loses nothing."""
    store = SqlStore(f"sqlite:///{file}", patience=0.02)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE" if is_writing else "BEGIN")
    other.execute("SELECT * FROM persons")
    if is_writing:
        with pytest.raises(StoreLocked, match=r"database is locked.* call again"):
            store.run(post)
        assert kept(store) == (0, 0, 0)
        other.execute("ROLLBACK")
    store.run(post)
    assert kept(store) == (1, 1, 5)
    other.close()
    store.close()


def test_a_file_that_is_locked_while_it_is_made(tmp_path: Path) -> None:
    """Nobody makes tables in a database while another one writes there."""
    file = tmp_path / "market.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLocked):
        SqlStore(f"sqlite:///{file}", patience=0.02)
    other.execute("ROLLBACK")
    SqlStore(f"sqlite:///{file}").close()
    other.close()


def test_a_file_that_can_only_be_read(file: Path) -> None:
    """Reading goes on, writing is refused."""
    with_one = SqlStore(f"sqlite:///{file}")
    with_one.run(post)
    store = SqlStore(f"sqlite:///file:{file}?mode=ro&uri=true")
    assert kept(store) == (1, 1, 5)
    with pytest.raises(StoreReadOnly, match="give this user the rights to it, or only read"):
        store.run(post)
    assert kept(store) == (1, 1, 5)
    store.close()
    with_one.run(post)
    assert kept(with_one) == (2, 2, 10)
    with_one.close()


def test_an_empty_file_that_can_only_be_read(tmp_path: Path) -> None:
    """No tables can be made there."""
    file = tmp_path / "market.db"
    file.touch()
    with pytest.raises(StoreReadOnly):
        SqlStore(f"sqlite:///file:{file}?mode=ro&uri=true")
    with pytest.raises(
        SchemaTooOld, match=r"there are no tables yet.*python -m brokerage migrate --create --store URL"
    ):
        SqlStore(f"sqlite:///{file}", create=False)


def post_many(tx: Transaction) -> None:
    """Write more than a few pages."""
    for _ in range(400):
        post(tx)


def forgive(work: Callable[[Transaction], object], store: SqlStore) -> Callable[[Transaction], int]:
    """Return a work that swallows what happens within it, and writes on."""

    def forgiving(tx: Transaction) -> int:
        with suppress(StoreFailure):
            store.run(work)
        return post(tx)

    return forgiving


def test_a_full_disk(file: Path) -> None:
    """What finds no room is undone as a whole, even where the work goes on regardless, and fits once there is room."""
    store = SqlStore(f"sqlite:///{file}", connections=1)
    store.run(post)
    [[pages]] = driver(store).execute("PRAGMA page_count").fetchall()
    driver(store).execute(f"PRAGMA max_page_count = {pages + 5}")
    with pytest.raises(StoreFull, match="make room"):
        store.run(post_many)
    assert kept(store) == (1, 1, 5)
    with pytest.raises(StoreFull):
        store.run(forgive(post_many, store))
    assert kept(store) == (1, 1, 5)
    driver(store).execute(f"PRAGMA max_page_count = {pages + 5000}")
    store.run(post_many)
    assert kept(store) == (401, 401, 2005)
    store.close()


def test_an_older_schema(file: Path) -> None:
    """Tables of an earlier revision are refused with the command that brings them up to date, and left alone."""
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE schema_revision SET version_num = ?", (REVISIONS[0],))
    connection.close()
    with pytest.raises(SchemaTooOld, match="make a backup, and run: python -m brokerage migrate --store URL") as caught:
        SqlStore(f"sqlite:///{file}")
    assert (caught.value.found, caught.value.limit) == (REVISIONS[0], f"revision {HEAD}")


def test_a_newer_schema(file: Path) -> None:
    """Tables of a revision that nobody here knows need a later version of the library."""
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE schema_revision SET version_num = '9999'")
    connection.close()
    with pytest.raises(SchemaTooNew, match=r"revision 9999; .*install the later version of brokerage") as caught:
        SqlStore(f"sqlite:///{file}")
    assert caught.value.found == "9999"


def test_threads_wait_for_a_connection(file: Path) -> None:
    """Sixty-four threads work with two connections; who waits too long for one is told how many there are."""
    store = SqlStore(f"sqlite:///{file}", connections=2)
    threads = [threading.Thread(target=store.run, args=(post,)) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept(store) == (64, 64, 320)
    store.close()


@pytest.mark.parametrize(("held", "tried"), [("read", "read"), ("run", "run")])
def test_a_thread_that_waits_too_long(file: Path, held: str, tried: str) -> None:
    """A thread that does not get its turn within the store's patience is told so."""
    store = SqlStore(f"sqlite:///{file}", connections=1, patience=0.02)
    began, may_end = threading.Event(), threading.Event()

    def long(tx: Transaction) -> None:
        began.set()
        may_end.wait(30)

    thread = threading.Thread(target=getattr(store, held), args=(long,))
    thread.start()
    assert began.wait(30)
    with pytest.raises(StoreLocked, match=r"all connections are in use|another thread of this process"):
        getattr(store, tried)(lambda tx: None)
    may_end.set()
    thread.join()
    store.run(post)
    store.close()


def test_a_write_while_reading(sql: SqlStore) -> None:
    """Nothing is written by a work that reads, not even what is kept back until its end."""
    for write in (post, lambda tx: post(tx), lambda tx: sql.run(post)):
        with pytest.raises(StoreError, match=r"write in Store.run"):
            sql.read(write)
    assert kept(sql) == (0, 0, 0)


def test_a_work_that_fails_leaves_nothing_to_the_next(sql: SqlStore) -> None:
    """What a failed unit of work kept back for its end is forgotten with it."""

    def failing(tx: Transaction) -> None:
        post(tx)
        raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            sql.run(failing)
        sql.run(post)
    assert kept(sql) == (3, 3, 15)


def test_a_part_that_fails_is_undone_alone(sql: SqlStore) -> None:
    """What a part of a work kept back is forgotten with it, and the rest is kept."""

    def failing(tx: Transaction) -> None:
        post(tx, 100)
        raise ZeroDivisionError

    def whole(tx: Transaction) -> None:
        post(tx)
        with pytest.raises(ZeroDivisionError):
            sql.run(failing)
        post(tx)
        sql.run(post)

    sql.run(whole)
    assert kept(sql) == (3, 3, 15)


def test_a_part_that_reads_the_journal_and_fails(sql: SqlStore) -> None:
    """What was written before a part is kept, and what the part wrote is not, though it has looked in between."""

    def failing(tx: Transaction) -> None:
        assert tx.journal.last() == 2
        for _ in range(3):
            post(tx, 100)
        raise ZeroDivisionError

    def whole(tx: Transaction) -> None:
        post(tx, 1)
        post(tx, 2)
        with pytest.raises(ZeroDivisionError):
            sql.run(failing)
        post(tx, 3)

    sql.run(whole)
    facts = [event.fact for _, event in sql.read(lambda tx: tx.journal.read(0, 10))]
    assert [fact.postings[0].units for fact in facts if isinstance(fact, Entry)] == [1, 2, 3]
    assert kept(sql) == (3, 3, 6)


@pytest.mark.parametrize(
    ("name", "value"),
    [("attempts", 0), ("attempts", 1.5), ("patience", -1), ("patience", float("nan")), ("patience", "1"),
     ("patience", True), ("patience", 1e300), ("connections", 0), ("connections", "ten")],
)  # fmt: skip
def test_impossible_arguments(name: str, value: object) -> None:
    """An argument that cannot be is refused by its name."""
    with pytest.raises(InvalidChoice) as caught:
        SqlStore("sqlite://", **{name: value})  # type: ignore[arg-type]
    assert caught.value.field == name
