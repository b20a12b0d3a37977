"""The pages that show the APIs work without internet, and tell nobody who reads them."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from services.ingest.app import create_app as create_ingest
from services.ingest.settings import IngestSettings
from services.search.app import create_app as create_search
from services.search.settings import SearchSettings


@pytest.mark.parametrize("service", ["ingest", "search"])
async def test_the_api_documents_load_nothing_from_elsewhere(tmp_path: Path, service: str) -> None:
    app: FastAPI
    if service == "ingest":
        app = create_ingest(IngestSettings())
    else:
        app = create_search(SearchSettings(state_dir=tmp_path))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://dateline") as client:
        page = await client.get("/docs")
        needed = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(needed) >= 2
        for address in needed:
            assert address.startswith("/"), address
            assert (await client.get(address)).status_code == 200, address
        assert (await client.get("/redoc")).status_code == 404
