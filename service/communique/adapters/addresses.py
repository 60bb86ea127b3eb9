"""Addresses of articles: which URLs are the same, and the article id that follows from one."""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlsplit

_TRACKING = re.compile(
    r"utm_\w*|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|mc_cid|mc_eid|wt_mc|wt\.mc|cmpid|ocid|xtor|"
    r"at_medium|at_campaign|at_custom\d|ns_campaign|ns_mchannel|ns_source|_ga|_gl",
    re.IGNORECASE,
)
_NORMAL = re.compile(r"https?://[a-z0-9][a-z0-9.-]*/[^\s?#]*")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"https?://(?:www\.)?(\[[^\]]*\]|[^/:?]*)")
_URI = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)


def normalise_url(url: str) -> str | None:
    """The form of an http(s) URL that is equal for equal pages; None for anything else.

    Lower-case scheme and host, no user, no default port, no fragment, no tracking parameters. Path and the order of the
    other parameters stay: servers are free to tell them apart.
    """
    if _NORMAL.fullmatch(url):
        return url
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    scheme, host = parts.scheme, parts.hostname
    if scheme not in _DEFAULT_PORTS or not host or " " in parts.netloc:
        return None
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{port}"
    path = (parts.path or "/").replace(" ", "%20")
    query = parts.query.replace(" ", "%20")
    if query:
        query = "&".join(p for p in query.split("&") if p and not _TRACKING.fullmatch(p.partition("=")[0]))
    return f"{scheme}://{host}{path}?{query}" if query else f"{scheme}://{host}{path}"


def is_uri(text: str) -> bool:
    return _URI.fullmatch(text) is not None


def domain(url: str) -> str | None:
    """Host of a normalised URL without "www."."""
    found = _HOST.match(url)
    return found[1] or None if found else None


def same_page(canonical: str, url: str) -> bool:
    """Whether a page's own canonical link may be believed.

    Both are normalised. A link to another host, or from an article to the front page, is a template's mistake, and
    would make one article of a whole site.
    """
    left, right = urlsplit(canonical), urlsplit(url)
    return left.hostname == right.hostname and (left.path != "/" or right.path == "/")


def article_id(uri: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, uri))


def aliases(identity: str, *others: str | None) -> tuple[str, ...]:
    """The article ids of the other addresses of an article, beside the one that is its identity."""
    normal = {normalise_url(other) or other for other in others if other and other != identity}
    return tuple(sorted(article_id(other) for other in normal - {identity}))
