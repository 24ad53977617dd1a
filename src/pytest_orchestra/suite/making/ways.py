"""Values that take one scenario's way: solved where that can be, else searched for; checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from pytest_orchestra.data.making.shapes import Keywords, Shape, UnmakeableError
from pytest_orchestra.data.making.values import ValueMaker, plain_number
from pytest_orchestra.data.making.variants import Place, changed, part_of
from pytest_orchestra.errors import OrchestraError
from pytest_orchestra.expressions.conditions.tree import Constant, Loop, Tree, children
from pytest_orchestra.expressions.solving.checking import are_met
from pytest_orchestra.expressions.solving.clashes import smallest_clash
from pytest_orchestra.expressions.solving.constraints import Constraint, Solution, Verdict
from pytest_orchestra.expressions.solving.solver import solve
from pytest_orchestra.suite.bound import BoundScenario
from pytest_orchestra.suite.demands import LengthDemand
from pytest_orchestra.suite.fitting import Demands
from pytest_orchestra.suite.making.asked import Asked, equal_to, schema_wishes
from pytest_orchestra.suite.making.made import Values
from pytest_orchestra.suite.making.requests import Request

MAX_TRIES = 1_500
"""Combinations of values that are tried where nothing can be solved."""
_POOL = 6
"""Made values of one place to choose from."""


class NoValuesError(OrchestraError):
    """No values are known that take a way; the text says why, without a full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayData:
    """All that is known of the data of one scenario.

    Attributes:
        bound: the scenario with its steps.
        asked: what its way asks of data.
        demands: the same, as the choice of sets judges it.
        aside: that flows which the way leaves aside are not open to it too.
        wishes: the same, as the choice of sets judges it.
        requests: its described calls that read data.
        places: of the values that stand in a call, with what its description says.
        read: the places that its steps read.
        maker: makes values for it.
    """

    bound: BoundScenario
    asked: Asked
    demands: Demands
    aside: tuple[Constraint, ...]
    wishes: Demands
    requests: tuple[Request, ...]
    places: Mapping[Place, Shape]
    read: tuple[Place, ...]
    maker: ValueMaker

    @property
    def key(self) -> str:
        """The scenario's."""
        return self.bound.scenario.key

    def keywords(self, place: Place) -> Keywords:
        """What the description says of a value of the data; nothing where it has no word."""
        with suppress(UnmakeableError):
            for depth in range(len(place), 0, -1):
                shape = self.places.get(place[:depth])
                if shape is not None:
                    for key in place[depth:]:
                        shape = shape.member(key)
                    return shape.keywords
        return {}

    def misses(self, values: Values) -> str:
        """Why values do not take the way; empty if they do."""
        return next(self._missed(values), "")

    def number_missed(self, values: Values) -> int:
        """How much values do not meet."""
        return sum(1 for _ in self._missed(values))

    def _missed(self, values: Values) -> Iterator[str]:
        for demand in self.demands:
            if (misfit := demand.misfit(values)) is not None:
                yield str(misfit)
        for request in self.requests:
            for breach in request.breaches(values):
                yield f"{request.bound.step.name}: {breach.path} {breach.message}".strip()


def way_values(
    way: WayData,
    pinned: tuple[Place, object] | None = None,
    *,
    like: Values | None = None,
    more: Sequence[Constraint] = (),
) -> Values:
    """Values that take the way and let its calls pass their descriptions.

    Args:
        way: what has to be met.
        pinned: a place and the value that stands there.
        like: values that take the way; no more of them is changed than must be.
        more: what is to be met too; then nothing is searched for.

    Raises:
        NoValuesError: none are possible, or none were found.
    """
    constraints = [*way.asked.constraints, *more]
    if pinned is not None and (same := equal_to(*pinned)) is not None:
        constraints.append(same)
    solution = _solved(way, constraints)
    if solution.verdict is Verdict.IMPOSSIBLE:
        raise NoValuesError(_clash(way, constraints))
    values = _filled(way, _solved_values(way, solution, like or {}), pinned)
    why = way.misses(values)
    if not why:
        return values
    found = values if more else _searched(way, values, pinned)
    if way.misses(found):
        raise NoValuesError(f"no values were found; with those that were tried {why}")
    return found


def _solved(way: WayData, constraints: Sequence[Constraint]) -> Solution:
    if not constraints:
        return Solution(verdict=Verdict.POSSIBLE)
    places = way.asked.places
    wishes = [wish for place in places for wish in schema_wishes(place, way.keywords(place))]
    found = solve(constraints, preferring=wishes)
    missed = [each for each in way.aside if not are_met([each], found.values)]
    return solve(constraints, preferring=(*wishes, *missed)) if missed else found


def _clash(way: WayData, constraints: Sequence[Constraint]) -> str:
    questions = way.asked.constraints
    clash = (constraints[index] for index in smallest_clash(constraints))
    texts = [str(questions[each]) for each in clash if each in questions]
    return f"no data can meet {' and '.join(texts)}" if texts else "no data can meet its conditions"


