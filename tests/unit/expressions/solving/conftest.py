"""Constraints as tests write them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.expressions.conditions.conditions import parse_condition
from pytest_orchestra.expressions.solving.constraints import Constraint


@pytest.fixture(scope="session")
def asked() -> Callable[..., list[Constraint]]:
    """Constraints of texts; ``NOT`` is one that must not be true, ``$`` begins one of JUEL."""

    def read(*texts: str) -> list[Constraint]:
        return [_constraint(text) for text in texts]

    return read


def _constraint(text: str) -> Constraint:
    condition = text.removeprefix("NOT ")
    language = "juel" if condition.startswith("$") else "feel"
    tree = parse_condition(condition, language).tree
    return Constraint(tree=tree, language=language, holds=condition == text)
