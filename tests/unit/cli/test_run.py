"""What `make run` is told, checked before anything starts."""

import pytest

from services.cli.app import main


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("INGEST_PORT", "abc", "INGEST_PORT: "),
        ("SEARCH_PORT", "99999", "SEARCH_PORT: "),
        ("DATELINE_PROFILE", "prod", "DATELINE_PROFILE: "),
        ("DATELINE_PROFILE", "production", "docker compose"),
        ("DATELINE_LOG_LEVEL", "loud", "'WARNING'"),
        ("DATELINE_PUBLIC_URL", "news.example", "DATELINE_PUBLIC_URL: "),
        ("REDIS_URL", "rediss:/nonsense", "REDIS_URL: must be redis://"),
        ("REDIS_URL", "redis://127.0.0.1:port/0", "REDIS_URL: must be redis://"),
        ("OPENSEARCH_URL", "127.0.0.1:9200", "OPENSEARCH_URL: 127.0.0.1:9200 is no address"),
        ("OPENSEARCH_URL", "http://one:9200,htp://two:9200", "htp://two:9200 is no address"),
        ("READING_PROFILES", "{bad", "READING_PROFILES: "),
        ("READING_PROFILES", '{"a": {"speed": 1}}', "READING_PROFILES.a.speed: unknown name"),
        ("ENRICH_MAX_TAGS", "51", "ENRICH_MAX_TAGS: "),
        ("MEMORY_REDIS_URL", "127.0.0.1:6379", "MEMORY_REDIS_URL: must be redis://"),
    ],
)
def test_a_setting_that_cannot_be_is_one_line_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    told: str,
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:long-and-random@127.0.0.1/0")
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        main(["run"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("dateline: ")
    assert told in said
    assert said.count("\n") == 1
