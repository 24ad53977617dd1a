"""A step of a kind that there is not."""

import pytest_orchestra as orchestra


@orchestra.step("Ship order", kind="SOMETHING")
def ship() -> None:
    """Do nothing."""
