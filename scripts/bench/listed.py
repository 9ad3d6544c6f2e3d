"""Every benchmark by name, in the order in which a run plays them."""

from scripts.bench.claim import bench_claim
from scripts.bench.cold_start import bench_import
from scripts.bench.engine import bench_engine
from scripts.bench.memory import bench_memory
from scripts.bench.models import Benchmark
from scripts.bench.sockets import bench_http
from scripts.bench.writes import bench_writes
from utils.errors import BadInput

BENCHMARKS = (
    Benchmark("writes", "row-writes of a confirmed touch and of an idle sweep", bench_writes),
    Benchmark("engine", "arm, send and record without a network, against the same writes as raw SQL", bench_engine),
    Benchmark("http", "the sweep over real HTTP, against a bare loop that only sends", bench_http),
    Benchmark("claim", "peek and claim among 1,000,000 enrollments, against 10,000", bench_claim),
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
