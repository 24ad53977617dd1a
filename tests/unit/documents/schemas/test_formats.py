"""Formats of JSON Schema 2020-12 and patterns of ECMA-262."""

from __future__ import annotations

import re

import pytest

from pytest_orchestra.documents.schemas.formats import FORMATS, pattern

GOOD_AND_BAD = {
    "date": (
        ["2024-02-29"],
        ["2023-02-29", "2024-2-29", "0000-01-01", "٢٠٢٤-02-29", "2024-02-29\n"],
    ),
    "date-time": (
        ["2024-02-29T23:59:60Z", "2024-02-29t10:00:00.123+05:30", "2024-02-29T10:00:00z"],
        ["2024-02-29 10:00:00Z", "2024-02-29T10:00:00", "2024-02-29T24:00:00Z", "2024-02-29"],
    ),
    "time": (["10:00:00Z"], ["10:00Z", "25:00:00Z"]),
    "duration": (
        ["P1D", "PT1H", "P1Y2M3DT4H5M6.5S", "P3W"],
        ["P", "PT", "1D", "P1DT", "P1S", "-P1D"],
    ),
    "uuid": (
        ["9F0b1e6e-0000-4000-8000-000000000000"],
        ["x", "9f0b1e6e00004000800000000000000", "{9f0b1e6e-0000-4000-8000-000000000000}"],
    ),
    "email": (["a@b", "ü@b.de"], ["ab", "a b@c", "a@b@c"]),
    "hostname": (["a.b-c.de"], ["-a", "a..b", "a" * 64, ".".join(["a" * 50] * 6)]),
    "ipv4": (["0.0.0.0", "1.2.3.4"], ["1.2.3", "01.2.3.4", "1.2.3.4/8"]),
    "ipv6": (["::", "fe80::1"], ["fe80::1%eth0", ":", "1.2.3.4"]),
    "uri": (["http://a/b?c#d", "urn:x:y", "mailto:a@b"], ["a/b", "http://a b", "http://ü"]),
    "uri-reference": (["a/b", "", "#x", "%20"], ["a b", "%2"]),
    "iri": (["http://ü/"], ["ü", "http://a b"]),
    "byte": (["aGk=", ""], ["aGk", "a!", "ü"]),
}


@pytest.mark.parametrize("name", GOOD_AND_BAD)
def test_each_format_takes_what_it_should_and_nothing_else(name: str) -> None:
    good, bad = GOOD_AND_BAD[name]
    assert [value for value in good if not FORMATS[name](value)] == []
    assert [value for value in bad if FORMATS[name](value)] == []


@pytest.mark.parametrize(
    ("written", "good", "bad"),
    [
        (r"^\d+$", ["12"], ["١٢", "12\n", ""]),
        (r"^[\d-]+$", ["1-2"], ["a"]),
        (r"^\w$", ["a", "_"], ["ä"]),
        (r"^[^\W]$", ["a"], ["-", "é"]),
        (r"^[\D]$", ["a"], ["1"]),
        (r"^[\s\S]*$", ["a\n b"], []),
        (r"^[^\s]+$", ["a"], ["a\u00a0"]),
        (r"^(?<y>\d{4})\/x$", ["2024/x"], ["a"]),
        (r"^[(?<a]$", ["<"], ["b"]),
        (r"[$]", ["$"], ["a"]),
        (r"\$$", ["a$"], ["$a"]),
        (r"^[[]$", ["["], ["]"]),
        (r"^a]$", ["a]"], ["a"]),
        (r"^\u{41}$", ["A"], ["u"]),
        (r"^\p{Lu}[\p{L} '-]+$", ["Ärger Müller"], ["ärger", "Ä1"]),
        (r"^\P{N}$", ["a"], ["5", "\u0665"]),
        ("b", ["abc"], ["ac"]),
    ],
)
def test_patterns_mean_what_they_mean_in_ecmascript(
    written: str, good: list[str], bad: list[str]
) -> None:
    fits = pattern(written)
    assert [value for value in good if not fits(value)] == []
    assert [value for value in bad if fits(value)] == []


@pytest.mark.parametrize("written", ["(", "[a", r"[\P{L}]", r"\p{Script=Latin}", "a**"])
def test_what_is_no_pattern_is_refused(written: str) -> None:
    with pytest.raises(re.error):
        pattern(written)
