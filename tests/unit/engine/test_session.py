"""What runs of one process share."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orchestra.engine.session import timestamp

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World


def test_suites_of_one_folder_share_their_files(world: World) -> None:
    """Each is read and compiled once."""
    reader = world.session.files_beside(Path("/shop/a.suite.yaml"))
    assert world.session.files_beside(Path("/shop/b.suite.yaml")) is reader
    assert world.session.files_beside(Path("/bank/a.suite.yaml")) is not reader
    assert reader.folder == Path("/shop")


def test_closing_closes_the_connections(world: World) -> None:
    """All that were opened."""
    world.loop.run_until_complete(world.session.clients.get("mail", "main"))
    world.close()
    assert world.office.number("close") == 1


def test_a_timestamp_has_milliseconds_and_an_offset() -> None:
    """ISO 8601."""
    text = timestamp()
    assert len(text) == len("2026-11-21T10:00:00.000+00:00")
    assert abs(dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(text)) < dt.timedelta(minutes=1)
