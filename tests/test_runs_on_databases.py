"""``run --store URL`` replays a file in any database as in memory, to the byte; and says what it cannot use."""

import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from brokerage import Brokerage
from brokerage.adapters.sql import SqlStore, migrate
from brokerage.adapters.sql.schema import REVISIONS
from brokerage.cli import application
from brokerage.errors import StoreNotEmpty
from brokerage.ports import Series, Store
from brokerage.records.numbers import BoxNumber
from brokerage.simulation import check_is_empty, read_offers_file, replay, write_results
from databases import DATABASES
from invented_files import cell_of, files, write

pytestmark = pytest.mark.databases

PALM = Path(__file__).resolve().parents[2] / "shared" / "data" / "palm_offers.csv"
OUTPUTS = ["boxes.json", "deals.csv", "ledger.csv", "refused.csv", "summary.json"]
SALE = "2026-03-01T10:00Z,sale,Ann,phones,lamp,80,USD,"
PURCHASE = "2026-03-01T10:01Z,purchase,Bea,phones,,100,USD,"
ODD = cell_of("na\x01me \u2028\t⚡\n\\u0000", True)

FILES = {
    "of many currencies": [
        f"2026-03-01T10:{at:02d}Z,{side},{member},{category},ü,{at % 7},{currency},{until}"
        for at, (side, member, category, currency, until) in enumerate(
            product(
                ("sale", "purchase"), ("Ann", "Zoë"), ("phones", "radios"), ("USD", "JPY"), ("", "2026-03-02T10:00Z")
            )
        )
    ],
    "with losers and bad rows": [
        "2026-03-01T10:00Z,purchase,Ann,phones,,20,USD,",
        "2026-03-01T10:01Z,purchase,Bea,Phones,,30,USD,",
        "bad",
        "2026-03-01T10:10Z,sale,Sam,PHONES,only one,10,USD,",
        "2026-03-01T10:10Z,sale,Sam,PHONES,another,10.001,USD,",
    ],
    "at the edges of time": [
        "0001-01-01T00:00Z,sale,Ann,phones,first,10,USD,9999-12-31T23:59:59.999999Z",
        "9999-12-31T23:50Z,purchase,Bea,phones,,20,USD,9999-12-31T23:59:59.999999Z",
        "9999-12-31T23:59:59.999999Z,sale,Ann,phones,second,10,USD,",
    ],
    "of odd characters": [
        f"2026-03-01T10:00Z,sale,{ODD},{ODD},{ODD},10,USD,",
        f"2026-03-01T10:00Z,purchase,Bea,{ODD},,20,USD,",
        "2026-03-01T10:00Z,purchase,Bea,na\x00me,,20,USD,",
    ],
    "of the largest amounts": [
        "2026-03-01T10:00Z,sale,Ann,phones,first,10000000000000.00,USD,",
        "2026-03-01T10:01Z,purchase,Bea,phones,,10000000000000.00,USD,",
        "2026-03-01T10:01Z,sale,Bea,phones,free,0,USD,",
        "2026-03-01T10:02Z,purchase,Ann,phones,,0,USD,",
    ],
}


def run(path: Path, out: Path, *options: str) -> Result:
    """Replay a file by the command line, within this process."""
    arguments = ["run", str(path), "--out", str(out), *options]
    return CliRunner().invoke(application, arguments, env={"COLUMNS": "1000"})


def written(out: Path) -> dict[str, bytes]:
    """Return what a run has written."""
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


@pytest.mark.parametrize("matching", ["immediate", "5m"])
@pytest.mark.parametrize("content", FILES)
def test_a_file_gives_the_same_bytes_in_any_database(tmp_path: Path, url: str, content: str, matching: str) -> None:
    """A market that is kept in a database comes to what it comes to in memory, byte for byte."""
    path = write(tmp_path, *FILES[content])
    for name, options in (("memory", ()), ("kept", ("--store", url))):
        result = run(path, tmp_path / name, "--matching", matching, *options)
        assert result.exit_code == 0, result.stderr
    assert written(tmp_path / "memory") == written(tmp_path / "kept")
    assert list(written(tmp_path / "kept")) == OUTPUTS


