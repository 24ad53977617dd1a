"""What went wrong on the wire, in words and with a code.

====================  ==================================================
http.connect          nobody listens, or the name is unknown
http.timeout          no connection, or no whole reply, within the deadline
http.disconnected     the other side ended the connection before its reply
http.protocol         what came back is not HTTP/1.1, or cannot be decompressed
http.tls              the certificate is not trusted, or the other side speaks no TLS
http.too_large        the reply is larger than the connection's ``max_body``
http.request          the request cannot be sent as it is
====================  ==================================================
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from errno import errorcode
from os import strerror

from pytest_orchestra.errors import ConnectorError

_CUT_OFF = ("Server disconnected", "peer closed connection")


def explained(error: BaseException, request: str, within: float) -> ConnectorError:
    """Make a ``ConnectorError`` of what httpx raised.

    Args:
        error: an ``httpx.HTTPError``, ``httpx.InvalidURL``, ``TimeoutError`` or ``OSError``.
        request: ``POST http://…``.
        within: the deadline in seconds.
    """
    import httpx

    match error:
        case httpx.ConnectTimeout():
            what, code = f"{request}: no connection within {within:g} s", "http.timeout"
        case TimeoutError() | httpx.TimeoutException():
            what, code = f"{request}: no reply within {within:g} s", "http.timeout"
        case httpx.ConnectError():
            return _unconnected(error, request)
        case httpx.RemoteProtocolError() if not str(error).startswith(_CUT_OFF):
            what, code = f"{request}: the reply is not HTTP/1.1: {error}", "http.protocol"
        case httpx.DecodingError():
            what, code = f"{request}: the reply cannot be decompressed: {error}", "http.protocol"
        case httpx.LocalProtocolError() | httpx.UnsupportedProtocol() | httpx.InvalidURL():
            reason = str(error).partition(" b'")[0]  # what follows may be a secret
            message = f"{request} cannot be sent: {reason}"
            return ConnectorError(message, code="http.request")
        case _:
            what = f"{request}: the connection ended before the reply did"
            code = "http.disconnected"
    return ConnectorError(what, code=code, retriable=True)


def too_large(url: str, limit: int) -> ConnectorError:
    """Say that a reply is larger than the connection allows."""
    message = f"{url}: the reply is larger than {limit} bytes"
    hint = "Raise 'max_body' of the connection if it should be."
    return ConnectorError(message, code="http.too_large", hint=hint)


def _unconnected(error: BaseException, request: str) -> ConnectorError:
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            reason, hint = cause.reason, "Does the service speak https at this address?"
            if isinstance(cause, ssl.SSLCertVerificationError):
                reason = cause.verify_message
                hint = "Set 'verify' of the connection to a file with the right certificates."
            message = f"{request}: no TLS connection: {reason}"
            return ConnectorError(message, code="http.tls", hint=hint)
    reasons = [_reason(each) for each in causes if isinstance(each, OSError)]
    reason = next(filter(None, reversed(reasons)), str(error))
    return ConnectorError(
        f"{request}: no connection: {reason}",
        code="http.connect",
        retriable=True,
        hint="Is the service running, and is the connection's url right?",
    )


def _reason(error: OSError) -> str:
    """Say what a system error means; asyncio's own words leave the meaning out."""
    known = error.errno in errorcode
    return strerror(error.errno) if error.errno and known else error.strerror or ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
