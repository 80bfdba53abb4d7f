"""Tables as data frames of pandas and polars: exact, typed by their headings, and in the same order."""

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from importlib import util
from types import ModuleType
from typing import Any

import pandas
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerage import Money
from brokerage.errors import BrokerageError, InvalidAmount, InvalidChoice, NotInstalled, UnknownDeal
from brokerage.frames import Backend, Kind
from brokerage.headings import CANDIDATES, DEALS, ENTRIES
from brokerage.tables import Shown, Table
from builders import trade, world
from test_tables import START, Lamps

BACKENDS = ("pandas", "polars")
EVERY_KIND = Table("", {kind.value: kind for kind in Kind})
TYPES = {
    "pandas": ["str", "Int64", "object", "str", "datetime64[us, UTC]", "boolean"],
    "polars": ["String", "Int64", "Decimal(precision=38, scale=4)", "String",
               "Datetime(time_unit='us', time_zone='UTC')", "Boolean"],
}  # fmt: skip


def values(frame: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a frame of either library, with ``None`` for what is missing."""
    if isinstance(frame, polars.DataFrame):
        return frame.rows()
    rows = frame.itertuples(index=False, name=None)
    return [tuple(None if pandas.isna(cell) else cell for cell in row) for row in rows]


def types(frame: Any) -> list[str]:
    """Return the types of a frame's columns; older pandas has no type of its own for text."""
    found = frame.dtypes if isinstance(frame, polars.DataFrame) else list(frame.dtypes)
    texts = [str(kind) for kind in found]
    if isinstance(frame, pandas.DataFrame) and texts[0] == "object":
        texts = ["str" if at in (0, 3) else kind for at, kind in enumerate(texts)]
    return texts


CELLS = st.tuples(
    st.text(st.characters(exclude_categories=["Cs"])) | st.none(),
    st.integers(-(2**63), 2**63 - 1) | st.none(),
    st.builds(Money, st.integers(-(10**18), 10**18), st.sampled_from(("USD", "JPY", "KWD", "CLF"))) | st.none(),
    st.datetimes(timezones=st.just(UTC)) | st.none(),
    st.booleans() | st.none(),
)


@pytest.mark.parametrize("backend", BACKENDS)
@given(rows=st.lists(CELLS, max_size=8))
def test_frames_hold_exactly_what_the_table_holds(backend: str, rows: list[tuple[Any, ...]]) -> None:
    """Every value arrives, in order and exactly, under the same names and types whatever the rows are."""
    frame = EVERY_KIND.of(rows).to_frame(backend)
    assert list(frame.columns) == ["text", "number", "money", "currency", "time", "truth"]
    assert types(frame) == TYPES[backend]
    expected = [
        (text, number, money and money.decimal, money and money.currency, time, truth)
        for text, number, money, time, truth in rows
    ]
    assert values(frame) == expected


@pytest.mark.parametrize("backend", BACKENDS)
def test_amounts_are_decimals_and_no_floats(backend: str) -> None:
    """What stands in a column of amounts is a Decimal, which decides and sums exactly."""
    prices = Table("", {"price": Kind.MONEY}, [[Money(10, "USD")]] * 3).to_frame(backend)["price"]
    assert {type(price) for price in prices.to_list()} == {Decimal}
    assert prices.sum() == Decimal("0.3")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("headings", [CANDIDATES, DEALS, ENTRIES], ids=lambda table: table.title)
def test_no_rows_make_a_frame_of_the_same_columns(backend: str, headings: Table) -> None:
    """The frame of an empty page goes together with that of a full one."""
    market = Lamps(description="").buy()
    pages: dict[str, Shown] = {
        CANDIDATES.title: market.bob.candidates(market.spare),
        DEALS.title: market.bob.deals(),
        ENTRIES.title: market.broker.office.entries(),
    }
    full = pages[headings.title]
    empty, frame = headings.to_frame(backend), full.to_frame(backend)
    assert (len(empty), len(frame)) == (0, len(full.table().rows))
    assert list(empty.columns) == list(frame.columns)
    assert types(empty) == types(frame)


@pytest.mark.parametrize("backend", [*BACKENDS, pandas, polars], ids=str)
def test_everything_that_shows_itself_has_a_frame(backend: ModuleType | str) -> None:
    """Every list and every row of one becomes a frame of the library that was named, with the table's rows in order."""
    market = Lamps().buy()
    wanted = pandas.DataFrame if backend in ("pandas", pandas) else polars.DataFrame
    for thing in (*market.singles(), *market.lists()):
        frame = thing.to_frame(backend)
        assert type(frame) is wanted
        assert [row[0] for row in values(frame)] == [
            row[0].decimal if isinstance(row[0], Money) else row[0] for row in thing.table().rows
        ]


@pytest.mark.parametrize("backend", BACKENDS)
def test_candidates_by_hand(backend: str) -> None:
    """Two candidates, cheapest first, with their determined prices."""
    market = Lamps(description="like new")
    frame = market.bob.candidates(market.want).to_frame(backend)
    assert list(frame.columns) == [
        *("sale", "status", "price", "carriage", "payment_fee", "total", "currency", "name", "description"),
    ]
    free, undecided = Decimal(0), "Purchase Undecided"
    assert values(frame) == [
        (1, undecided, Decimal("92.00"), free, free, Decimal("92.00"), "USD", "Pixel 7", "like new"),
        (2, undecided, Decimal("96.00"), free, free, Decimal("96.00"), "USD", "Pixel 6", ""),
    ]
    assert values(market.ann.box().to_frame(backend))[0][1:3] == (START, "Sale")


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_currency_column_of_ones_own_stays(backend: str) -> None:
    """A table that names the currency itself keeps its column where it is."""
    table = Table("", {"currency": Kind.TEXT, "price": Kind.MONEY}, [["mine", Money(1, "USD")]])
    assert values(table.to_frame(backend)) == [("mine", Decimal("0.01"))]


def test_two_currencies_in_a_row_are_refused() -> None:
    """A row has one currency, so its amounts need one column to name it."""
    table = Table("", {"a": Kind.MONEY, "b": Kind.MONEY}, [[Money(1, "USD"), Money(1, "EUR")]])
    with pytest.raises(InvalidAmount, match="one currency in a row"):
        table.to_frame("pandas")


@pytest.mark.parametrize("backend", ["numpy", "", 5, pytest, None])
def test_another_library_is_refused(backend: Any) -> None:
    """Only pandas and polars will do; where both are installed, one must be named."""
    with pytest.raises(InvalidChoice, match="both are installed, say which" if backend is None else "backend"):
        CANDIDATES.to_frame(backend)


def hide(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Make libraries look as if they were not installed."""
    really = util.find_spec
    monkeypatch.setattr("brokerage.frames.find_spec", lambda name: None if name in names else really(name))
    for name in names:
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_only_library_needs_no_name(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one of the two is installed, it is taken."""
    hide(monkeypatch, *(name for name in BACKENDS if name != backend))
    assert type(CANDIDATES.to_frame()).__module__.split(".")[0] == backend


@pytest.mark.parametrize(
    ("missing", "backend", "remedy"),
    [
        (["narwhals"], "pandas", "narwhals is not installed: pip install 'brokerage[frames]'"),
        (["polars"], "polars", "polars is not installed: pip install 'polars'"),
        (["pandas", "polars"], None, "pandas or polars is not installed: pip install 'pandas'"),
    ],
)
def test_what_is_not_installed_is_named(
    missing: list[str], backend: str | None, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says what to install, and is an ImportError too."""
    hide(monkeypatch, *missing)
    with pytest.raises(NotInstalled) as caught:
        CANDIDATES.to_frame(backend)
    assert str(caught.value) == remedy
    assert isinstance(caught.value, ImportError)
    assert isinstance(caught.value, BrokerageError)


def test_nothing_is_loaded_before_a_frame_is_asked_for() -> None:
    """Importing and using the package loads neither narwhals nor a frame library."""
    program = (
        "import sys, brokerage, brokerage.simulation; repr(brokerage.Page(()));"
        "print(sorted({'narwhals', 'pandas', 'polars', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_instants_are_of_microseconds() -> None:
    """The last microsecond that Python knows arrives as itself."""
    last = datetime.max.replace(tzinfo=UTC)
    for backend in BACKENDS:
        assert values(Table("", {"at": Kind.TIME}, [[last]]).to_frame(backend)) == [(last,)]


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_numbers_of_a_frame_go_back_into_calls(backend: Backend) -> None:
    """A number that stands in a frame names what the desk's own number names; what is no integer names nothing."""
    made = trade(world())
    number = made.bob.deals().to_frame(backend)["deal"][0]
    assert made.bob.deal(number).number == number == 1
    for strange in (True, 1.0, "1"):
        with pytest.raises(UnknownDeal):
            made.bob.deal(strange)  # type: ignore[arg-type]
