"""What scripts wrote into the pages is as they would write it now."""

from pathlib import Path

import pytest
from generate import DOCS, current, pages
from replay import alike, blocks, replay

TUTORIAL = DOCS / "tutorial" / "first-suite.md"
HOW = "run: python docs/generate.py"


def test_generated_parts_are_current(page: Path) -> None:
    assert current(page) == page.read_text(encoding="utf-8"), HOW


@pytest.mark.parametrize(
    "path", [each for each in pages() if each != TUTORIAL], ids=lambda path: path.stem
)
def test_commands_print_what_is_shown(path: Path, tmp_path: Path) -> None:
    told = list(replay(path, tmp_path))
    assert len(told) == sum("run" in block.words for block in blocks(path))
    for block, true in told:
        assert alike(block.text, true), f"{HOW}\n{true}"


def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    """Followed as by a reader it is red, then green, and ends with the files it points at."""
    told = list(replay(TUTORIAL, tmp_path))
    for block, true in told:
        assert alike(block.text, true), f"{HOW}\n{true}"
    *_, red, green = (true for _, true in told)
    assert "1 failed, 1 passed" in red
    assert "2 passed" in green
    for file in (TUTORIAL.parent / "first_suite").iterdir():
        if file.is_file():
            assert (tmp_path / file.name).read_bytes() == file.read_bytes(), file.name
