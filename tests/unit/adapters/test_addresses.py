"""URLs that lead to the same page are written the same."""

from __future__ import annotations

import pytest

from communique.adapters.addresses import domain, normalise_url


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://a.example/1", "https://a.example/1"),
        ("HTTPS://WWW.A.example/Pfad", "https://www.a.example/Pfad"),
        ("http://a.example:80/1", "http://a.example/1"),
        ("http://a.example:8080/1", "http://a.example:8080/1"),
        ("https://a.example", "https://a.example/"),
        ("https://a.example/1#top", "https://a.example/1"),
        ("https://a.example/1?b=2&a=1", "https://a.example/1?b=2&a=1"),
        ("https://a.example/1?utm_source=x&id=7&gclid=y", "https://a.example/1?id=7"),
        ("https://a.example/1?UTM_Medium=x", "https://a.example/1"),
        ("https://user:secret@a.example/1", "https://a.example/1"),
        ("  https://a.example/ein text ", "https://a.example/ein%20text"),
        ("https://[2001:DB8::1]:8443/1", "https://[2001:db8::1]:8443/1"),
        ("https://bücher.example/größe", "https://bücher.example/größe"),
        ("ftp://a.example/1", None),
        ("javascript:alert(1)", None),
        ("//a.example/1", None),
        ("https:///1", None),
        ("http://[::1", None),
        ("http://a.example:x/", None),
        ("", None),
    ],
)
def test_normal_form(url: str, normal: str | None) -> None:
    """Lower case where case means nothing, no user, fragment or tracking; what is no web address is None."""
    assert normalise_url(url) == normal


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.a.example/1", "a.example"),
        ("https://a.example:8080/1", "a.example"),
        ("https://[2001:db8::1]:8443/1", "[2001:db8::1]"),
    ],
)
def test_domain(url: str, host: str) -> None:
    assert domain(url) == host
