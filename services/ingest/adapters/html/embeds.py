"""Videos, posts and other embedded media as links: a title, the provider, and the address.

A page that is shown as it is may run nothing of others, so a frame or a widget becomes
`<p><a href="address">title (provider)</a></p>`; the words of a post stay around its link.
"""

from html import escape
from typing import NamedTuple
from urllib.parse import parse_qs, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

PROVIDERS = {
    "bandcamp.com": "Bandcamp",
    "bsky.app": "Bluesky",
    "dailymotion.com": "Dailymotion",
    "datawrapper.dwcdn.net": "Datawrapper",
    "facebook.com": "Facebook",
    "flourish.studio": "Flourish",
    "google.com/maps": "Google Maps",
    "instagram.com": "Instagram",
    "linkedin.com": "LinkedIn",
    "open.spotify.com": "Spotify",
    "pinterest.com": "Pinterest",
    "podcasts.apple.com": "Apple Podcasts",
    "reddit.com": "Reddit",
    "soundcloud.com": "SoundCloud",
    "spotify.com": "Spotify",
    "t.me": "Telegram",
    "threads.net": "Threads",
    "tiktok.com": "TikTok",
    "twitch.tv": "Twitch",
    "twitter.com": "Twitter",
    "vimeo.com": "Vimeo",
    "vk.com": "VK",
    "x.com": "X",
    "youtu.be": "YouTube",
    "youtube-nocookie.com": "YouTube",
    "youtube.com": "YouTube",
}
"""By host, subdomains included; any other host is its own name."""

WORDLESS = "data-wordless"
"""The attribute of a link whose words are no text of the article."""

EMBEDS = 200
"""So many posts and so many frames of an article become links; the others are left out."""

TRACKERS = (
    *("google.com/recaptcha", "googletagmanager.com", "doubleclick.net", "googlesyndication.com"),
    *(
        "facebook.com/tr",
        "facebook.com/plugins/like",
        "amazon-adsystem.com",
        "scorecardresearch.com",
    ),
)
"""Frames of these show a reader nothing."""

_POSTS = {
    "twitter-tweet": ("twitter.com", "x.com"),
    "twitter-video": ("twitter.com", "x.com"),
    "instagram-media": ("instagram.com",),
    "tiktok-embed": ("tiktok.com",),
    "reddit-embed-bq": ("reddit.com",),
    "reddit-card": ("reddit.com",),
    "bluesky-embed": ("bsky.app",),
    "text-post-media": ("threads.net",),
    "mastodon-embed": (),
    "fb-post": ("facebook.com",),
    "fb-video": ("facebook.com",),
    "wp-block-embed__wrapper": (),
}
"""The classes that networks tell their own embeds by, and where these link to."""

_FRAMES = "iframe, embed, object, video, audio, amp-iframe, lite-youtube, amp-youtube, lite-vimeo"
_WIDGETS = ", ".join(f".{name}" for name in _POSTS)
_SOURCES = ("src", "data-src", "data-lazy-src", "data-litespeed-src", "data", "data-href")
_PERMALINKS = (
    "cite",
    "data-instgrm-permalink",
    "data-href",
    "data-embed-url",
    "data-text-post-permalink",
)


_INSIDE_TEXT = {"p", "span", "em", "strong", "b", "i", "a", "h1", "h2", "h3", "h4"}


def link(url: str, title: str | None = None) -> str:
    """A paragraph with the link alone."""
    return f'<p><a href="{escape(url)}">{escape(_words(url, title))}</a></p>'


