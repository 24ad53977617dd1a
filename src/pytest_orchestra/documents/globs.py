"""The files that a glob names, in a stable order."""

from __future__ import annotations

import os
from pathlib import Path


def matching(folder: Path, pattern: str) -> list[Path]:
    """The files that a glob names, taken from ``folder``, in a stable order.

    Raises:
        ValueError: it cannot be read.
    """
    place = Path(pattern)
    if place.is_absolute():
        folder, pattern = Path(place.anchor), str(place.relative_to(place.anchor))
    found = (Path(os.path.abspath(match)) for match in folder.glob(pattern))  # noqa: PTH100
    return sorted(path for path in found if path.is_file())