@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
@given(content=files(), matching=st.sampled_from(("immediate", "5m")))
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_file_gives_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, kind: str, content: bytes, matching: str
) -> None:
    """Whatever the file, what it comes to does not depend on where it is kept."""
    directory = tmp_path_factory.mktemp("any")
    path = directory / "offers.csv"
    path.write_bytes(content)
    pool = DATABASES.pool(kind)
    store = pool.take()
    try:
        for name, kept in (("memory", None), ("kept", store)):
            replayed(path, directory / name, kept)
    finally:
        pool.give_back(store)
    assert written(directory / "memory") == written(directory / "kept")


def replayed(path: Path, out: Path, store: Store | None, most: int | None = None) -> None:
    """Replay a file, or its first rows, in a store and write what came of it."""
    file = read_offers_file(path)
    write_results(replay(file.rows[:most], store=store), file.refused, out)


@pytest.mark.skipif(not PALM.exists(), reason=f"the real offers are not at {PALM}")
def test_real_offers_give_the_same_bytes(tmp_path: Path, sql: SqlStore) -> None:
    """The first sixty of the Palm offers come to the same in either database as in memory."""
    for name, kept in (("memory", None), ("kept", sql)):
        replayed(PALM, tmp_path / name, kept, most=60)
    assert written(tmp_path / "memory") == written(tmp_path / "kept")


def test_a_run_in_a_process_of_its_own_keeps_its_market(tmp_path: Path, url: str) -> None:
    """After a run in another process the market is in the database, to be looked at; and the process shows no more."""
    path = write(tmp_path, SALE, PURCHASE)
    options = ("--out", str(tmp_path / "out"), "--store", url)
    command = [sys.executable, "-m", "brokerage", "run", str(path), *options]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, b"Traceback" in done.stderr, b"4.00 USD" in done.stdout) == (0, False, True)
    store = SqlStore(url)
    last = store.read(lambda tx: [tx.numbers.last(series) for series in (Series.OFFER, Series.DEAL)])
    assert last == [2, 1]
    store.close()


def test_a_database_that_is_not_there_is_made(tmp_path: Path) -> None:
    """A run makes the file of a database of SQLite that is not there yet."""
    path = write(tmp_path, SALE, PURCHASE)
    assert run(path, tmp_path / "out", "--store", f"sqlite:///{tmp_path}/new.db").exit_code == 0
    assert (tmp_path / "new.db").exists()
    assert run(path, tmp_path / "other", "--store", "sqlite://").exit_code == 0
    assert written(tmp_path / "out") == written(tmp_path / "other")


def check_refusal(result: Result, out: Path, *words: str) -> None:
    """Check that a run ended with 2 and one line that has the words, shows no password, and wrote nothing."""
    assert (result.exit_code, result.stdout) == (2, "")
    [line] = result.stderr.splitlines()
    assert line.startswith("Refused. ")
    assert not [word for word in words if word not in line]
    assert "hidden" not in line
    assert not out.exists()


def test_a_database_in_which_something_was_kept_is_refused(tmp_path: Path, url: str) -> None:
    """A second run in the same database is refused and changes nothing: neither the results nor the market."""
    path = write(tmp_path, SALE, PURCHASE)
    assert run(path, tmp_path / "out", "--store", url).exit_code == 0
    store = SqlStore(url)
    before = store.read(lambda tx: tx.journal.last())
    check_refusal(run(path, tmp_path / "again", "--store", url), tmp_path / "again", "store", "empty")
    assert store.read(lambda tx: tx.journal.last()) == before
    store.close()


def test_nothing_but_a_number_that_was_given_makes_a_store_unfit(kept: Store) -> None:
    """A store whose numbers do not begin with 1 would give other results, so it is refused too; a new one is not."""
    check_is_empty(kept)
    kept.run(lambda tx: tx.numbers.next(Series.OFFER))
    with pytest.raises(StoreNotEmpty):
        replay([], store=kept)


