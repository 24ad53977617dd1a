"""What the decorator leaves on a function, and how it is found again."""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Callable

import pytest

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.results import StepKind
from pytest_orchestra.suite.python_steps import find_python_steps, step


def test_decorated_function_is_found_with_everything_it_said() -> None:
    @step("Review order", alias="review", kind="assertion", within="1.5m")
    async def review(shop: object, clock: object, retries: int = 3) -> None:
        """The clerk reviews the order.

        Whatever else is told.
        """

    (found,) = find_python_steps({"review": review, "other": 1})
    assert found.function is review
    assert (found.place, found.alias, found.within) == ("Review order", "review", 90.0)
    assert found.kind is StepKind.ASSERTION
    assert found.name == "The clerk reviews the order"
    assert found.fixtures == ("shop", "clock")
    assert found.location is not None
    assert found.location.file == __file__
    assert found.location.line == review.__code__.co_firstlineno


def test_what_is_not_said_is_left_open() -> None:
    @step("Ship")
    def ship_the_parcel() -> None:
        pass

    (found,) = find_python_steps({"x": ship_the_parcel})
    assert (found.alias, found.within, found.kind) == (None, None, StepKind.ACTION)
    assert found.name == "ship the parcel"


def test_the_function_itself_stays_as_it_is() -> None:
    def ship() -> int:
        return 7

    assert step("Ship")(ship) is ship
    assert ship() == 7


def test_steps_come_in_order_of_definition() -> None:
    @step("B")
    def first() -> None: ...

    @step("A")
    def second() -> None: ...

    found = find_python_steps({"first": first, "x": 3, "second": second, "again": first})
    assert [each.place for each in found] == ["B", "A"]


def test_two_decorators_bind_a_function_to_two_places_from_top_to_bottom() -> None:
    @step("A", alias="a")
    @step("B")
    def both() -> None: ...

    assert [(each.place, each.alias) for each in find_python_steps({"both": both})] == [
        ("A", "a"),
        ("B", None),
    ]


def test_a_wrapper_around_a_marked_function_is_what_is_called() -> None:
    @step("A")
    def inner(shop: object) -> str:
        return f"inner {shop}"

    @functools.wraps(inner)
    def outer(shop: object) -> str:
        return f"outer {inner(shop)}"

    (found,) = find_python_steps({"outer": outer})
    assert found.function("shop") == "outer inner shop"
    assert found.fixtures == ("shop",)


def test_objects_that_have_every_attribute_are_no_steps() -> None:
    class Anything:
        def __getattr__(self, name: str) -> object:
            return (name,)

    assert find_python_steps({"x": Anything(), "y": pytest.mark, "z": str}) == ()


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        (step(""), "the place of a step is text, not ''. Write a name"),
        (step("A", alias=" "), "the alias of a step is text, not ' '. Write a name"),
        (
            step("A", kind="WAIT"),  # type: ignore[arg-type]  # on purpose
            "a step cannot be of kind 'WAIT'. Write ACTION or ASSERTION",
        ),
        (
            step("A", kind=3),  # type: ignore[arg-type]  # on purpose
            "a step cannot be of kind 3. Write ACTION or ASSERTION",
        ),
        (
            step("A", always=1),  # type: ignore[arg-type]  # on purpose
            "always=1 is neither True nor False. Write always=True",
        ),
        (
            step("A", within="soon"),
            "'soon' is no deadline. Write seconds above 0, or text like '10s'",
        ),
        (step("A", within=0), "0 is no deadline. Write seconds above 0, or text like '10s'"),
        (step("A", within=True), "True is no deadline. Write seconds above 0, or text like '10s'"),
        (
            step("A", within=float("nan")),
            "nan is no deadline. Write seconds above 0, or text like '10s'",
        ),
    ],
)
def test_arguments_that_cannot_be_used_are_refused_with_the_place(
    mark: Callable[[Callable[..., object]], object], message: str
) -> None:
    def broken() -> None: ...

    with pytest.raises(DefinitionError) as refusal:
        mark(broken)
    line = broken.__code__.co_firstlineno
    assert str(refusal.value) == f"{__file__}:{line}: error[python-step] {message}"


def test_a_decorator_without_a_place_is_refused() -> None:
    def broken() -> None: ...

    with pytest.raises(DefinitionError) as refusal:
        step(broken)  # type: ignore[arg-type]  # on purpose
    assert str(refusal.value) == (
        f"{__file__}:{broken.__code__.co_firstlineno}: error[python-step] the decorator is given"
        ' no place. Write @orchestra.step("PLACE")'
    )


def test_a_class_used_as_decorator_argument_has_no_line() -> None:
    with pytest.raises(DefinitionError, match=r"^error\[python-step\] the decorator is given"):
        step(StepKind)  # type: ignore[arg-type]  # on purpose


def test_marking_imports_nothing_heavy() -> None:
    heavy = ("pydantic", "jinja2", "lxml", "yaml")
    code = (
        "import sys, pytest_orchestra.suite.python_steps;"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
