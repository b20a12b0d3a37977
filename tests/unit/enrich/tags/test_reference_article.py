import json

import pytest

from services.enrich.domain.tags import TaggedText, choose_tags
from tests.left_out import SHARED


@pytest.mark.shared_data
def test_the_reference_article_has_the_tags_an_editor_would_give() -> None:
    article = json.loads((SHARED / "data" / "seed" / "article.json").read_text("utf-8"))
    for summary in (article["summary"], ""):
        text = TaggedText(article["title"], summary, article["body"], article["language"])
        names = {tag.name for tag in choose_tags(text)}
        wanted = {
            "Russia",
            "Azerbaijan",
            "Khankendi",
            "Grigory Karasin",
            "Russian Foreign Ministry",
        }
        assert wanted <= names
        assert not {"Karasin", "Mr. Karasin", "Russian", "Russian Federation"} & names
