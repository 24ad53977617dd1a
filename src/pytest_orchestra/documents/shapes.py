"""What a pydantic model expects at a place of its value: keys, and whether it is secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, SecretBytes, SecretStr
from pydantic.fields import FieldInfo

Shape = object
"""A type as an annotation says it, its unions and ``Annotated`` taken apart."""


def shapes_at(model: type[BaseModel], loc: Iterable[str | int]) -> tuple[Shape, ...]:
    """The types that may stand at pydantic's ``loc``, names of union members followed."""
    shapes: tuple[Shape, ...] = tuple(_plain(model))
    for step in loc:
        inner = tuple(part for shape in shapes for part in _children(shape, step))
        shapes = inner or _narrowed(shapes, step)
    return shapes


def known_keys(shapes: Iterable[Shape]) -> tuple[str, ...]:
    """The keys that mappings of these types may have."""
    names = (name for shape in shapes for name, _ in _fields(shape))
    return tuple(dict.fromkeys(names))


def later_keys(shapes: Iterable[Shape]) -> dict[str, str]:
    """Keys that are not there yet, with what to do meanwhile."""
    later: dict[str, str] = {}
    for shape in shapes:
        later.update(getattr(shape, "later", {}))
    return later


def is_secret(shapes: Iterable[Shape]) -> bool:
    """Whether a value at these types may be secret, or hold something that is."""
    return any(_holds_secret(shape, set()) for shape in shapes)


def _holds_secret(shape: Shape, seen: set[int]) -> bool:
    if id(shape) in seen:
        return False
    seen.add(id(shape))
    if shape in (SecretStr, SecretBytes) or get_origin(shape) is not None:
        return shape in (SecretStr, SecretBytes) or any(
            _holds_secret(part, seen) for each in get_args(shape) for part in _plain(each)
        )
    return any(
        _holds_secret(part, seen)
        for _, field in _fields(shape)
        for part in _plain(field.annotation)
    )


def _fields(shape: Shape) -> Iterator[tuple[str, FieldInfo]]:
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        for name, field in shape.model_fields.items():
            yield field.alias or name, field


def _children(shape: Shape, step: str | int) -> Iterator[Shape]:
    for name, field in _fields(shape):
        if name == step:
            yield from _plain(field.annotation)
    origin, arguments = get_origin(shape), get_args(shape)
    if not isinstance(origin, type) or not arguments:
        return
    if issubclass(origin, Mapping):
        yield from _plain(arguments[-1])
    elif isinstance(step, int):
        for argument in arguments:
            yield from _plain(argument)


def _plain(annotation: object) -> Iterator[Shape]:
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        for argument in get_args(annotation):
            yield from _plain(argument)
    elif origin is Annotated:
        yield from _plain(get_args(annotation)[0])
    elif isinstance(annotation, type) and issubclass(annotation, RootModel):
        yield from _plain(annotation.model_fields["root"].annotation)
    else:
        yield annotation


def _narrowed(shapes: tuple[Shape, ...], tag: str | int) -> tuple[Shape, ...]:
    chosen = tuple(shape for shape in shapes if _is_tagged(shape, tag))
    return chosen or shapes


def _is_tagged(shape: Shape, tag: str | int) -> bool:
    if getattr(shape, "__name__", None) == tag or str(shape) == tag:
        return True
    return any(
        get_origin(field.annotation) is Literal and tag in get_args(field.annotation)
        for _, field in _fields(shape)
    )
