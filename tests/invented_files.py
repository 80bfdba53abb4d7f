"""Invented files of offers: ties, equal times, other time zones, several currencies, and bad rows of every kind."""

from pathlib import Path

from hypothesis import strategies as st

from replay_oracle import COLUMNS

HEADER = ",".join(COLUMNS)
LONGEST = "n" * 200
NAMES = ("Ann", "ann", "Ann ", "Bea", "Cy", "Zo\u00eb", "Zoe\u0308", LONGEST)
CATEGORIES = ("Phones", "PHONES", "\uff30\uff28\uff2f\uff2e\uff25\uff33", "Stra\u00dfe", "STRASSE", "radios")
ZONES = ("Z", "+00:00", "-00:00", "+05:30", "-23:59", "+23:59", "+01:00")
PRICES = {
    "USD": ("0", "0.00", "9.99", "10", "10.0", "10.01", "010.02", "12.5", "10000000000000.00"),
    "JPY": ("0", "9", "10", "010", "11", "13", "1000000000000000"),
    "KWD": ("0.000", "9.999", "10", "10.001", "10.002", "12.345", "1000000000000.000"),
}
BAD_INSTANTS = (
    "2026-03-01",
    "2026-03-01T10:00",
    "2026-03-01 10:00Z",
    " 2026-03-01T10:00Z",
    "2026-03-01T10:00Z\n",
    "2026-03-01T24:00Z",
    "2026-03-01T10:60Z",
    "2026-03-01T10:00:60Z",
    "2026-03-01T10:00+24:00",
    "2026-03-01T10:00+05:60",
    "2026-03-01T10:00+0100",
    "2026-03-01T10:00\u221201:00",
    "2026-03-01T10:00:00.5Z",
    "2026-03-01T10:00:00.1234567Z",
    "2026-03-01T10:00z",
    "2026-03-01t10:00Z",
    "2026-02-29T10:00Z",
    "0000-01-01T00:00Z",
    "0001-01-01T00:30+01:00",
    "9999-12-31T23:30-01:00",
    "\u0662\u0660\u0662\u0666-03-01T10:00Z",
    "20260301T1000Z",
)
BAD_PRICES = (
    *("", " ", "-1", "+1", "1e2", "1E2", "1_000", "1,000", "NaN", "inf", "0x10", " 5", "5 ", "5\n", "5.", ".5"),
    *("\u0663", "\uff15", "\u00b2", "1.0000", "1000000000000001", "9" * 5000, "$5", "5 USD"),
)
BAD = {
    "at": ("", " ", *BAD_INSTANTS),
    "side": ("", "Sale", "sale ", "buy", "SALE", "sale\n"),
    "member": ("", " \t", "\u3000", "m" * 201, "m\x00"),
    "category": ("", " ", "c" * 201, "\x00"),
    "name": ("n" * 201, "\x00 n"),
    "price": BAD_PRICES,
    "currency": ("", "usd", "Usd", " USD", "US", "840", "ZZZ", "\uff35\uff33\uff24"),
    "until": ("0001-01-01T00:00Z", "1999-01-01T00:00+00:00", *BAD_INSTANTS),
}


@st.composite
def instants(draw: st.DrawFn, minutes: tuple[int, ...]) -> str:
    """An instant in some zone's words, on, just before or just after one of a few minutes of the second of March."""
    minute = 24 * 60 + 600 + draw(st.sampled_from(minutes))
    tail = draw(st.sampled_from(("", ":00", ":00.000000", ":00.000001", ":59.999999", ":30")))
    zone = draw(st.sampled_from(ZONES))
    if zone != "Z":
        minute += (int(zone[1:3]) * 60 + int(zone[4:])) * (-1 if zone[0] == "-" else 1)
    day, rest = divmod(minute, 24 * 60)
    return f"2026-03-{day + 1:02d}T{rest // 60:02d}:{rest % 60:02d}{tail}{zone}"


@st.composite
def rows(draw: st.DrawFn, names: list[str], categories: list[str], currencies: list[str]) -> list[str]:
    """The eight fields of a row; every fifth or so is bad in one or several ways."""
    currency = draw(st.sampled_from(currencies))
    row = {
        "at": draw(instants((0, 1, 4, 5, 6, 9, 10, 28_800))),
        "side": draw(st.sampled_from(("sale", "purchase"))),
        "member": draw(st.sampled_from(names)),
        "category": draw(st.sampled_from(categories)),
        "name": draw(st.sampled_from(("thing", 'a "quoted", thing', "two\n\nlines", "thing", "thing", " ", LONGEST))),
        "price": draw(st.sampled_from(PRICES[currency])),
        "currency": currency,
        "until": draw(st.one_of(st.just(""), instants((5, 9, 10, 15, 28_805)))),
    }
    fields = [*COLUMNS, "count"]
    for name in draw(st.sampled_from(((), (), (), (), (), (), draw(st.lists(st.sampled_from(fields), max_size=3))))):
        if name == "count":
            return list(row.values())[:7] if draw(st.booleans()) else [*row.values(), draw(st.sampled_from(("", "x")))]
        row[name] = draw(st.sampled_from(BAD[name]))
    return list(row.values())


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A file of offers: columns in some order, some line end, blank lines and a mark at the beginning or not."""
    order = draw(st.permutations(range(8)))
    end = draw(st.sampled_from(("\n", "\r\n", "\r")))
    is_quoted = draw(st.booleans())
    lines = [",".join(COLUMNS[at] for at in order)]
    least = draw(st.sampled_from((0, 12, 18)))
    names, categories, currencies = (
        draw(st.lists(st.sampled_from(choices), min_size=fewest, max_size=most, unique=True))
        for choices, fewest, most in ((NAMES, 2, 4), (CATEGORIES, 1, 3), (tuple(PRICES), 1, 2))
    )
    for row in draw(st.lists(rows(names, categories, currencies), min_size=least, max_size=24)):
        cells = [row[at] for at in order if at < len(row)] + row[8:]
        lines.append(",".join(cell_of(cell, is_quoted) for cell in cells))
        lines += draw(st.sampled_from(([], [], [], [""], ["", " "])))
    mark = draw(st.sampled_from(("", "\ufeff")))
    return (mark + end.join(lines) + draw(st.sampled_from(("", end)))).encode()


def cell_of(text: str, is_quoted: bool) -> str:
    """Write a cell, in quotes where it must be or where the file likes them."""
    needs = is_quoted or any(character in text for character in ',"\n\r')
    return '"' + text.replace('"', '""') + '"' if needs else text


def write(directory: Path, *lines: str, header: str = HEADER) -> Path:
    """Write a file of offers."""
    path = directory / "offers.csv"
    path.write_bytes("\n".join((header, *lines)).encode())
    return path
