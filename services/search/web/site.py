"""What a publisher may change of the site without touching it: its name, logo, sections, look."""

import mimetypes
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

MAX_FILE_BYTES = 1024 * 1024
Canonical = Literal["site", "publisher"]


class SiteFile(BaseModel):
    """The settings file of the site, in TOML; paths are relative to it.

    `sections` are category paths in the order of the navigation; without them it is by size.
    `canonical` says whose page of an article search engines should list.
    """

    model_config = ConfigDict(extra="forbid")

    name: str = Field("Dateline", min_length=1, max_length=80)
    tagline: str = Field("News, with a receipt", max_length=200)
    logo: Path | None = None
    stylesheet: Path | None = None
    sections: list[str] = []
    canonical: Canonical = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeFile:
    """A file of the publisher's, as it is served."""

    content: bytes
    media_type: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read it once, at the start; raises OSError, and ValueError where it is too large."""
        content = path.read_bytes()
        if len(content) > MAX_FILE_BYTES:
            raise ValueError(f"{path} has more than {MAX_FILE_BYTES} bytes")
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return cls(content=content, media_type=media_type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The facts of the site.

    Attributes:
        image_sources: goes into the Content-Security-Policy.
        public_url: where readers reach it; None is where a request came to.
        hub: the WebSub hub that feeds name.
        logo, stylesheet: names among `files`.
        canonical: whose page of an article search engines should list.
    """

    name: str = "Dateline"
    tagline: str = "News, with a receipt"
    sections: tuple[str, ...] = ()
    logo: str | None = None
    stylesheet: str | None = None
    files: dict[str, ThemeFile] = field(default_factory=dict)
    image_sources: str = "https:"
    public_url: str | None = None
    hub: str | None = None
    canonical: Canonical = "site"

    @classmethod
    def of(
        cls,
        path: Path | None,
        *,
        image_sources: str,
        public_url: str | None = None,
        hub: str | None = None,
    ) -> Self:
        """The site as its settings file wants it.

        Raises:
            OSError: a file cannot be read.
            ValueError: the settings file is no TOML, or has what it must not have.
        """
        given = SiteFile.model_validate(tomllib.loads(path.read_text()) if path else {})
        folder = path.parent if path else Path()
        theme = [one for one in (given.logo, given.stylesheet) if one]
        return cls(
            name=given.name,
            tagline=given.tagline,
            sections=tuple(given.sections),
            logo=given.logo.name if given.logo else None,
            stylesheet=given.stylesheet.name if given.stylesheet else None,
            files={one.name: ThemeFile.read(folder / one) for one in theme},
            image_sources=image_sources,
            public_url=public_url.rstrip("/") if public_url else None,
            hub=hub,
            canonical=given.canonical,
        )

    def base(self, asked_at: str) -> str:
        """Where readers reach the site, without a slash at the end; `asked_at` is a request's."""
        return self.public_url or asked_at.rstrip("/")

    @property
    def content_security_policy(self) -> str:
        return (
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
            f"font-src 'self'; img-src 'self' {self.image_sources}; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )

    def allows_image(self, url: str) -> bool:
        """Whether the policy lets a browser load it."""
        parts = urlsplit(url)
        allowed = self.image_sources.split()
        origin = f"{parts.scheme}://{parts.netloc}"
        return parts.scheme in ("http", "https") and bool(
            {"*", f"{parts.scheme}:", origin, parts.netloc}.intersection(allowed)
        )
