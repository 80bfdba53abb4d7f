"""Replaying files of offers, against the rules as :mod:`replay_oracle` states them a second time."""

import csv
import json
from collections import defaultdict
from decimal import Decimal
from itertools import count, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brokerage import Brokerage
from brokerage.errors import InvalidFile, InvalidRate
from brokerage.policy import Immediate, Periodic
from brokerage.pricing import Margin, Rounding
from brokerage.services.housekeeping import Report
from brokerage.simulation import Replay, read_offers_file, replay, write_results
from invented_files import cell_of, files, write
from replay_oracle import Deal, Expected, Options, expect, instant

pytestmark = pytest.mark.once

PALM = Path(__file__).resolve().parents[2] / "shared" / "data" / "palm_offers.csv"
MARGINS, ROUNDINGS, MATCHINGS = ("spread", "price", "lesser"), ("half-even", "down", "up"), ("immediate", "5m")
COMBINATIONS = list(product(MARGINS, ROUNDINGS, MATCHINGS))
OUTPUTS = ("boxes.json", "deals.csv", "ledger.csv", "refused.csv", "summary.json")


def run(path: Path, options: Options, out: Path) -> Replay:
    """Replay a file and write its results."""
    file = read_offers_file(path)
    market = replay(
        file.rows,
        rate=options.rate,
        margin=Margin(options.margin),
        rounding=Rounding(options.rounding),
        matching=Immediate() if options.matching == "immediate" else Periodic(),
    )
    write_results(market, file.refused, out)
    return market


def table(path: Path) -> list[dict[str, str]]:
    """Read a table of results."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def deal_of(row: dict[str, str]) -> Deal:
    """Return a row of ``deals.csv`` as the oracle writes it."""
    numbers = {name: int(row[name]) for name in ("deal", "sale", "purchase")}
    agreed_at = instant(row["agreed_at"])
    assert agreed_at is not None
    texts: dict[str, Any] = {name: text for name, text in row.items() if name not in numbers}
    return Deal(**{**texts, **numbers, "agreed_at": agreed_at})


def check_results(out: Path, expected: Expected) -> None:
    """Compare what was written with what the rules ask for."""
    assert expected.deals == [deal_of(row) for row in table(out / "deals.csv")]
    refused = table(out / "refused.csv")
    assert [row.line for row in expected.refused] == [int(row["line"]) for row in refused]
    for wanted, row in zip(expected.refused, refused, strict=True):
        assert (row["field"], row["value"]) in wanted.wrong.items()
        assert row["reason"]
    figures = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert expected.summary == {name: figures[name] for name in expected.summary}


def check_ledger(out: Path) -> None:
    """Check that every entry balances, every escrow ends at zero, and what came in went out or was earned."""
    entries: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    accounts: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for posting in table(out / "ledger.csv"):
        amount, currency = Decimal(posting["amount"]), posting["currency"]
        entries[posting["entry"], currency] += amount
        accounts[posting["account"], currency] += amount
    assert not any(entries.values())
    open_accounts = {account for (account, _), amount in accounts.items() if amount}
    assert open_accounts <= {"bank", "revenue"}
    figures = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    for currency, paid_in in figures["paid_in"].items():
        commission = Decimal(figures["commission"][currency])
        assert Decimal(paid_in) == Decimal(figures["paid_out"][currency]) + commission
        assert accounts["revenue", currency] == -commission
        assert accounts["bank", currency] == commission


def boxes_of(out: Path) -> dict[str, dict[int, str]]:
    """Return what stands in every box: number → status."""
    boxes = json.loads((out / "boxes.json").read_text(encoding="utf-8"))
    return {
        member: {view["number"]: view["status"] for view in (*box["sales"], *box["purchases"])}
        for member, box in boxes.items()
    }


@pytest.mark.parametrize(("margin", "rounding", "matching"), COMBINATIONS)
@given(content=files(), rate=st.sampled_from(("0", "0.10", "0.333", "0.5")))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_results_follow_the_rules(
    tmp_path_factory: pytest.TempPathFactory, margin: str, rounding: str, matching: str, content: bytes, rate: str
) -> None:
    """Deals, refused rows and figures are those of the plain rules, and the books balance, whatever the file."""
    path = tmp_path_factory.mktemp("invented") / "offers.csv"
    path.write_bytes(content)
    options = Options(rate, margin, rounding, matching)
    run(path, options, path.parent)
    check_results(path.parent, expect(path, options))
    check_ledger(path.parent)


@pytest.mark.parametrize("matching", MATCHINGS)
@given(content=files())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_boxes_hold_what_is_open_and_what_is_finished(
    tmp_path_factory: pytest.TempPathFactory, matching: str, content: bytes
) -> None:
    """Every member's box holds the offers still open and those of finished deals, in the statuses of TABLE I."""
    path = tmp_path_factory.mktemp("invented") / "offers.csv"
    path.write_bytes(content)
    options = Options(matching=matching)
    run(path, options, path.parent)
    assert expect(path, options).boxes == boxes_of(path.parent)


