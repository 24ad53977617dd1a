"""The files of a service."""

from pathlib import Path

import pytest

from pytest_orchestra.services.files import Record, ServiceFiles


@pytest.fixture
def files(tmp_path: Path) -> ServiceFiles:
    return ServiceFiles(directory=tmp_path, stem="process-orders")


def test_record_is_read_as_written(files: ServiceFiles) -> None:
    record = Record(title="process 'ä'", fingerprint="f", supervisor=7, address={"port": "80"})

    files.write(record)

    assert files.read() == record
    assert [path.name for path in files.directory.iterdir()] == ["process-orders.json"]


def test_no_record_is_none(files: ServiceFiles) -> None:
    assert files.read() is None


def test_tail_is_the_last_lines_that_say_something(files: ServiceFiles) -> None:
    files.log.write_text("\n".join(f"line {n}\n" for n in range(20)))

    assert files.tail() == tuple(f"line {n}" for n in range(10, 20))


def test_tail_of_a_huge_log_with_odd_bytes_stays_small(files: ServiceFiles) -> None:
    files.log.write_bytes(b"\xff\x1b[31mred\x1b[0m" + b"x" * 1_000_000)

    (line,) = files.tail()

    assert len(line) == 300


def test_tail_shows_no_control_characters(files: ServiceFiles) -> None:
    files.log.write_bytes(b"\x1b[31mred\xff\n")

    assert files.tail() == ("[31mred�",)


def test_missing_log_has_no_tail(files: ServiceFiles) -> None:
    assert files.tail() == ()


def test_log_end_starts_where_it_is_told(files: ServiceFiles) -> None:
    files.log.write_text("before after")

    assert files.log_end(len("before ")) == "after"
