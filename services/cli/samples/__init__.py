"""The sample newsroom: our own articles about people and places that do not exist."""

import json
import time
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import httpx

SEARCHABLE_S = 60.0


def sample_articles(site_url: str) -> list[dict[str, Any]]:
    """The articles as a publisher posts them; their images are served by the site itself."""
    lines = files(__package__).joinpath("articles.jsonl").read_text("utf-8").splitlines()
    articles = [json.loads(line) for line in lines]
    for article in articles:
        if image := article.get("image"):
            image["url"] = site_url + image["url"]
    return articles


def post_samples(ingest_url: str, search_url: str, key: str, say: Callable[[str], None]) -> None:
    """Post the samples through ingest if search has no article, and wait until they are found."""
    with httpx.Client(timeout=30) as client:
        if _total(client, search_url):
            return
        articles = sample_articles(search_url)
        say(f"Posting {len(articles)} sample articles")
        answer = client.post(
            f"{ingest_url}/v1/articles/batch",
            json=articles,
            headers={"Authorization": f"Bearer {key}"},
        )
        answer.raise_for_status()
        refused = [item for item in answer.json()["items"] if item["status"] not in (200, 202)]
        for item in refused:
            say(f"  sample {item['index']} was refused: {item['problem']}")
        expected = len(articles) - len(refused)
        deadline = time.monotonic() + SEARCHABLE_S
        while (found := _total(client, search_url)) < expected and time.monotonic() < deadline:
            time.sleep(0.1)
        say(f"{found} of them can be searched")


def _total(client: httpx.Client, search_url: str) -> int:
    answer = client.get(f"{search_url}/v1/search", params={"page_size": 1})
    answer.raise_for_status()
    return int(answer.json()["total"])
