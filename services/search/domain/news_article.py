"""An article in the words of schema.org."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def news_article(article: Mapping[str, Any]) -> dict[str, Any]:
    """The `NewsArticle` (https://schema.org/NewsArticle) of an article page; empty fields left out.

    `article` is what `GET /v1/articles/{id}` answers.
    """
    image = article["image"] or {}
    made = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": article["url"],
        "identifier": article["id"],
        "url": article["url"],
        "mainEntityOfPage": article["url"],
        "headline": article["title"],
        "description": article["summary"],
        "articleBody": article["body"],
        "articleSection": article["categories"],
        "keywords": article["tags"],
        "inLanguage": article["language"],
        "datePublished": article["published_at"],
        "dateModified": article["updated_at"] or article["published_at"],
        "author": [{"@type": "Person", "name": name} for name in article["authors"]],
        "publisher": {
            "@type": "NewsMediaOrganization",
            "name": article["source_name"] or article["publisher"],
        },
        "image": _image(image) if image.get("url") else None,
        "wordCount": article["word_count"],
        "timeRequired": article["time_required"],
        "license": article["license"],
        "contentLocation": article["place"],
        "version": article["revision"],
    }
    return {name: value for name, value in made.items() if value not in (None, "", [])}


def _image(image: Mapping[str, Any]) -> dict[str, Any]:
    made = {
        "@type": "ImageObject",
        "url": image["url"],
        "caption": image.get("caption"),
        "creditText": image.get("credit"),
        "width": image.get("width"),
        "height": image.get("height"),
    }
    return {name: value for name, value in made.items() if value}
