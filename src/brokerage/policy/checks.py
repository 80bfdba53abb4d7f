"""What a broker's choices must be: checks that name the choice, what was given and what is possible there (V4)."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from brokerage.errors import InvalidChoice, InvalidText
from brokerage.texts import can_be_kept

__all__ = ["copied", "count", "count_or_none", "mapping", "name", "name_or_none", "one_of", "wait", "wait_or_none"]


def count(_policy: object, attribute: Any, value: object) -> None:
    """Refuse with ``InvalidChoice`` what is no whole number above zero."""
    if type(value) is not int or value <= 0:
        raise InvalidChoice(attribute.name, value, "a whole number above zero", "choose a larger one")


def count_or_none(policy: object, attribute: Any, value: object) -> None:
    """Refuse with ``InvalidChoice`` what is neither ``None`` nor a whole number above zero."""
    if value is not None:
        count(policy, attribute, value)


def wait(_policy: object, attribute: Any, value: object) -> None:
    """Refuse with ``InvalidChoice`` what is no time above zero."""
    if not isinstance(value, timedelta) or value <= timedelta(0):
        raise InvalidChoice(attribute.name, value, "a timedelta above zero", "choose a longer one")


def wait_or_none(policy: object, attribute: Any, value: object) -> None:
    """Refuse with ``InvalidChoice`` what is neither ``None`` nor a time above zero."""
    if value is not None:
        wait(policy, attribute, value)


def name(_policy: object, attribute: Any, value: str) -> None:
    """Refuse with ``InvalidText`` what is no text, or blank."""
    if not isinstance(value, str) or not value.strip():
        raise InvalidText(attribute.name, value, "text that is not blank", "write something")
    if not can_be_kept(value):
        raise InvalidText(attribute.name, value, "text without NUL and lone surrogates", "leave them out")


def name_or_none(policy: object, attribute: Any, value: str | None) -> None:
    """Refuse with ``InvalidText`` what is neither ``None`` nor text that is not blank."""
    if value is not None:
        name(policy, attribute, value)


def one_of(*kinds: type) -> Callable[[object, Any, object], None]:
    """Return a check that refuses with ``InvalidChoice`` what is of none of some kinds."""

    def check(_policy: object, attribute: Any, value: object) -> None:
        if not isinstance(value, kinds):
            names = " or ".join(kind.__name__ for kind in kinds)
            raise InvalidChoice(attribute.name, value, f"a {names}", "choose one of them")

    return check


def mapping(field: str, value: object, of: str) -> None:
    """Refuse with ``InvalidChoice`` what is no mapping of something."""
    if not isinstance(value, Mapping):
        raise InvalidChoice(field, value, f"a mapping of {of}", "pass a dict")


def copied(given: Any) -> Any:
    """Return a copy that nobody can change; anything else than a mapping is left to the check."""
    return MappingProxyType(dict(given)) if isinstance(given, Mapping) else given
