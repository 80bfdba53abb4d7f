"""``python -m brokerage tender``: files of bids judged, against the rules stated a second time (spec N4, N7)."""

import csv
from errno import ENOSPC
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brokerage.errors import InvalidFile
from brokerage.simulation import Awards, award_bids, invented_bids, judge_bids, read_offers_file, write_awards
from brokerage.simulation.bids_file import parse_bids
from brokerage.simulation.files import writing_into
from invented_files import BAD_INSTANTS, BAD_PRICES, PRICES, cell_of, instants
from replay_oracle import DECIMALS, decimal, instant, split_records, units
from test_command_line import check_refusal, command, invoke

pytestmark = pytest.mark.once

COLUMNS = ("tender", "bidder", "price", "currency", "at")
HEADER = ",".join(COLUMNS)
ARCH = "bridge,Arch,900.00,USD,2026-03-01T10:00Z"
SPAN = "bridge,Span,880.00,USD,2026-03-01T11:00Z"
AGAIN = ARCH.replace("T10", "T12")
CHEAPER = AGAIN.replace("900", "1")
EQUAL = SPAN.replace("880", "900")
DEARER = SPAN.replace("880", "950").replace("T11", "T12")

Place = tuple[str, int, str, str, str]


def write(directory: Path, *lines: str, header: str = HEADER, end: str = "\n") -> Path:
    """Write a file of bids."""
    path = directory / "bids.csv"
    path.write_bytes((end.join((header, *lines)) + end).encode())
    return path


