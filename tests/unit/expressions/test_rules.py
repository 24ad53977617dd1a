"""Rules, and what a failed one shows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pytest_orchestra.documents.reading import parse_document
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.expressions.rules import MAX_PARTS, RuleOutcome, compile_rules

NAMES = {
    "response": {"body": {"status": "NEW", "items": [{"id": 1, "price": 1.5}], "at": None}},
    "row": {"total": 12.1, "at": "2026-11-21T10:00:00+00:00", "ok": True, "json": '{"a": 1.10}'},
    "data": {"amount": Decimal("12.10"), "limit": 5},
    "visit": 1,
}


def check(rule: str) -> RuleOutcome:
    """What becomes of one rule with the names above."""
    (compiled,) = compile_rules(rule)
    return compiled.check(NAMES)


@pytest.mark.parametrize(
    "rule",
    [
        "response.body.status == 'NEW'",
        "row.total == data.amount",
        "row.total == 12.10",
        "12.0 < row.total <= 12.1",
        "row.at == '2026-11-21T11:00:00+01:00'",
        "row.at < '2026-11-21T10:00:01Z'",
        "row.at | plus(hours=1) == '2026-11-21T11:00:00Z'",
        "len(response.body.items) == 1",
        "response.body.items[0].price * 2 == 3",
        "all([row.ok, visit == 1]) and any([false, row.ok])",
        "response.body.at == null and response.body.at is none",
        "response.body.at == None or response.body.zzz == 1",
        "response.body.zzz is undefined",
        "response.body.status in ['NEW', 'OLD']",
        "'N' in response.body.status and 'zzz' not in response.body",
        "response.body.items | selectattr('price', '>', 1) | list | length == 1",
        "response.body.items | sum(attribute='price') == 1.5",
        "(row.json | from_json).a == 1.1",
        "not (row.total != data.amount)",
        "row.ok",
        "visit",
    ],
)
def test_rules_that_hold(rule: str) -> None:
    assert check(rule) == RuleOutcome(holds=True, text=rule)


@pytest.mark.parametrize(
    ("rule", "parts"),
    [
        ("response.body.status == 'OLD'", [("response.body.status", "NEW")]),
        ("row.total == data.limit", [("row.total", 12.1), ("data.limit", 5)]),
        (
            "row.total * 2 == data.amount",
            [
                ("row.total * 2", Decimal("24.2")),
                ("row.total", 12.1),
                ("data.amount", Decimal("12.10")),
            ],
        ),
        (
            "len(response.body.items) == 2",
            [("len(response.body.items)", 1), ("response.body.items", [{"id": 1, "price": 1.5}])],
        ),
        ("not row.ok", [("row.ok", True)]),
        ("visit == 2 or data.limit > 9", [("visit", 1), ("data.limit", 5)]),
        ("1 < visit < 3", [("visit", 1)]),
        ("response.body.at", [("response.body.at", None)]),
        ("response.body.items[0].id == 2", [("response.body.items[0].id", 1)]),
        ("visit is even", [("visit", 1)]),
        ("visit in [2, data.limit]", [("visit", 1), ("data.limit", 5)]),
        ("data.limit | string == '6'", [("data.limit|string", "5"), ("data.limit", 5)]),
        ("1 == 2", []),
    ],
)
def test_a_failed_rule_shows_the_values_of_its_parts(
    rule: str, parts: list[tuple[str, object]]
) -> None:
    outcome = check(rule)
    assert not outcome.holds
    assert outcome.error == ""
    shown = dict(outcome.parts)
    for text, value in parts:
        assert shown[text] == value
    assert list(shown)[:1] == [text for text, _ in parts][:1]


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ("response.body.stats == 'NEW'", "'response.body.stats' is undefined. Did you mean 'stat"),
        ("rsponse.body", "'rsponse' is undefined. Did you mean 'response'?"),
        ("row.total < 'a'", "a number and text have no order"),
        ("row.total / 0 == 1", "it divides by zero"),
        ("response.body.zzz | length > 0", "'response.body.zzz' is undefined."),
    ],
)
def test_a_rule_without_a_value_does_not_hold_and_says_why(rule: str, error: str) -> None:
    outcome = check(rule)
    assert not outcome.holds
    assert outcome.error.startswith(error)


def test_a_rule_whose_one_part_is_missing_shows_the_others() -> None:
    outcome = check("row.totl == data.amount")
    assert outcome.parts == (("data.amount", Decimal("12.10")),)


def test_a_long_rule_shows_its_first_parts() -> None:
    rule = " or ".join(f"data.limit == visit + {n}" for n in range(10, 20))
    assert len(check(rule).parts) == MAX_PARTS


def test_a_rule_each_line_without_comments() -> None:
    rules = compile_rules("# all\n\n  a == 1  # why\n\tb == '#'\n")
    assert [rule.text for rule in rules] == ["a == 1", "b == '#'"]


def test_a_rule_each_item() -> None:
    rules = compile_rules(["a == 1", "", "b ==\n  2"])
    assert [rule.text for rule in rules] == ["a == 1", "b ==\n  2"]
    assert [str(each) for rule in rules for each in rule.references] == ["a", "b"]


@pytest.mark.parametrize("rules", ["", "# nothing\n", []])
def test_no_rules(rules: object) -> None:
    assert compile_rules(rules) == ()


def test_every_mistake_is_told_at_its_line() -> None:
    text = (
        "a:\n  - |\n    x == 1\n    y && z\n    {{x}} == 1\n  - q = 1\n  - 7\nb: [x, '!y']\nc: {}\n"
    )
    document = parse_document(text, file="f.yaml")
    found: list[str] = []
    for path in (("a", 0), ("a", 1), ("a", 2), ("b",), ("c",)):
        with pytest.raises(DefinitionError) as caught:
            compile_rules(document.part(path), location=document.locator(path))
        found.extend(str(caught.value).replace("error[expression-syntax] ", "").split("\n"))
    assert found == [
        "f.yaml:4:5: '&&' is not part of the language. Write 'and'.",
        "f.yaml:5:5: '{{ }}' does not stand in an expression. Leave it out.",
        "f.yaml:6:5: '=' assigns, and nothing can be assigned. Write ==.",
        "f.yaml:7:5: rules are text or a list of texts",
        "f.yaml:8:8: '!' is not part of the language. Write 'not'.",
        "f.yaml:9:4: rules are text or a list of texts",
    ]


def test_a_rule_in_a_list_is_text() -> None:
    with pytest.raises(DefinitionError, match=r"a rule is text\. Put it in quotes\."):
        compile_rules([True])
