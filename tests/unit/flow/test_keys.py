"""The keys of scenarios."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pytest_orchestra.flow.decisions import Outcome
from pytest_orchestra.flow.keys import MAX_KEY, NamedRun, name_scenarios
from pytest_orchestra.flow.labels import Label
from pytest_orchestra.flow.move import Move, MoveKind
from pytest_orchestra.flow.space import Edge, Run
from pytest_orchestra.model import ElementId


def outcome(index: int, name: str) -> Outcome:
    return Outcome(index=index, at=ElementId("g"), flows=(ElementId(name),))


OUTCOMES = [outcome(n, f"id{n}") for n in range(4)]
NAMES = ["Amount: high", "Refused", "Main", "A" * 41]
LABELS = [Label(name=name, slug=name.lower().replace(": ", "-")) for name in NAMES]


def run(*flows: str) -> Run:
    ways = tuple(ElementId(flow) for flow in flows)
    move = Move(kind=MoveKind.VISIT, element=ElementId("t"), flows=ways)
    return (Edge(0, 0, 1, move, ()),)


def named(*runs: Sequence[int]) -> list[str]:
    given = [
        NamedRun(run=run(f"flow{n}"), changed=tuple(changed), key=None if changed else "main")
        for n, changed in enumerate(runs)
    ]
    return [name.key for name in name_scenarios(given, OUTCOMES, LABELS)]


def digest(*ids: str) -> str:
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:6]


def test_main_changes_nothing() -> None:
    """It is called so."""
    assert named([]) == ["main"]


def test_outcomes_are_joined_in_the_order_of_the_way() -> None:
    """One that comes again has the number of times, where it first comes."""
    assert named([0, 1]) == ["amount-high-refused"]
    assert named([1, 0, 1, 1]) == ["refused-x3-amount-high"]
    given = [NamedRun(run=(), changed=(1, 0, 1))]
    assert name_scenarios(given, OUTCOMES, LABELS)[0].name == "Refused x2, Amount: high"


def test_a_long_key_is_cut_and_told_by_its_outcomes() -> None:
    """Sixty characters, and six of the digest."""
    (key,) = named([3, 0, 1])
    assert key == ("a" * 41 + "-amount-high-refused")[:MAX_KEY] + "-" + digest("id3", "id0", "id1")


def test_no_dash_is_doubled_at_the_cut() -> None:
    """What ends with a dash loses it."""
    labels = [Label(name="x", slug="a" * 59), Label(name="y", slug="b")]
    given = [NamedRun(run=(), changed=(0, 1))]
    (name,) = name_scenarios(given, OUTCOMES, labels)
    assert name.key == "a" * 59 + "-" + digest("id0", "id1")


def test_keys_that_are_alike_are_told_by_their_outcomes() -> None:
    """A run that is called like main is not main."""
    labels = [Label(name="Yes", slug="yes")] * 2
    given = [NamedRun(run=(), changed=(0,)), NamedRun(run=(), changed=(1,))]
    keys = [name.key for name in name_scenarios(given, OUTCOMES, labels)]
    assert keys == [f"yes-{digest('id0')}", f"yes-{digest('id1')}"]
    assert named([], [2]) == ["main", f"main-{digest('id2')}"]


def test_runs_that_change_the_same_are_told_by_their_flows() -> None:
    """The same outcomes at other visits make another run."""
    keys = named([0, 1], [0, 1])
    assert keys == [
        f"amount-high-refused-{digest('flow0')}",
        f"amount-high-refused-{digest('flow1')}",
    ]


def test_even_equal_runs_get_keys_of_their_own_length() -> None:
    """Nothing tells them apart, so the whole digest is shown."""
    given = [NamedRun(run=run("f"), changed=(0,))] * 2
    keys = {name.key for name in name_scenarios(given, OUTCOMES, LABELS)}
    assert len(keys) == 1
    assert len(keys.pop()) == len("amount-high-") + 64
