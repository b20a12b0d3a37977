"""Who an article is: its canonical URL and the stable id made of publisher and identity."""

import base64
import hashlib
import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import idna

TRACKING_PARAMETERS = frozenset({"gclid", "fbclid"})
TRACKING_PREFIXES = ("utm_", "mc_")
DEFAULT_PORTS = {"http": 80, "https": 443}
_ENCODED = re.compile("%([0-9A-Fa-f]{2})")
_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Bytes that are no UTF-8 stay what they are, and apart from each other.
_AS_BYTES = "surrogateescape"
NO_ADDRESS = "must be an absolute http or https URL"
HOST_LENGTH = 253
"""As of DNS; to bring a host into its ASCII form takes long."""
ARTICLE_ID = r"^[0-9a-v]{26}$"
"""What `article_id` makes; a foreign producer's ids may look otherwise."""


def split_address(url: str) -> SplitResult:
    """The parts of an absolute http(s) URL; what may come at any length is not looked into.

    Raises:
        ValueError: not an absolute http(s) URL, or no host has such a name.
    """
    parts = urlsplit(url.strip())
    host = parts.hostname or ""
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise ValueError(NO_ADDRESS)
    if len(host) > HOST_LENGTH:
        raise ValueError(f"has a host of over {HOST_LENGTH} characters")
    _ = parts.port  # Raises where it is no number.
    return parts


def canonical_url(url: str) -> str:
    """The form in which two spellings of one address are equal; never shown to readers.

    Scheme and host in lower case, the host in its ASCII form, no default port, no fragment, no
    tracking parameters, the query sorted, http and https alike. What RFC 3986 calls equivalent in
    section 6.2.2 is equal: percent-encoding and dot segments. Trailing slash and `www` are kept.

    Raises:
        ValueError: not an absolute http(s) URL.
    """
    parts = split_address(url)
    scheme, host, port = parts.scheme, _ascii_host(parts.hostname or ""), parts.port
    if not host:
        raise ValueError(NO_ADDRESS)
    if ":" in host:
        host = f"[{host}]"
    netloc = host if port in (None, DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True, errors=_AS_BYTES)
        if name not in TRACKING_PARAMETERS and not name.startswith(TRACKING_PREFIXES)
    )
    path = _canonical_path(parts.path or "/")
    return urlunsplit(("https", netloc, path, urlencode(query, errors=_AS_BYTES), ""))


def _ascii_host(host: str) -> str:
    """The host as a browser sends it: `bücher.example` is `xn--bcher-kva.example`."""
    host = unquote(host).lower()
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        # Signs that only the older standard takes, which browsers still send by it.
        try:
            return host.encode("idna").decode()
        except UnicodeError:
            return host


def _canonical_path(path: str) -> str:
    encoded = quote(_STRAY_PERCENT.sub("%25", path), safe="/%:@!$&'()*+,;=~-._")
    return _without_dot_segments(_ENCODED.sub(_decode_unreserved, encoded))


def _without_dot_segments(path: str) -> str:
    """As of RFC 3986, section 5.2.4; doubled slashes are part of the path."""
    kept: list[str] = []
    segments = path.removeprefix("/").split("/")
    for segment in segments:
        if segment == ".." and kept:
            kept.pop()
        if segment not in {".", ".."}:
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _decode_unreserved(encoded: re.Match[str]) -> str:
    character = chr(int(encoded[1], 16))
    return character if character in _UNRESERVED else encoded[0].upper()


def article_id(publisher: str, identity: str) -> str:
    """26 characters of lower-case base32: 128 bits of SHA-256 over publisher and identity.

    `identity` is the publisher's own `external_id`, else the canonical URL. Base32 keeps the order
    of the bits, so an engine may sort by the leading bits of the decoded id.
    """
    digest = hashlib.sha256(f"{publisher}\0{identity}".encode()).digest()[:16]
    # The extended-hex alphabet is the one base32 whose letters stand in the order of their values.
    return base64.b32hexencode(digest).decode().rstrip("=").lower()
