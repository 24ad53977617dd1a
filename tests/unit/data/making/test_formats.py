"""Texts of formats, right and wrong ones."""

from __future__ import annotations

from random import Random

import pytest

from pytest_orchestra.data.making.formats import formatted_text, misformatted_text
from pytest_orchestra.documents.schemas.formats import FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_a_right_text_is_of_its_format_and_a_wrong_one_is_not(name: str) -> None:
    right, wrong = formatted_text(name, Random(3)), misformatted_text(name)
    assert right is not None
    assert wrong is not None
    assert FORMATS[name](right)
    assert not FORMATS[name](wrong)


def test_of_a_format_that_nobody_knows_nothing_is_made() -> None:
    assert formatted_text("isbn", Random(3)) is None
    assert misformatted_text("isbn") is None
