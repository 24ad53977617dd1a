"""Fenced blocks of pages, and what their commands print when done one after the other."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_orchestra.cli import main as orchestra

RUN_WITHIN = 60
"""Seconds that a command of a page may take."""
SHOWN_FOLDER = "/home/ada/shop"
"""What the pages call the folder that commands run in."""

_FENCE = re.compile(r"^```(?P<words>\S[^\n]*)$\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block: ```` ```yaml suite write=order.suite.yaml ````.

    Attributes:
        words: after the language, ``suite``.
        options: the words with an equals sign, ``{"write": "order.suite.yaml"}``.
        begin, end: of its text in the page.
    """

    page: Path
    language: str
    words: tuple[str, ...]
    options: Mapping[str, str]
    text: str
    begin: int
    end: int
    line: int


def blocks(page: Path) -> list[Block]:
    """Give the fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        language, *words = match["words"].split()
        found.append(
            Block(
                page=page,
                language=language,
                words=tuple(word for word in words if "=" not in word),
                options=dict(word.split("=", 1) for word in words if "=" in word),
                text=match["text"],
                begin=match.start("text"),
                end=match.end("text"),
                line=text.count("\n", 0, match.start()) + 1,
            )
        )
    return found


def replay(page: Path, folder: Path) -> Iterator[tuple[Block, str]]:
    """Do what a page says, block by block, and give each ``run`` block with its true text.

    Blocks that say ``copy=FILE`` bring a file or folder from beside the page, ``write=FILE``
    writes the block's text, ``patch=FILE`` changes a file by a diff, ``run`` runs the commands.

    Args:
        page: whose blocks are done.
        folder: an empty one.
    """
    for block in blocks(page):
        for name in filter(None, block.options.get("copy", "").split(",")):
            source = page.parent / name
            if source.is_dir():
                shutil.copytree(source, folder, dirs_exist_ok=True)
            else:
                shutil.copy(source, folder)
        if "write" in block.options:
            target = folder / block.options["write"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
        if "patch" in block.options:
            _patch(folder / block.options["patch"], block.text)
        if "run" in block.words:
            yield block, _run_all(block.text, folder)


def alike(shown: str, true: str) -> bool:
    """Whether two outputs differ in nothing but times, ports, random ids and pytest's version."""
    return _settled(shown) == _settled(true)


def _settled(text: str) -> str:
    for pattern, replacement in (
        (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
        (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
        (r"\d+\.\d+ ?s\b", "0.00s"),
        (r"\d\d:\d\d:\d\d\.\d{3}", "TIME"),
        (r"\d+ (attempts?|looks?)\b", "N attempts"),
        (r"=+( .* )=+", r"=\1="),
        (r"(?m)^(FAILED \S+) - .*$", r"\1"),
    ):
        text = re.sub(pattern, replacement, text)
    return text


def _patch(path: Path, diff: str) -> None:
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    text = path.read_text(encoding="utf-8")
    if text.count(before) != 1:
        raise ValueError(f"{path.name} has not exactly one place that the diff means")
    path.write_text(text.replace(before, after), encoding="utf-8")


def _run_all(text: str, folder: Path) -> str:
    commands = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
    parts = [f"$ {command}\n{_run(command, folder)}" for command in commands]
    return "\n".join(parts)


def _run(command: str, folder: Path) -> str:
    variables, words = split_command(command)
    if words[0] == "orchestra":
        text = _orchestra(words[1:], folder)
    elif words[0] == "pytest":
        text = _pytest(words[1:], folder, variables)
    else:
        raise ValueError(f"only orchestra and pytest can be run, not {command!r}")
    return text.replace(str(folder), SHOWN_FOLDER).rstrip() + "\n"


def split_command(command: str) -> tuple[dict[str, str], list[str]]:
    """Give the variables before a command, and its words."""
    words = shlex.split(command, comments=True)
    number = next((n for n, word in enumerate(words) if not re.match(r"[A-Z_]+=", word)), 0)
    return dict(word.split("=", 1) for word in words[:number]), words[number:]


def _orchestra(arguments: list[str], folder: Path) -> str:
    out = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        orchestra(arguments)
    return out.getvalue()


def _pytest(arguments: list[str], folder: Path, variables: Mapping[str, str]) -> str:
    on_ci = ("PYTEST_", "CI", "BUILD_NUMBER")  # there pytest prints more
    plain = {name: text for name, text in os.environ.items() if not name.startswith(on_ci)}
    settled = {
        "COLUMNS": "80",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # other plugins would print, and take time
        "PYTEST_ADDOPTS": "-p asyncio -p orchestra -p no:cacheprovider",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=folder,
        env={**plain, **settled, **variables},
        capture_output=True,
        text=True,
        timeout=RUN_WITHIN,
        check=False,
    )
    return done.stdout + done.stderr
