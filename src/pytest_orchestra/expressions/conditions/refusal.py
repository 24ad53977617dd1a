"""How the parts of this folder say that a condition is outside of what they judge."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - caught at the folder's door, which makes a problem of it
    """A condition that is not understood, or whose value engines do not agree on.

    Args:
        message: what is refused, without place.
        hint: what to do.
        position: offset in the text, from 0; -1 where the text was read and its value is refused.
    """

    def __init__(self, message: str, hint: str = "", *, position: int = -1) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.position = position
