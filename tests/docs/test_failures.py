"""The failures that pages show are those that the shop of the tests really prints."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```text failure (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_failures_are_as_they_are_printed() -> None:
    """tests/e2e writes them; a page repeats them to the letter."""
    page = (ROOT / "docs" / "how-to" / "read-a-failure.md").read_text("utf-8")
    shown = BLOCK.findall(page)
    assert len(shown) == 3
    for kind, text in shown:
        assert text == (ROOT / "tests/e2e/failures" / f"{kind}.txt").read_text("utf-8"), kind