def _solved_values(way: WayData, solution: Solution, like: Values) -> Values:
    values: object = like
    for path, found in solution.values.items():
        place = way.asked.place_of(path)
        if place is not None and _is_plain(found):
            value = plain_number(found) if isinstance(found, Decimal) else found
            values = changed(values, place, value)
    return values if isinstance(values, dict) else {}


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | bool | Decimal)


def _filled(way: WayData, values: Values, pinned: tuple[Place, object] | None) -> Values:
    """With a value for everything that steps read and nothing has said so far."""
    filled = _pinned(values, pinned)
    for place, shape in way.places.items():
        given = {} if _is_missing(filled, place) else part_of(filled, place)
        if isinstance(given, Mapping):
            with suppress(UnmakeableError):
                made = way.maker.make(shape, _called(place))
                filled = _pinned(filled, (place, _completed(made, given)))
    for place in way.read:
        if _is_missing(filled, place):
            text = way.maker.names.text(_called(place), way.maker.random)
            filled = _pinned(filled, (place, text))
    for demand in way.demands:
        if isinstance(demand, LengthDemand):
            filled = _pinned(filled, ((demand.name,), _items(filled, demand)))
    return filled


def _completed(made: object, given: Mapping[str, object]) -> object:
    """What was made, with what is given in an object put over it."""
    if not isinstance(made, Mapping):
        return given or made
    parts = {
        key: _completed(made.get(key, {}), part) if isinstance(part, Mapping) else part
        for key, part in given.items()
    }
    return {**made, **parts}


def _items(values: Values, demand: LengthDemand) -> list[object]:
    """As many items as there are visits; one of which nothing is asked is empty."""
    given = values.get(demand.name)
    items = [{} if each is None else each for each in given] if isinstance(given, list) else []
    return [*items, *({} for _ in range(demand.visits - len(items)))][: demand.visits]


def _is_missing(values: Values, place: Place) -> bool:
    try:
        found = part_of(values, place)
    except LookupError:
        return True
    return found is None and isinstance(place[-1], int)  # stands for an item before a made one


def _pinned(values: Values, pinned: tuple[Place, object] | None) -> Values:
    if pinned is None:
        return values
    found = changed(values, *pinned)
    return found if isinstance(found, dict) else values


def _called(place: Place) -> str:
    return next((key for key in reversed(place) if isinstance(key, str)), "")


def _searched(way: WayData, values: Values, pinned: tuple[Place, object] | None) -> Values:
    """The values that miss least, put together from what descriptions allow and conditions name.

    One value after the other is changed where that helps; where none does, all are thrown anew.
    """
    pools = _pools(way)
    if pinned is not None:
        pools.pop(pinned[0], None)
    random = way.maker.random
    best, missed, tries = values, way.number_missed(values), 0
    while missed and pools and tries < MAX_TRIES:
        better = best
        for place, pool in pools.items():
            for value in pool:
                tried = _pinned(better, (place, value))
                number, tries = way.number_missed(tried), tries + 1
                if number < missed:
                    better, missed = tried, number
        if better is best:
            for place, pool in pools.items():
                best = _pinned(best, (place, random.choice(pool)))
            missed = way.number_missed(best)
        else:
            best = better
    return best


def _pools(way: WayData) -> dict[Place, list[object]]:
    """What may stand in the places of data that conditions read."""
    trees = [each.condition.tree for each in way.asked.questions]
    literals = list(dict.fromkeys(value for tree in trees for value in _literals(tree)))
    asked = {name for each in way.asked.questions for name in each.condition.all_names}
    asked |= {str(place[0]) for place in way.asked.places}
    places = dict.fromkeys((*way.places, *way.asked.places))
    pools: dict[Place, list[object]] = {}
    for place in places:
        is_whole = not any(each != place and each[: len(place)] == place for each in places)
        pool = [*_made(way, place), *_apart(place, literals), *literals]
        if is_whole and place[0] in asked and pool:
            pools[place] = pool
    return pools


def _apart(place: Place, literals: Iterable[object]) -> Iterator[str]:
    """Texts that begin as a condition says and are others than those of the items before."""
    number = next((key + 1 for key in place if isinstance(key, int)), 1)
    for each in literals:
        if isinstance(each, str) and number > 1:
            yield from (f"{each}_{number}", f"{each}{number}")


def _made(way: WayData, place: Place) -> Iterator[object]:
    shape = way.places.get(place)
    if shape is not None:
        with suppress(UnmakeableError):
            for _ in range(_POOL):
                yield way.maker.make(shape, _called(place))


def _literals(tree: Tree) -> Iterator[object]:
    """The values that a condition names, of numbers their neighbours too."""
    waiting: list[Tree | Loop] = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Constant):
            if isinstance(part.value, Decimal):
                yield from (plain_number(part.value + more) for more in (-1, 0, 1))
            elif isinstance(part.value, str | bool):
                yield part.value
        else:
            waiting.extend(children(part))
