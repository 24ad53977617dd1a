"""What tests of documents share: the texts of the problems that a reading raises."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.errors import DefinitionError

Complaints = Callable[[Callable[[], object]], list[str]]


@pytest.fixture
def complaints() -> Complaints:
    """Calls something that must be refused and gives each problem's text."""

    def call(action: Callable[[], object]) -> list[str]:
        with pytest.raises(DefinitionError) as caught:
            action()
        return [str(problem) for problem in caught.value.problems]

    return call
