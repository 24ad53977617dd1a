"""An endpoint of chat completions is asked, and says what goes wrong."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.ai.client import AiClient, Message
from pytest_orchestra.errors import ConnectorError

if TYPE_CHECKING:
    from conftest import Endpoint

ASKED = (Message("system", "Say something."), Message("user", "Now."))


def test_a_model_is_asked_for_json(endpoint: Endpoint) -> None:
    endpoint.says({"n": 1.50})
    answer = AiClient(endpoint.settings()).ask(ASKED)
    headers, body = endpoint.asked[0]
    assert str(answer.value) == "{'n': Decimal('1.5')}"
    assert headers["Authorization"] == "Bearer s3cret-key"
    assert body["model"] == "tiny"
    assert body["messages"] == [
        {"role": "system", "content": "Say something."},
        {"role": "user", "content": "Now."},
    ]
    assert body["response_format"] == {"type": "json_object"}


def test_without_a_key_none_is_sent(endpoint: Endpoint) -> None:
    endpoint.says({})
    AiClient(endpoint.settings(key="")).ask(ASKED)
    assert "Authorization" not in endpoint.asked[0][0]


def test_the_hash_is_of_all_that_was_told(endpoint: Endpoint) -> None:
    endpoint.says({})
    ask = AiClient(endpoint.settings()).ask
    first, second = ask(ASKED).prompt_hash, ask(ASKED).prompt_hash
    other = AiClient(endpoint.settings(model="large")).ask(ASKED).prompt_hash
    assert first == second
    assert len({first, other, ask(ASKED[:1]).prompt_hash}) == 3


def test_json_in_a_fence_is_read(endpoint: Endpoint) -> None:
    endpoint.says('```json\n{"a": [1]}\n```')
    assert AiClient(endpoint.settings()).ask(ASKED).value == {"a": [1]}


@pytest.mark.parametrize(
    ("status", "headers", "code", "said"),
    [
        (401, {}, "ai.unauthorized", "401 Unauthorized. Check ORCHESTRA_AI_KEY."),
        (403, {}, "ai.unauthorized", "403 Forbidden. Check ORCHESTRA_AI_KEY."),
        (429, {"Retry_After": "12"}, "ai.limited", "Wait 12 s."),
        (429, {"Retry_After": "Wed, 21 Oct 2026 07:28:00 GMT"}, "ai.limited", "Wait."),
        (500, {}, "ai.status", "500 Internal Server Error. Try again later."),
        (404, {}, "ai.status", "Check ORCHESTRA_AI_URL and ORCHESTRA_AI_MODEL."),
        (307, {"Location": "http://127.0.0.1:1/"}, "ai.status", "307"),
    ],
)
def test_a_refusal_says_what_to_do(
    endpoint: Endpoint,
    status: int,
    headers: dict[str, str],
    code: str,
    said: str,
) -> None:
    """Also that a redirection is not followed: the key is for one address."""
    endpoint.answers(status, b'{"error": "no"}', **headers)
    with pytest.raises(ConnectorError) as found:
        AiClient(endpoint.settings()).ask(ASKED)
    assert found.value.code == code
    assert found.value.retriable == (status in (429, 500))
    assert said in str(found.value)
    assert "s3cret" not in str(found.value)
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>", "does not answer as chat completions do (Invalid JSON"),
        (b'{"error": {}}', "(choices: Field required)"),
        (b'{"choices": []}', "choices: List should have at least 1 item"),
        (b'{"choices": [{"message": {"content": null}}]}', "is empty"),
        (b'{"choices": [{"message": {"content": "Sure! Here"}}]}', "is no JSON: Sure! Here"),
        (
            b'{"choices": [{"message": {"content": "{}"}, "finish_reason": "length"}]}',
            "was cut off",
        ),
        (b'{"choices": [{"message": {"content": "[1, NaN]"}}]}', "is no JSON"),
        (json.dumps({"choices": [{"message": {"content": "[" * 9_000}}]}).encode(), "is no JSON"),
    ],
)
def test_a_reply_that_is_none_is_told(endpoint: Endpoint, body: bytes, said: str) -> None:
    endpoint.answers(200, body)
    with pytest.raises(ConnectorError) as found:
        AiClient(endpoint.settings()).ask(ASKED)
    assert found.value.code == "ai.reply"
    assert said in str(found.value)


def test_a_huge_reply_is_not_read_to_its_end(endpoint: Endpoint) -> None:
    endpoint.answers(200, b" " * 3_000_000)
    with pytest.raises(ConnectorError, match="more than 1000 bytes"):
        AiClient(endpoint.settings(), max_reply=1_000).ask(ASKED)


def test_a_silent_endpoint_is_left_after_the_deadline(endpoint: Endpoint) -> None:
    endpoint.silent = threading.Event()
    with pytest.raises(ConnectorError, match=r"not answered within 0\.05 s") as found:
        AiClient(endpoint.settings(), deadline=0.05).ask(ASKED)
    assert found.value.retriable


def test_an_endpoint_that_is_not_there_is_told(endpoint: Endpoint) -> None:
    settings = endpoint.settings()
    gone = type(settings)(url="http://user:pw@127.0.0.1:1/v1/chat/completions", model="m")
    with pytest.raises(ConnectorError) as found:
        AiClient(gone).ask(ASKED)
    assert str(found.value) == (
        "http://127.0.0.1:1/v1/chat/completions cannot be reached (ConnectError)."
        " Check ORCHESTRA_AI_URL."
    )