@pytest.mark.parametrize("matching", MATCHINGS)
@given(content=files())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_two_runs_are_the_same(tmp_path_factory: pytest.TempPathFactory, matching: str, content: bytes) -> None:
    """Replaying a file a second time gives the same five files to the byte."""
    directory = tmp_path_factory.mktemp("twice")
    path = directory / "offers.csv"
    path.write_bytes(content)
    for name in ("first", "second"):
        run(path, Options(matching=matching), directory / name)
    for name in OUTPUTS:
        assert (directory / "first" / name).read_bytes() == (directory / "second" / name).read_bytes()


@pytest.mark.skipif(not PALM.exists(), reason=f"the real offers are not at {PALM}")
def test_real_offers_give_the_known_figures(tmp_path: Path) -> None:
    """The Palm file at 0.10 gives 343 deals from 3,365 offers and 2594.05 USD, and every deal is the oracle's."""
    run(PALM, Options(), tmp_path)
    expected = expect(PALM, Options())
    check_results(tmp_path, expected)
    check_ledger(tmp_path)
    assert expected.summary["offers"] == 3365
    assert len(expected.deals) == 343
    assert expected.summary["commission"] == {"USD": "2594.05"}


@pytest.mark.parametrize("matching", MATCHINGS)
def test_finished_records_stay_in_the_box(tmp_path: Path, matching: str) -> None:
    """A buyer's finished deal is still in the box at the end, though another purchase of his or hers lost later."""
    path = write(
        tmp_path,
        "2026-03-01T10:00Z,sale,Sam,phones,first,10,USD,",
        "2026-03-01T10:01Z,purchase,Bea,phones,,20,USD,",
        "2026-04-01T10:00Z,purchase,Cy,phones,,20,USD,",
        "2026-04-01T10:01Z,purchase,Bea,phones,,20,USD,",
        "2026-04-01T10:10Z,sale,Sam,phones,second,10,USD,",
    )
    run(path, Options(matching=matching), tmp_path)
    assert list(boxes_of(tmp_path)["Bea"]) == [2, 4]


@pytest.mark.parametrize("matching", MATCHINGS)
def test_losses_stay_in_the_box(tmp_path: Path, matching: str) -> None:
    """Nobody acknowledges in a run, so whoever lost a sale and still waits sees "Purchase Failed" at the end."""
    path = write(
        tmp_path,
        "2026-03-01T10:00Z,purchase,Ann,phones,,20,USD,",
        "2026-03-01T10:01Z,purchase,Bea,phones,,30,USD,",
        "2026-03-01T10:10Z,sale,Sam,phones,only one,10,USD,",
    )
    run(path, Options(matching=matching), tmp_path)
    assert expect(path, Options(matching=matching)).boxes == boxes_of(tmp_path)
    assert boxes_of(tmp_path)["Bea"] == {2: "No Seller/Purchase Failed"}


def test_boxes_tell_nothing_of_others(tmp_path: Path) -> None:
    """A box holds neither the other's limit, price nor name, nor anything of strangers."""
    path = write(
        tmp_path,
        "2026-03-01T10:00Z,sale,Canary Vendor,phones,lamp,71.37,USD,",
        "2026-03-01T10:01Z,purchase,Canary Chooser,phones,own note,93.89,USD,",
        "2026-03-01T10:02Z,purchase,Canary Loser,phones,quiet note,88.53,USD,",
    )
    run(path, Options(), tmp_path)
    [deal] = table(tmp_path / "deals.csv")
    boxes = json.loads((tmp_path / "boxes.json").read_text(encoding="utf-8"))
    texts = {member: json.dumps(box, ensure_ascii=False) for member, box in boxes.items()}
    secrets = {
        "Canary Vendor": ("93.89", "88.53", deal["buying_price"], "Chooser", "Loser", "note"),
        "Canary Chooser": ("71.37", "88.53", deal["selling_price"], "Vendor", "Loser", "quiet"),
        "Canary Loser": ("71.37", "93.89", deal["selling_price"], deal["buying_price"], "Vendor", "Chooser", "own"),
    }
    assert list(secrets) == list(texts)
    assert not [(member, secret) for member in secrets for secret in secrets[member] if secret in texts[member]]
    assert deal["selling_price"] in texts["Canary Vendor"]
    assert deal["buying_price"] in texts["Canary Chooser"]


