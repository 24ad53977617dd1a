"""Statuses as suites write them."""

import pytest

from pytest_orchestra.checks.status import status_fits


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        ((201,), 201),
        (("2xx",), 204),
        (("OK",), 200),
        (("not found",), 404),
        ((404, "2xx"), 200),
        (("NOT_FOUND",), "NOT_FOUND"),
    ],
)
def test_a_status_fits_by_number_class_or_name(wanted: tuple[int | str], seen: int | str) -> None:
    """Any of those wanted is good."""
    assert status_fits(wanted, seen)


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [((201,), 200), (("2xx",), 302), (("OK",), 201), ((200,), None), (("2xx",), "2ab")],
)
def test_another_status_does_not_fit(wanted: tuple[int | str], seen: int | str | None) -> None:
    """A channel without a status fits none."""
    assert not status_fits(wanted, seen)
