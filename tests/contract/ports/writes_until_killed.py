"""Write batch after batch into the folder given, and print each id that was acknowledged."""

import asyncio
import sys
import uuid
from pathlib import Path

from services.search.adapters.tantivy_index import TantivyIndex
from services.search.domain.articles import Indexed
from tests.contract.ports.articles import article


async def main() -> None:
    index = TantivyIndex(Path(sys.argv[1]))
    await index.open()
    while True:
        batch = [article(uuid.uuid4().hex, "oil gas") for _ in range(20)]
        for written, verdict in zip(batch, await index.apply(batch), strict=True):
            if isinstance(verdict, Indexed):
                sys.stdout.write(f"{written.id}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
