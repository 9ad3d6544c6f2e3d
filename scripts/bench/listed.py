"""Every benchmark by name, in the order in which a run plays them."""

from scripts.bench.claim import bench_claim
from scripts.bench.cold_start import bench_import
from scripts.bench.engine import bench_engine
from scripts.bench.growth import bench_growth
from scripts.bench.ingest import bench_ingest
from scripts.bench.limit import bench_limit
from scripts.bench.memory import bench_memory
from scripts.bench.models import Benchmark
from scripts.bench.peers import bench_peers, bench_volume
from scripts.bench.recovery import bench_recovery
from scripts.bench.sockets import bench_http
from scripts.bench.writes import bench_writes
from utils.errors import BadInput

BENCHMARKS = (
    Benchmark("writes", "what a confirmed touch and an idle sweep cost the database", bench_writes),
    Benchmark("engine", "arm, send and record without a network, against the same writes as raw SQL", bench_engine),
    Benchmark("peers", "the same rows by the same transport, beside other queues of PostgreSQL", bench_peers),
    Benchmark("volume", "the same where a commit takes 1 ms, as about on a cloud's volume", bench_volume),
    Benchmark("http", "the sweep over real HTTP, against a bare loop that only sends", bench_http),
    Benchmark("claim", "peek and claim among 1,000,000 enrollments, against 10,000", bench_claim),
    Benchmark("limit", "how much of a provider's limit is used while people wait, and no more", bench_limit),
    Benchmark("growth", "claim, sweep and idle sweep among 1,000,000 enrollments, against 10,000", bench_growth),
    Benchmark("ingest", "webhooks taken in, against FastAPI with one raw INSERT", bench_ingest),
    Benchmark("recovery", "SIGKILL with 1,000 in flight: time until all is known, messages sent twice", bench_recovery),
    Benchmark("import", "cold imports, against the libraries nobody could do without", bench_import),
    Benchmark("memory", "all processes of the demo together", bench_memory),
)


def benchmarks_named(name: str | None) -> tuple[Benchmark, ...]:
    """That one, or all; BadInput names those there are."""
    found = tuple(one for one in BENCHMARKS if name in (None, one.name))
    if not found:
        names = ", ".join(one.name for one in BENCHMARKS)
        raise BadInput(f"There is no benchmark '{name}'; there is: {names}", field="name")
    return found