def judged(path: Path, out: Path) -> tuple[list[Place], list[tuple[int, str, str]]]:
    """Judge a file; return every place without its reason, and line, field and value of what was refused."""
    write_awards(judge_bids(path), out)
    with (out / "awards.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    places = [(row["tender"], int(row["rank"]), row["bidder"], row["price"], row["currency"]) for row in rows]
    with (out / "refused.csv").open(encoding="utf-8", newline="") as file:
        refused = [(int(row["line"]), row["field"], row["value"]) for row in csv.DictReader(file)]
    return places, refused


def expected(content: str) -> tuple[list[Place], list[tuple[int, set[str]]]]:
    """Judge a file by the rules alone: places, and the line and every wrong field of a bad row."""
    header, *records = [(line, fields) for line, fields in split_records(content.removeprefix("\ufeff")) if fields]
    good: dict[str, list[tuple[int, int, str, int, str]]] = {}
    refused: list[tuple[int, set[str]]] = []
    for line, fields in records:
        if len(fields) != len(COLUMNS):
            refused.append((line, {""}))
            continue
        row = dict(zip(header[1], fields, strict=True))
        at, price = instant(row["at"]), units(row["price"], row["currency"])
        bids = good.get(row["tender"], [])
        bad = {
            "tender": not row["tender"].strip() or len(row["tender"]) > 200,
            "bidder": not row["bidder"].strip() or len(row["bidder"]) > 200,
            "currency": row["currency"] not in DECIMALS or bool(bids and bids[0][4] != row["currency"]),
            "price": price is None,
            "at": at is None,
        }
        if at is None or price is None or any(bad.values()):
            refused.append((line, {name for name in COLUMNS if bad[name]}))
        else:
            good.setdefault(row["tender"], []).append((at, line, row["bidder"], price, row["currency"]))
    places: list[Place] = []
    for tender, bids in good.items():
        last = {bidder: max(bid for bid in bids if bid[2] == bidder) for _, _, bidder, _, _ in bids}
        best_first = sorted(last.values(), key=lambda bid: (bid[3], bid[0], bid[1]))
        for rank, (_, _, bidder, price, currency) in enumerate(best_first, start=1):
            places.append((tender, rank, bidder, decimal(price, currency), currency))
    return places, refused


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file of bids: columns in some order, some line end, blank lines, ties, times in any zone, and bad rows."""
    order, end = draw(st.permutations(range(5))), draw(st.sampled_from(("\n", "\r\n", "\r")))
    bad = {
        "tender": ("", " ", "t" * 201),
        "bidder": ("", "\t", "b" * 201),
        "price": BAD_PRICES,
        "currency": ("", "usd", "ZZZ", "KWD"),
        "at": ("", *BAD_INSTANTS),
    }
    lines = [",".join(COLUMNS[at] for at in order)]
    for _ in range(draw(st.integers(0, 20))):
        tender = draw(st.sampled_from(("bridge", "Bridge", 'a "quoted", road', "t" * 200)))
        currency = draw(st.sampled_from(("USD", "USD", "USD", "JPY")))
        row = {
            "tender": tender,
            "bidder": draw(st.sampled_from(("Ann", "ann", "Bea", "two\nlines"))),
            "price": draw(st.sampled_from(PRICES[currency])),
            "currency": currency,
            "at": draw(instants((0, 1, 4))),
        }
        wrong = draw(st.lists(st.sampled_from(COLUMNS), max_size=2)) if draw(st.integers(0, 5)) == 5 else []
        for name in wrong:
            row[name] = draw(st.sampled_from(bad[name]))
        cells = [list(row.values())[at] for at in order]
        if draw(st.integers(0, 15)) == 15:
            cells = cells[:4] if draw(st.booleans()) else [*cells, "more"]
        lines.append(",".join(cell_of(cell, False) for cell in cells))
        lines += draw(st.sampled_from(([], [], [""], ["", "  "])))
    return draw(st.sampled_from(("", "\ufeff"))) + end.join(lines) + draw(st.sampled_from(("", end)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=files())
def test_awards_follow_the_rules(tmp_path: Path, content: str) -> None:
    """Places and refused rows are those that the rules give, whatever stands in the file."""
    path = tmp_path / "bids.csv"
    path.write_bytes(content.encode())
    places, refused = judged(path, tmp_path / "out")
    places_expected, refused_expected = expected(content)
    assert places_expected == places
    assert [line for line, _ in refused_expected] == [line for line, _, _ in refused]
    wrong = zip(refused_expected, refused, strict=True)
    assert [field for (_, fields), (_, field, _) in wrong if field not in fields] == []


TABLE: list[tuple[str, tuple[str, ...], list[str]]] = [
    ("the lowest price", (ARCH, SPAN), ["1 Span 880.00", "2 Arch 900.00"]),
    (
        "of equal ones the earlier",
        (ARCH, "bridge,Span,900,USD,2026-03-01T10:59+01:00"),
        ["1 Span 900.00", "2 Arch 900.00"],
    ),
    ("at the same time the earlier row", (ARCH, ARCH.replace("Arch", "Aab")), ["1 Arch 900.00", "2 Aab 900.00"]),
    ("a later bid replaces", (ARCH, SPAN, CHEAPER), ["1 Arch 1.00", "2 Span 880.00"]),
    ("also a higher one", (ARCH, SPAN, DEARER), ["1 Arch 900.00", "2 Span 950.00"]),
    ("not an earlier one in a later row", (SPAN, SPAN.replace("880", "1").replace("T11", "T10")), ["1 Span 880.00"]),
    ("at the same time the later row", (SPAN, SPAN.replace("880", "870")), ["1 Span 870.00"]),
    ("a replaced bid has lost its place", (ARCH, EQUAL, AGAIN), ["1 Span 900.00", "2 Arch 900.00"]),
    ("names are compared exactly", (ARCH, ARCH.replace("Arch", "arch")), ["1 Arch 900.00", "2 arch 900.00"]),
]


@pytest.mark.parametrize(("lines", "places"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_places_by_hand(tmp_path: Path, lines: tuple[str, ...], places: list[str]) -> None:
    """Bidders are ranked as was worked out by hand."""
    found, refused = judged(write(tmp_path, *lines), tmp_path / "out")
    assert places == [f"{rank} {bidder} {price}" for _, rank, bidder, price, _ in found]
    assert refused == []


def test_the_currency_is_that_of_the_first_good_row(tmp_path: Path) -> None:
    """A row that is bad gives a tender no currency; one in another currency is refused, and the tender's is named."""
    rows = ("bridge,Arch,x,EUR,2026-03-01T10:00Z", SPAN, ARCH.replace("USD", "JPY").replace(".00", ""), ARCH)
    places, refused = judged(write(tmp_path, *rows), tmp_path / "out")
    assert [place[1:4] for place in places] == [(1, "Span", "880.00"), (2, "Arch", "900.00")]
    assert refused == [(2, "price", "x"), (4, "currency", "JPY")]
    assert "USD, the currency of the tender's first bid" in (tmp_path / "out" / "refused.csv").read_text()


def test_tenders_come_in_the_order_of_their_first_good_rows(tmp_path: Path) -> None:
    """A tender whose every row is bad has no place."""
    rows = ("c,Ann,x,USD,2026-03-01T10:00Z", "b,Ann,1,USD,2026-03-01T10:00Z", "a,Ann,1,JPY,2026-03-01T10:00Z")
    places, _ = judged(write(tmp_path, *rows, rows[1].replace("Ann", "Bea")), tmp_path / "out")
    assert [place[:3] for place in places] == [("b", 1, "Ann"), ("b", 2, "Bea"), ("a", 1, "Ann")]


def test_reasons_and_flags() -> None:
    """The invented file shows a replaced bid, a tie, another currency, a price that is none, and a very low one."""
    file = parse_bids(invented_bids(), "the invented file")
    assert [(row.line, row.field) for row in file.refused] == [(9, "currency"), (10, "price")]
    assert [(award.tender, award.bidder, award.reason) for award in award_bids(file.rows)] == [
        ("school roof", "Sunday Roofers", "lowest price: 19000.00 USD; abnormally low beside the others"),
        ("school roof", "Ridge & Sons", "46500.00 USD: a higher price than the place before"),
        ("school roof", "Oak Carpentry", "46900.00 USD: a higher price than the place before"),
        ("school roof", "High Roofs", "46900.00 USD: equal to the place before, and later"),
        ("winter salt", "North Harbour", "lowest price: 118500 JPY"),
        ("winter salt", "Salt Works", "120000 JPY: a higher price than the place before"),
    ]


def test_awards_show_themselves() -> None:
    """All places are one table, and a place a row of it."""
    awards = award_bids(parse_bids(invented_bids(), "the invented file").rows)
    assert awards.table().columns == ("tender", "rank", "bidder", "price", "reason")
    assert [award.table().rows[0] for award in awards] == list(awards.table().rows)


@pytest.mark.parametrize("header", ["", "tender,bidder", f"{HEADER},{HEADER}", f"{HEADER},note", HEADER.upper()])
def test_other_columns_are_refused(tmp_path: Path, header: str) -> None:
    """A file with other columns is refused whole."""
    with pytest.raises(InvalidFile):
        judge_bids(write(tmp_path, ARCH, header=header))


def test_tender_writes_two_files_and_shows_the_figures(tmp_path: Path) -> None:
    """In a process of its own the command ends with 0, writes awards and refused rows, and shows how many."""
    path = write(tmp_path, ARCH, SPAN, "bad", "", SPAN.replace("T11", "T12"))
    done = command("tender", path, "--out", tmp_path / "deep" / "out")
    assert (done.returncode, done.stderr) == (0, b"")
    assert sorted(item.name for item in (tmp_path / "deep" / "out").iterdir()) == ["awards.csv", "refused.csv"]
    shown = [line.split() for line in done.stdout.decode().splitlines()]
    for line in (["tenders", "1"], ["bids", "3"], ["replaced", "1"], ["ranked", "2"], ["refused", "1"]):
        assert line in shown
    assert (tmp_path / "deep" / "out" / "awards.csv").read_bytes() == (
        b"tender,rank,bidder,price,currency,reason\n"
        b"bridge,1,Span,880.00,USD,lowest price: 880.00 USD\n"
        b"bridge,2,Arch,900.00,USD,900.00 USD: a higher price than the place before\n"
    )


def test_only_bad_rows_or_none_are_no_failure(tmp_path: Path) -> None:
    """Files without a good row give empty awards, and results are written over older ones."""
    for lines, count in ((("x", "y"), 2), ((), 0)):
        assert invoke("tender", write(tmp_path, *lines), "--out", tmp_path / "out").exit_code == 0
        places, refused = judged(tmp_path / "bids.csv", tmp_path / "out")
        assert (places, len(refused)) == ([], count)


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "header"), (b"\xff\xfe", "UTF-8"), (b"at,side\n", "missing: tender"), (f"{HEADER},at".encode(), "repeated")],
)
def test_other_files_are_refused_in_one_line(tmp_path: Path, content: bytes, word: str) -> None:
    """A file that is empty, not UTF-8 or has other columns ends the command with 2, and nothing is written."""
    (tmp_path / "bids.csv").write_bytes(content)
    check_refusal(invoke("tender", tmp_path / "bids.csv", "--out", tmp_path / "out"), tmp_path, word)


