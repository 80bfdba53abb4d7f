"""The layers of the house, drawn from the contract that import-linter holds in the tests."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from drawings.svg import FAINT, SHADE, box, drawing, line, path, text

__all__ = ["contract", "layers"]

_ROW, _WIDTH, _LEFT = 38, 560, 20


def contract(project: Path) -> list[str]:
    """Return the layers of the package from a ``pyproject.toml``, top first, each as the contract writes it."""
    settings = tomllib.loads(project.read_text(encoding="utf-8"))
    found = next(
        kept for kept in settings["tool"]["importlinter"]["contracts"] if kept.get("containers") == ["brokerage"]
    )
    return [str(layer) for layer in found["layers"]]


def layers(rows: Sequence[str]) -> str:
    """Draw layers, each row above what it may import; modules beside each other do not know one another."""
    top, height = 58, 58 + _ROW * len(rows) + 16
    parts = [
        text(_LEFT, 34, "Imports go downwards only", size=15, bold=True),
        line(_LEFT + 12, top + 6, _LEFT + 12, height - 30, stroke=FAINT, width=3),
        path(
            [(_LEFT + 5, height - 32), (_LEFT + 12, height - 20), (_LEFT + 19, height - 32)],
            stroke=FAINT,
            width=1,
            fill=FAINT,
        ),
    ]
    for at, row in enumerate(rows):
        modules = [name.strip("() ") for name in re.split(r"[|:]", row)]
        width = (_WIDTH - 10 * (len(modules) - 1)) / len(modules)
        for place, name in enumerate(modules):
            left, y = _LEFT + 40 + (width + 10) * place, top + _ROW * at
            parts.append(box(left, y, width, _ROW - 8, fill=SHADE, stroke=FAINT))
            parts.append(text(left + width / 2, y + 20, name, anchor="middle"))
    return drawing("The layers of the package", _WIDTH + _LEFT + 60, height, parts)
