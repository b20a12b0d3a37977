import pytest
from pydantic import ValidationError

from services.search.settings import SearchSettings

SAFE = "redis://:a-long-one@redis:6379/0"


def test_production_refuses_a_weak_password_of_opensearch() -> None:
    with pytest.raises(ValidationError, match="OPENSEARCH_PASSWORD"):
        SearchSettings(profile="production", redis_url=SAFE, opensearch_user="admin")
    SearchSettings(
        profile="production",
        redis_url=SAFE,
        opensearch_user="admin",
        opensearch_password="a-long-one",
    )


@pytest.mark.parametrize(
    ("given", "origins"),
    [(None, None), ("", None), ("*", ["*"]), ("https://a, https://b", ["https://a", "https://b"])],
)
def test_origins_are_a_list_separated_by_commas(
    given: str | None, origins: list[str] | None
) -> None:
    assert SearchSettings(cors_origins=given).origins == origins
