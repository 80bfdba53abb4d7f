"""Which texts every store can keep.

PostgreSQL keeps no NUL character, and nothing that has lone surrogates can be written as UTF-8; so no store keeps
either, and all stores keep the same.
"""

__all__ = ["as_kept", "can_be_kept"]

_INSTEAD = "\N{REPLACEMENT CHARACTER}"


def can_be_kept(words: str) -> bool:
    """Say whether a text has neither a NUL character nor a lone surrogate.

    >>> can_be_kept("Pixel 7"), can_be_kept("Pixel\\x007"), can_be_kept("Pixel \\ud8007")
    (True, False, False)
    """
    return "\0" not in words and (words.isascii() or not any(map(_is_surrogate, words)))


def as_kept(words: object) -> str:
    """Return what somebody outside said as every store can keep it: what they cannot keep is replaced by U+FFFD.

    >>> as_kept("no such account\\x00")
    'no such account\N{REPLACEMENT CHARACTER}'
    """
    said = str(words)
    if can_be_kept(said):
        return said
    return "".join(_INSTEAD if each == "\0" or _is_surrogate(each) else each for each in said)


def _is_surrogate(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"
