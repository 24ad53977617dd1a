"""Templates, rules, statements and conditions: compiled once, evaluated with given names."""

from pytest_orchestra.expressions.conditions.conditions import evaluate_condition, parse_condition

__all__ = ["evaluate_condition", "parse_condition"]
