"""Which data sets meet the conditions on a way."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pytest_orchestra.data.data_sets import DataSet, Scope
from pytest_orchestra.expressions.conditions.conditions import Language, parse_condition
from pytest_orchestra.flow.scenario import Moment, Passage, Scenario, WayCondition
from pytest_orchestra.model import ElementId, SourceLocation
from pytest_orchestra.suite.each import Each
from pytest_orchestra.suite.fitting import Fitting
from pytest_orchestra.suite.ways import Way


def a_set(name: str, **values: object) -> DataSet:
    at = SourceLocation(file="d.yaml")
    return DataSet(name=name, values=values, scope=Scope.SUITE, file="d.yaml", location=at)


def asked(
    text: str,
    *,
    holds: bool = True,
    visit: int = 1,
    free: frozenset[str] = frozenset(),
    moment: int = 0,
    language: Language = "feel",
) -> WayCondition:
    """What a way asks at the flow that is called as the condition's first word."""
    return WayCondition(
        element=ElementId(text.split(maxsplit=1)[0]),
        at=ElementId("gateway"),
        visit=visit,
        text=text,
        holds=holds,
        moment=moment,
        condition=parse_condition(text, language),
        free=free,
    )


def way(*conditions: WayCondition, moments: tuple[Moment, ...] = ()) -> Way:
    p = ElementId("p")
    return Way(Scenario(key="k", name="k", process_id=p, moments=moments, conditions=conditions))


SETS = (
    a_set("small", amount=5, cards=["no", "yes"]),
    a_set("large", amount=5000, cards=["yes"], country="DE"),
    a_set("odd", amount="many", cards=[]),
)


def fits(*conditions: WayCondition) -> list[str]:
    fitting = Fitting(SETS)
    demands = fitting.demands(way(*conditions))
    return [data.name for data in fitting.fitting(demands, SETS)]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([], ["small", "large", "odd"]),
        ([asked("amount > 1000")], ["large"]),
        ([asked("amount > 1000", holds=False)], ["small"]),
        ([asked("amount > 1", holds=True), asked("amount > 9", holds=False)], ["small"]),
        ([asked("cards[visit] = 'yes'", visit=2, language="plain")], ["small"]),
        ([asked("cards[visit] = 'yes'", visit=1, language="plain")], ["large"]),
        ([asked("count(cards) = 0")], ["odd"]),
        ([asked('country = "AT"')], ["small", "odd"]),
        ([asked('country = "AT" and amount > 1')], ["small"]),
        ([asked("stock > 0 and amount > 1000")], ["large"]),
        ([asked("stock > 0")], ["small", "large", "odd"]),
        ([asked("amount > 1000", free=frozenset({"amount"}))], ["small", "large", "odd"]),
    ],
)
def test_a_set_fits_if_it_may_meet_everything(
    conditions: list[WayCondition], expected: list[str]
) -> None:
    """What a set does not hold, or what was written on the way, may be anything."""
    assert fits(*conditions) == expected


def test_what_reads_no_name_of_the_data_asks_nothing_of_it() -> None:
    fitting = Fitting(SETS)
    free = asked("amount > 1", free=frozenset({"amount"}))
    assert fitting.demands(way(asked("stock > 0"), asked("visit = 2"), free)) == ()


def test_what_cannot_be_parsed_asks_nothing() -> None:
    text = WayCondition(element=ElementId("f"), at=ElementId("g"), visit=1, text="amount >")
    assert Fitting(SETS).demands(way(text)) == ()


def test_the_same_condition_is_asked_once() -> None:
    demands = Fitting(SETS).demands(way(*(asked("amount > 9", visit=n) for n in (1, 2, 3))))
    assert [str(each) for each in demands] == ["`amount > 9` (amount)"]


def test_only_what_is_decided_before_a_moment_may_be_asked() -> None:
    way_of_two = way(asked("amount > 9", moment=3), asked('country = "DE"', moment=7))
    demands = Fitting(SETS).demands(way_of_two, before=7)
    assert [str(each) for each in demands] == ["`amount > 9` (amount)"]


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        (asked("= amount > 9"), {"amount": 5}, "`amount > 9` (=) does not hold with amount = 5"),
        (
            asked("amount > 9", holds=False),
            {"amount": 50, "other": 1},
            "`not (amount > 9)` (amount) does not hold with amount = 50",
        ),
        (
            asked('amount > 9 and cards[visit] = "x"', visit=2),
            {"amount": "many", "cards": ["y", "x"]},
            (
                '`amount > 9 and cards[visit] = "x"` (amount, visit 2) is null with'
                " amount = 'many', cards = ['y', 'x']"
            ),
        ),
        (
            asked("amount > 9"),
            {"amount": "10"},
            (
                "`amount > 9` (amount) is null with amount = '10'"
                " (text: in a CSV file a 'schema' makes it a number)"
            ),
        ),
        (
            asked("order.amount > 9"),
            {"order": {"amount": 1, "secret": 2}, "amount": 1},
            "`order.amount > 9` (order.amount) does not hold with order.amount = 1",
        ),
        (
            asked("${cards / 2 == 1}", language="juel"),
            {"cards": "x"},
            (
                "`${cards / 2 == 1}` (${cards) cannot be judged (`${cards / 2 == 1}`: arithmetic of"
                " what is no whole number) with cards = 'x'"
            ),
        ),
    ],
)
def test_a_misfit_says_which_condition_and_which_values(
    condition: WayCondition, values: Mapping[str, object], expected: str
) -> None:
    data = a_set("one", **values)
    fitting = Fitting((data,))
    (misfit,) = fitting.misfits(fitting.demands(way(condition)), data)
    assert str(misfit) == expected


