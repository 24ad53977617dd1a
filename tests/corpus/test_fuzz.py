"""Broken models are read or refused: none ends in a crash, a hang or in too much memory.

``ORCHESTRA_FUZZ`` says how many inputs; each is made from its seed, so a failure can be repeated.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CORPUS = Path(
    os.environ.get("ORCHESTRA_CORPUS") or Path(__file__).parents[2] / ".." / "shared" / "bpmn"
)
INPUTS = int(os.environ.get("ORCHESTRA_FUZZ", "300"))
BATCH = 100
"""Inputs that one process looks at."""

MAX_BYTES = 500_000_000
BATCH_DEADLINE = 600
"""Seconds; the watchdog of the process itself says which input hangs, and sooner."""

pytestmark = [
    pytest.mark.skipif(
        not (CORPUS / "manifest.jsonl").is_file(),
        reason="no corpus of BPMN files: set ORCHESTRA_CORPUS to the folder with manifest.jsonl",
    ),
    pytest.mark.skipif(sys.platform == "win32", reason="peak memory is asked of POSIX"),
]


@pytest.mark.parametrize("first", range(0, INPUTS, BATCH))
def test_no_broken_model_crashes_hangs_or_eats_the_memory(first: int) -> None:
    """In a process of its own, whose peak of memory is looked at after each input."""
    last = min(first + BATCH, INPUTS)
    command = [sys.executable, str(Path(__file__).with_name("fuzzing.py")), str(CORPUS / "corpus")]
    done = subprocess.run(
        [*command, str(first), str(last)],
        capture_output=True,
        text=True,
        timeout=BATCH_DEADLINE,
        check=False,
    )
    lines = done.stdout.splitlines()
    seen = lines[-1] if lines else "nothing"
    assert done.returncode == 0, f"the last input was {seen}\n{done.stderr[-4000:]}"
    ends = [json.loads(line.partition("\t")[2]) for line in lines]
    assert len(ends) == last - first
    assert {end["end"] for end in ends} == {"read", "refused"}
    assert max(end["peak_bytes"] for end in ends) < MAX_BYTES