@pytest.fixture
def _bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run take two hundred steps and no more."""
    steps = count()
    run_due = Brokerage.run_due

    def counted(broker: Brokerage) -> Report:
        assert next(steps) < 200, "the run does not end"
        return run_due(broker)

    monkeypatch.setattr(Brokerage, "run_due", counted)


@pytest.mark.usefixtures("_bounded")
@pytest.mark.parametrize("matching", MATCHINGS)
@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("9999-12-31T23:50Z", "9999-12-31T23:59:59.999999Z"),
        ("9999-12-31T23:55Z", "9999-12-31T23:59:59.999999Z"),
        ("9999-12-31T23:58:30Z", ""),
        ("9999-12-31T23:59:59.999998Z", "9999-12-31T23:59:59.999999Z"),
        ("9999-12-31T23:59:59.999999Z", ""),
        ("9999-12-31T00:59:59.999999-23:00", ""),
        ("0001-01-01T00:00Z", "9999-12-31T23:59:59.999999Z"),
        ("0001-01-01T00:00Z", "0001-01-01T00:00:00.000001Z"),
        ("0001-01-01T23:59+23:59", "0001-01-01T00:05Z"),
        ("0001-01-01T00:00-00:01", ""),
    ],
)
def test_runs_end_at_the_edges_of_time(tmp_path: Path, at: str, until: str, matching: str) -> None:
    """A market in the first or the last minutes that there are ends, by the rules, with everything settled."""
    path = write(
        tmp_path,
        f"{at},sale,Ann,phones,first,10,USD,{until}",
        f"{at},purchase,Bea,phones,,20,USD,{until}",
        f"{at},purchase,Cy,phones,,20,USD,{until}",
        f"{at},sale,Ann,phones,second,10,USD,",
    )
    options = Options(matching=matching)
    run(path, options, tmp_path)
    check_results(tmp_path, expect(path, options))
    check_ledger(tmp_path)


@pytest.mark.parametrize("name", ["na\rme", "na\r\nme", "na\nme", 'na"me', "na,me", "na\x01me", " na\u2028me"])
def test_any_character_survives_the_tables(tmp_path: Path, name: str) -> None:
    """Whatever stands in a category or a refused value stands in the tables that are written, as one field."""
    quoted = cell_of(name, True)
    path = write(
        tmp_path,
        f"2026-03-01T10:00Z,sale,Ann,{quoted},first,10,USD,",
        f"2026-03-01T10:00Z,purchase,Bea,{quoted},,20,USD,",
        f"2026-03-01T10:00Z,{quoted},Bea,phones,,20,USD,",
    )
    run(path, Options(), tmp_path)
    check_results(tmp_path, expect(path, Options()))
    assert [row["category"] for row in table(tmp_path / "deals.csv")] == [name]
    assert [row["value"] for row in table(tmp_path / "refused.csv")] == [name]


def test_a_quoted_field_beyond_the_size_limit_is_one_bad_row(tmp_path: Path) -> None:
    """Lines within an endless quoted field are never taken for rows of their own."""
    good = "2026-03-01T10:00Z,sale,Ann,phones,inside,10,USD,"
    long = '2026-03-01T10:00Z,sale,Ann,phones,"' + "x" * csv.field_size_limit() + "\n" + good + '\nend",10,USD,'
    path = write(tmp_path, long, "2026-03-01T10:00Z,purchase,Bea,phones,,20,USD,")
    file = read_offers_file(path)
    assert [row.line for row in file.rows] == [5]
    assert [row.line for row in file.refused] == [2]


def test_the_size_limit_of_others_stays(tmp_path: Path) -> None:
    """Reading a file, also one that is refused, leaves the csv module as it was for everyone else."""
    usual = csv.field_size_limit()
    with pytest.raises(InvalidFile) as refusal:
        read_offers_file(write(tmp_path, "1,2", header="at,side"))
    assert usual == csv.field_size_limit(), refusal


def test_a_bad_rate_is_refused_without_any_rows() -> None:
    """A rate that is no rate is refused also when there is nothing to replay."""
    with pytest.raises(InvalidRate):
        replay([], rate="0.6")


def test_progress_is_told_after_each_row(tmp_path: Path) -> None:
    """Whoever wants to know hears after every row how many are done."""
    row = "2026-03-01T10:00Z,sale,Ann,phones,first,10,USD,"
    heard: list[int] = []
    replay(read_offers_file(write(tmp_path, row, row, row)).rows, progress=heard.append)
    assert heard == [1, 2, 3]
