"""JSON Schemas become checks: jsonschema-rs says fast whether a value fits, jsonschema why not.

Without jsonschema-rs jsonschema does both; formats and patterns are the same functions for both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from pytest_orchestra.documents.schemas.breaches import Finding, findings_of
from pytest_orchestra.documents.schemas.bundles import Bundle, Schemas
from pytest_orchestra.documents.schemas.dialects import Direction
from pytest_orchestra.documents.schemas.formats import FORMATS, Fits
from pytest_orchestra.documents.schemas.references import Node, UnresolvedError
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.spi import Breach

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

IsValid = Callable[[object], bool]


class Checker:
    """Checks values against one schema.

    Args:
        bundle: the schema.
        fast: whether to use jsonschema-rs where it is installed.

    Raises:
        UnresolvedError: it is no valid schema.
    """

    def __init__(self, bundle: Bundle, *, fast: bool = True) -> None:
        self._bundle = bundle
        self._slow: Validator | None = None
        self._is_valid = (_compiled(bundle) if fast else None) or cast(
            "IsValid", self._explaining().is_valid
        )

    def breaches(self, value: object, root: str) -> list[Breach]:
        """Give everything in which ``value`` breaks the schema, in any number.

        Args:
            value: JSON-like, fractions as Decimal.
            root: what it is called, ``body``.
        """
        return [finding.breach(root) for finding in self.findings(value)]

    def findings(self, value: object) -> list[Finding]:
        """Give the same, with the way to each place as steps."""
        try:
            if self._fits(value):
                return []
            errors = self._explaining().iter_errors(cast("Any", value))
            return list(dict.fromkeys(findings_of(errors)))
        except RecursionError:
            return [Finding((), "is nested too deeply to be checked")]

    def _fits(self, value: object) -> bool:
        try:
            return self._is_valid(value)
        except ValueError:  # versions of jsonschema-rs do not look deeper than 255 levels
            return False

    def _explaining(self) -> Validator:
        if self._slow is None:
            self._slow = _explained(self._bundle)
        return self._slow


def exact_engine() -> ModuleType | None:
    """Give jsonschema-rs where it is installed and compares decimals exactly, as 0.50 does."""
    try:
        engine = import_module("jsonschema_rs")
        validator = engine.Draft202012Validator({"maximum": Decimal("0.3")})
        exact = validator.is_valid(Decimal("0.3")) and not validator.is_valid(Decimal("1E+400"))
    except (ImportError, ValueError):
        return None
    return engine if exact else None


def _compiled(bundle: Bundle) -> IsValid | None:
    """Compile with jsonschema-rs; None where it is missing or does not take the schema."""
    if (engine := exact_engine()) is None:
        return None
    try:
        validator = engine.Draft202012Validator(
            bundle.schema, formats={**FORMATS, **bundle.patterns}, validate_formats=True
        )
    except ValueError:
        return None
    is_valid: IsValid = validator.is_valid
    return is_valid


def _explained(bundle: Bundle) -> Validator:
    from jsonschema import FormatChecker, SchemaError  # noqa: PLC0415 - dear, and rarely needed

    validator_class = _validator_class()
    try:
        validator_class.check_schema(dict(bundle.schema))
    except SchemaError as error:
        message = f"the schema is not valid: {error.message}"
        raise UnresolvedError(message) from error
    formats = FormatChecker(formats=())
    for name, fits in {**FORMATS, **bundle.patterns}.items():
        formats.checks(name)(_of_texts(fits))
    return validator_class(bundle.schema, format_checker=formats)


@cache
def _validator_class() -> type[Validator]:
    from jsonschema import Draft202012Validator, ValidationError  # noqa: PLC0415 - the same
    from jsonschema.validators import extend  # noqa: PLC0415 - the same

    def multiple_of(
        validator: Validator, factor: Decimal | int, value: Decimal | int, _: object
    ) -> Iterator[ValidationError]:
        """Decide exactly; jsonschema's own gives up on large numbers."""
        if validator.is_type(cast("Any", value), "number") and Fraction(value) % Fraction(factor):
            yield ValidationError("not a multiple")

    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
    keywords = {"multipleOf": multiple_of}
    made = extend(Draft202012Validator, keywords, type_checker=types)  # type: ignore[no-untyped-call]  # so typeshed
    return cast("type[Validator]", made)


def _is_integer(_: object, value: object) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite() and value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


def _of_texts(fits: Fits) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or fits(value)


class Checks:
    """The checks of one description, each made when it is first needed.

    Args:
        schemas: of the description.
        fast: whether to use jsonschema-rs where it is installed.
    """

    def __init__(self, schemas: Schemas, *, fast: bool = True) -> None:
        self.schemas = schemas
        self._fast = fast
        self._known: dict[tuple[int, Direction], Checker | Breach] = {}

    def breaches(
        self, schema: Node, direction: Direction, value: object, root: str
    ) -> list[Breach]:
        """Give everything in which ``value`` breaks ``schema``; a broken schema is a breach too.

        Args:
            schema: where the description has it; its value is None where it has none.
            direction: which way the value goes.
            value: JSON-like, fractions as Decimal.
            root: what it is called, ``body``.
        """
        if schema.value is None:
            return []
        key = (id(schema.value), direction)
        if (checker := self._known.get(key)) is None:
            checker = self._known[key] = self._made(schema, direction)
        if isinstance(checker, Breach):
            return [replace(checker, path=root)]
        return checker.breaches(value, root)

    def _made(self, schema: Node, direction: Direction) -> Checker | Breach:
        try:
            return Checker(self.schemas.bundle(schema, direction), fast=self._fast)
        except (UnresolvedError, DefinitionError) as error:
            return Breach(message=f"cannot be checked by its description: {error}")
