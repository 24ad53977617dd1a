"""What JUEL means (JSR-341), and what of it is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orchestra.errors import DefinitionError, EvaluationError
from pytest_orchestra.expressions import evaluate_condition

VALUES = {
    "amount": 1000,
    "text": "5",
    "half": 0.5,
    "state": "open",
    "flag": True,
    "said": "false",
    "none": None,
    "items": ["a", "b"],
    "nothing": [],
    "order": {"paid": True, "lines": [1, 2]},
    "a b": 1,
}


@pytest.mark.parametrize(
    "text",
    [
        "${amount > 999 && amount <= 1000}",
        "#{amount gt 999 and amount le 1000}",
        "${amount eq 1000 or amount ne 1000}",
        "${amount lt 1 || amount ge 1000}",
        "${state == 'open'}",
        '${state == "open"}',
        "${state.equals('open')}",
        "${!state.equals(amount)}",
        "${not state.equals('closed')}",
        "${flag}",
        "${!none}",
        "${order.paid == true}",
        "${order['paid']}",
        "${order.lines.size() == 2}",
        "${empty none && empty nothing && not empty items && !(empty amount)}",
        "${flag ? amount > 1 : false}",
        "${said == false}",
        "${text == 5 && 4 < text}",
        "${none == null && none != 1 && !(none < 1) && none <= null}",
        "${amount % 7 == 6 and -amount / 10 == -100}",
        "${amount + 1 - 1 == 500 * 2}",
        "${items.contains('a')}",
        "${state.contains('pe') && state.startsWith('o') && state.endsWith('n')}",
        "${state.toUpperCase() == 'OPEN' && 'OPEN'.toLowerCase() == state}",
        "${state.equalsIgnoreCase('OPEN') && !state.equalsIgnoreCase(none)}",
        "${state.length() == 4 && !state.isEmpty() && nothing.isEmpty()}",
        "${execution.getVariable('state') == 'open'}",
        "${execution.getVariable('a b') == 1}",
        "${vars:equals(amount, 1000) && var:equals(none, null)}",
        "${variables:notEquals(amount, 1) && vars:notEquals(none, 1)}",
        "${'it\\'s' == \"it's\"}",
        "${half < 1}",
        "${true == true == true}",
    ],
)
def test_these_hold(text: str) -> None:
    assert evaluate_condition(text, VALUES, "juel") is True


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("amount > 1", r"is \$\{…\}"),
        ("${a} and ${b}", "nothing else"),
        ("${}", "a name is expected"),
        ("${amount = 1}", "unexpected '='"),
        ("${run(1)}", "function 'run' is not known"),
        ("${fn:length(a) > 1}", "'fn:length' is not known"),
        ("${order.isPaid()}", "method 'isPaid' is not judged"),
        ("${state.equals()}", "method 'equals' is not judged"),
        ("${items[0] == 'a'}", "text in quotes"),
        ("${a.empty}", "a name is expected"),
        ("${'a}", "does not end"),
        ("${'\\n' == a}", "not known within a text"),
        ("${1e9999 > a}", "too large"),
        ("${" + "!" * 100 + "a}", "levels"),
        ("${a instanceof b}", "'}' is expected"),
        ("${(a}", "unexpected|expected"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        evaluate_condition(text, VALUES, "juel")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${half + half == 1}", "no whole number"),
        ("${9007199254740992 - 1 > 0}", "no whole number"),
        ("${amount / 3 > 1}", "no whole number"),
        ("${amount % 0 == 1}", "division by zero"),
        ("${-state == 1}", "negative of a string"),
        ("${state == 1}", "compared with"),
        ("${flag == 1}", "compared with"),
        ("${flag < true}", "compared with"),
        ("${items == items}", "lists or mappings"),
        ("${amount && true}", "used as true or false"),
        ("${amount.equals(1000)}", "Write =="),
        ("${none.equals('a')}", "'equals' of a null"),
        ("${order.unpaid}", "has no 'unpaid'"),
        ("${state.length == 1}", "has no 'length'"),
        ("${state.size() == 1}", "'size' of a string"),
        ("${amount.length() == 1}", "texts with a number"),
        ("${vars:equals(amount, 'a')}", "compared with"),
        ("${amount}", "neither true nor false"),
        ("${missing == 1}", "'missing' has no value"),
    ],
)
def test_what_engines_disagree_on_is_refused(text: str, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        evaluate_condition(text, VALUES, "juel")


WHOLE = st.integers(-(10**12), 10**12)


@given(WHOLE, WHOLE)
def test_feel_and_juel_agree_on_numbers(a: int, b: int) -> None:
    values = {"a": a, "b": b}
    for feel, juel in (("=", "=="), ("!=", "!="), ("<", "lt"), ("<=", "<="), (">", "gt")):
        assert evaluate_condition(f"a {feel} b", values) is evaluate_condition(
            f"${{a {juel} b}}", values, "juel"
        )
