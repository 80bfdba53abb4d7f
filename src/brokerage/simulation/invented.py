"""The small invented file of bids that comes with the library: nobody in it exists, and nothing of it happened."""

from importlib.resources import files

__all__ = ["invented_bids"]


def invented_bids() -> str:
    """Return the invented file: two tenders, a bid that replaces another, a tie, one abnormally low and two bad rows.

    >>> print(invented_bids().partition("\\n")[0])
    tender,bidder,price,currency,at
    """
    return files(__package__).joinpath("invented_bids.csv").read_text(encoding="utf-8")
