"""Many processes on one PostgreSQL: how many deals a second they decide together, and what that costs the processor."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from benchmarks.markets import Pair
from benchmarks.sql_databases import PostgresqlDatabase, processor_seconds
from benchmarks.sql_markets import SqlMarket
from benchmarks.work import Work

__all__ = ["Together", "decided_together"]

_ROOT = Path(__file__).parents[1]


@frozen
class Together:
    """What some processes did together.

    Args:
        workers: how many processes.
        rate: deals a second, of all of them.
        worker_seconds: of the processor, that a deal takes in the process that decides it.
        server_seconds: of the processor, that a deal takes in the server.
    """

    workers: int
    rate: float
    worker_seconds: float
    server_seconds: float

    def most(self, cores: int) -> float:
        """Return how many deals a second some cores can do at the most, if they do nothing else."""
        return cores / (self.worker_seconds + self.server_seconds)


def decided_together(database: PostgresqlDatabase, work: Work, count: int, numbers: Sequence[int]) -> list[Together]:
    """Let one process decide, and then several at once, each time in a fresh copy of the market that stands.

    Args:
        database: where the market ``standing`` is.
        work: what stands in it.
        count: how many deals are decided each time.
        numbers: how many processes.
    """
    market = SqlMarket(database, "standing")
    pairs = market.pairs(work, "together", count)
    market.close()
    return [_together(database, pairs, workers) for workers in numbers]


def _together(database: PostgresqlDatabase, pairs: Sequence[Pair], workers: int) -> Together:
    database.copy("standing", "together")
    database.settle("together")
    command = [sys.executable, "-m", "benchmarks.sql_worker", database.url("together")]
    processes = [
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(["src", str(_ROOT)])},
        )
        for _ in range(workers)
    ]
    for place, process in enumerate(processes):
        _say(process, json.dumps(pairs[place::workers]))
    for process in processes:
        _heard(process)
    server, begun = processor_seconds(database.server), time.perf_counter()
    for process in processes:
        _say(process, "")
    spent = sum(float(_heard(process)) for process in processes)
    seconds = time.perf_counter() - begun
    served = processor_seconds(database.server) - server
    for process in processes:
        process.communicate()
    return Together(workers, len(pairs) / seconds, spent / len(pairs), served / len(pairs))


def _say(process: "subprocess.Popen[str]", line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def _heard(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SystemExit("a process failed; what it said is above")
    return line
