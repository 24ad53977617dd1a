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


def test_pauses_may_grow_with_what_was_waited() -> None:
    """From ``every`` to ``most``; the last look is at the deadline all the same."""
    schedule = Schedule(within=10.0, every=0.1, most=2.0)
    elapsed, pauses = 0.0, []
    while (pause := schedule.pause(elapsed)) is not None:
        pauses.append(pause)
        elapsed += pause
    assert pauses[:3] == [0.1, 0.1, 0.1]
    assert pauses == sorted(pauses[:-1]) + pauses[-1:]
    assert max(pauses) == 2.0
    assert abs(elapsed - 10.0) < 1e-9
    assert len(pauses) < 20
