"""Asks an endpoint of chat completions for a JSON answer, within a deadline and a size."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import sha256
from json import dumps
from typing import Any, NamedTuple

import httpx
from pydantic import BaseModel, Field, ValidationError

from pytest_orchestra.ai.settings import KEY, MODEL, URL, AiSettings
from pytest_orchestra.documents.json_reader import parse_json
from pytest_orchestra.documents.problems import shortened
from pytest_orchestra.errors import ConnectorError, DefinitionError

DEADLINE = 120.0
"""Seconds for one answer."""
MAX_REPLY = 1_000_000
"""Bytes of one answer."""

_REPLY = "the model's reply"
_UNAUTHORIZED = (401, 403)
_LIMITED = 429
_OK = 200
_SERVER = 500


class Message(NamedTuple):
    """A part of what a model is told."""

    role: str
    content: str


class Answer(NamedTuple):
    """What a model answered.

    Attributes:
        value: of its JSON.
        prompt_hash: of all that it was told, 16 hex digits.
    """

    value: object
    prompt_hash: str


class _Said(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Said
    finish_reason: str | None = None


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


class AiClient:
    """A model of language.

    Args:
        settings: which one.
        deadline: seconds for one answer, from the call to its last byte.
        max_reply: bytes of one answer.
    """

    def __init__(
        self, settings: AiSettings, *, deadline: float = DEADLINE, max_reply: int = MAX_REPLY
    ) -> None:
        self._settings = settings
        self._deadline = deadline
        self._max_reply = max_reply

    @property
    def model(self) -> str:
        """The model that answers."""
        return self._settings.model

    def ask(self, messages: Sequence[Message]) -> Answer:
        """Ask for a JSON answer.

        Raises:
            ConnectorError: there is none: refused, too many calls, too late, too large, no JSON.
        """
        body = {
            "model": self._settings.model,
            "messages": [message._asdict() for message in messages],
            "temperature": 0,
            "response_format": {"type": "json_object"},
        }
        text = self._content(asyncio.run(self._called(body)))
        return Answer(self._json(_unfenced(text)), _hash(body))

    async def _called(self, body: Mapping[str, Any]) -> bytes:
        headers = {"Authorization": f"Bearer {self._settings.key}"} if self._settings.key else {}
        url = self._settings.url
        try:
            async with (
                asyncio.timeout(self._deadline),
                httpx.AsyncClient(timeout=None, follow_redirects=False) as client,  # noqa: S113 - asyncio's
                client.stream("POST", url, json=body, headers=headers) as response,
            ):
                self._demand_ok(response)
                return await self._read(response)
        except TimeoutError as error:
            raise ConnectorError(
                f"{self._settings.shown_url} has not answered within {self._deadline:g} s",
                code="ai.timeout",
                retriable=True,
                hint="Try again, or ask a faster model.",
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ConnectorError(
                f"{self._settings.shown_url} cannot be reached ({type(error).__name__})",
                code="ai.connect",
                retriable=True,
                hint=f"Check {URL}.",
            ) from error

    async def _read(self, response: httpx.Response) -> bytes:
        read = bytearray()
        async for part in response.aiter_bytes():
            read += part
            if len(read) > self._max_reply:
                message = f"{_REPLY} has more than {self._max_reply} bytes"
                raise ConnectorError(message, code="ai.reply", hint="Ask another model.")
        return bytes(read)

    def _demand_ok(self, response: httpx.Response) -> None:
        status = response.status_code
        if status == _OK:
            return
        code, hint = "ai.status", f"Check {URL} and {MODEL}."
        if status in _UNAUTHORIZED:
            code, hint = "ai.unauthorized", f"Check {KEY}."
        elif status == _LIMITED:
            code, hint = "ai.limited", _wait(response.headers.get("retry-after", ""))
        elif status >= _SERVER:
            code, hint = "ai.status", "Try again later."
        raise ConnectorError(
            f"{self._settings.shown_url} answered {status} {response.reason_phrase}".rstrip(),
            code=code,
            retriable=status == _LIMITED or status >= _SERVER,
            hint=hint,
        )

    def _content(self, reply: bytes) -> str:
        """What the model said, out of the protocol around it."""
        try:
            choice = _Completion.model_validate_json(reply).choices[0]
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"]))
            why = f"{place}: {first['msg']}" if place else first["msg"]
            raise ConnectorError(
                f"{self._settings.shown_url} does not answer as chat completions do ({why})",
                code="ai.reply",
                hint=f"Check {URL}.",
            ) from error
        if choice.finish_reason == "length":
            message = f"{_REPLY} was cut off, for it became too long"
            raise ConnectorError(message, code="ai.reply", hint="Ask for fewer scenarios at once.")
        if not choice.message.content:
            raise ConnectorError(f"{_REPLY} is empty", code="ai.reply", hint="Ask another model.")
        return choice.message.content

    def _json(self, text: str) -> object:
        try:
            return parse_json(text, _REPLY, places=False).value
        except DefinitionError as error:
            raise ConnectorError(
                f"{_REPLY} is no JSON: {shortened(text, 60)}",
                code="ai.reply",
                hint="Ask a model that can answer in JSON.",
            ) from error


def _unfenced(text: str) -> str:
    """JSON without the fence that some models put around it."""
    bare = text.strip()
    if bare.startswith("```") and bare.endswith("```"):
        bare = bare[3:-3].strip().removeprefix("json").strip()
    return bare


def _wait(header: str) -> str:
    seconds = header.strip()
    return f"Wait {seconds} s." if seconds.isdecimal() and len(seconds) < 7 else "Wait."  # noqa: PLR2004 - digits


def _hash(body: Mapping[str, Any]) -> str:
    return sha256(dumps(body, sort_keys=True).encode()).hexdigest()[:16]
