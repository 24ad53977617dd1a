"""Bytes become an XML tree, or a DefinitionError that says where the file is not XML.

Hardened: no DTD, no entities, no network, bounded size and depth. Says nothing about BPMN.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from lxml import etree

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.importers.bpmn.tag_places import UNKNOWN, Place
from pytest_orchestra.model import Problem, Severity, SourceLocation

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOWN_BYTES = 512
"""How much of a file is looked at to say what it is instead of XML."""

_HINTS: Mapping[str, str] = MappingProxyType(
    {
        "ERR_INVALID_CHAR": "Save the file in the encoding that its first line declares",
        "ERR_INVALID_ENCODING": "Save the file in the encoding that its first line declares",
        "ERR_UNSUPPORTED_ENCODING": "Save the file as UTF-8 and declare it in the first line",
        "ERR_UNDECLARED_ENTITY": "Write the character itself; XML knows no HTML entities",
        "WAR_UNDECLARED_ENTITY": "Write the character itself; XML knows no HTML entities",
        "NS_ERR_UNDEFINED_NAMESPACE": "Declare the prefix with xmlns:PREFIX on the root element",
        "ERR_RESERVED_XML_NAME": "Remove what stands before <?xml",
        "ERR_ATTRIBUTE_REDEFINED": "Remove one of the two attributes",
        "ERR_TAG_NAME_MISMATCH": "Close the elements in the order in which they were opened",
        "ERR_TAG_NOT_FINISHED": "The file is cut off: export it again",
        "ERR_DOCUMENT_EMPTY": "Export the process as BPMN 2.0 XML",
        "ERR_RESOURCE_LIMIT": "Shorten the text or flatten the elements at this place",
    }
)
"""What to do, by libxml2's name of the error."""

_DEFAULT_HINT = "Export the file again from the modeller as BPMN 2.0 XML"


def refusal(
    code: str, message: str, hint: str, *, file: str, place: Place = UNKNOWN
) -> DefinitionError:
    """A DefinitionError of one problem.

    Args:
        code: the problem's code.
        message: what is wrong, without a full stop.
        hint: what to do.
        file: as given by the user.
        place: in the file, where it is known.
    """
    location = SourceLocation(file=file, line=place.line, column=place.column)
    return DefinitionError(
        [Problem(severity=Severity.ERROR, code=code, message=message, hint=hint, location=location)]
    )


def parse(data: bytes, file: str) -> etree._Element:
    """Parses a whole file and returns its root element.

    Args:
        data: the file's bytes, in any encoding that XML allows.
        file: as given by the user, for messages.

    Raises:
        DefinitionError: not XML, or XML with a DOCTYPE.
    """
    if not data.strip():
        raise refusal("file-empty", "the file is empty", _DEFAULT_HINT, file=file)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )  # never collect_ids=False: it makes libxml2 load external DTDs
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _not_xml(error, parser, data, file) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype(data, file)
    return root


def _doctype(data: bytes, file: str) -> DefinitionError:
    if _is_web_page(data):
        return _web_page(file)
    return refusal(
        "doctype-refused",
        "the file has a DOCTYPE, which BPMN does not need",
        "Remove the <!DOCTYPE …> declaration; its entities are never loaded or expanded",
        file=file,
    )


def _not_xml(
    error: etree.XMLSyntaxError, parser: etree.XMLParser, data: bytes, file: str
) -> DefinitionError:
    if _is_web_page(data):
        return _web_page(file)
    if b"<!DOCTYPE" in _start(data):
        return _doctype(data, file)
    if b"<" not in _start(data):
        return refusal(
            "not-xml", "the file is not XML", _DEFAULT_HINT, file=file, place=Place(1, 1)
        )
    line, column = error.position
    kinds = (entry.type_name for entry in parser.error_log if entry.type == error.code)
    return refusal(
        "not-xml",
        f"the file is not well-formed XML: {_message(error)}",
        _HINTS.get(next(kinds, ""), _DEFAULT_HINT),
        file=file,
        place=Place(line or 0, column or 0),
    )


def _start(data: bytes) -> bytes:
    """The first characters in ASCII, also of UTF-16."""
    return data[:SHOWN_BYTES].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")


def _is_web_page(data: bytes) -> bool:
    return _start(data).lower().startswith((b"<!doctype html", b"<html"))


def _web_page(file: str) -> DefinitionError:
    return refusal(
        "not-xml",
        "the file is a web page, not BPMN",
        "Download the file itself (the 'Raw' or 'Export' link), not the page that shows it",
        file=file,
    )


def _message(error: etree.XMLSyntaxError) -> str:
    """libxml2's words, less the position that it appends, on one line."""
    text = " ".join((error.msg or "unknown error").split())
    return text.partition(f", line {error.position[0]}")[0].rstrip(".!")[:200]
