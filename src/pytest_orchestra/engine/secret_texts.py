"""Hides secrets within a text: after a key, as in JSON or a URL, and where a word was cut short."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from pytest_orchestra.engine.secret_keys import STEMS
from pytest_orchestra.results import ViolationType

MASKED = "***"
SHORTEST_END = 3
"""Signs of a secret that are hidden where the rest of it was cut off."""

_CUTS = ("…", "...")
_KEY = re.compile(
    r"""(?P<quote>\\*["'])(?P<quoted>[\w.-]{1,100})(?P=quote)\s*[:=]\s*"""
    r"""|(?:^|(?<=[\s?&;]))(?P<plain>[\w.-]{1,100})="""
)
"""``"key": ``, also within a JSON text in JSON, ``'key': `` of Python, ``key=`` of a query."""
_URL_PASSWORD = re.compile(r"""(://[^\s/@:]*:)([^\s/?#"',]+(?=@)|[^\s/@]+)@""")
"""Up to the last at sign before the path: a password may have one, too."""
_OPTION = re.compile(r"[?&]([^\s=&#]+)=([^\s&#'\"]+)")
_OPENED = re.compile(r"""\\*["']""")
_BRACKETS = ("[", "{")
_BRACKET = re.compile(r"[\[\]{}]")
_NAMED = (MASKED, "$", "'\"$")
"""How what stands in for a secret begins; in a line for a shell it ends the quote before it."""
_VERDICTS = frozenset(kind.value for kind in ViolationType)
"""What stands behind the name of an element, also where that is a word for secrets."""
_SIGN = r"""[^\s&;,#'"\\(){}\[\]"""
_BARE = re.compile(rf"(?!(?:null|true|false|None|True|False)\b){_SIGN}]*{_SIGN}:.!?]")
"""Up to what ends a word; a full stop or a colon behind it belongs to the sentence."""


def hide_by_key(text: str, is_secret: Callable[[object], bool], more: Iterable[str] = ()) -> str:
    """The text without the values of secret keys that stand in it.

    Args:
        text: of any notation.
        is_secret: whether a key is.
        more: secret keys that have none of the ``STEMS``, in lower case.
    """
    if "=" not in text and ":" not in text:
        return text
    lower = text.lower()
    if not any(stem in lower for stem in STEMS) and not any(key in lower for key in more):
        return text
    pieces: list[str] = []
    done = 0
    for begin, end in _values(text, is_secret):
        pieces += (text[done:begin], MASKED)
        done = end
    return "".join((*pieces, text[done:])) if pieces else text


def hide_passwords(text: str) -> str:
    """The text without the passwords of URLs, ``scheme://user:password@host``."""
    if "://" not in text or "@" not in text:
        return text
    return _URL_PASSWORD.sub(_without_password, text)


def secrets_in(address: str, is_secret: Callable[[object], bool]) -> Iterator[str]:
    """The secrets of a URL, as they are written: before its host, and under secret options."""
    for found in _URL_PASSWORD.finditer(address):
        yield found[2]
    for key, value in _OPTION.findall(address):
        if is_secret(key):
            yield value


def hide_ends(text: str, words: Iterable[str]) -> str:
    """The text without beginnings and ends of these words that stand beside an ellipsis."""
    if "…" not in text and "..." not in text:
        return text
    for word in words:
        text = _hide_beginnings(text, word)
        text = _hide_beginnings(text[::-1], word[::-1])[::-1]
    return text


def _without_password(match: re.Match[str]) -> str:
    return match[0] if match[2].startswith("$") else f"{match[1]}{MASKED}@"


def _values(text: str, is_secret: Callable[[object], bool]) -> Iterator[tuple[int, int]]:
    """Where the values of secret keys begin and end; what names a variable is none."""
    done = 0
    for found in _KEY.finditer(text):
        if found.start() < done or not is_secret(found["quoted"] or found["plain"]):
            continue
        begin, end = _value(text, found.end())
        is_verdict = text[begin:end] in _VERDICTS
        if begin < end and not is_verdict and not text.startswith(_NAMED, begin):
            yield begin, end
        done = end


def _value(text: str, at: int) -> tuple[int, int]:
    """The value that begins there: up to its own quote, or to the end if that was cut off."""
    opened = _OPENED.match(text, at)
    if opened is None and text.startswith(_BRACKETS, at):
        return at, _behind(text, at)
    if opened is None:
        bare = _BARE.match(text, at)
        return at, bare.end() if bare else at
    begin, quote = opened.end(), opened[0]
    end = text.find(quote, begin)
    while end > 0 and text[end - 1] == "\\" and end > begin:  # an escaped one is part of the value
        end = text.find(quote, end + 1)
    return begin, end if end >= 0 else len(text)


def _behind(text: str, at: int) -> int:
    """Where what begins there with a bracket ends; the end of the text if that was cut off."""
    depth = 0
    for found in _BRACKET.finditer(text, at):
        depth += 1 if found[0] in _BRACKETS else -1
        if not depth:
            return found.end()
    return len(text)


def _hide_beginnings(text: str, word: str) -> str:
    begin = word[:SHORTEST_END]
    at = text.find(begin)
    while at >= 0:
        end = at + _common(text, at, word)
        if text.startswith(_CUTS, end) and not text[at - 1 : at].isalnum():
            text = text[:at] + MASKED + text[end:]
        at = text.find(begin, at + 1)
    return text


def _common(text: str, at: int, word: str) -> int:
    """How many signs of the word stand there."""
    pairs = zip(text[at : at + len(word)], word, strict=False)
    return next((number for number, (one, other) in enumerate(pairs) if one != other), 0) or len(
        text[at : at + len(word)]
    )