def test_where_no_set_fits_the_nearest_is_named() -> None:
    fitting = Fitting(SETS)
    demands = fitting.demands(way(asked("amount > 9000"), asked('country = "DE"')))
    assert fitting.why_none(demands, SETS) == (
        "no set meets `amount > 9000` (amount); nearest is 'small':"
        " `amount > 9000` (amount) does not hold with amount = 5"
    )
    demands = fitting.demands(way(asked("amount > 9"), asked("count(cards) = 2")))
    assert fitting.why_none(demands, SETS) == (
        "no set meets all 2 conditions of its way; nearest is 'small':"
        " `amount > 9` (amount) does not hold with amount = 5"
    )
    many = fitting.demands(way(*(asked(f"amount > {9000 + n}") for n in range(5))))
    assert fitting.why_none(many, SETS).startswith(
        "no set meets `amount > 9000` (amount), `amount > 9001` (amount),"
        " `amount > 9002` (amount) and 2 more; nearest is 'small':"
    )


def test_a_set_is_judged_once_and_only_as_far_as_needed() -> None:
    """The first that fits ends the search; the next way does not judge it again."""

    class Read(dict[str, object]):
        count = 0

        def get(self, key: str, default: object = None) -> object:
            Read.count += 1
            return super().get(key, default)

    sets = tuple(a_set(f"s{n}") for n in range(3))
    sets = tuple(
        DataSet(
            name=each.name,
            values=Read(amount=n),
            scope=each.scope,
            file=each.file,
            location=each.location,
        )
        for n, each in enumerate(sets)
    )
    fitting = Fitting(sets)
    above = fitting.demands(way(asked("amount > 0")))
    assert next(fitting.fitting(above, sets)).name == "s1"
    assert Read.count == 2
    not_above = fitting.demands(way(asked("amount > 0", holds=False)))
    assert next(fitting.fitting(not_above, sets)).name == "s0"
    assert next(fitting.fitting(above, sets)).name == "s1"
    assert Read.count == 2


PACK = ElementId("pack")
"""An activity whose visits take the items of a list."""
EACH = Each(elements={"items": (PACK,)})


def packing(visits: int, *conditions: WayCondition) -> Way:
    """A way that visits it so often, one after the other."""
    moments = tuple(
        Moment(Passage.ENTERED, PACK, number, (number - 2,) if number > 1 else ())
        for number in range(1, visits + 1)
    )
    return way(*conditions, moments=moments)


PACKED = (
    a_set("none", weight=0, limit=9),
    a_set("one", items=[{"weight": 5}], weight=0, limit=9),
    a_set("two", items=[{"weight": 5}, {"weight": 50}], limit=9),
    a_set("odd", items="many", limit=9),
)


@pytest.mark.parametrize(("visits", "expected"), [(0, ["none"]), (1, ["one"]), (2, ["two"])])
def test_a_list_has_an_item_for_each_visit(visits: int, expected: list[str]) -> None:
    fitting = Fitting(PACKED, each=EACH)
    demands = fitting.demands(packing(visits))
    assert [data.name for data in fitting.fitting(demands, PACKED)] == expected


def test_a_list_that_is_too_short_is_told() -> None:
    fitting = Fitting(PACKED, each=EACH)
    demands = fitting.demands(packing(2))
    misfits = [str(each) for data in PACKED for each in fitting.misfits(demands, data)]
    assert misfits == [
        "2 items in 'items' is not so: 'items' has 0",
        "2 items in 'items' is not so: 'items' has 1",
        "2 items in 'items' is not so: 'items' is no list",
    ]
    assert str(fitting.demands(packing(1))[0]) == "1 item in 'items'"


def test_a_condition_looks_into_the_item_of_its_visit_first() -> None:
    """Then into the set; what is written on the way is in neither."""
    fitting = Fitting(PACKED, each=EACH)
    heavy = "weight > limit"

    def fits(*conditions: WayCondition) -> list[str]:
        demands = fitting.demands(packing(2, *conditions))
        return [data.name for data in fitting.fitting(demands, PACKED)]

    assert fits(asked(heavy, moment=1)) == ["two"]
    assert fits(asked(heavy, moment=0)) == []
    assert fits(asked(heavy, moment=0, free=frozenset({"weight"}))) == ["two"]
    assert fits(asked("each.items.weight = 50", moment=1)) == ["two"]
    demands = fitting.demands(packing(2, asked(heavy, moment=0)))
    assert str(fitting.misfits(demands, PACKED[2])[0]) == (
        "`weight > limit` (weight) does not hold with limit = 9, weight = 5"
    )


def test_lengths_are_not_asked_before_the_end() -> None:
    """A negative set need not have what comes after its step."""
    fitting = Fitting(PACKED, each=EACH)
    assert fitting.demands(packing(2), before=2) == ()