def test_a_missing_file_and_a_place_that_is_taken(tmp_path: Path) -> None:
    """A file that is not there, or one where the results should go, is refused and left as it is."""
    check_refusal(invoke("tender", tmp_path / "none.csv", "--out", tmp_path / "out"), tmp_path, "file: ")
    (tmp_path / "taken").write_text("mine")
    check_refusal(invoke("tender", write(tmp_path, ARCH), "--out", tmp_path / "taken"), tmp_path, "out: ")
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.parametrize("out", ["taken", "taken/below"])
def test_a_file_where_the_results_should_go_is_called_one(tmp_path: Path, out: str) -> None:
    """The refusal says in words that a file is in the way, and which, also where it is above."""
    (tmp_path / "taken").write_text("mine")
    result = invoke("tender", write(tmp_path, ARCH), "--out", tmp_path / out)
    check_refusal(result, tmp_path, f"{tmp_path / 'taken'} is a file, not a directory")
    assert "Errno" not in result.stderr


def test_a_directory_in_the_way_of_one_file_leaves_all_as_they_were(tmp_path: Path) -> None:
    """Where one result cannot be put in place none is, and nothing unfinished stays behind."""
    out = tmp_path / "out"
    assert invoke("tender", write(tmp_path, ARCH), "--out", out).exit_code == 0
    before = (out / "awards.csv").read_bytes()
    (out / "refused.csv").unlink()
    (out / "refused.csv").mkdir()
    result = invoke("tender", write(tmp_path, SPAN), "--out", out)
    assert result.exit_code == 2
    assert f"{out / 'refused.csv'}" in result.stderr
    assert "it is a directory" in result.stderr
    assert (out / "awards.csv").read_bytes() == before
    assert sorted(path.name for path in out.iterdir()) == ["awards.csv", "refused.csv"]


