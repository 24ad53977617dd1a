"""The protocol plugin of the how-to keeps the contract and runs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHANNEL = ROOT / "docs" / "how-to" / "folder_channel"
WITHIN_S = 60

SUITE = """\
process: order.bpmn
steps:
  - name: The bank sends
    at: Approve order
    action: {channel: folder, folder: inbox, name: a.txt, text: "12.50"}
  - name: It is there
    leaving: Approve order
    assertion: {channel: folder, folder: inbox, name: "*.txt"}
    expect: {rules: "'12.50' in found.text", count: 1, stable_for: 50ms}
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder on the path in which the plugin is installed."""
    site = tmp_path / "site"
    shutil.copytree(CHANNEL, site, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    info = site / "orchestra_folder-1.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: orchestra-folder\nVersion: 1.0.0\n"
    )
    entry = "[pytest_orchestra.protocols]\nfolder = orchestra_folder:plugin\n"
    (info / "entry_points.txt").write_text(entry)
    return site


def run(folder: Path, site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    plain = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    path = os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "asyncio", "-p", "orchestra", *arguments],
        cwd=folder,
        env={**plain, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )


def test_it_keeps_the_contract(installed: Path) -> None:
    """By its own tests, which the page shows."""
    done = run(installed, installed)
    assert "3 passed" in done.stdout, done.stdout


def test_a_suite_runs_on_it(installed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "suite"
    (folder / "sftp" / "inbox").mkdir(parents=True)
    shutil.copy(ROOT / "docs" / "tutorial" / "first_suite" / "order.bpmn", folder)
    (folder / "order.suite.yaml").write_text(SUITE)
    environment = f"local: {{folder: {{bank: {{path: {folder / 'sftp'}}}}}}}\n"
    (folder / "orchestra.environments.yaml").write_text(environment)
    done = run(folder, installed, "-k", "high")
    assert "1 passed" in done.stdout, done.stdout
