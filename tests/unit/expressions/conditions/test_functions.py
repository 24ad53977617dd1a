"""FEEL's built-in functions and arithmetic, each as an equation that must hold."""

from __future__ import annotations

import datetime as dt

import pytest

from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.expressions import evaluate_condition

HOLDS = """
abs(-1.5) = 1.5
abs(@"-P1M") = @"P1M"
abs(@"-P1D") = @"P1D"
abs("1") = null
sqrt(16) = 4
sqrt(-1) = null
decimal(exp(1), 3) = 2.718
decimal(log(10), 3) = 2.303
log(0) = null
modulo(-12, 5) = 3
modulo(12, -5) = -3
modulo(10, 5) = 0
modulo(10, 0) = null
even(2) and odd(3) and odd(-1)
floor(-1.5) = -2 and floor(0.03) = 0
ceiling(1.56, 1) = 1.6
ceiling(1.5, null) = null
round up(5.01, 0) = 6 and round down(5.99, 0) = 5
round half up(2.5, 0) = 3 and round half down(2.5, 0) = 2 and decimal(2.5, 0) = 2
round up(5, -1) = 10
round up(5.5, 7000) = null
number("1,000.5", ",", ".") = 1000.5
number("1.000,5", ".", ",") = 1000.5
number("12") = 12
number("1.5", null, ",") = null
number("1", ".", ".") = null
number("1", "x", null) = null
number("one") = null
substring("foobar", 3) = "obar" and substring("foobar", 3, 2) = "ob"
substring("foobar", -2, 1) = "a" and substring("foobar", 0) = null
string length("😀x") = 2
upper case("aß") = "ASS" and lower case("Ä") = "ä"
substring before("foobar", "b") = "foo" and substring before("foobar", "z") = ""
substring after("foobar", "ob") = "ar" and substring after("", "a") = ""
contains("abc", "b") and starts with("abc", "a") and ends with("abc", "c")
string join(["a", null, "b"], "-") = "a-b" and string join(["a", "b"]) = "ab"
string join([1], "-") = null
string join(["a"], 1) = null
string(1.5) = "1.5" and string(100) = "100" and string(true) = "true" and string(false) = "false"
string(null) = null and string("a") = "a"
string(@"2026-11-21T10:00:00.250Z") = "2026-11-21T10:00:00.25Z"
string(@"10:00:00+01:00") = "10:00:00+01:00"
string(@"P1Y14M") = "P2Y2M" and string(@"-P0M") = "P0M"
string(@"P1DT36H0.5S") = "P2DT12H0.5S" and string(@"-PT61M") = "-PT1H1M"
string(@"PT0S") = "PT0S" and string(@"P1D") = "P1D"
list contains([1, null], null)
count([]) = 0 and count([1, 2]) = 2
min([2, 1, 3]) = 1 and max(2, 1, 3) = 3 and min([]) = null
max(["a", "b"]) = "b"
min([1, "a"]) = null
sum([1, 2.5]) = 3.5 and sum([]) = null and sum([1, null]) = null
product(2, 3, 4) = 24
mean([1, 2]) = 1.5 and mean([]) = null
median([3, 1, 2]) = 2 and median(8, 2, 5, 7) = 6 and median([]) = null
median(["a"]) = null
append([1], 2, 3) = [1, 2, 3]
concatenate([1], [2], []) = [1, 2]
insert before([1, 3], 2, 2) = [1, 2, 3] and insert before([1], 5, 2) = null
remove([1, 2, 3], -1) = [1, 2] and remove([1], 2) = null
list replace([1, 2], 2, 9) = [1, 9] and list replace([1], 0, 9) = null
sublist([1, 2, 3], 2) = [2, 3] and sublist([1, 2, 3], -2, 1) = [2]
sublist([1], 3) = null
reverse([1, 2]) = [2, 1]
index of([1, 2, 1], 1) = [1, 3]
union([1, 2], [2, 3]) = [1, 2, 3]
distinct values([1, 2, 1]) = [1, 2]
flatten([1, [2, [3]]]) = [1, 2, 3]
get value({a: 1}, "a") = 1 and get value({a: 1}, "b") = null
get entries({a: 1})[1].key = "a"
all([]) and not(any([])) and all(true, true) and any(false, true)
is(1, 1.0) and not(is(1, "1")) and not(is(@"10:00:00Z", @"11:00:00+01:00"))
is(@"10:00:00Z", @"10:00:00+00:00")
date("2026-11-21") = date(2026, 11, 21)
date(2026, 13, 1) = null and date(2026, 1000001, 1) = null
date(date and time("2026-11-21T10:00:00")) = @"2026-11-21"
date(@"2026-11-21") = @"2026-11-21"
date("21.11.2026") = null and date("2026-02-30") = null
time("10:00:00") = time(10, 0, 0) and time(10, 0, 0, null) = @"10:00:00"
time(10, 0, 1.5, @"PT1H") = @"10:00:01.5+01:00"
time(25, 0, 0) = null and time(10, 0, 0, "Z") = null
time(@"2026-11-21T10:00:00Z") = @"10:00:00Z"
time(@"10:00:00") = @"10:00:00"
time("10:00") = null and time("10:00:61") = null and time("10:00:00+19:00") = null
time("10:00:00-01:30").time offset = @"-PT1H30M"
date and time("2026-11-21") = @"2026-11-21T00:00:00"
date and time("2026-02-30T10:00:00") = null and date and time("x") = null
date and time("2026-02-30") = null
date and time(@"2026-11-21", @"10:00:00Z") = @"2026-11-21T10:00:00Z"
date and time(@"2026-11-21T10:00:00") = @"2026-11-21T10:00:00"
duration("PT0.5S") * 2 = @"PT1S"
duration("P") = null and duration("PT") = null and duration("P1H") = null
years and months duration(@"2011-12-22", @"2013-08-24") = @"P1Y8M"
years and months duration(@"2013-08-24", @"2011-12-22") = @"-P1Y8M"
years and months duration(@"2016-09-30T23:25:00", @"2017-12-28T12:12:12") = @"P1Y2M"
day of week(@"2026-11-21") = "Saturday" and day of year(@"2020-12-31") = 366
month of year(@"2026-11-21") = "November" and week of year(@"2003-12-29") = 1
@"2026-11-21".year = 2026 and @"2026-11-21".month = 11 and @"2026-11-21".day = 21
@"10:20:30".hour = 10 and @"10:20:30".minute = 20 and @"10:20:30".second = 30
@"10:20:30".timezone = null and @"10:20:30".time offset = null and @"10:20:30".year = null
@"P1Y2M".years = 1 and @"-P1Y2M".months = -2 and @"P1M".days = null
@"P1DT2H3M4S".days = 1 and @"P1DT2H3M4S".minutes = 3 and @"-PT4S".seconds = -4
@"2026-11-21" - @"P1D" = @"2026-11-20" and @"2026-11-21" - @"PT1S" = @"2026-11-20"
@"2026-11-21" - @"2026-11-20" = @"P1D"
@"2026-11-21T01:00:00+01:00" - @"2026-11-20" = @"P1D"
@"2026-11-21T01:00:00" - @"2026-11-21T01:00:00Z" = null
@"P1M" + @"2026-12-31" = @"2027-01-31" and @"2026-03-31T00:00:00" - @"P1M" = @"2026-02-28T00:00:00"
@"10:00:00" - @"PT11H" = @"23:00:00" and @"10:00:00" - @"09:00:00" = @"PT1H"
@"10:00:00" + @"P1M" = null
@"P1M" + @"P1Y" = @"P13M" and @"P1D" - @"PT1H" = @"PT23H"
@"P5M" * 0.5 = @"P2M" and 2 * @"P1D" = @"P2D" and @"P1D" / 2 = @"PT12H"
@"P1Y" / @"P1M" = 12 and @"P1D" / @"PT1H" = 24 and @"P1D" / 0 = null
@"P1D" * "2" = null and "a" / 2 = null and "a" ** 2 = null and -"a" = null
-@"P1D" = @"-P1D" and -@"P1M" = @"-P1M"
"a" + "b" = "ab" and "a" + 1 = null and true + 1 = null and "a" - "b" = null
10 ** 7000 = null and 2 ** -1 = 0.5
{a: [1]} = {a: [1]} and {a: 1} != {b: 1} and [1] != [2]
[1..2] = [1..2] and [1..2] != [1..2) and (< 3) = (< 3)
[1..3] instance of range<number> and not([1..3] instance of range<string>)
{a: null} instance of context<a: string> and not({b: 1} instance of context<a: string>)
not({a: 1} instance of context<a: string>)
not(null instance of number) and 1 instance of Any and not(1 instance of function<>->Any)
[1, 2] in [[1, 2], [3]] and 1 in [[1..2], [5..6]] and not(3 in [1, 2])
not(null in [1..2]) = null
count(for d in @"2026-11-01"..@"2026-11-03" return d) = 3
(for n in 3..1 return n) = [3, 2, 1] and (for n in [1..2], m in [10] return n * m) = [10, 20]
[{a: 1}, {b: 2}].a = [1, null] and [1, 2, 3][-4] = null and [1, 2][true] = [1, 2]
1[1] = 1 and [][item > 1] = [] and [{a: 1}, {b: 1}][a = 1] = [{a: 1}]
if null then true else true
{true: false, b: true}.b and {a+b: 1, c: a+b}.c = 1 and {a and b: 1, c: a and b}.c = 1
not((function(a: number, b) a + b) instance of number) and (function() 1) instance of Any
(function() 1) + 1 = null
"""


