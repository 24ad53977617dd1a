# ruff: noqa: RUF001 - letters of other scripts are what it is about
"""Keys and names of any script, in everything that pytest does with a name."""

import json
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

Write = Callable[..., None]

GATEWAYS = (
    ("amount", "Сумма?&#10;  заказа", "выше 1000 💰"),
    ("check", "审核?", "不行"),
    ("retry", "Ещё\u00a0раз?", "да &amp; нет"),
    ("way", "🚚", "🚀"),
)
"""Id, name and the name of the way that is not the default."""
KEYS = ("main", "сумма-заказа-выше-1000", "审核-不行", "ещё-раз-да-нет", "way-a")


def drawn() -> str:
    """One gateway after the other; those of emoji alone are called by their id."""
    parts, before = [], "start"
    for gateway, name, other in GATEWAYS:
        parts.append(
            f'<exclusiveGateway id="{gateway}" name="{name}" default="{gateway}_b"/>'
            f'<task id="{gateway}_t"/><exclusiveGateway id="{gateway}_m"/>'
            f'<sequenceFlow id="{gateway}_in" sourceRef="{before}" targetRef="{gateway}"/>'
            f'<sequenceFlow id="{gateway}_a" name="{other}" sourceRef="{gateway}"'
            f' targetRef="{gateway}_t"/>'
            f'<sequenceFlow id="{gateway}_b" sourceRef="{gateway}" targetRef="{gateway}_m"/>'
            f'<sequenceFlow id="{gateway}_c" sourceRef="{gateway}_t" targetRef="{gateway}_m"/>'
        )
        before = f"{gateway}_m"
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="order">'
        f'<startEvent id="start" name="Начало 🛒"/>{"".join(parts)}</process></definitions>'
    )


@pytest.fixture
def world(shop: pytest.Pytester, write: Write) -> pytest.Pytester:
    """A suite whose elements are called in many scripts; every scenario passes."""
    write(
        order__bpmn=drawn(),
        shop_steps__py="""
            import pytest_orchestra as orchestra

            @orchestra.step("Начало 🛒")
            def begin(): ...
        """,
        order__suite__yaml="name: Заказ 🛒\nprocess: order.bpmn\npython: shop_steps.py\n",
    )
    (shop.path / "tox.ini").write_text(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = ignore\n",
        encoding="utf-8",
    )
    return shop


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("сумма and 1000", KEYS[1]),
        ("СУММА", KEYS[1]),
        ("不行", KEYS[2]),
        ("审核-不行", KEYS[2]),
        ("ещё-раз-да-нет", KEYS[3]),
    ],
)
def test_a_scenario_is_chosen_by_its_words(world: pytest.Pytester, words: str, key: str) -> None:
    result = world.runpytest("-k", words, "-v")
    result.assert_outcomes(passed=1, deselected=4)
    result.stdout.fnmatch_lines([f"order.suite.yaml::{key} PASSED*"])


def test_a_scenario_is_chosen_by_its_id(world: pytest.Pytester) -> None:
    for key in KEYS:
        world.runpytest(f"order.suite.yaml::{key}").assert_outcomes(passed=1)


def test_workers_agree_and_reports_have_every_name(world: pytest.Pytester) -> None:
    """Two workers, JUnit and Allure in one session."""
    result = world.runpytest("-n", "2", "--junitxml=out.xml", "--alluredir=allure", "-v")
    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines_random([f"*PASSED*order.suite.yaml::{key}*" for key in KEYS])
    cases = ET.parse(world.path / "out.xml").iter("testcase")  # noqa: S314 - our own file
    assert sorted(case.attrib["name"] for case in cases) == sorted(KEYS)
    told = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in (world.path / "allure").glob("*-result.json")
    ]
    assert sorted(each["name"] for each in told) == sorted(KEYS)
    assert len({each["historyId"] for each in told}) == len(KEYS)
    assert {step["name"] for each in told for step in each["steps"]} == {"begin"}
