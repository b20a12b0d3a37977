"""Who an article is: its canonical URL and the stable id made of publisher and identity."""

import base64
import hashlib
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

TRACKING_PARAMETERS = frozenset({"gclid", "fbclid"})
TRACKING_PREFIXES = ("utm_", "mc_")
DEFAULT_PORTS = {"http": 80, "https": 443}
ARTICLE_ID = r"^[0-9a-v]{26}$"
"""What `article_id` makes; a foreign producer's ids may look otherwise."""


def canonical_url(url: str) -> str:
    """The form in which two spellings of one address are equal; never shown to readers.

    Scheme and host in lower case, no default port, no fragment, no tracking parameters, the query
    sorted, http and https alike. Path, trailing slash and `www` are kept.

    Raises:
        ValueError: not an absolute http(s) URL.
    """
    parts = urlsplit(url.strip())
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if scheme not in DEFAULT_PORTS or not host:
        raise ValueError("must be an absolute http or https URL")
    port = parts.port
    if ":" in host:
        host = f"[{host}]"
    netloc = host if port in (None, DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in TRACKING_PARAMETERS and not name.startswith(TRACKING_PREFIXES)
    )
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit(("https", netloc, path, urlencode(query), ""))


def article_id(publisher: str, identity: str) -> str:
    """26 characters of lower-case base32: 128 bits of SHA-256 over publisher and identity.

    `identity` is the publisher's own `external_id`, else the canonical URL. Base32 keeps the order
    of the bits, so an engine may sort by the leading bits of the decoded id.
    """
    digest = hashlib.sha256(f"{publisher}\0{identity}".encode()).digest()[:16]
    # The extended-hex alphabet is the one base32 whose letters stand in the order of their values.
    return base64.b32hexencode(digest).decode().rstrip("=").lower()
