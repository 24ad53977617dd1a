"""What tests of data share: files beside each other, and the texts of refused ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.errors import OrchestraError


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a text to a file by its name."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[Callable[[], object]], list[str]]:
    """Calls something that must be refused; gives its lines, less the folder's name."""

    def call(action: Callable[[], object]) -> list[str]:
        with pytest.raises(OrchestraError) as caught:
            action()
        return str(caught.value).replace(f"{tmp_path}/", "").split("\n")

    return call
