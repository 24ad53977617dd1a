"""What a scenario prints and logs before its turn."""

import io
import logging
import sys
from collections.abc import Callable, Iterator
from contextvars import copy_context

import pytest

from pytest_orchestra.plugin.spooling import SPOOL, Spool, is_early, spooling


class Lines(logging.Handler):
    """Keeps what it handles."""

    def __init__(self, level: int = logging.NOTSET) -> None:
        super().__init__(level)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def handlers() -> Iterator[list[Lines]]:
    """Two handlers of the root logger, one of which hears only errors."""
    own = [Lines(), Lines(logging.ERROR)]
    root = logging.getLogger()
    for handler in own:
        root.addHandler(handler)
    yield own
    for handler in own:
        root.removeHandler(handler)


def within(spool: Spool, work: Callable[[], object]) -> object:
    """Do something as the scenario that has the spool."""
    context = copy_context()
    context.run(SPOOL.set, spool)
    return context.run(work)


def test_what_is_printed_early_comes_out_in_its_turn(capsys: pytest.CaptureFixture[str]) -> None:
    """In its order, to the stream it was for; others print meanwhile."""
    spool = Spool()

    def work() -> None:
        sys.stdout.write("one\n")
        sys.stdout.writelines(["t", "wo"])
        sys.stderr.write("wrong\n")

    with spooling():
        within(spool, work)
        sys.stdout.write("other\n")
        assert capsys.readouterr() == ("other\n", "")
        spool.release()
        assert capsys.readouterr() == ("one\ntwo", "wrong\n")
        within(spool, lambda: sys.stdout.write("now\n"))
        assert capsys.readouterr().out == "now\n"


def test_what_is_logged_early_is_handled_in_its_turn(handlers: list[Lines]) -> None:
    """Once by each handler, whatever their number; by none below its level."""
    spool, log = Spool(), logging.getLogger("shop")

    def work() -> None:
        log.warning("late")
        log.error("broken")

    with spooling():
        within(spool, work)
        log.warning("of another")
        assert [each.lines for each in handlers] == [["of another"], []]
        spool.release()
    assert [each.lines for each in handlers] == [["of another", "late", "broken"], ["broken"]]


def test_only_a_scenario_before_its_turn_is_early() -> None:
    spool = Spool()
    assert not is_early()
    assert within(spool, is_early)
    spool.release()
    assert not within(spool, is_early)


def test_the_streams_are_what_they_were_afterwards() -> None:
    """Also their other methods are there meanwhile, and one that somebody puts there stays."""
    before, other = sys.stdout, io.StringIO()
    with spooling():
        assert sys.stdout is not before
        assert sys.stdout.isatty() == before.isatty()
    assert sys.stdout is before
    try:
        with spooling():
            sys.stdout = other
        assert sys.stdout is other
    finally:
        sys.stdout = before
