"""Which model is asked, and where."""

from __future__ import annotations

import pytest

from pytest_orchestra.ai.settings import read_settings
from pytest_orchestra.errors import ConfigurationError


def variables(**parts: str) -> dict[str, str]:
    """Of a process."""
    named = {"url": "https://ai.example/v1", "model": "tiny", "key": "s3cret", **parts}
    return {f"ORCHESTRA_AI_{name.upper()}": value for name, value in named.items()}


@pytest.mark.parametrize(
    ("url", "called"),
    [
        ("https://ai.example/v1", "https://ai.example/v1/chat/completions"),
        ("https://ai.example/v1/", "https://ai.example/v1/chat/completions"),
        ("http://127.0.0.1:8/chat/completions", "http://127.0.0.1:8/chat/completions"),
        (
            "https://ai.example/d?api-version=1",
            "https://ai.example/d/chat/completions?api-version=1",
        ),
    ],
)
def test_the_address_is_that_of_chat_completions(url: str, called: str) -> None:
    assert read_settings(variables(url=url)).url == called


def test_the_key_is_never_shown() -> None:
    settings = read_settings(variables(url="https://me:pw@ai.example/v1?token=t"))
    assert settings.key == "s3cret"
    assert "s3cret" not in repr(settings)
    assert settings.shown_url == "https://ai.example/v1/chat/completions"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"url": "", "model": " "}, "ORCHESTRA_AI_URL and ORCHESTRA_AI_MODEL are not set"),
        ({"model": ""}, "ORCHESTRA_AI_MODEL is not set"),
        ({"url": "ai.example/v1"}, "ORCHESTRA_AI_URL is no address"),
        ({"url": "ftp://ai.example"}, "ORCHESTRA_AI_URL is no address"),
        ({"url": "http://[::1"}, "ORCHESTRA_AI_URL is no address"),
        ({"key": "a\nb"}, "ORCHESTRA_AI_KEY holds characters"),
    ],
)
def test_what_is_missing_or_wrong_is_named(parts: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_settings(variables(**parts))