def test_a_store_with_a_category_only_is_not_empty(kept: Store) -> None:
    """A category has no number, and yet a market with one has begun."""
    Brokerage(store=kept).office.add_category("phones", rate="0.10")
    with pytest.raises(StoreNotEmpty):
        check_is_empty(kept)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", ("url",)),
        ("market.db", ("url", "sqlite:///market.db")),
        ("mysql://ann:hidden@host/market", ("mysql",)),
        ("postgresql://ann:hidden@", ("url",)),
        ("postgresql://ann:hid@hidden@host/market", ("url", "%40")),
        ("postgresql://ann:hidden@127.0.0.1:1/market", ("postgresql://127.0.0.1/market",)),
        ("postgresql://ann:hidden@host:port/market", ("url",)),
        ("sqlite:////no/such/folder/market.db", ("/no/such/folder", "make the folder")),
    ],
)
def test_bad_urls_are_refused(tmp_path: Path, url: str, words: tuple[str, ...]) -> None:
    """A URL that names no database that can be used is refused in one line, without its password."""
    check_refusal(run(write(tmp_path, SALE), tmp_path / "out", "--store", url), tmp_path / "out", *words)


def test_a_market_that_was_kept_goes_on(tmp_path: Path) -> None:
    """Whoever opens what a run has kept finds its members and offers there, and can go on."""
    url = f"sqlite:///{tmp_path}/market.db"
    assert run(write(tmp_path, SALE), tmp_path / "out", "--store", url).exit_code == 0
    with SqlStore(url) as store:
        desk = Brokerage(store=store).desk(BoxNumber(1))
        [sale] = desk.box().sales
        assert (sale.name, desk.sell("phones", "another", min_price="70.00", currency="USD")) == ("lamp", 2)


def migrated(url: str) -> Result:
    """Migrate a database by the command line."""
    return CliRunner().invoke(application, ["migrate", "--store", url], env={"COLUMNS": "1000"})


def test_migrate_brings_an_older_database_to_this_version(tmp_path: Path) -> None:
    """Tables of an earlier revision are refused with what to do; that does it, and once is enough."""
    url = f"sqlite:///{tmp_path}/market.db"
    migrate(url, to=REVISIONS[0], create=True)
    path = write(tmp_path, SALE, PURCHASE)
    check_refusal(run(path, tmp_path / "out", "--store", url), tmp_path / "out", "brokerage migrate --store URL")
    said = [(result.exit_code, result.stdout.strip()) for result in (migrated(url), migrated(url))]
    assert said[0] == (0, f"Migrated: {', '.join(REVISIONS[1:])}; the tables are of revision {REVISIONS[-1]}")
    assert said[1] == (0, f"Nothing to do; the tables are of revision {REVISIONS[-1]}")
    assert run(path, tmp_path / "out", "--store", url).exit_code == 0


def test_what_cannot_be_migrated_is_refused(tmp_path: Path) -> None:
    """A database that is not there, or is none, is refused in a line without its password."""
    (tmp_path / "market.db").write_bytes(b"no database" * 100)
    check_refusal(migrated(f"sqlite:///{tmp_path}/market.db"), tmp_path / "out", "database")
    check_refusal(migrated("postgresql://ann:hidden@127.0.0.1:1/market"), tmp_path / "out", "127.0.0.1")


def test_without_the_libraries_it_says_what_to_install(tmp_path: Path) -> None:
    """Where no library for databases is installed, ``--store`` says what to install, and nothing else needs one."""
    code = (
        "import runpy, sys; sys.modules['sqlalchemy'] = None;"
        f"sys.argv = ['brokerage', 'run', {str(write(tmp_path, SALE))!r}, '--out', {str(tmp_path / 'out')!r}, *{{}}];"
        "runpy.run_module('brokerage', run_name='__main__')"
    )
    without = subprocess.run(
        [sys.executable, "-c", code.format("['--store', 'sqlite://']")], capture_output=True, check=False, text=True
    )
    assert (without.returncode, "Traceback" in without.stderr) == (2, False)
    assert "pip install 'brokerage[sql]'" in without.stderr
    plain = subprocess.run([sys.executable, "-c", code.format("[]")], capture_output=True, check=False, text=True)
    assert plain.returncode == 0, plain.stderr
