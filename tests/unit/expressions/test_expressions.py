"""Single expressions."""

from __future__ import annotations

import pytest

from pytest_orchestra.errors import DefinitionError, EvaluationError
from pytest_orchestra.expressions.expressions import compile_expression
from pytest_orchestra.model import SourceLocation

AT = SourceLocation(file="f", line=4, column=2)


def test_a_path_gives_the_very_value() -> None:
    body = {"id": 7, "items": [{"id": [1]}]}
    expression = compile_expression(" response.body.items[0].id ")
    assert expression.text == "response.body.items[0].id"
    assert expression.evaluate({"response": {"body": body}}) is body["items"][0]["id"]
    assert [str(each) for each in expression.references] == ["response.body.items"]


def test_a_mistake_is_told_at_its_place() -> None:
    with pytest.raises(DefinitionError) as caught:
        compile_expression("response.body.", location=AT)
    assert str(caught.value).startswith("f:4:2: error[expression-syntax]")


@pytest.mark.parametrize("text", [5, None, ["x"]])
def test_an_expression_is_text(text: object) -> None:
    with pytest.raises(DefinitionError, match=r"an expression is text\. Put it in quotes"):
        compile_expression(text)


def test_an_undefined_name_is_told_with_the_expressions_place() -> None:
    expression = compile_expression("response.body.id", location=AT)
    with pytest.raises(EvaluationError) as caught:
        expression.evaluate({"response": {"body": {"ids": 1}}})
    assert str(caught.value) == (
        "f:4:2: `response.body.id`: 'response.body.id' is undefined. Did you mean 'ids'?"
    )
