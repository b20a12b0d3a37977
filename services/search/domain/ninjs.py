"""An article in the words of ninjs, the JSON of news agencies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

STANDARD: Final = {
    "name": "ninjs",
    "version": "3.0",
    "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_3.0.json",
}
_OWN_LISTS: Final = frozenset({"person", "place"})


def ninjs(article: Mapping[str, Any]) -> dict[str, Any]:
    """The ninjs 3.0 item (https://iptc.org/standards/ninjs/); empty properties left out.

    `article` is what `GET /v1/articles/{id}` answers. Tags with their confidence in percent.
    """
    tags = article["enrichment"]["tags"]
    body = {"role": "main", "contentType": "text/plain", "value": article["body"]}
    html = article["body_html"]
    made = {
        "uri": f"urn:dateline:article:{article['id']}",
        "standard": dict(STANDARD),
        "type": "text",
        "representationType": "full",
        "version": str(article["revision"]),
        "firstCreated": article["published_at"],
        "versionCreated": article["updated_at"] or article["published_at"],
        "pubStatus": "usable",
        "language": article["language"],
        "title": article["title"],
        "headlines": [{"role": "main", "contentType": "text/plain", "value": article["title"]}],
        "descriptions": _values("summary", article["summary"]),
        "bodies": [
            {**body, "wordCount": article["word_count"], "charCount": len(article["body"])},
            *([{"role": "main", "contentType": "text/html", "value": html}] if html else []),
        ],
        "by": ", ".join(article["authors"]),
        "located": article["place"],
        "usageTerms": article["license"],
        "infoSources": [{"name": article["source_name"] or article["publisher"]}],
        "subjects": [
            *({"name": path, "rel": "category"} for path in article["categories"]),
            *(_tag(tag) for tag in tags if tag["kind"] not in _OWN_LISTS),
        ],
        "people": [{"name": tag["name"]} for tag in tags if tag["kind"] == "person"],
        "places": [{"name": tag["name"]} for tag in tags if tag["kind"] == "place"],
        "associations": _pictures(article),
        "altIds": [{"role": "url", "value": article["url"]}],
    }
    return {name: value for name, value in made.items() if value not in (None, "", [])}


def _tag(tag: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": tag["name"], "literal": tag["slug"], "confidence": round(tag["score"] * 100)}


def _values(role: str, value: str | None) -> list[dict[str, str]]:
    return [{"role": role, "contentType": "text/plain", "value": value}] if value else []


def _pictures(article: Mapping[str, Any]) -> list[dict[str, Any]]:
    images = [article["image"], *article["media"]]
    found = {image["url"]: image for image in images if image}
    return [_picture(place, image) for place, image in enumerate(found.values(), start=1)]


def _picture(place: int, image: Mapping[str, Any]) -> dict[str, Any]:
    size = {name: image[name] for name in ("width", "height") if image.get(name)}
    made = {
        "name": f"image-{place}",
        "uri": image["url"],
        "type": "picture",
        "descriptions": _values("caption", image.get("caption")),
        "copyrightNotice": image.get("credit"),
        "renditions": [{"name": "original", "href": image["url"], **size}],
    }
    return {name: value for name, value in made.items() if value}
