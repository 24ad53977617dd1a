"""Words for a shell."""

import subprocess

import pytest

from pytest_orchestra.protocols.shell import joined


@pytest.mark.parametrize("word", ["a", "", "it's", "a b", "$HOME `x` \\!", "it's\n\\n\t\x01\x7f ü"])
def test_a_shell_reads_each_word_as_it_is(word: str) -> None:
    """On one line."""
    line = joined(["printf", "%s", word])
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    assert done.stdout == word
    assert "\n" not in line
