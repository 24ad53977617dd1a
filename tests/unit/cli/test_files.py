"""Files and folders of a command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_orchestra.cli import main
from pytest_orchestra.cli.files import in_folders
from pytest_orchestra.errors import ConfigurationError

Captured = pytest.CaptureFixture[str]


def test_a_folder_stands_for_the_files_below_it(tmp_path: Path) -> None:
    inner = tmp_path / "b"
    for folder in (inner, inner / ".tox"):
        folder.mkdir(parents=True)
        for name in ("x.suite.yaml", "x.bpmn", "x.yaml", "x.data.yaml"):
            (folder / name).write_text("", encoding="utf-8")
    single = tmp_path / "a.bpmn"
    assert in_folders([single, tmp_path, single]) == [
        single,
        inner / "x.bpmn",
        inner / "x.suite.yaml",
    ]


def test_a_folder_without_any_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"holds no suite file and no process file\. Name"):
        in_folders([tmp_path])


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", ["plan", "validate"])
def test_commands_look_into_folders(command: str, capsys: Captured) -> None:
    assert main([command, "order.suite.yaml", "."]) == 0
    assert main([command, "order.suite.yaml", "order.bpmn"]) == 0
    out = capsys.readouterr().out
    assert out[: len(out) // 2] == out[len(out) // 2 :]


def test_the_version_is_told(capsys: Captured) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out.strip()[:1].isdigit()
