"""CSV files of what happened: read row by row, every bad one with line, field, value and reason, and written.

A file is UTF-8 with a header that names its columns, in any order. Whatever is read from one is checked here in the
same way, whether its rows are offers or bids.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from pathlib import Path
from typing import TypeVar

from attrs import frozen

from brokerage.errors import InvalidFile, InvalidInput, InvalidTime
from brokerage.policy import Policy

__all__ = [
    "NAME_LENGTH",
    "RefusedLine",
    "content_of",
    "instant",
    "make_directory",
    "rows_of",
    "write_csv",
    "write_refused",
    "writing_into",
]

NAME_LENGTH = Policy().name_length
"""How many characters a name has at most."""

_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{6}))?)?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_LONGEST_SHOWN = 100_000
_REFUSED_COLUMNS = ("line", "field", "value", "reason")

_Row = TypeVar("_Row")


@frozen
class RefusedLine:
    """A bad row.

    The physical line on which it begins, the first field that is wrong, what stands there, and why it is refused.
    """

    line: int
    field: str
    value: str
    reason: str


def content_of(path: Path) -> str:
    """Return the text of a file; raises ``InvalidFile`` for one that is missing, unreadable or not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidFile("file", str(path), "text in UTF-8", f"byte {error.start} is not; convert the file") from error
    except (OSError, ValueError) as error:
        raise InvalidFile("file", str(path), "a file that can be read", str(error)) from error


def rows_of(
    content: str, source: str, columns: Sequence[str], row: Callable[[int, Mapping[str, str]], _Row]
) -> tuple[tuple[_Row, ...], tuple[RefusedLine, ...]]:
    """Read the rows of a file.

    Args:
        content: what stands in it.
        source: what names it in errors.
        columns: the columns that it must have, in any order.
        row: makes a row of the line on which it begins and of its fields by column, blank ones empty; raises an
            ``InvalidInput`` that names the column for one that is bad.

    Returns:
        Every good row and every bad one, in the order of the file.

    Raises:
        InvalidFile: there is no header, or its columns are others.
    """
    header: list[str] | None = None
    rows: list[_Row] = []
    refused: list[RefusedLine] = []
    for line, cells in _records(content):
        if header is None:
            header = _checked_header(cells, columns, source)
            continue
        if len(cells) != len(header):
            refused.append(RefusedLine(line, "", "", f"{len(cells)} fields instead of {len(header)}"))
            continue
        try:
            rows.append(
                row(line, {name: cell if cell.strip() else "" for name, cell in zip(header, cells, strict=True)})
            )
        except InvalidInput as error:
            value = dict(zip(header, cells, strict=True))[error.field]
            shown = value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}… ({len(value)} characters)"
            refused.append(RefusedLine(line, error.field, shown, error.reason))
    if header is None:
        raise InvalidFile("file", source, "a header", f"begin with the line {','.join(columns)}")
    return tuple(rows), tuple(refused)


def _records(content: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that is not a blank line, with the physical line on which it begins.

    The reader's limit of a field's size would cut a long quoted field into pieces that look like rows; it is lifted
    here, and what is too long is refused by the limit of its column.
    """
    usual = csv.field_size_limit(len(content) + 1)
    try:
        reader = csv.reader(StringIO(content, newline=""))
        while True:
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            is_blank = not cells or (len(cells) == 1 and cells[0].isspace())
            if not is_blank:
                yield line, cells
    finally:
        csv.field_size_limit(usual)


def _checked_header(cells: list[str], columns: Sequence[str], source: str) -> list[str]:
    missing = [name for name in columns if name not in cells]
    unknown = [name for name in cells if name not in columns]
    repeated = sorted({name for name in cells if cells.count(name) > 1} - set(unknown))
    problems = (("missing", missing), ("unknown", unknown), ("repeated", repeated))
    wrong = "; ".join(f"{word}: {', '.join(names)}" for word, names in problems if names)
    if wrong:
        raise InvalidFile("columns", wrong, f"each of {', '.join(columns)} once", f"mend the first line of {source}")
    return cells


def instant(value: str, field: str) -> datetime:
    """Return the instant that a text in the file's one form stands for, in UTC."""
    match = _INSTANT.fullmatch(value)
    remedy = "write it like 2026-01-31T09:30:00Z or 2026-01-31T09:30+01:00"
    if match is None:
        raise InvalidTime(field, value, "YYYY-MM-DDThh:mm[:ss[.ffffff]] and Z or ±hh:mm", remedy)
    year, month, day, hour, minute, second, fraction = (int(part or 0) for part in match.groups()[:7])
    sign, zone_hour, zone_minute = match[8], int(match[9] or 0), int(match[10] or 0)
    try:
        if zone_hour > 23 or zone_minute > 59:
            raise ValueError("no such offset")
        offset = timedelta(hours=zone_hour, minutes=zone_minute) * (-1 if sign == "-" else 1)
        local = datetime(year, month, day, hour, minute, second, fraction, timezone(offset))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidTime(field, value, "an instant that exists and that UTC can hold", remedy) from None


def make_directory(directory: Path) -> None:
    """Make the directory for results, unless it is there; raises :class:`InvalidFile` if that cannot be."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise InvalidFile("out", str(directory), "a directory that can be made", str(error)) from error


@contextmanager
def writing_into(directory: Path) -> Iterator[None]:
    """Make a directory for results, and refuse one that cannot be written to by an ``InvalidFile``."""
    make_directory(directory)
    try:
        yield
    except OSError as error:
        raise InvalidFile("out", str(directory), "a directory that can be written to", error.strerror or "") from error


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table; the writer would leave a lone carriage return unquoted, so a row that has one is quoted whole."""
    with path.open("w", encoding="utf-8", newline="") as file:
        plain = csv.writer(file, lineterminator="\n")
        quoted = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        plain.writerow(columns)
        for row in rows:
            (quoted if any("\r" in str(cell) for cell in row) else plain).writerow(row)


def write_refused(path: Path, refused: Iterable[RefusedLine]) -> None:
    """Write the rows that were refused."""
    write_csv(path, _REFUSED_COLUMNS, ((row.line, row.field, row.value, row.reason) for row in refused))
