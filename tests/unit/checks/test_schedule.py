"""When to look again."""

from pytest_orchestra.checks.schedule import Schedule


def test_looks_every_so_often_and_once_at_the_deadline() -> None:
    """The last pause is only as long as is left."""
    schedule = Schedule(within=1.0, every=0.4)
    assert [schedule.pause(elapsed) for elapsed in (0.0, 0.4)] == [0.4, 0.4]
    assert schedule.pause(0.9) is not None
    assert 0 < (schedule.pause(0.9) or 0) < 0.11


def test_gives_up_at_the_deadline() -> None:
    """There is no look after it."""
    assert Schedule(within=1.0, every=0.1).pause(1.0) is None


def test_a_pause_is_never_so_short_that_it_spins() -> None:
    """``every: 0s`` still lets others work."""
    assert Schedule(within=1.0, every=0.0).pause(0.5) == 0.001
