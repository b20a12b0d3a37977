"""The short form of `make faults`: at random on real processes, and FLUSHALL; nothing is lost."""

from pathlib import Path

import pytest

from tests.faults.estate import Engine, Layout
from tests.faults.run import Plan, run

# Draws faults of every part but no restart of OpenSearch: that takes as long as all else, and
# test_opensearch_faults has it.
SEED = 845
ENGINES = ["tantivy", pytest.param("opensearch", marks=pytest.mark.opensearch)]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_lost_stale_doubled_or_brought_back_by_faults(
    request: pytest.FixtureRequest, engine: Engine, tmp_path: Path
) -> None:
    cluster = request.getfixturevalue("harmed_opensearch") if engine == "opensearch" else None
    plan = Plan(
        seed=SEED,
        layout=Layout(engine=engine, ingest=1, enrich=2, search=1),
        articles=160,
        faults=8,
        seconds=12,
    )
    result = run(plan, tmp_path, print, cluster)
    assert result.problems == []
    assert result.verification.holds
    assert result.verification.shown > 100
    assert result.faults.total() == 8 + 1  # FLUSHALL
