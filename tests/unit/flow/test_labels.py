"""What outcomes are called."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.flow.catching import match_catches
from pytest_orchestra.flow.decisions import find_decisions
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.labels import Label, fold, label_outcomes, outcome_id
from pytest_orchestra.model import Process

Draw = Callable[[str], Process]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Amount: high", "amount-high"),
        ("  Is it\nOK?! ", "is-it-ok"),
        ("Zahlung prüfen", "zahlung-prüfen"),
        ("Zahlung pru\u0308fen", "zahlung-prüfen"),
        ("Оплата прошла", "оплата-прошла"),
        ("金额 > 1000 元", "金额-1000-元"),
        ("कर दें", "कर-दें"),
        ("\u2705 paid \u2714\ufe0f", "paid"),
        ("1\ufe0f\u20e3 first", "1-first"),
        ("a_b-c", "a-b-c"),
        ("\u0301x", "x"),
        ("???", ""),
        ("İstanbul", "i\u0307stanbul"),
    ],
)
def test_a_text_folds_to_letters_and_digits(text: str, folded: str) -> None:
    """Of every script, lower case, NFC; all else is one dash."""
    assert fold(text) == folded


def labels(draw: Draw, text: str) -> dict[str, Label]:
    graph = index_process(draw(text))
    decisions = find_decisions(graph, match_catches(graph))
    found = label_outcomes(graph, decisions)
    return {
        outcome_id(outcome): label for outcome, label in zip(decisions.outcomes, found, strict=True)
    }


def slugs(draw: Draw, text: str) -> dict[str, str]:
    return {name: label.slug for name, label in labels(draw, text).items()}


ENDS = 'x: end "Ship"\ny: end "Stop"\nz: end\n'


def test_a_gateways_name_and_its_own(draw: Draw) -> None:
    """A question is followed by its answer, another name by a colon."""
    found = labels(draw, ENDS + 'g: xor "Paid?"\na: g -> x "yes"\nb: g -> y "no"')
    assert found["a"] == Label(name="Paid? yes", slug="paid-yes")
    found = labels(draw, ENDS + 'g: xor "Amount"\na: g -> x "high"\nb: g -> y "low"')
    assert found["a"] == Label(name="Amount: high", slug="amount-high")


def test_the_name_that_exists(draw: Draw) -> None:
    """Of the gateway or of the outcome."""
    assert slugs(draw, ENDS + 'g: xor\na: g -> x "yes"\nb: g -> y "no"') == {"a": "yes", "b": "no"}
    assert slugs(draw, ENDS + 'g: xor "G"\na: g -> x "yes"\nb: g -> y') == {"a": "g-yes", "b": "g"}


def test_without_both_the_targets_name(draw: Draw) -> None:
    """As at most event-based gateways."""
    assert slugs(draw, ENDS + "g: xor\na: g -> x\nb: g -> y") == {"a": "ship", "b": "stop"}


def test_what_is_called_alike_goes_by_its_id(draw: Draw) -> None:
    """Also across gateways, and what has no name at all."""
    found = labels(draw, ENDS + 'g: xor "G"\nA_1: g -> x\nA_2: g -> y')
    assert found["A_1"] == Label(name="G (A_1)", slug="a-1")
    text = ENDS + 'g: xor\nh: xor\na: g -> x "yes"\nb: g -> h "no"\nc: h -> x "yes"\nd: h -> z'
    assert slugs(draw, text) == {"a": "a", "b": "no", "c": "c", "d": "d"}
    assert labels(draw, text)["d"] == Label(name="d", slug="d")


def test_a_name_without_letters_is_shown_with_the_id(draw: Draw) -> None:
    """The key is made of the id alone."""
    found = labels(draw, ENDS + 'g: xor\na: g -> x "👍"\nb: g -> y "👎"')
    assert found["b"] == Label(name="👎 (b)", slug="b")


def test_an_id_without_letters_is_kept_as_it_is(draw: Draw) -> None:
    """A key is never empty."""
    assert slugs(draw, ENDS + "g: xor\n_: g -> z\nb: g -> y")["_"] == "_"


def test_an_event_by_its_name_else_by_kind_and_host(draw: Draw) -> None:
    """The host's id where it has no name."""
    found = slugs(
        draw,
        """
        t: task "Review order"
        u: task
        a: boundary on t timer
        b: boundary "Customer calls" on t message calm
        c: boundary on u timer
        d: boundary on u
        e: boundary on u signal message
    """,
    )
    assert found == {
        "a": "timer-review-order",
        "b": "customer-calls",
        "c": "timer-u",
        "d": "u",
        "e": "message-signal-u",
        "t": "review-order",
        "u": "u",
    }


def test_the_ordinary_way_lays_no_claim_to_a_name(draw: Draw) -> None:
    """That a host is left in the ordinary way does not make another outcome an id."""
    found = slugs(
        draw,
        """
        t: task "Review"
        a: boundary on t timer
        g: xor
        x: task "Review"
        y: end
        f: g -> x
        h: g -> y "no"
        o: t -> y
    """,
    )
    assert found["f"] == "review"
    assert found["o"] == "o"


def test_start_events_and_event_sub_processes_have_names(draw: Draw) -> None:
    """Their own, else the start's, else kind and place."""
    found = slugs(
        draw,
        """
        a: start "By mail"
        b: start message
        h: sub by-event
        hs: start "Cancelled" in h message
        k: sub by-event
        ks: start in k timer
        x: sub "Order"
        m: sub in x by-event
        ms: start in m signal
    """,
    )
    assert found == {
        "a": "by-mail",
        "b": "message-start",
        "h": "cancelled",
        "k": "timer",
        "m": "signal-order",
    }


def test_several_flows_are_named_together(draw: Draw) -> None:
    """As all ways of an inclusive split."""
    found = slugs(draw, ENDS + 'g: or "Send"\na: g -> x "mail"\nb: g -> y "post"')
    assert found == {"a": "send-mail", "b": "send-post", "a+b": "send-mail-post"}


def test_very_long_names_are_shown_cut(draw: Draw) -> None:
    """What is too long to be read is too long for a label."""
    text = f's: start\ng: xor "{"long " * 1000}"\n' + ENDS + "s -> g\na: g -> x\nb: g -> y"
    found = labels(draw, text)
    assert all(len(label.name) < 300 for label in found.values())
    assert {label.slug for label in found.values()} == {"a", "b"}
