"""What is easier said in Python."""

import pytest_orchestra as orchestra


@orchestra.step("Order completed", kind="ASSERTION")
def check_label(orchestra_context) -> None:
    """The carrier can scan the parcel's label."""
    label = orchestra_context.step_values["parcel"]["label"]
    digits = [int(digit) for digit in reversed(label.removeprefix("SHOP-"))]
    assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0, f"wrong check digit: {label}"
