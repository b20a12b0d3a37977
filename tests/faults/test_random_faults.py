"""The short form of `make faults`: some faults at random on real processes; nothing is lost."""

from pathlib import Path

import pytest

from tests.faults.estate import Engine, Layout
from tests.faults.run import Plan, run

ENGINES = ["tantivy", pytest.param("opensearch", marks=pytest.mark.opensearch)]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_lost_stale_doubled_or_brought_back_by_faults(
    request: pytest.FixtureRequest, engine: Engine, tmp_path: Path
) -> None:
    cluster = request.getfixturevalue("harmed_opensearch") if engine == "opensearch" else None
    plan = Plan(
        seed=7,
        layout=Layout(engine=engine, ingest=1, enrich=2, search=1),
        articles=160,
        faults=8,
        seconds=12,
    )
    result = run(plan, tmp_path, print, cluster)
    assert result.problems == []
    assert result.verification.holds
    assert result.verification.shown > 100
    assert result.faults.total() == 8
