"""What schemas are written in, and which way the values go that they are about."""

from __future__ import annotations

import re
from enum import Enum

DIALECTS = re.compile(
    r"https://(spec\.openapis\.org/oas/3\.1/dialect/.*|json-schema\.org/draft/2020-12/schema)#?"
)
"""What a schema of OpenAPI 3.1 may be written in."""


class Direction(Enum):
    """Which way a value goes; what is ``readOnly`` need not be in a request, and so on."""

    REQUEST = "readOnly"
    REPLY = "writeOnly"
