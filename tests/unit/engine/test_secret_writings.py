"""However a secret is written, a shell that has the variable writes it so, too."""

import hashlib
import json
import subprocess
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import pytest

from pytest_orchestra.engine.secret_writings import (
    address_reference,
    base64_cores,
    derived,
    writings,
)

SECRET = "p@ss/w:rd %41$HOME\"it's`\\!ü"


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        SECRET.replace("'", "''"),
        quote(SECRET, safe=""),
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
    ],
    ids=["as it is", "SQL", "URL", "JSON"],
)
@pytest.mark.parametrize("from_file", [False, True])
def test_a_shell_writes_the_secret_as_it_stood(
    written: str, tmp_path: Path, *, from_file: bool
) -> None:
    """In bash, within double quotes."""
    path = tmp_path / "a secret"
    path.write_text(SECRET, encoding="utf-8")
    shown = writings(SECRET, str(path) if from_file else "SHOP_PASSWORD", "***")[written]
    done = subprocess.run(
        ["bash", "-c", f'printf %s "{shown}"'],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "SHOP_PASSWORD": SECRET},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == written


def test_what_no_notation_changes_is_the_variable_itself() -> None:
    """The common case stays readable; without a name it is hidden."""
    assert writings("hunter22", "PASSWORD", "***") == {"hunter22": "$PASSWORD"}
    assert writings("hunter22", "", "***") == {"hunter22": "***"}
    assert set(writings(SECRET, "", "***").values()) == {"***"}


@pytest.mark.parametrize(
    ("line", "text", "shown"),
    [
        ("redis://u:p@h:1/0", "redis://u:p@h/0", "$X"),
        ("postgresql://u:p@h/d", "postgres://u:p@h/d", "${X/postgres:/postgresql:}"),
        ("postgresql://u:p@h/d", "jdbc:postgresql://u:p@h/d", "${X/jdbc:postgresql:/postgresql:}"),
        ("redis://u:p@h/0", "postgresql://u:p@h/d", None),
        ("postgresql://u:p@h/d", "postgresql://u:p@other/d", None),
        ("postgresql://u:p@h/d", "no address", None),
    ],
)
def test_an_address_is_named_where_the_variable_holds_it(
    line: str, text: str, shown: str | None
) -> None:
    """As the program takes it: the same password may open another server."""
    assert address_reference(line, text, "X") == shown


def test_a_file_with_an_address_is_read_as_it_is() -> None:
    """A shell substitutes in variables only."""
    found = address_reference("postgresql://h/d", "postgres://h/d", "/run/url")
    assert found == "$(cat /run/url)"


@pytest.mark.parametrize("before", ["", "a", "ab", "user:", "ü"])
@pytest.mark.parametrize("after", ["", "!", "!!", " and more"])
def test_its_base64_is_known_wherever_it_stands_in_a_text(before: str, after: str) -> None:
    """Basic authentication has the user before it."""
    coded = b64encode(f"{before}{SECRET}{after}".encode()).decode()
    assert any(core in coded for core in base64_cores(SECRET))
    assert not any(
        core in b64encode(b"another text, as long as it")
        for core in map(str.encode, base64_cores(SECRET))
    )


def test_a_shell_makes_of_it_what_the_filters_made() -> None:
    """So that a line with it runs."""
    made = derived(SECRET, "SHOP_PASSWORD", "***")
    data = SECRET.encode()
    for text in (b64encode(data).decode(), hashlib.sha256(data).hexdigest()):
        done = subprocess.run(
            ["bash", "-c", f'printf %s "{made[text]}"'],
            env={"PATH": "/usr/bin:/bin", "SHOP_PASSWORD": SECRET},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == text
    assert set(derived(SECRET, "", "***").values()) == {"***"}
