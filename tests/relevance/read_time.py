"""Minutes of the reference article, by default and with its publisher's profile; and a spread."""

import json
import statistics
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from services.enrich.domain.read_time import ReadingProfile, reading_time
from tests.relevance.figures import Figure, json_lines

PAGE = ReadingProfile(words_per_minute=110, rounding="up")
#: The same news take about the same time in every language, whatever a word is there.
SPREAD = 2.5


def measure(data: Path) -> Iterator[Figure]:
    body = json.loads((data / "seed" / "article.json").read_text("utf-8"))["body"]
    default, page = reading_time(body).minutes, reading_time(body, profile=PAGE).minutes
    yield Figure("read time, reference", "minutes", default, floor=2, ceiling=2)
    yield Figure("read time, its profile", "minutes", page, floor=5, ceiling=5)
    seconds_per_letter = defaultdict(list)
    for article in json_lines(data / "masakhanews" / "articles.jsonl"):
        letters = sum(map(str.isalpha, article["text"]))
        if letters:
            seconds = reading_time(article["text"]).seconds
            seconds_per_letter[article["lang"]].append(1000 * seconds / letters)
    medians = {lang: statistics.median(each) for lang, each in seconds_per_letter.items()}
    spread = max(medians.values()) / min(medians.values())
    yield Figure("read time, masakhanews", "ms a letter", statistics.median(medians.values()))
    yield Figure("read time, masakhanews", "spread", spread, ceiling=SPREAD)
