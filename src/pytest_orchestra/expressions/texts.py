"""Filters that make texts: words, codes, hashes, and what a pattern finds."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from binascii import Error as NoBase64
from decimal import Decimal
from typing import TYPE_CHECKING

from jinja2 import Undefined, pass_context
from jinja2.runtime import Context

from pytest_orchestra.expressions.filters import demanded_list, demanded_text
from pytest_orchestra.expressions.filters import rounded as to_digits
from pytest_orchestra.expressions.values import MAX_TEXT, bounded, text_of

if TYPE_CHECKING:
    from pytest_orchestra.expressions.patterns import Pattern, Spans

MAX_WIDTH = 10_000
"""Characters that ``zfill`` fills up to."""

_ALGORITHMS = ("md5", "sha1", "sha256", "sha384", "sha512")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_HUMP = re.compile(r"(?<=[a-zß-öø-ÿ0-9])(?=[A-ZÀ-ÖØ-Þ])")
_GROUP = re.compile(r"\\([0-9])")


def slug(value: object) -> str:
    """Small letters and digits with ``-`` between the words, accents left out."""
    return "-".join(_words(value))


def snake_case(value: object) -> str:
    """``order_id`` of ``orderId`` or ``Order ID``."""
    return "_".join(_words(_HUMP.sub(" ", demanded_text(value))))


def camel_case(value: object) -> str:
    """``orderId`` of ``order_id`` or ``Order ID``."""
    first, *rest = _words(_HUMP.sub(" ", demanded_text(value))) or [""]
    return first + "".join(each.capitalize() for each in rest)


def zfill(value: object, width: int) -> str:
    """A number or text with zeros before it."""
    if not 0 <= width <= MAX_WIDTH:
        raise ValueError(f"the width is past {MAX_WIDTH}")
    return text_of(value).zfill(width)


def format_number(value: object, digits: int = 2, thousands: str = "", point: str = ".") -> str:
    """A number with a fixed number of digits, ``1,234.50``."""
    found = to_digits(value, digits)
    assert isinstance(found, int | Decimal)  # noqa: S101 - that is what it gives
    whole, _, fraction = f"{Decimal(found):,f}".partition(".")
    whole = whole.replace(",", demanded_text(thousands))
    return f"{whole}{demanded_text(point)}{fraction}" if fraction else whole


def to_base64(value: object) -> str:
    """The text's UTF-8 in base64 (RFC 4648, 4)."""
    return base64.b64encode(demanded_text(value).encode()).decode()


def from_base64(value: object) -> str:
    """The text whose UTF-8 is written so, in either alphabet, with ``=`` at its end or not."""
    text = demanded_text(value).translate({ord("-"): "+", ord("_"): "/"}).rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (NoBase64, UnicodeDecodeError) as error:
        raise ValueError("it is no text in base64") from error


def hashed(value: object, algorithm: str = "sha256") -> str:
    """The hash of the text's UTF-8, in hex."""
    return hashlib.new(_algorithm(algorithm), _bytes(value), usedforsecurity=False).hexdigest()


def signed(value: object, key: object, algorithm: str = "sha256", encoding: str = "hex") -> str:
    """The text's HMAC (RFC 2104), in hex or base64."""
    digest = hmac.new(_bytes(key), _bytes(value), _algorithm(algorithm))
    if encoding not in {"hex", "base64"}:
        raise ValueError("the encodings of hmac are hex, base64")
    if encoding == "hex":
        return digest.hexdigest()
    return base64.b64encode(digest.digest()).decode()


@pass_context
def random(context: Context, value: object, seed: object = None) -> object:
    """One item of a list, or a whole number below a number: the same one for the same seed."""
    run = context.resolve("run")
    if seed is None and not isinstance(run, Undefined):
        seed = context.environment.getitem(run, "id")
    if seed is None:
        raise ValueError("it needs a seed")
    if isinstance(value, int) and not isinstance(value, bool):
        if value <= 0:
            raise ValueError("there is no whole number from 0 on that is below it")
        return _drawn(seed, value)
    items = demanded_list(value)
    if not items:
        raise ValueError("it is empty")
    return items[_drawn(seed, len(items))]


def matching(value: object, pattern: object) -> bool:
    """Whether the whole text is as the pattern says."""
    return _pattern(pattern).search(demanded_text(value), whole=True) is not None


def regex_search(value: object, pattern: object) -> object:
    """What the pattern finds first: its group if it has one, the list of them if more."""
    text = demanded_text(value)
    if (found := _pattern(pattern).search(text)) is None:
        raise ValueError("the pattern finds nothing")
    return _found(text, found)


def regex_findall(value: object, pattern: object) -> list[object]:
    """What the pattern finds, each as ``regex_search`` gives it."""
    text = demanded_text(value)
    return [_found(text, each) for each in _pattern(pattern).matches(text)]


def regex_replace(value: object, pattern: object, new: object) -> str:
    r"""A text with all that the pattern finds replaced; ``\1`` is its first group."""
    text, put = demanded_text(value), demanded_text(new)
    parts: list[str] = []
    end = size = 0
    for found in _pattern(pattern).matches(text):
        parts += [text[end : found[0]], _filled(put, text, found)]
        end = found[1]
        size += len(parts[-1]) + len(parts[-2])
        if size > MAX_TEXT:
            break
    return bounded("".join([*parts, text[end:]]))


def _words(value: object) -> list[str]:
    """Words in small letters, what carries an accent without it."""
    apart = unicodedata.normalize("NFKD", demanded_text(value).casefold())
    return _WORD.findall("".join(each for each in apart if not unicodedata.combining(each)))


def _bytes(value: object) -> bytes:
    return demanded_text(value).encode()


def _algorithm(name: object) -> str:
    if name not in _ALGORITHMS:
        raise ValueError(f"the algorithms are {', '.join(_ALGORITHMS)}")
    return str(name)


def _drawn(seed: object, below: int) -> int:
    """The same on every machine and with every version of Python."""
    return int.from_bytes(hashlib.sha512(text_of(seed).encode()).digest()) % below


def _pattern(pattern: object) -> Pattern:
    from pytest_orchestra.expressions.patterns import compile_pattern  # noqa: PLC0415 - 7 ms

    return compile_pattern(demanded_text(pattern))


def _found(text: str, spans: Spans) -> object:
    groups = [None if begin < 0 else text[begin:end] for begin, end in _pairs(spans[2:])]
    if not groups:
        return text[spans[0] : spans[1]]
    return groups[0] if len(groups) == 1 else groups


def _pairs(spans: Spans) -> list[tuple[int, int]]:
    return [*zip(spans[::2], spans[1::2], strict=True)]


def _filled(new: str, text: str, spans: Spans) -> str:
    def group(found: re.Match[str]) -> str:
        number = int(found[1])
        if 2 * number >= len(spans):
            raise ValueError(f"the pattern has no group {number}")
        begin, end = spans[2 * number : 2 * number + 2]
        return "" if begin < 0 else text[begin:end]

    return _GROUP.sub(group, new) if "\\" in new else new
