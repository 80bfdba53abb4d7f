"""``python -m brokerage``: what ``run`` and ``demo`` write, show and refuse, and how they end."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from brokerage.cli import application
from invented_files import HEADER, write
from replay_oracle import split_records

OUTPUTS = ["boxes.json", "deals.csv", "ledger.csv", "refused.csv", "summary.json"]
SALE = "2026-03-01T10:00Z,sale,Ann,phones,lamp,80,USD,"
PURCHASE = "2026-03-01T10:01Z,purchase,Bea,phones,,100,USD,"
NOTHING: dict[str, dict[str, str]] = {"volume": {}, "commission": {}, "paid_in": {}, "paid_out": {}}


def command(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """Run ``python -m brokerage`` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "brokerage", *map(str, arguments)],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


def invoke(*arguments: str | Path) -> Result:
    """Run a command within this process."""
    return CliRunner().invoke(application, [str(argument) for argument in arguments], env={"COLUMNS": "1000"})


def run(directory: Path, content: bytes, *options: str) -> dict[str, object]:
    """Replay a file, which is not refused, into ``directory / "out"``; return its summary."""
    (directory / "offers.csv").write_bytes(content)
    result = invoke("run", directory / "offers.csv", "--out", directory / "out", *options)
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in (directory / "out").iterdir()) == OUTPUTS
    figures: dict[str, object] = json.loads((directory / "out" / "summary.json").read_text(encoding="utf-8"))
    return figures


def refused(directory: Path) -> list[tuple[int, str]]:
    """Return line and field of every refused row."""
    content = (directory / "out" / "refused.csv").read_bytes().decode()
    return [(int(fields[0]), fields[1]) for _, fields in split_records(content)[1:]]


def check_refusal(result: Result, directory: Path, *words: str) -> None:
    """Check that a command ended with 2 and one clear line on stderr, its last, and that it wrote nothing."""
    assert result.exit_code == 2
    assert result.stdout == ""
    *progress, line = result.stderr.splitlines()
    assert line.startswith("Refused. ")
    assert not [other for other in progress if not other.startswith("offers ")]
    assert not [word for word in words if word not in line]
    assert not (directory / "out").exists()


def lines(*rows: str, end: str = "\n") -> bytes:
    """Return the content of a file with the usual header."""
    return (end.join((HEADER, *rows)) + end).encode()


def test_run_writes_five_files_and_shows_the_figures(tmp_path: Path) -> None:
    """A run in a process of its own ends with 0, writes everything and shows what came of it, progress on stderr."""
    path = write(tmp_path, SALE, PURCHASE)
    done = command("run", path, "--out", tmp_path / "deep" / "out", "--rate", "0.10")
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert sorted(item.name for item in (tmp_path / "deep" / "out").iterdir()) == OUTPUTS
    assert b"4.00 USD" in done.stdout
    assert b"2/2" in done.stderr
    assert (tmp_path / "deep" / "out" / "refused.csv").read_text() == "line,field,value,reason\n"


@pytest.mark.parametrize("matching", ["immediate", "5m"])
def test_results_do_not_depend_on_the_process(tmp_path: Path, matching: str) -> None:
    """Two processes with other hash seeds, zones and encodings write the same bytes."""
    rows = [
        f"2026-03-01T10:{at:02d}Z,{side},{member},{category},\u00fc,{at % 7},{currency},"
        for at, (side, member, category, currency) in enumerate(
            (side, member, category, currency)
            for side in ("sale", "purchase")
            for member in ("Ann", "Bea", "Zo\u00eb")
            for category in ("phones", "radios")
            for currency in ("USD", "JPY", "KWD")
        )
    ]
    path = write(tmp_path, *rows, "bad")
    environments = (
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Kolkata", "PYTHONUTF8": "0", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "America/Lima", "PYTHONUTF8": "1", "COLUMNS": "20"},
    )
    for number, environment in enumerate(environments):
        assert (
            command("run", path, "--out", tmp_path / str(number), "--matching", matching, **environment).returncode == 0
        )
    for name in OUTPUTS:
        assert (tmp_path / "0" / name).read_bytes() == (tmp_path / "1" / name).read_bytes()


