"""Dates as senders write them."""

from __future__ import annotations

import pytest

from communique.adapters.moments import read_moment


@pytest.mark.parametrize(
    ("text", "zone", "at", "precision", "assumed"),
    [
        ("2024-06-28T10:00:00+02:00", None, "2024-06-28T10:00:00+02:00", "second", False),
        ("2024-06-28T10:00:00Z", "Europe/Berlin", "2024-06-28T10:00:00+00:00", "second", False),
        ("2024-06-28T10:00:00+0200", None, "2024-06-28T10:00:00+02:00", "second", False),
        ("2024-06-28 10:00:00 +0200", None, "2024-06-28T10:00:00+02:00", "second", False),
        ("2024-06-28 10:00:00 UTC", None, "2024-06-28T10:00:00+00:00", "second", False),
        ("2024-06-28T10:00:00.123456789Z", None, "2024-06-28T10:00:00.123456+00:00", "second", False),
        ("2024-06-28 10:00:00", None, "2024-06-28T10:00:00+00:00", "second", True),
        ("2024-06-28 10:00:00", "Asia/Shanghai", "2024-06-28T10:00:00+08:00", "second", False),
        ("2024-01-28 10:00:00", "Europe/Berlin", "2024-01-28T10:00:00+01:00", "second", False),
        ("2024-06-28 10:00:00", "Mars/Olympus", "2024-06-28T10:00:00+00:00", "second", True),
        ("2024-06-28 10:00:00", "../../etc/passwd", "2024-06-28T10:00:00+00:00", "second", True),
        ("2024-06-28 10:00:00", "America", "2024-06-28T10:00:00+00:00", "second", True),
        ("2024-06-28", None, "2024-06-28T00:00:00+00:00", "day", False),
        ("20240628", None, "2024-06-28T00:00:00+00:00", "day", False),
        ("2024-06-28", "Pacific/Auckland", "2024-06-28T00:00:00+12:00", "day", False),
        ("Fri, 28 Jun 2024 10:00:00 +0200", None, "2024-06-28T10:00:00+02:00", "second", False),
        ("Fri, 28 Jun 2024 10:00:00 GMT", None, "2024-06-28T10:00:00+00:00", "second", False),
        ("28 Jun 2024 10:00 EST", None, "2024-06-28T10:00:00-05:00", "second", False),
        ("Fri, 28 Jun 2024 10:00:00 CEST", None, "2024-06-28T10:00:00+00:00", "second", True),
    ],
)
def test_moment(text: str, zone: str | None, at: str, precision: str, assumed: bool) -> None:
    """The sender's own offset stays, so that the sender's own day can be read off; a day is a day in every zone."""
    found = read_moment(text, zone)
    assert found is not None
    assert (found.at.isoformat(), found.precision, found.zone_assumed) == (at, precision, assumed)


def test_the_year_one_means_no_date() -> None:
    """Several languages write their empty date as the first day there is."""
    assert read_moment("0001-01-01T00:00:00Z") is None


@pytest.mark.parametrize(
    "text",
    [
        "am Freitag",
        "2024-13-01",
        "2024-02-30",
        "28.06.2024",
        "0000-00-00",
        "0512-01-01",
        "1719597600",
        "",
        "2024",
        "Fri, 99 Foo 2024 10:00",
    ],
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError):
        read_moment(text)
