"""The shop, copied into a folder of the test's own and run as a user would."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "example_project"
WITHIN_S = 240

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A copy of the example."""
    leave_out = shutil.ignore_patterns(".orchestra", "__pycache__", ".pytest_cache", "build")
    return Path(shutil.copytree(EXAMPLE, tmp_path / "shop", ignore=leave_out))


@pytest.fixture
def shop_variables(shop: Path) -> dict[str, str]:
    """The variables that the shop and pytest run with."""
    left_out = ("PYTEST_", "CI", "BUILD_NUMBER", "COVERAGE_")  # on CI pytest repeats whole texts
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    paths = [str(shop / "src"), os.environ.get("PYTHONPATH", "")]
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


@pytest.fixture
def run_shop(shop: Path, shop_variables: dict[str, str]) -> Run:
    """Run pytest on the shop and give what it printed."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-p",
                "no:randomly",
                "-p",
                "no:cacheprovider",
                *arguments,
            ],
            cwd=shop,
            env=shop_variables | variables,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )

    return run
