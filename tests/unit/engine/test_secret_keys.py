"""What stands under a secret key, and what of it is a secret by itself."""

import pytest

from pytest_orchestra.engine.secret_keys import is_secret, secrets_under


@pytest.mark.parametrize(
    ("key", "text", "secrets"),
    [
        ("password", "a b", ["a b"]),
        ("Authorization", "Bearer abc.def", ["Bearer abc.def", "abc.def"]),
        ("proxy-authorization", "abc", ["abc"]),
        ("cookie", "sid=abc; theme=dark", ["sid=abc; theme=dark", "abc", "dark"]),
        (
            "Set-Cookie",
            "sid=abc; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT, b=2=; Secure",
            [
                "sid=abc; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT, b=2=; Secure",
                "abc",
                "2=",
            ],
        ),
    ],
)
def test_a_header_has_a_secret_within(key: str, text: str, secrets: list[str]) -> None:
    """People save it without what is around it."""
    assert is_secret(key)
    assert list(secrets_under(key, text)) == secrets
