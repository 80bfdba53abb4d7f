"""The public names of the package are what they are meant to be."""

import brokerage


def test_every_public_name_exists() -> None:
    """Everything in ``__all__`` is there, and once."""
    assert len(set(brokerage.__all__)) == len(brokerage.__all__)
    assert [name for name in brokerage.__all__ if not hasattr(brokerage, name)] == []