def test_a_full_disk_leaves_older_results_as_they_were(tmp_path: Path) -> None:
    """Files are put in place when the last one is whole, and not before."""
    (tmp_path / "awards.csv").write_text("older")

    def fill() -> None:
        with writing_into(tmp_path) as place:
            (place / "awards.csv").write_text("newer")
            raise OSError(ENOSPC, "No space left on device")

    with pytest.raises(InvalidFile, match="No space left"):
        fill()
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("awards.csv", "older")]


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ((ARCH, 'bridge,"Span,880.00,USD,2026-03-01T11:00Z', AGAIN, ARCH), 3, "2 fields instead of 5; a quote"),
        ((ARCH, 'bridge,Span,880.00,USD,"2026-03-01T11:00Z', AGAIN), 3, "a quote begins in this row"),
        ((ARCH, 'bridge,Span,880.00,USD,"2026-03-01T11:00Z'), 3, "a quote begins in this row"),
    ],
    ids=["among the columns", "in the last column", "in the last row"],
)
def test_a_quote_that_is_never_closed_is_named(tmp_path: Path, lines: tuple[str, ...], line: int, words: str) -> None:
    """The row whose quote takes the rest of the file says so, and the rows before it stand."""
    awards = judge_bids(write(tmp_path, *lines))
    assert [place.bidder for place in awards.places] == ["Arch"]
    [refused] = awards.refused
    assert (refused.line, refused.field, refused.value) == (line, "", "")
    assert refused.reason.startswith(words)
    assert refused.reason.endswith("is never closed, and takes the rest of the file")


def test_a_quoted_field_at_the_very_end_is_closed(tmp_path: Path) -> None:
    """A quote that ends with the file, with or without a line end, is a quote like any other."""
    for end in ("", "\n"):
        (tmp_path / "bids.csv").write_text(f'{HEADER}\n{ARCH[:-17]}"{ARCH[-17:]}"{end}', encoding="utf-8")
        assert judge_bids(tmp_path / "bids.csv").refused == ()


def test_paths_may_be_text(tmp_path: Path) -> None:
    """A path is a Path or a text, wherever one is asked for."""
    awards = judge_bids(str(write(tmp_path, ARCH)))
    write_awards(awards, str(tmp_path / "out"))
    assert (tmp_path / "out" / "awards.csv").exists()


@pytest.mark.parametrize("given", [None, 5, b"bids.csv", ["bids.csv"]])
def test_what_is_no_path_is_refused(given: Any) -> None:
    """Anything else is refused by the argument's name."""
    awards = award_bids(())
    for field, work in (
        ("file", lambda: judge_bids(given)),
        ("file", lambda: read_offers_file(given)),
        ("out", lambda: write_awards(Awards(awards, (), 0), given)),
    ):
        with pytest.raises(InvalidFile) as caught:
            work()
        assert (caught.value.field, caught.value.value) == (field, given)


def test_the_demo_judges_the_invented_file() -> None:
    """The demo shows the places of the invented file and says that it is invented."""
    shown = invoke("demo").stdout
    assert not [words for words in ("invented bids", "Sunday Roofers", "abnormally low") if words not in shown]
