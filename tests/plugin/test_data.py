"""Data sets while a session runs."""

from collections.abc import Callable

import pytest

Write = Callable[..., None]

PLAIN = '<task id="check" name="Check order"/>'


@pytest.fixture
def looped(shop: pytest.Pytester, write: Write) -> pytest.Pytester:
    """The shop, which checks each item of an order in turn."""
    process = shop.path / "order.bpmn"
    marked = PLAIN.replace("/>", "><multiInstanceLoopCharacteristics isSequential='true'/></task>")
    text = process.read_text(encoding="utf-8").replace(PLAIN, marked)
    process.write_text(text, encoding="utf-8")
    write(
        order__suite__yaml="""
        process: order.bpmn
        python: [shop_steps.py]
        data: {files: data.yaml, each: {Check order: items}}
        scenarios:
          mark:
            main: {data: one}
            "*-x2": {data: two}
            "*-x0": {active: false}
            "*amount*": {active: false}
        """,
        data__yaml="""
        - {name: one, values: {items: [{sku: mug}]}}
        - {name: two, extends: one, values: {items: [{sku: pen}, {sku: desk}]}}
        """,
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check(orchestra_context):
            print("checked", orchestra_context.items["items"]["sku"])

        @orchestra.step("Ship order")
        def ship(orchestra_context, orchestra_data):
            print("shipped after", orchestra_context.items, "of", len(orchestra_data["items"]))
        """,
    )
    return shop


def test_each_visit_has_an_item_of_its_own(looped: pytest.Pytester) -> None:
    result = looped.runpytest("-rP")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            "checked mug",
            "shipped after {'items': {'sku': 'mug'}} of 1",
            "checked pen",
            "checked desk",
            "shipped after {'items': {'sku': 'desk'}} of 2",
        ]
    )
