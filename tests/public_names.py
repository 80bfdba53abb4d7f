"""Whether a name that a document mentions exists below the package."""

import importlib

__all__ = ["exists"]


def exists(name: str) -> bool:
    """Say whether a dotted name, below the package, leads to something."""
    parts = name.split(".")
    for length in range(len(parts), -1, -1):
        try:
            found: object = importlib.import_module(".".join(["brokerage", *parts[:length]]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            fields = getattr(found, "__annotations__", {})
            if not hasattr(found, part) and part not in fields:
                return False
            found = getattr(found, part, None)
        return True
    return False
