"""CSV files of what happened: read row by row, every bad one with line, field, value and reason, and written.

A file is UTF-8 with a header that names its columns, in any order. Whatever is read from one is checked here in the
same way, whether its rows are offers or bids.
"""

import csv
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
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
    "path_of",
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


def path_of(given: object, field: str) -> Path:
    """Return where something is; raises ``InvalidFile`` for what is neither text nor a path."""
    if not isinstance(given, str | Path):
        raise InvalidFile(field, given, "a path", "pass a Path or a str")
    return Path(given)


def content_of(given: str | Path) -> str:
    """Return the text of a file; raises ``InvalidFile`` for one that is missing, unreadable or not UTF-8."""
    path = path_of(given, "file")
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
    for line, cells, is_closed in _records(content):
        if header is None:
            header = _checked_header(cells, columns, source)
            continue
        if len(cells) != len(header) or not is_closed:
            refused.append(RefusedLine(line, "", "", _misshapen(cells, header, is_closed)))
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


def _misshapen(cells: list[str], header: list[str], is_closed: bool) -> str:
    """Say why a record is no row of the file."""
    count = "" if len(cells) == len(header) else f"{len(cells)} fields instead of {len(header)}"
    quote = "" if is_closed else "a quote begins in this row, is never closed, and takes the rest of the file"
    return "; ".join(filter(None, (count, quote)))


def _records(content: str) -> Iterator[tuple[int, list[str], bool]]:
    """Yield each record that is not a blank line: the physical line on which it begins, its fields, whether it ends.

    Only the last one may not: a quote in it that is never closed has taken the rest of the file.

    The reader's limit of a field's size would cut a long quoted field into pieces that look like rows; it is lifted
    here, and what is too long is refused by the limit of its column.
    """
    usual = csv.field_size_limit(len(content) + 1)
    try:
        lines, record = StringIO(content, newline=""), list[str]()
        reader = csv.reader(_kept(lines, record))
        while True:
            line = reader.line_num + 1
            record.clear()
            cells = next(reader, None)
            if cells is None:
                return
            is_blank = not cells or (len(cells) == 1 and cells[0].isspace())
            if not is_blank:
                yield line, cells, lines.tell() < len(content) or _is_closed(record)
    finally:
        csv.field_size_limit(usual)


def _kept(lines: Iterable[str], record: list[str]) -> Iterator[str]:
    """Yield lines and keep each: those of a record are what was read since it was cleared."""
    for line in lines:
        record.append(line)
        yield line


def _is_closed(record: Sequence[str]) -> bool:
    """Whether one more line would be another record, and not more of a quoted field."""
    return sum(1 for _ in csv.reader([*record, "more"])) > 1


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


def make_directory(given: str | Path) -> Path:
    """Make the directory for results, unless it is there, and return it; raises ``InvalidFile`` if that cannot be."""
    directory = path_of(given, "out")
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise InvalidFile(
            "out", str(directory), "a directory that can be made", _hindrance(directory, error)
        ) from error
    return directory


def _hindrance(directory: Path, error: OSError | ValueError) -> str:
    """Say why a directory cannot be made."""
    if isinstance(error, FileExistsError | NotADirectoryError):
        taken = next((path for path in (directory, *directory.parents) if path.is_file()), directory)
        return f"{taken} is a file, not a directory"
    return getattr(error, "strerror", None) or str(error)


@contextmanager
def writing_into(given: str | Path) -> Iterator[Path]:
    """Make a directory for results, and yield a place beside them where files are written under their names.

    When all are whole they are put in place, over older ones; before that nothing is changed.

    Raises:
        InvalidFile: the directory cannot be made or written to, or a directory stands where a file should go.
    """
    directory = make_directory(given)
    try:
        with TemporaryDirectory(prefix=".unfinished-", dir=directory, ignore_cleanup_errors=True) as unfinished:
            yield Path(unfinished)
            written = sorted(Path(unfinished).iterdir())
            taken = [directory / path.name for path in written if (directory / path.name).is_dir()]
            if taken:
                raise InvalidFile("out", str(taken[0]), "a place for a file", "it is a directory; move it away")
            for path in written:
                os.replace(path, directory / path.name)
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
