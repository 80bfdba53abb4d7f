"""The command line: ``demo`` shows a small market, ``run`` replays a file of offers, ``tender`` judges one of bids."""

from brokerage.cli.application import application

__all__ = ["application"]
