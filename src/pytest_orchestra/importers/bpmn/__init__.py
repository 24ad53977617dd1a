"""BPMN 2.0 XML becomes a ProcessModel: read, link, check, build."""

from __future__ import annotations

import hashlib

from pytest_orchestra.importers.bpmn.builder import build
from pytest_orchestra.importers.bpmn.checker import check
from pytest_orchestra.importers.bpmn.linker import link
from pytest_orchestra.importers.bpmn.reader import read
from pytest_orchestra.model import ProcessModel

__all__ = ["read_bpmn"]


def read_bpmn(data: bytes, file: str) -> ProcessModel:
    """Makes a model of the bytes of a BPMN 2.0 file.

    What is wrong with its content stands in the model's ``problems``.

    Args:
        data: the whole file, in any encoding that XML allows.
        file: what to call it in messages.

    Raises:
        DefinitionError: not XML, or not BPMN 2.0.
    """
    linked = link(read(data, file))
    return build(linked, hashlib.sha256(data).hexdigest(), check(linked))
