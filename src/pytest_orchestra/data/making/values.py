"""Values that a schema allows, as a person would choose them; deterministic by what decides."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from random import Random

from pytest_orchestra.data.making.formats import formatted_text
from pytest_orchestra.data.making.names import RealisticNames
from pytest_orchestra.data.making.patterns import UNBOUNDED, matching_text
from pytest_orchestra.data.making.shapes import Keywords, Shape, UnmakeableError, kind_of

MAX_DEPTH = 12
"""Levels of lists and mappings in a made value."""
MAX_OPTIONAL = 12
"""Properties that an object need not have and is made with."""
MAX_OPTIONAL_DEPTH = 2
"""Levels at which objects are made with what they need not have."""
_ON_OTHERS = frozenset({"not", "if", "dependentRequired", "dependentSchemas", "dependencies"})
_WHOLE, _CENT = Decimal(1), Decimal("0.01")
_NO_MATCH = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueMaker:
    """Makes values.

    Attributes:
        random: what decides.
        names: what makes texts of which only the name is known.
    """

    random: Random
    names: RealisticNames

    def make(self, shape: Shape, name: str = "") -> object:
        """A value that the schema allows, as far as it is understood; not checked.

        Examples and the default are preferred. Of an object what is required is made, and of
        a small one the rest.

        Args:
            shape: the schema.
            name: what the value is called, ``customer``.

        Raises:
            UnmakeableError: no value is allowed, or none was found.
        """
        return self._make(shape, name, 0)

    def _make(self, shape: Shape, name: str, depth: int) -> object:
        keywords = shape.keywords
        if depth > MAX_DEPTH:
            raise UnmakeableError("the description asks for a value that is nested too deep")
        if (given := self._given(keywords)) is not _NO_MATCH:
            return given
        match kind_of(keywords):
            case "object":
                return self._object(shape, keywords, depth)
            case "array":
                number = fewest_items(keywords)
                return [self._make(shape.member(n), name, depth + 1) for n in range(number)]
            case "integer" | "number" as kind:
                return _number(keywords, kind, self.random)
            case "boolean" | "null" as kind:
                return True if kind == "boolean" else None
            case _:
                return self._text(keywords, name)

    def _given(self, keywords: Keywords) -> object:
        """A value that the schema itself names."""
        if "const" in keywords:
            return keywords["const"]
        allowed = keywords.get("enum")
        liked = [*keywords.get("examples", ())]
        liked += [keywords["default"]] if "default" in keywords else []
        for each in liked:
            if each is not None and (allowed is None or each in allowed):
                return each
        if allowed is None:
            return _NO_MATCH
        values = [each for each in allowed if each is not None] or list(allowed)
        if not values:
            raise UnmakeableError("the description lists no value that is allowed")
        return self.random.choice(values)

    def _object(self, shape: Shape, keywords: Keywords, depth: int) -> dict[str, object]:
        names: list[str] = list(keywords.get("required", ()))
        least = keywords.get("minProperties", 0)
        more = [each for each in keywords.get("properties", ()) if each not in names]
        names += more[: max(0, least - len(names))]
        made = {each: self._make(shape.member(each), each, depth + 1) for each in names}
        return made | self._optional(shape, keywords, made, depth)

    def _optional(
        self, shape: Shape, keywords: Keywords, made: Mapping[str, object], depth: int
    ) -> dict[str, object]:
        """What an object may have beside, so that its limits are met, too: of small ones all."""
        more = [each for each in keywords.get("properties", ()) if each not in made]
        most = min(len(made) + MAX_OPTIONAL, int(keywords.get("maxProperties", UNBOUNDED)))
        is_free = _ON_OTHERS.isdisjoint(keywords) and depth < MAX_OPTIONAL_DEPTH
        if not is_free or len(made) + len(more) > most:
            return {}
        found: dict[str, object] = {}
        for name in more:
            member = shape.member(name)
            with suppress(UnmakeableError):
                if not member.keywords.get("readOnly"):
                    found[name] = self._make(member, name, depth + 1)
        return found

    def _text(self, keywords: Keywords, name: str) -> str:
        least, most = text_lengths(keywords)
        if pattern := keywords.get("pattern"):
            return matching_text(pattern, self.random, least=least, most=most)
        made = formatted_text(keywords.get("format", ""), self.random)
        if made is not None:
            return made
        return lengthened(self.names.text(name, self.random), least, most)


def lengthened(text: str, least: int, most: int) -> str:
    """The text, cut between words or filled up so that its length is allowed."""
    if len(text) > most:
        whole = text[: most + 1].rpartition(" ")[0].rstrip()
        text = whole if len(whole) >= max(least, 1) else text[:most]
    return text + "x" * (least - len(text))


def text_lengths(keywords: Keywords) -> tuple[int, int]:
    """The fewest and the most characters of a text."""
    return int(keywords.get("minLength", 0)), int(keywords.get("maxLength", UNBOUNDED))


def fewest_items(keywords: Keywords) -> int:
    """Items of a made list: one, or as many as there must be."""
    least = max(1, int(keywords.get("minItems", 0)))
    return min(least, int(keywords.get("maxItems", least)))


def step_of(keywords: Keywords, kind: str) -> Decimal:
    """The distance between two numbers that are told apart."""
    factor = keywords.get("multipleOf")
    if factor is not None:
        return Decimal(str(factor))
    return _WHOLE if kind == "integer" else _CENT


def number_limits(keywords: Keywords, kind: str) -> tuple[Decimal | None, Decimal | None]:
    """The least and the greatest number that is allowed, of those that ``step_of`` tells apart."""
    step = step_of(keywords, kind)
    is_free = kind != "integer" and "multipleOf" not in keywords
    lows, highs = _bounds(keywords, "minimum"), _bounds(keywords, "maximum")
    if is_free:
        over = [each + _finer(each, step) for each in _bounds(keywords, "exclusiveMinimum")]
        under = [each - _finer(each, step) for each in _bounds(keywords, "exclusiveMaximum")]
    else:
        over = [_down(each, step) + step for each in _bounds(keywords, "exclusiveMinimum")]
        under = [_up(each, step) - step for each in _bounds(keywords, "exclusiveMaximum")]
        lows, highs = [_up(each, step) for each in lows], [_down(each, step) for each in highs]
    return max((*lows, *over), default=None), min((*highs, *under), default=None)


def plain_number(value: Decimal) -> int | Decimal:
    """A whole number as such; all others as they are."""
    return int(value) if value == value.to_integral_value() else value.normalize()


def _number(keywords: Keywords, kind: str, random: Random) -> int | Decimal:
    low, high = number_limits(keywords, kind)
    step = step_of(keywords, kind)
    if kind == "number" and step == _CENT and (low is None or high is None or high - low >= 1):
        step = _WHOLE  # people like whole numbers
    if low is None and high is None:
        low = step
    if low is None or high is None:
        low = low if low is not None else (high or step) - 100 * step
        high = high if high is not None else low + 100 * step
    first, last = _up(low, step), _down(high, step)
    if last < first:
        if high < low:
            raise UnmakeableError(f"no number is at least {low} and at most {high}")
        return plain_number(low)
    return plain_number(first + step * random.randrange(min(int((last - first) / step), 100) + 1))


def _bounds(keywords: Keywords, key: str) -> list[Decimal]:
    value = keywords.get(key)
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return [Decimal(str(value))] if is_number else []


def _finer(bound: Decimal, step: Decimal) -> Decimal:
    """The step next to a bound that is written with more digits."""
    exponent = bound.as_tuple().exponent
    return min(step, Decimal(1).scaleb(exponent)) if isinstance(exponent, int) else step


def _up(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_CEILING) * step


def _down(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_FLOOR) * step