def provider_of(url: str) -> str:
    """Who shows what is at this address."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    for known, name in PROVIDERS.items():
        domain, _, path = known.partition("/")
        if (host == domain or host.endswith(f".{domain}")) and parts.path[1:].startswith(path):
            return name
    return host


class Embed(NamedTuple):
    """An element that shows something of others; `url` is None where it shows a reader nothing."""

    node: LexborNode
    url: str | None
    title: str | None


def show_embeds_as_links(body: LexborNode, page: str) -> str:
    """Put a link in place of each embed; `page` is what relative addresses are joined to.

    A medium of the page's own that has no title shows a link, but tells nothing: its link is
    marked `WORDLESS`.

    Returns:
        The words of these, for an article that has no others.
    """
    wordless = []
    for embed in find_embeds(body, page):
        if _is_wordless(embed, page):
            wordless.append(_words(embed.url or "", None))
            _show_as_link(embed, f" {WORDLESS}")
        else:
            _show_as_link(embed)
    return "\n\n".join(wordless)


def _is_wordless(embed: Embed, page: str) -> bool:
    if embed.title or embed.url is None or embed.node.tag == "blockquote":
        return False
    own = urlsplit(embed.url).hostname == urlsplit(page).hostname
    return own or embed.node.tag in {"audio", "video"}


def find_embeds(body: LexborNode, page: str) -> list[Embed]:
    """Posts of networks, then players and other frames."""
    posts = (_post(node, page) for node in body.css(_WIDGETS)[:EMBEDS])
    frames = (_frame(node, page) for node in body.css(_FRAMES)[:EMBEDS])
    return [*filter(None, posts), *frames]


def _show_as_link(embed: Embed, mark: str = "") -> None:
    node, url, title = embed
    if url is None:
        node.decompose()
    elif node.tag == "blockquote":
        _link_below(embed)
    else:
        inside_text = node.parent is not None and node.parent.tag in _INSIDE_TEXT
        html = link(url, title).replace("<a", f"<a{mark}", 1)
        if made := LexborHTMLParser(html).css_first("a" if inside_text else "p"):
            node.replace_with(made)


def _link_below(post: Embed) -> None:
    """The words of a post stay; its own link gives way to one that tells the provider."""
    url = post.url or ""
    own = next(
        (one for one in post.node.css("a[href]") if _same(one.attributes["href"], url)), None
    )
    if own is not None:
        own.decompose()
    if made := LexborHTMLParser(link(url, post.title)).css_first("p"):
        post.node.insert_child(made)


def _frame(node: LexborNode, page: str) -> Embed:
    url = _address_of(node, page)
    if url is None or _is_unseen(node) or _is_tracker(url):
        return Embed(node, None, None)
    title = node.attributes.get("title") or node.attributes.get("aria-label")
    return Embed(node, _page_of(url), title)


def _address_of(frame: LexborNode, page: str) -> str | None:
    attributes = frame.attributes
    if frame.tag in {"lite-youtube", "amp-youtube"}:
        video = attributes.get("videoid") or attributes.get("data-videoid")
        return f"https://www.youtube.com/watch?v={video}" if video else None
    if frame.tag == "lite-vimeo":
        video = attributes.get("videoid")
        return f"https://vimeo.com/{video}" if video else None
    given = [attributes.get(name) for name in _SOURCES]
    given += [source.attributes.get("src") for source in frame.css("source[src]")]
    return next((whole for one in given if (whole := _absolute(one, page))), None)


def _absolute(given: str | None, page: str) -> str | None:
    try:
        whole = urljoin(page, (given or "").strip())
        parts = urlsplit(whole)
    except ValueError:
        return None
    # What leads to a host as a whole shows nothing that belongs to the article.
    leads_somewhere = bool(parts.hostname) and bool(parts.path.strip("/") or parts.query)
    return whole if given and leads_somewhere and parts.scheme in {"http", "https"} else None


def _is_unseen(frame: LexborNode) -> bool:
    sizes = {frame.attributes.get("width"), frame.attributes.get("height")}
    style = (frame.attributes.get("style") or "").replace(" ", "")
    return bool(sizes & {"0", "1", "0px", "1px"}) or "display:none" in style


def _is_tracker(url: str) -> bool:
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return any(
        f"{host}{parts.path}".startswith(known) or host.endswith(f".{known}") for known in TRACKERS
    )


def _page_of(url: str) -> str:
    """The page of a player, where it is known how the two belong together."""
    parts = urlsplit(url)
    name, path = provider_of(url), [part for part in parts.path.split("/") if part]
    if name == "YouTube" and path[:1] == ["embed"] and path[1:] and path[1] != "videoseries":
        return f"https://www.youtube.com/watch?v={path[1]}"
    if name == "Vimeo" and path[:1] == ["video"] and path[1:]:
        return f"https://vimeo.com/{path[1]}"
    if name == "Facebook" and path[:1] == ["plugins"]:
        target = parse_qs(parts.query).get("href", [""])[0]
        return _absolute(target, url) or url
    if name == "Spotify" and path[:1] == ["embed"] and path[1:]:
        return f"https://open.spotify.com/{'/'.join(path[1:])}"
    if name == "Dailymotion" and path[:2] == ["embed", "video"] and path[2:]:
        return f"https://www.dailymotion.com/video/{path[2]}"
    return url


def _post(node: LexborNode, page: str) -> Embed | None:
    classes = (node.attributes.get("class") or "").split()
    hosts = next((_POSTS[name] for name in classes if name in _POSTS), ())
    links = [one for one in node.css("a[href]") if _leads_to(one, hosts, page)]
    given = next((node.attributes[name] for name in _PERMALINKS if node.attributes.get(name)), None)
    url = _absolute(given, page)
    if url is None and (text := node.text().strip()).startswith(("http://", "https://")):
        url = None if " " in text else _absolute(text, page)
    if url is None and links:
        url = _absolute(links[-1].attributes.get("href"), page)
    if url is None:
        return None
    own = next((one for one in links if _same(one.attributes.get("href"), url)), None)
    words = " ".join(own.text().split()) if own else None
    return Embed(node, url, words or node.attributes.get("title"))


def _leads_to(one: LexborNode, hosts: tuple[str, ...], page: str) -> bool:
    url = _absolute(one.attributes.get("href"), page)
    host = (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
    return bool(host) and (not hosts or any(host == h or host.endswith(f".{h}") for h in hosts))


def _same(href: str | None, url: str) -> bool:
    return (href or "").split("?")[0].rstrip("/") == url.split("?", maxsplit=1)[0].rstrip("/")


def _words(url: str, title: str | None) -> str:
    provider = provider_of(url)
    words = " ".join((title or "").split())
    if not words:
        return provider
    return words if provider.lower() in words.lower() else f"{words} ({provider})"