def test_options_reach_the_market(tmp_path: Path) -> None:
    """Rate, margin rule, rounding and matching are those that were asked for."""
    rows = lines("2026-03-01T10:00Z,sale,Ann,phones,lamp,0.01,USD,", "2026-03-01T10:01Z,purchase,Bea,phones,,1.00,USD,")
    found = []
    for options in (
        (),
        ("--rate", "0.5"),
        ("--rate", "0"),
        ("--rate", "0", "--rounding", "down"),
        ("--rate", "0", "--rounding", "up"),
        ("--margin", "price"),
        ("--margin", "lesser"),
        ("--matching", "5m"),
    ):
        run(tmp_path, rows, *options)
        with (tmp_path / "out" / "deals.csv").open(encoding="utf-8", newline="") as file:
            [deal] = csv.DictReader(file)
        found.append((deal["selling_price"], deal["buying_price"], deal["agreed_at"][11:]))
    assert found == [
        ("0.41", "0.60", "10:01:00Z"),
        ("0.01", "1.00", "10:01:00Z"),
        ("0.50", "0.50", "10:01:00Z"),
        ("0.50", "0.50", "10:01:00Z"),
        ("0.51", "0.51", "10:01:00Z"),
        ("0.45", "0.56", "10:01:00Z"),
        ("0.45", "0.56", "10:01:00Z"),
        ("0.41", "0.60", "10:05:00Z"),
    ]


def test_bad_rows_are_listed_and_the_good_ones_go_on(tmp_path: Path) -> None:
    """Bad rows end in ``refused.csv`` by the physical line where they begin, and the exit code is 0."""
    figures = run(
        tmp_path,
        lines(
            SALE,
            "",
            '2026-03-01T10:00Z,sale,Ann,phones,"two\nlines",-1,USD,',
            "2026-03-01T10:00Z,sale,Ann",
            "2026-03-01T10:00Z,sale,Ann,phones,lamp,1,USD,,",
            "2026-03-01T10:00Z,sale,Ann,phones,lamp,1,usd,",
            PURCHASE,
            "   ",
            "nonsense",
        ),
    )
    assert refused(tmp_path) == [(4, "price"), (6, ""), (7, ""), (8, "currency"), (11, "")]
    assert (figures["offers"], figures["refused"], figures["deals"]) == (2, 5, 1)


def test_only_bad_rows_are_no_failure(tmp_path: Path) -> None:
    """A file in which every row is bad gives an empty market and the exit code 0."""
    figures = run(tmp_path, lines("x", "y"))
    assert figures == {"offers": 0, "refused": 2, "expired": 0, "deals": 0, **NOTHING}


@pytest.mark.parametrize("content", [HEADER, HEADER + "\n", "\ufeff" + HEADER + "\r\n\r\n", "\n\n" + HEADER + "\n"])
def test_a_header_alone_gives_an_empty_market(tmp_path: Path, content: str) -> None:
    """A file without rows gives zero offers and all five outputs."""
    figures = run(tmp_path, content.encode())
    assert figures == {"offers": 0, "refused": 0, "expired": 0, "deals": 0, **NOTHING}
    assert (tmp_path / "out" / "boxes.json").read_text() == "{}\n"


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    """The header says which column is which."""
    order = (7, 3, 1, 6, 0, 5, 2, 4)
    rows = [",".join(row.split(",")[at] for at in order) for row in (HEADER, SALE, PURCHASE)]
    figures = run(tmp_path, "\n".join(rows).encode())
    assert (figures["offers"], figures["deals"]) == (2, 1)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do(tmp_path: Path, end: str) -> None:
    """Lines may end the way of any system, and are counted alike."""
    figures = run(tmp_path, lines(SALE, "", "bad", PURCHASE, end=end))
    assert (figures["offers"], figures["deals"]) == (2, 1)
    assert refused(tmp_path) == [(4, "")]


@pytest.mark.parametrize(
    ("price", "is_good"),
    [
        ("9" * 5000, False),
        ("-" + "9" * 5000, False),
        ("1." + "0" * 5000, False),
        ("0" * 5000 + "100", True),
        ("0" * 5000 + "100.00", True),
        ("0" * 200_000 + "100", True),
        ("9" * 200_000, False),
        ("1\x000", False),
        ("\x00", False),
    ],
)
def test_huge_and_odd_prices_are_judged_like_any(tmp_path: Path, price: str, is_good: bool) -> None:
    """A number of any length is taken or refused as a row, and never stops the run; leading zeros count for nothing."""
    figures = run(tmp_path, lines(SALE, f"2026-03-01T10:01Z,purchase,Bea,phones,,{price},USD,", PURCHASE))
    assert (3 if is_good else 2) == figures["offers"]
    assert ([] if is_good else [(3, "price")]) == refused(tmp_path)


