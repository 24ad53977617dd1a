"""What a built-in function takes, and the check of its arguments before it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import DecimalException
from typing import Any

from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.values import Opaque, Value, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of a function.

    Attributes:
        kinds: what it takes; empty: anything, null too.
    """

    name: str
    kinds: tuple[str, ...]
    is_optional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A built-in function (DMN 1.4, 10.3.4).

    Attributes:
        signatures: the parameters that it may be called with, one or more ways.
        is_variadic: whether the items of its list may stand as arguments instead.
        call: gets arguments of the right kinds, or the one list.
    """

    name: str
    signatures: tuple[tuple[Parameter, ...], ...]
    is_variadic: bool
    call: Callable[..., Value]

    def accepts(self, count: int) -> bool:
        """Whether it may have so many arguments."""
        if self.is_variadic:
            return count > 0
        return any(_is_long_enough(each, count) for each in self.signatures)

    def ordered(self, names: Sequence[str]) -> tuple[int | None, ...] | None:
        """Which of the named arguments stands at each place, or that it is absent.

        None: there is no signature with these names.
        """
        for signature in self.signatures:
            known = [parameter.name for parameter in signature]
            if len(set(names)) == len(names) and set(names) <= set(known):
                last = max(known.index(name) for name in names)
                least = sum(not parameter.is_optional for parameter in signature)
                return tuple(
                    names.index(name) if name in names else None
                    for name in known[: max(last + 1, least)]
                )
        return None

    def __call__(self, arguments: Sequence[Value]) -> Value:
        """Its value; null where an argument is of no kind that it takes.

        Raises:
            Refused: engines disagree about the value.
        """
        if any(isinstance(each, Opaque) for each in arguments):
            raise Refused(f"{self.name}(…) of a function of one's own")
        if self.is_variadic:
            arguments = _as_list(arguments)
        for signature in self.signatures:
            if _is_long_enough(signature, len(arguments)) and _fits(signature, arguments):
                return self._called(arguments)
        return None

    def _called(self, arguments: Sequence[Value]) -> Value:
        try:
            return self.call(*arguments)
        except DecimalException:
            return None
        except OverflowError as error:
            raise Refused(f"the result of {self.name}(…) is too large") from error


def function(
    name: str, *signatures: str, call: Callable[..., Any], is_variadic: bool = False
) -> Function:
    """A function, its signatures as ``string: string, start position: number?``."""
    return Function(
        name=name,
        signatures=tuple(_signature(each) for each in signatures),
        is_variadic=is_variadic,
        call=call,
    )


def table(*functions: Function) -> Mapping[str, Function]:
    """The functions by name."""
    return {each.name: each for each in functions}


def _signature(text: str) -> tuple[Parameter, ...]:
    return tuple(_parameter(each) for each in text.split(", "))


def _parameter(text: str) -> Parameter:
    name, _, kinds = text.partition(": ")
    taken = kinds.removesuffix("?")
    return Parameter(
        name=name,
        kinds=() if taken == "any" else tuple(taken.split("|")),
        is_optional=kinds.endswith("?"),
    )


def _is_long_enough(signature: tuple[Parameter, ...], count: int) -> bool:
    least = sum(not parameter.is_optional for parameter in signature)
    return least <= count <= len(signature)


def _as_list(arguments: Sequence[Value]) -> Sequence[Value]:
    if len(arguments) == 1 and (arguments[0] is None or isinstance(arguments[0], tuple)):
        return arguments
    return (tuple(arguments),)


def _fits(signature: tuple[Parameter, ...], arguments: Sequence[Value]) -> bool:
    for parameter, argument in zip(signature, arguments, strict=False):
        kind = kind_of(argument)
        if parameter.kinds and kind not in parameter.kinds:
            if kind == "list" or ("list" in parameter.kinds and argument is not None):
                raise Refused(
                    f"'{parameter.name}' of a function gets a {kind}",
                    "A list of one item and the item are not the same for every engine.",
                )
            return False
    return True
