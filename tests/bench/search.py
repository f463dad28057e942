"""How well and how fast links are found: `python -m tests.bench.search [FOLDER]`.

FOLDER holds `*.resources.jsonl` (id, name, url, description) and `*.queries.jsonl` (query, relevant: ids).
Names go in as titles and descriptions as notes; tags are hidden, since the queries are names of tags.
Both databases are measured, and how alike they answer.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from facilitation.resources.addresses import parse_address
from storage.communities import Directory, Memberships, People
from storage.engine import open_engine
from storage.migration import upgrade
from storage.resources import LONGEST_NOTE, Shelf
from storage.unit import Units
from tests import postgresql

FOLDER = Path("../shared/data/resources")
NOW = datetime(2026, 3, 2, 8, 55, tzinfo=UTC)
Rows = list[dict[str, Any]]


def main() -> None:
    """Print the figures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    resources, queries = _rows(folder, "resources"), _rows(folder, "queries")
    if not resources or not queries:
        sys.exit(f"{folder} has no *.resources.jsonl and *.queries.jsonl to measure on.")
    print(f"{len(resources)} resources, {len(queries)} queries")
    os.environ.setdefault(postgresql.RUN, str(os.getpid()))
    answers = []
    with tempfile.TemporaryDirectory() as home:
        urls = {"SQLite": f"sqlite+aiosqlite:///{home}/bench.db"}
        try:
            urls["PostgreSQL"] = postgresql.address()
        except postgresql.NoServer as reason:
            print(f"PostgreSQL cannot run here: {reason}")
        for name, url in urls.items():
            print(f"\n{name}")
            upgrade(url, NOW)
            answers.append(asyncio.run(_measure(url, resources, queries)))
    if len(answers) == 2:
        same = [one == other for one, other in zip(*answers, strict=True)]
        print(f"\nthe same first ten, in the same order: {sum(same)} of {len(same)} queries")


async def _measure(url: str, resources: Rows, queries: Rows) -> list[list[str]]:
    """Fill a shelf and ask for everything; returns the first ten ids of each answer."""
    async with _shelf(url) as (units, community):
        known: dict[int, str] = {}
        start = time.perf_counter()
        async with units.write() as session:
            shelf = Shelf(session, community)
            by = (await People(session, community).present())[0].id
            for row in resources:
                note = row["description"][:LONGEST_NOTE]
                done = await shelf.put(parse_address(row["url"], row["name"]), by=by, at=NOW, note=note)
                known.setdefault(done.resource.id, row["id"])
        spent = time.perf_counter() - start
        print(f"put    {len(resources)} in {spent:.1f} s, {spent / len(resources) * 1e3:.1f} ms each")
        found: list[list[str]] = []
        times: list[float] = []
        busy = time.process_time()
        for row in queries:
            start = time.perf_counter()
            async with units.read() as session:
                results = await Shelf(session, community).find(row["query"], limit=10)
            times.append(time.perf_counter() - start)
            found.append([known[one.id] for one in results.resources])
        busy = time.process_time() - busy
    _print_quality(found, [set(row["relevant"]) for row in queries])
    times.sort()
    print(
        f"find   median {statistics.median(times) * 1e3:.1f} ms, "
        f"p95 {times[int(len(times) * 0.95)] * 1e3:.1f} ms, most {times[-1] * 1e3:.1f} ms; "
        f"{busy / len(times) * 1e3:.1f} ms each of this process's own time"
    )
    return found


def _print_quality(found: list[list[str]], relevant: list[set[str]]) -> None:
    ranks = [
        next((rank for rank, one in enumerate(ids, 1) if one in wanted), None)
        for ids, wanted in zip(found, relevant, strict=True)
    ]
    hits = [rank for rank in ranks if rank]
    print(f"hit@10 {len(hits) / len(ranks):.3f}   MRR {sum(1 / rank for rank in hits) / len(ranks):.3f}")


@asynccontextmanager
async def _shelf(url: str) -> AsyncIterator[tuple[Units, int]]:
    """A community with one member on a database."""
    units = Units(open_engine(url, durable=False))
    async with units.write() as session:
        directory = Directory(session)
        space = await directory.put_space("page", "bench", "Bench")
        community = await directory.put_community("Bench", space.id)
        await directory.put_accounts(space.id, [("ines", "Ines", "", True, False)])
        await Memberships(session).enrol(community.id, (await directory.account_ids(space.id))["ines"], NOW)
    yield units, community.id
    await units.close()


def _rows(folder: Path, what: str) -> Rows:
    return [
        json.loads(line)
        for path in sorted(folder.glob(f"*.{what}.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]


if __name__ == "__main__":
    main()