@pytest.mark.parametrize("text", HOLDS.strip().splitlines())
def test_equations_of_the_standard_hold(text: str) -> None:
    assert evaluate_condition(text, {}) is True


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("substring(text, 9) = text", "outside of the string"),
        ("substring(text, 1.5) = text", "fraction of a character"),
        ("substring(text, 1, 0) = text", "length below 1"),
        ("sublist([1], 1, 2) = [1]", "length that the list does not have"),
        ("round up(1, 0.5) = 1", "fraction of a digit"),
        ("date(12026, 1, 1) = day", "between 1 and 9999"),
        ("date(2026, 1.5, 1) = day", "no whole number"),
        ('date("2026-01-01T00:00:00") = day', "date and time"),
        ('time("2026-01-01T00:00:00") = at', "date and time"),
        ("time(day) = at", "made of a date"),
        ('time(10, 0, 0, @"PT15H") = at', "more than 14 hours"),
        ('time("24:00:00") = at', "24:00:00"),
        ('time("10:00:00+15:00") = at', "more than 14 hours"),
        ('time("10:00:00.1234567") = at', "finer than microseconds"),
        ("date and time(day) = at", "date alone"),
        ('duration("P1Y1D") = at', "mixes"),
        ('duration("PT0.1234567S") = at', "finer than microseconds"),
        ('duration("P9999999999999D") = at', "too long"),
        ('duration("P999999999999D") = at', "too long"),
        ('@"PT0.000001S" * 0.5 = at', "finer than microseconds"),
        ('years and months duration(day, @"2026-01-01T00:00:00") = at', "date and time"),
        (
            'years and months duration(@"2025-01-01T00:00:00", @"2026-01-01T00:00:00") = at',
            "same day",
        ),
        ('day + @"P9000Y" = at', "too large"),
        ("string join(for n in 1..9000 return long, long) = text", "too long|steps"),
        ("distinct values(for n in 1..301 return n) = []", "more than 300"),
        ("count(for n in 1..200000 return n) = 1", "rounds"),
        ("concatenate(many, many) = []", "more than 100000 items"),
    ],
)
def test_what_engines_disagree_on_is_refused(text: str, message: str) -> None:
    values = {
        "text": "abc",
        "long": "x" * 1000,
        "many": [0] * 60_000,
        "day": dt.date(2026, 11, 21),
        "at": dt.time(10),
    }
    with pytest.raises(EvaluationError, match=message):
        evaluate_condition(text, values)
