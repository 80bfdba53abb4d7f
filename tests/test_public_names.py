"""The public names of the package are what they are meant to be."""

from types import ModuleType

import pytest

import brokerage
import brokerage.testing
from brokerage.testing import strategies


@pytest.mark.parametrize("module", [brokerage, brokerage.testing, strategies], ids=lambda module: module.__name__)
def test_every_public_name_exists(module: ModuleType) -> None:
    """Everything in ``__all__`` is there, and once."""
    assert len(set(module.__all__)) == len(module.__all__)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
