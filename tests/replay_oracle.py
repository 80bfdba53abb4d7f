"""The rules of ``python -m brokerage run`` a second time, written from their wording alone and as plainly as possible.

Nothing is imported from ``brokerage``. Instants are counted in microseconds since the year 1, prices are fractions,
and every pair of offers is looked at every time. Slow, and meant to be.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

COLUMNS = ("at", "side", "member", "category", "name", "price", "currency", "until")
DECIMALS = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}
SECOND = 10**6
FIVE_MINUTES = 300 * SECOND
DAY = 86_400 * SECOND
LAST = date.max.toordinal() * DAY - 1
_FORM = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(:([0-9]{2})(\.([0-9]{6}))?)?(Z|([+-])([0-9]{2}):([0-9]{2}))"
)


@dataclass(frozen=True)
class Options:
    """How a file is replayed, in the words of the command line."""

    rate: str = "0.10"
    margin: str = "spread"
    rounding: str = "half-even"
    matching: str = "immediate"


@dataclass
class Offer:
    """An accepted row; ``visible`` once it can meet others, ``deal`` once it has one."""

    number: int
    side: str
    member: str
    category: str
    currency: str
    name: str
    price: int
    at: int
    until: int | None
    visible: bool = False
    deal: int | None = None
    has_lost: bool = False


@dataclass(frozen=True)
class Deal:
    """A row of ``deals.csv``; ``agreed_at`` in microseconds since the year 1."""

    deal: int
    sale: int
    purchase: int
    category: str
    currency: str
    min_price: str
    max_price: str
    selling_price: str
    buying_price: str
    agreed_at: int
    status: str


@dataclass(frozen=True)
class Refused:
    """A bad row: where it begins, and every field that is wrong with what stands there; no field if the count is."""

    line: int
    wrong: dict[str, str]


@dataclass
class Expected:
    """What a run must come to. ``boxes``: by member, what stands in the box at the end, number → status."""

    deals: list[Deal] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    summary: dict[str, object] = field(default_factory=dict)
    boxes: dict[str, dict[int, str]] = field(default_factory=dict)


def expect(path: Path, options: Options) -> Expected:
    """Say what ``run`` must make of a file."""
    expected = Expected()
    content = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
    records = [(line, fields) for line, fields in split_records(content) if fields]
    columns = records[0][1]
    assert sorted(columns) == sorted(COLUMNS)
    rows: list[dict[str, str]] = []
    for line, fields in records[1:]:
        wrong = wrong_fields(dict(zip(columns, fields, strict=True))) if len(fields) == len(columns) else {"": ""}
        if wrong:
            expected.refused.append(Refused(line, wrong))
        else:
            rows.append(dict(zip(columns, fields, strict=True)))
    market = Market(options)
    for row in sorted(rows, key=lambda row: instant(row["at"]) or 0):
        market.take(row)
    market.finish()
    expected.deals = market.deals
    expected.boxes = market.boxes()
    expected.summary = market.summary() | {"refused": len(expected.refused)}
    return expected


def split_records(content: str) -> list[tuple[int, list[str]]]:
    """Split CSV into (physical line on which it begins, fields); a blank line has no fields."""
    records: list[tuple[int, list[str]]] = []
    line, begin = 1, 1
    fields: list[str] = []
    text = ""
    quoted = was_quoted = False
    at = 0
    while at < len(content):
        character = content[at]
        end = "\r\n" if content.startswith("\r\n", at) else character if character in "\r\n" else ""
        at += max(1, len(end))
        line += bool(end)
        if quoted:
            if character == '"' and content[at : at + 1] == '"':
                text, at = text + '"', at + 1
            elif character == '"':
                quoted = False
            else:
                text += end or character
        elif end:
            fields.append(text)
            records.append((begin, fields if len(fields) > 1 or was_quoted or text.strip() else []))
            fields, text, was_quoted, begin = [], "", False, line
        elif character == ",":
            fields.append(text)
            text, was_quoted = "", False
        elif character == '"' and not text and not was_quoted:
            quoted = was_quoted = True
        else:
            text += character
    if text or fields or was_quoted:
        records.append((begin, [*fields, text] if fields or was_quoted or text.strip() else []))
    return records


def wrong_fields(row: dict[str, str]) -> dict[str, str]:
    """Return every field of a row that is wrong, with what stands there."""
    at, until, side = instant(row["at"]), instant(row["until"]), row["side"]
    has_limit = bool(row["until"].strip())
    bad = {
        "at": at is None,
        "side": side not in ("sale", "purchase"),
        "member": not row["member"].strip() or len(row["member"]) > 200 or "\x00" in row["member"],
        "category": not row["category"].strip() or len(row["category"]) > 200 or "\x00" in row["category"],
        "name": len(row["name"]) > 200 or "\x00" in row["name"] if row["name"].strip() else side != "purchase",
        "currency": row["currency"] not in DECIMALS,
        "price": units(row["price"], row["currency"]) is None,
        "until": has_limit and (until is None or (at is not None and until <= at)),
    }
    return {name: row[name] for name in COLUMNS if bad[name]}


def instant(text: str) -> int | None:
    """Return the microseconds since the year 1 in UTC, if a text has the one form of an instant that UTC can hold."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute = (int(match[at]) for at in range(1, 6))
    second, fraction = int(match[7] or 0), int(match[9] or 0)
    zone_hour, zone_minute = int(match[12] or 0), int(match[13] or 0)
    if hour > 23 or minute > 59 or second > 59 or zone_hour > 23 or zone_minute > 59:
        return None
    try:
        days = date(year, month, day).toordinal() - 1
    except ValueError:
        return None
    offset = (zone_hour * 60 + zone_minute) * (-1 if match[11] == "-" else 1)
    found = days * DAY + (hour * 3600 + (minute - offset) * 60 + second) * SECOND + fraction
    return found if 0 <= found <= LAST else None


