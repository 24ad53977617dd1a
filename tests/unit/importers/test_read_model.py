"""``read_model``: which files are read, and how the others are refused."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from pytest_orchestra import importers
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.importers import MAX_FILE_BYTES, read_model
from pytest_orchestra.model import Problem

NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ORDER = f'<definitions xmlns="{NAMESPACE}"><process id="order"/></definitions>'.encode()


def refusal(path: Path) -> Problem:
    with pytest.raises(DefinitionError) as caught:
        read_model(path)
    (problem,) = caught.value.problems
    assert isinstance(problem, Problem)
    return problem


@pytest.mark.parametrize(
    "name", ["a.bpmn", "a.bpmn2", "a.bpmn20.xml", "a.xml", "A.BPMN", "größe und maß.bpmn"]
)
def test_a_file_is_read_by_its_suffix(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(ORDER)
    assert [process.id for process in read_model(path).processes] == ["order"]


def test_a_model_names_its_file_and_digest(tmp_path: Path) -> None:
    path = tmp_path / "order.bpmn"
    path.write_bytes(ORDER)
    model = read_model(path)
    assert model.file == str(path)
    assert model.digest == hashlib.sha256(ORDER).hexdigest()


def test_the_suffixes_are_said_where_the_files_is_none_of_them(tmp_path: Path) -> None:
    path = tmp_path / "order.txt"
    path.write_bytes(ORDER)
    problem = refusal(path)
    assert problem.code == "suffix-unknown"
    assert ".bpmn" in problem.hint
    assert str(problem).startswith(f"{path}: error[suffix-unknown] a file named 'order.txt' is ")


def test_a_missing_file_is_refused_with_the_systems_reason(tmp_path: Path) -> None:
    problem = refusal(tmp_path / "none.bpmn")
    assert problem.code == "file-unreadable"
    assert "No such file" in problem.message


def test_a_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "folder.bpmn"
    path.mkdir()
    assert refusal(path).code == "file-unreadable"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "pipe.bpmn"
    os.mkfifo(path)
    assert refusal(path).code == "file-unreadable"


def test_a_name_that_no_system_can_open_is_refused() -> None:
    assert refusal(Path("nul\0.bpmn")).code == "file-unreadable"


def test_a_file_past_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.bpmn"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    problem = refusal(path)
    assert problem.code == "file-too-large"
    assert str(MAX_FILE_BYTES) in problem.message


def test_a_file_of_the_limits_size_is_read(tmp_path: Path) -> None:
    path = tmp_path / "full.bpmn"
    path.write_bytes(ORDER + b" " * (MAX_FILE_BYTES - len(ORDER)))
    assert len(read_model(path).processes) == 1


def test_what_is_no_xml_is_refused_with_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "broken.bpmn"
    path.write_bytes(b"<definitions>\n  <process>\n</definitions>")
    assert str(refusal(path)).startswith(f"{path}:3:15: error[not-xml] ")


def test_the_public_names_are_said() -> None:
    assert set(importers.__all__) == {"MAX_FILE_BYTES", "SUFFIXES", "read_drawing", "read_model"}