@pytest.mark.parametrize("column", ["member", "category", "name"])
def test_overlong_texts_are_refused_as_rows(tmp_path: Path, column: str) -> None:
    """Names of 200 characters are taken; 201, or more than a csv field usually holds, are one bad row each."""
    given = dict(zip(HEADER.split(","), SALE.split(","), strict=True))
    rows = [",".join({**given, column: '"' + "x\n" * (size // 2) + '"'}.values()) for size in (200, 202, 140_000)]
    figures = run(tmp_path, lines(*rows, PURCHASE))
    assert (figures["offers"], figures["refused"]) == (2, 2)
    assert [(103, column), (205, column)] == refused(tmp_path)


def test_refused_values_can_be_read_by_the_csv_module(tmp_path: Path) -> None:
    """However long a bad value is, whoever reads ``refused.csv`` in the usual way can."""
    run(tmp_path, lines(SALE.replace("lamp", "x" * 200_000)))
    with (tmp_path / "out" / "refused.csv").open(encoding="utf-8", newline="") as file:
        assert [row["field"] for row in csv.DictReader(file)] == ["name"]


def test_odd_characters_in_texts_do_no_harm(tmp_path: Path) -> None:
    """Control characters, markup and every kind of letter pass through a run as they are."""
    name = "[red]\x01 :cat: \u2028 \U0001f600 __proto__"
    run(tmp_path, lines(SALE.replace("Ann", name), PURCHASE.replace("Bea", name + "[/red]")))
    boxes = json.loads((tmp_path / "out" / "boxes.json").read_text(encoding="utf-8"))
    assert [name, name + "[/red]"] == list(boxes)


@pytest.mark.parametrize("column", ["member", "category", "name"])
def test_the_character_nul_is_refused_as_a_row(tmp_path: Path, column: str) -> None:
    """A text with the character NUL, which not every database can keep, is a bad row wherever the market is kept."""
    given = dict(zip(HEADER.split(","), SALE.split(","), strict=True))
    run(tmp_path, lines(",".join({**given, column: "na\x00me"}.values()), PURCHASE))
    assert refused(tmp_path) == [(2, column)]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "header"),
        (b"\n \n", "header"),
        (b"\xef\xbb\xbf", "header"),
        (b"\xff\xfea\x00t\x00", "UTF-8"),
        (HEADER.encode() + b"\n\xe4", "UTF-8"),
        (b"\x00" * 10, "missing: at"),
        (HEADER.replace("until", "till").encode(), "till"),
        (HEADER.replace(",until", "").encode(), "missing: until"),
        ((HEADER + ",note").encode(), "unknown: note"),
        ((HEADER + ",").encode(), "unknown"),
        ((HEADER + ",at").encode(), "repeated: at"),
        (HEADER.upper().encode(), "missing: at"),
        (HEADER.replace(",", ";").encode(), "missing: at"),
        (b"\xef\xbb\xbf\xef\xbb\xbf" + HEADER.encode(), "missing: at"),
        (b"x" * 200_000, "missing: at"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, word: str) -> None:
    """A file that is empty, not UTF-8 or has other columns is refused whole."""
    (tmp_path / "offers.csv").write_bytes(content)
    check_refusal(invoke("run", tmp_path / "offers.csv", "--out", tmp_path / "out"), tmp_path, word)


@pytest.mark.parametrize("name", ["missing.csv", "", "directory/x.csv", "caf\u00e9 :cat: [red].csv", "a" * 300])
def test_a_missing_file_or_a_directory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What is no file is refused by its path, as it was given."""
    monkeypatch.chdir(tmp_path)
    check_refusal(invoke("run", name, "--out", "out"), tmp_path, "file: ", name[:50], "a file that can be read")


@pytest.mark.parametrize(
    "rate", ["0.6", "abc", "0.1e-1", "-0.1", "", " ", "nan", "inf", "0,1", "1/10", ".1", "\u0660.1", "9" * 5000]
)
def test_bad_rates_are_refused(tmp_path: Path, rate: str) -> None:
    """A rate is plain digits from 0 to 0.5, and the refusal says so, also when there are no offers."""
    path = write(tmp_path)
    check_refusal(invoke("run", path, "--out", tmp_path / "out", "--rate", rate), tmp_path, "rate: ", "0.5")


def test_prices_off_the_grid_are_refused_as_rows(tmp_path: Path) -> None:
    """Each currency may have a step, and a price that is no multiple of it is listed."""
    rows = [HEADER, SALE, PURCHASE.replace("100", "101"), PURCHASE.replace("100,USD", "101,EUR")]
    figures = run(tmp_path, "\n".join(rows).encode(), "--grid", "USD=5.00", "--grid", "JPY=100")
    assert refused(tmp_path) == [(3, "price")]
    assert figures["offers"] == 2


@pytest.mark.parametrize(
    ("grid", "field"),
    [("USD", "grid: "), ("USD=0", "price_grid[USD]: "), ("usd=5", "currency: "), ("USD=", "price_grid")],
)
def test_bad_grids_are_refused(tmp_path: Path, grid: str, field: str) -> None:
    """A step that is none, or a currency without one, is refused by name."""
    path = tmp_path / "offers.csv"
    path.write_text(HEADER + "\n", encoding="utf-8")
    check_refusal(invoke("run", path, "--out", tmp_path / "out", "--grid", grid), tmp_path, field)


@pytest.mark.parametrize(
    ("option", "value", "possible"),
    [
        ("--margin", "wide", "lesser"),
        ("--margin", "ON_SPREAD", "spread"),
        ("--rounding", "nearest", "half-even"),
        ("--matching", "10m", "5m"),
        ("--matching", "", "immediate"),
    ],
)
def test_unknown_choices_are_refused(tmp_path: Path, option: str, value: str, possible: str) -> None:
    """An unknown margin rule, rounding or matching is refused with what is possible."""
    result = invoke("run", write(tmp_path, SALE), "--out", tmp_path / "out", option, value)
    assert (result.exit_code, result.stdout) == (2, "")
    assert option in result.stderr
    assert possible in result.stderr
    assert not (tmp_path / "out").exists()


def test_out_must_be_given(tmp_path: Path) -> None:
    """Without a place for the results nothing is run."""
    result = invoke("run", write(tmp_path, SALE))
    assert result.exit_code == 2
    assert "--out" in result.stderr


@pytest.mark.parametrize("out", ["taken", "taken/below"])
def test_out_must_be_a_directory(tmp_path: Path, out: str) -> None:
    """A file where the results should go is refused and left as it is."""
    (tmp_path / "taken").write_text("mine")
    check_refusal(invoke("run", write(tmp_path, SALE), "--out", tmp_path / out), tmp_path, "out: ", "directory")
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="whoever may write everywhere cannot be refused")
def test_out_must_be_writable(tmp_path: Path) -> None:
    """A directory that may not be written to is refused."""
    (tmp_path / "closed").mkdir(mode=0o500)
    result = invoke("run", write(tmp_path, SALE), "--out", tmp_path / "closed" / "out")
    check_refusal(result, tmp_path / "closed", "out: ")


def test_refusals_of_a_process_are_one_line(tmp_path: Path) -> None:
    """A refusal is one line on stderr also where stderr is no terminal, with no trace of the code."""
    done = command("run", tmp_path / ("long name " * 20 + ".csv"), "--out", tmp_path / "out", COLUMNS="40")
    assert (done.returncode, done.stdout) == (2, b"")
    assert len(done.stderr.decode().strip().splitlines()) == 1


def test_a_second_run_replaces_the_first(tmp_path: Path) -> None:
    """Results are written over older ones."""
    run(tmp_path, lines(SALE, PURCHASE, "bad"))
    run(tmp_path, lines(SALE))
    assert refused(tmp_path) == []
    assert (tmp_path / "out" / "ledger.csv").read_text().count("\n") == 1


def test_demo_shows_a_market() -> None:
    """The demo shows boxes, a deal, a ledger, and a new item up to its deals, in colour where colour is wanted."""
    plain, coloured = command("demo", COLUMNS="200"), command("demo", FORCE_COLOR="1", TERM="xterm-256color")
    assert (plain.returncode, coloured.returncode, plain.stderr, coloured.stderr) == (0, 0, b"", b"")
    text = plain.stdout.decode()
    shown = ("sale offer", "purchase offer", "candidates", "The deal", "The ledger", "Purchase Failed", "92.00 USD")
    later = ("Reserved of item", "lowest price: 90.00 USD", "81.00 USD", "carriage of an order", "461.36 USD", "405.00")
    assert not [words for words in (*shown, *later) if words not in text]
    assert "\x1b[" not in text
    assert b"\x1b[" in coloured.stdout


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_terminals_of_any_encoding_will_do(tmp_path: Path, encoding: str) -> None:
    """Demo and run end well where the terminal knows few characters."""
    path = write(tmp_path, "bad")
    assert command("demo", PYTHONIOENCODING=encoding).returncode == 0
    assert command("run", path, "--out", tmp_path / "out", PYTHONIOENCODING=encoding).returncode == 0


@pytest.mark.parametrize("module", ["typer", "rich"])
def test_without_the_extra_it_says_what_to_install(module: str) -> None:
    """Without the packages of the command line it says in a line what to install."""
    code = f"import runpy, sys; sys.modules[{module!r}] = None; runpy.run_module('brokerage', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert "brokerage[cli]" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
