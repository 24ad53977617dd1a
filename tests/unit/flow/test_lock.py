"""What is kept of scenarios, and what became of them."""

from __future__ import annotations

from dataclasses import replace

from pytest_orchestra.flow.lock import Drift, ProcessLock, find_drift, signature
from pytest_orchestra.flow.scenario import Criterion, Moment, Passage, Scenario
from pytest_orchestra.model import ElementId


def locked(**signatures: str) -> ProcessLock:
    return ProcessLock(
        process_id=ElementId("p"), criterion=Criterion.BRANCHES, signatures=signatures
    )


def moment(element: str, *causes: int, caller: int | None = None) -> Moment:
    return Moment(Passage.ENTERED, ElementId(element), 1, causes, caller)


def way(*moments: Moment) -> Scenario:
    return Scenario(key="main", name="Main", process_id=ElementId("p"), moments=moments)


AB = way(moment("s"), moment("a", 0), moment("b", 0), moment("end", 1, 2))


def test_what_is_the_same_has_not_drifted() -> None:
    drift = find_drift(locked(main="1", high="2"), locked(high="2", main="1"))
    assert not drift
    assert drift == Drift()


def test_keys_are_new_gone_or_changed() -> None:
    old = locked(main="1", b="2", a="3", same="4")
    drift = find_drift(old, locked(main="5", d="6", c="7", same="4"))
    assert drift
    assert drift == Drift(new=("c", "d"), gone=("a", "b"), changed=("main",))


def test_the_same_way_under_another_key_is_renamed() -> None:
    """Each new key stands for one old one."""
    drift = find_drift(locked(a="1", b="1", c="2"), locked(x="1", y="3", z="2"))
    assert drift == Drift(new=("y",), gone=("b",), renamed=(("a", "x"), ("c", "z")))


def test_a_signature_is_short_and_stays() -> None:
    assert signature(AB) == "de2f31fc9ff4"
    assert signature(replace(AB, key="other", name="Other")) == signature(AB)


def test_the_order_of_concurrent_branches_has_no_say() -> None:
    other = way(moment("s"), moment("b", 0), moment("a", 0), moment("end", 2, 1))
    assert signature(other) == signature(AB)


def test_what_led_where_has_a_say() -> None:
    others = [
        way(moment("s"), moment("a", 0), moment("b", 1), moment("end", 2)),
        way(moment("s"), moment("b", 0), moment("a", 1), moment("end", 2)),
        way(moment("s"), moment("a", 0), moment("a", 1), moment("end", 2)),
        way(moment("s"), moment("a", 0), moment("end", 1)),
        way(moment("s"), moment("a", 0), moment("b", 0, caller=1), moment("end", 1, 2)),
        way(*AB.moments[:3], AB.moments[3]._replace(passage=Passage.LEFT)),
    ]
    assert len({signature(each) for each in (AB, *others)}) == 7
