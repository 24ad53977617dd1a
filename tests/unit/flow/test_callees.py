"""Who calls whom."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.callees import called_process, called_processes, find_recursions
from pytest_orchestra.model import Process

Draw = Callable[..., Process]


def test_a_call_names_its_process_by_id_with_or_without_a_prefix(draw: Draw) -> None:
    """A task calls nothing, nor does a call of nothing known or of nothing at all."""
    pay = draw("t: task", "pay")
    order = draw(
        "a: call calls=pay\nb: call calls=t:pay\nc: call\nd: task calls=pay\ne: call calls=x"
    )
    found = [called_process(node, {"pay": pay}) for node in order.nodes]
    assert found == [pay, pay, None, None, None]
    assert called_process(order.nodes[0], {"pay": draw("", "pay")}) is None


def test_all_that_is_called_is_found_once_in_order(draw: Draw) -> None:
    """Through calls of calls and round; not the process itself."""
    texts = {
        "order": "a: call calls=pay\nb: call calls=stock",
        "stock": "a: call calls=pay\nb: call calls=supply",
        "pay": "a: call calls=order",
        "supply": "t: task",
        "other": "",
    }
    drawn = {name: draw(text, name) for name, text in texts.items()}
    found = called_processes(drawn["order"], drawn)
    assert [process.id for process in found] == ["pay", "stock", "supply"]


def test_each_call_that_comes_round_is_told_once(draw: Draw) -> None:
    """From wherever it is come to."""
    texts = {
        "order": "a: call calls=pay\nb: call calls=stock",
        "stock": "x: call calls=pay",
        "pay": 'y: call "Order" calls=order',
    }
    drawn = {name: draw(text, name) for name, text in texts.items()}
    (problem,) = find_recursions(drawn["order"], drawn)
    assert str(problem) == (
        "info[call-recursive] 'Order' calls 'order', which is being called already, and is not"
        " looked into there. Bind steps at the call"
    )
