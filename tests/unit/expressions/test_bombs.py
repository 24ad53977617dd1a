"""Bombs in expressions and conditions, within limits of memory and processor time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits of resources")
def test_no_bomb_goes_off() -> None:
    """Each ends in an error of ours; the process has 1.5 GB and five minutes of processor."""
    script = Path(__file__).with_name("bombs.py")
    plain = {name: text for name, text in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, script], env=plain, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["done"], done.stderr
