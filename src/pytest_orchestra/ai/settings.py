"""Which model is asked, and where: from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from pytest_orchestra.errors import ConfigurationError

URL, KEY, MODEL = "ORCHESTRA_AI_URL", "ORCHESTRA_AI_KEY", "ORCHESTRA_AI_MODEL"

_PATH = "/chat/completions"


@dataclass(frozen=True, slots=True, kw_only=True)
class AiSettings:
    """An endpoint that speaks OpenAI's protocol.

    Attributes:
        url: of chat completions.
        model: as the endpoint calls it.
        key: sent as a bearer token; empty: none is sent.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)

    @property
    def shown_url(self) -> str:
        """The address for messages."""
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def read_settings(variables: Mapping[str, str]) -> AiSettings:
    """Read what the environment says.

    Args:
        variables: of the process.

    Raises:
        ConfigurationError: a variable is missing or wrong.
    """
    missing = [name for name in (URL, MODEL) if not variables.get(name, "").strip()]
    if missing:
        raise ConfigurationError(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set",
            hint=f"Set {URL} (https://HOST/v1), {MODEL} and, where one is needed, {KEY}.",
        )
    key = variables.get(KEY, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ConfigurationError(f"{KEY} holds characters that no header may have")
    url = _endpoint(variables[URL].strip())
    return AiSettings(url=url, model=variables[MODEL].strip(), key=key)


def _endpoint(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url:
        raise ConfigurationError(f"{URL} is no address", hint="Write https://HOST/v1.")
    path = parts.path.rstrip("/")
    return urlunsplit(parts._replace(path=path if path.endswith(_PATH) else path + _PATH))