def units(text: str, currency: str) -> int | None:
    """Return a price in minor units if it is plain digits within the range of V1."""
    match = re.fullmatch(r"([0-9]+)(\.([0-9]+))?", text)
    decimals = DECIMALS.get(currency, 0 if match is None else len(match[3] or ""))
    if match is None or len(match[3] or "") > decimals:
        return None
    digits = (match[1] + (match[3] or "").ljust(decimals, "0")).lstrip("0") or "0"
    return int(digits) if len(digits) <= 16 and int(digits) <= 10**15 else None


def decimal(amount: int, currency: str) -> str:
    """Write minor units as a decimal string with the currency's digits."""
    places = DECIMALS[currency]
    return f"{amount // 10**places}.{amount % 10**places:0{places}d}" if places else str(amount)


def folded(category: str) -> str:
    """Return what category codes share that differ only by NFKC or case."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", category).casefold())


def prices(low: int, high: int, options: Options) -> tuple[int, int]:
    """Determine selling and buying price by equations 2 to 6, the margin never above half the spread."""
    middle, rate, spread = Fraction(low + high, 2), Fraction(options.rate), high - low
    margins = {"price": middle * rate, "spread": spread * rate, "lesser": min(middle, Fraction(spread)) * rate}
    margin = min(margins[options.margin], Fraction(spread, 2))
    rules: dict[str, Callable[[Fraction], int]] = {"half-even": lambda price: round(price), "down": floor, "up": ceil}
    rule = rules[options.rounding]
    return rule(middle - margin), rule(middle + margin)


class Market:
    """All offers in a list, and eager buyers."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.offers: list[Offer] = []
        self.codes: dict[str, str] = {}
        self.deals: list[Deal] = []
        self.volume: dict[str, int] = {}
        self.commission: dict[str, int] = {}

    def take(self, row: dict[str, str]) -> None:
        """Do what is due before a row, accept it, and let waiting buyers decide."""
        at = instant(row["at"])
        price = units(row["price"], row["currency"])
        assert at is not None
        assert price is not None
        self.rounds(at)
        self.codes.setdefault(folded(row["category"]), row["category"])
        name = row["name"] if row["name"].strip() else ""
        number, until = len(self.offers) + 1, instant(row["until"])
        category = folded(row["category"])
        offer = Offer(number, row["side"], row["member"], category, row["currency"], name, price, at, until)
        self.offers.append(offer)
        if self.options.matching == "immediate":
            offer.visible = True
            self.decide(at)

    def rounds(self, until: int) -> None:
        """Hold the rounds that fall before an instant or on it; the last instant of all stands in for later ones."""
        waiting = [offer for offer in self.offers if not offer.visible]
        if waiting:
            at = min((waiting[0].at // FIVE_MINUTES + 1) * FIVE_MINUTES, LAST)
            if at <= until:
                for offer in waiting:
                    offer.visible = True
                self.decide(at)

    def finish(self) -> None:
        """Hold the last round, after the last row."""
        self.rounds(LAST)

    def decide(self, now: int) -> None:
        """Let every waiting purchase with a candidate take its first one, in the order of the purchases' numbers."""
        waiting = [offer for offer in self.offers if offer.visible and offer.deal is None]
        waiting = [offer for offer in waiting if offer.until is None or now < offer.until]
        sales = [offer for offer in waiting if offer.side == "sale"]
        purchases = [offer for offer in waiting if offer.side == "purchase"]
        for purchase in purchases:
            candidates = [sale for sale in sales if is_pair(sale, purchase) and sale.deal is None]
            if candidates:
                ranked = [(self.priced(sale, purchase)[1], sale.price, sale.number, sale) for sale in candidates]
                sale = min(ranked, key=lambda rank: rank[:3])[3]
                self.agree(sale, purchase, now)
                for other in purchases:
                    other.has_lost |= other.deal is None and is_pair(sale, other)

    def priced(self, sale: Offer, purchase: Offer) -> tuple[int, int]:
        """Return the selling and the buying price of a pair."""
        return prices(sale.price, purchase.price, self.options)

    def agree(self, sale: Offer, purchase: Offer, now: int) -> None:
        """Make a deal; eager buyers pay, and every deal is completed."""
        selling, buying = self.priced(sale, purchase)
        number = sale.deal = purchase.deal = len(self.deals) + 1
        currency = sale.currency
        deal = Deal(
            deal=number,
            sale=sale.number,
            purchase=purchase.number,
            category=self.codes[sale.category],
            currency=currency,
            min_price=decimal(sale.price, currency),
            max_price=decimal(purchase.price, currency),
            selling_price=decimal(selling, currency),
            buying_price=decimal(buying, currency),
            agreed_at=now,
            status="COMPLETED",
        )
        self.deals.append(deal)
        self.volume[currency] = self.volume.get(currency, 0) + buying
        self.commission[currency] = self.commission.get(currency, 0) + buying - selling

    def summary(self) -> dict[str, object]:
        """Return the figures of ``summary.json`` but for the refused rows."""
        paid_out = {currency: amount - self.commission[currency] for currency, amount in self.volume.items()}
        figures = {"volume": self.volume, "commission": self.commission, "paid_in": self.volume, "paid_out": paid_out}
        texts = {name: {c: decimal(a, c) for c, a in amounts.items()} for name, amounts in figures.items()}
        expired = [offer for offer in self.offers if offer.deal is None and offer.until is not None]
        return {"offers": len(self.offers), "expired": len(expired), "deals": len(self.deals), **texts}

    def boxes(self) -> dict[str, dict[int, str]]:
        """Return what every member's box holds at the end: what is still open, and what is finished, not what expired.

        Eager buyers leave no candidate undecided, and nobody acknowledges a loss.
        """
        boxes: dict[str, dict[int, str]] = {offer.member: {} for offer in self.offers}
        for offer in self.offers:
            is_sale = offer.side == "sale"
            if offer.deal is not None:
                boxes[offer.member][offer.number] = "Paid/Commodity Received" if is_sale else "Paid/Commodity Delivered"
            elif offer.until is None:
                waiting = "No Seller" + ("/Purchase Failed" if offer.has_lost else "")
                boxes[offer.member][offer.number] = "No Buyer" if is_sale else waiting
        return boxes


def is_pair(sale: Offer, purchase: Offer) -> bool:
    """Say whether two offers match: same category and currency, other members, limits that overlap."""
    return (
        sale.price <= purchase.price
        and sale.category == purchase.category
        and sale.currency == purchase.currency
        and sale.member != purchase.member
    )
