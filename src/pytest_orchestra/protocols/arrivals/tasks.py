"""The end of the tasks that read streams."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence


async def end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel tasks until they are gone: before Python 3.12 ``wait_for`` can lose a cancellation."""
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=0.1)
