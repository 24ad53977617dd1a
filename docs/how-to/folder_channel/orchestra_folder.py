"""The channel ``folder``: files that are put into folders and waited for."""

import asyncio
import shlex
from fnmatch import fnmatch
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.results import Evidence, StepKind, ViolationType
from pytest_orchestra.spi import CallField, FieldUse, Observation

EVERY = 0.02
LARGEST = 1_000_000


class FolderConnection(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    path: Path = Field(description="Where the folders are.")


class FolderClient:
    def __init__(self, connection):
        self._path = connection.path

    async def act(self, call):
        file = self.folder(call) / call.fields["name"]
        try:
            file.write_text(call.fields["text"], encoding="utf-8")
        except OSError as error:
            raise lost(file, error) from error
        return observe(file)

    async def arm(self, call):
        return frozenset(self.files(call))

    def watch(self, call, position):
        return FolderWatch(self, call, set(position or ()))

    def reproduce(self, call):
        return f"ls -l {shlex.quote(str(self.folder(call)))}"

    async def close(self):
        pass

    def folder(self, call):
        return self._path / call.fields["folder"]

    def files(self, call):
        folder = self.folder(call)
        try:
            return sorted(each for each in folder.iterdir() if each.is_file())
        except OSError as error:
            raise lost(folder, error) from error


class FolderWatch:
    standing = False  # each look gives what is new

    def __init__(self, client, call, known):
        self._client, self._call, self._known = client, call, known
        self._others = []
        self._number = 0

    async def look(self, within):
        clock = asyncio.get_running_loop().time
        end = clock() + within
        while True:
            new = [file for file in self._client.files(self._call) if file not in self._known]
            self._known.update(new)
            self._number += len(new)
            wanted = [
                file for file in new if fnmatch(file.name, self._call.fields.get("name", "*"))
            ]
            self._others += [file for file in new if file not in wanted]
            if wanted or clock() >= end:
                return [observe(file) for file in wanted]
            await asyncio.sleep(min(EVERY, max(end - clock(), 0)))

    def seen(self):
        return f"{self._number} new files in {self._call.fields['folder']} since the arming"

    def passed_by(self):
        return [observe(file) for file in self._others[-20:]]


def observe(file):
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            text = opened.read(LARGEST)
        at = file.stat().st_mtime
    except OSError as error:
        raise lost(file, error) from error
    seen = {"name": file.name, "text": text}
    return Observation(
        id=f"{file.parent.name}/{file.name}",
        roots={"found": seen},
        value=text,
        at=at,
        evidence=Evidence(response_body=seen),
    )


def lost(path, error):
    message = f"{path}: {error.strerror or type(error).__name__}"
    return ConnectorError(message, code="folder.unreachable", retriable=True)


class FolderExecutor:
    async def open(self, name, connection):
        return FolderClient(connection)


class FolderProtocol:
    id = "folder"
    channel = "FOLDER"
    call_fields = (
        CallField(name="folder", use=FieldUse.ADDRESS, required=True, summary="The folder's name."),
        CallField(name="name", summary="The file's name; of an assertion a pattern."),
        CallField(
            name="text",
            kinds=frozenset({StepKind.ACTION}),
            required=True,
            summary="What is written.",
        ),
    )
    roots = {"found": "the file: name, text"}
    connection_model = FolderConnection
    embedded = None
    lost = ViolationType.BUSINESS_RULE_VIOLATION
    unmet = ViolationType.BUSINESS_RULE_VIOLATION
    spec_parser = None
    endpoint_matcher = None
    contract_validator = None
    step_executor = FolderExecutor()


plugin = FolderProtocol()
