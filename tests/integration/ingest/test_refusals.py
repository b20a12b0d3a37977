"""What is refused leaves a trace: a metric, and a line in the log once a minute."""

import json
import logging

import pytest

from services.ingest.api.refusals import LOG_LINES, MOST_PUBLISHERS, Refusals
from shared.telemetry import Metrics
from tests.publishing import Ingest, article, ingest as start_ingest
from tests.unit.ingest.formats.documents import DOCUMENTS
from tests.waiting import eventually


async def counted(ingest: Ingest) -> dict[str, float]:
    """The metric, by its labels as they stand in the exposition."""
    text = (await ingest.http.get("/metrics")).text
    lines = [line for line in text.splitlines() if line.startswith("dateline_refusals_total{")]
    return {line.split("{")[1].split("}")[0]: float(line.split()[-1]) for line in lines}


async def test_refusals_are_counted_by_reason_and_publisher(ingest: Ingest) -> None:
    bad = {"url": 7}
    await ingest.http.post("/v1/articles", json=bad)
    await ingest.http.post("/v1/articles/batch", json=[article(), bad, bad, 7])
    await ingest.http.post("/v1/articles/batch", content=b'[{"url": 7}')
    document = json.loads(DOCUMENTS["ninjs"])
    await ingest.http.post("/v1/import", json=[document, document | {"headline": 7}])
    await ingest.http.post("/v1/import", content=b"{broken")
    await ingest.http.post("/v1/articles", json=bad, headers={"Authorization": "Bearer x"})
    await ingest.http.get("/v1/nothing")

    assert await counted(ingest) == {
        'publisher="demo",reason="invalid_article"': 4,
        'publisher="demo",reason="unreadable_body"': 1,
        'publisher="demo",reason="broken_off"': 1,
        'publisher="demo",reason="unreadable_document"': 1,
        'publisher="unknown",reason="unknown_key"': 1,
        'publisher="unknown",reason="not_found"': 1,
    }


async def test_what_an_outage_refuses_is_counted(redis_url: str) -> None:
    async with start_ingest(redis_url) as ingest:
        await ingest.http.post("/v1/articles", json=article())
        assert await counted(ingest) == {'publisher="demo",reason="recovering"': 1}


async def test_each_reason_is_one_line_a_minute_and_the_last_at_the_end(
    redis_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def lines() -> list[str]:
        name = "services.ingest.api.refusals"
        return sorted(line.getMessage() for line in caplog.records if line.name == name)

    monkeypatch.setattr("services.ingest.api.refusals.LOG_S", 0.5)
    with caplog.at_level(logging.WARNING):
        async with start_ingest(redis_url) as ingest:
            for _ in range(3):
                await ingest.http.post("/v1/articles", json={})
            await eventually(lambda: sum(int(line.split()[1]) for line in lines()), 3)
            assert len(lines()) <= 2
            monkeypatch.setattr("services.ingest.api.refusals.LOG_S", 60)
            await ingest.http.get("/v1/nothing")
    assert "refused 1 requests or items of unknown: not_found" in lines()


def test_labels_and_lines_are_bounded(caplog: pytest.LogCaptureFixture) -> None:
    metrics = Metrics()
    refusals = Refusals(metrics)
    for number in range(MOST_PUBLISHERS + 500):
        refusals.note(f"publisher{number}", "rate_limited")
    series = metrics.render().decode().count("\ndateline_refusals_total{")
    assert series == MOST_PUBLISHERS + 1
    with caplog.at_level(logging.WARNING):
        refusals.log()
    assert len(caplog.records) == LOG_LINES + 1
    assert "of others: rate_limited" in caplog.records[0].getMessage()
    caplog.clear()
    refusals.log()
    assert not caplog.records
