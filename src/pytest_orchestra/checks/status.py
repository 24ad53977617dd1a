"""Statuses as suites write them: ``201``, ``2xx``, ``OK``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus

_CLASS = re.compile(r"[1-5]xx", re.IGNORECASE)


def status_fits(wanted: Iterable[int | str], seen: int | str | None) -> bool:
    """Whether ``seen`` is any of ``wanted``; names (``OK``, ``NOT_FOUND``) in any case."""
    return any(_fits(each, seen) for each in wanted)


def _fits(wanted: int | str, seen: int | str | None) -> bool:
    if seen is None:
        return False
    text, had = str(wanted).strip().upper().replace(" ", "_"), str(seen).upper()
    if _CLASS.fullmatch(text):
        return len(had) == len(text) and had[0] == text[0] and had.isdigit()
    if text == had:
        return True
    return isinstance(seen, int) and text in HTTPStatus.__members__ and HTTPStatus[text] == seen
