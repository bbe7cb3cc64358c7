"""How fast an order to call a client back is durable, and how fast those that are due are found among many.

The promise: an order is committed within 20 ms (p99), and 10,000 open orders are looked through within 50 ms. SQLite in
a temporary folder, or ``--database``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from routing.callbacks.store import CallbackStore, new_id
from routing.journal.database import open_database
from routing.model.callback import CallbackOrder, CallbackSource

ORDERS, OPEN = 300, 10_000
PROMISED_ORDER_MS, PROMISED_SCAN_MS = 20.0, 50.0
NOW = 1_795_420_800.0


def main() -> int:
    """Order, scan, report; 1 when it is slower than promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="", help="file or URL")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(options.database or str(Path(folder) / "journal.db"))
        store = CallbackStore(engine)
        times = [_ms(lambda at=at: store.order(_order(at))) for at in range(ORDERS)]
        for at in range(ORDERS, OPEN):
            store.order(_order(at))
        scans = [_ms(lambda: store.due("bench", NOW, 50)) for _ in range(50)]
        late = [_ms(lambda: store.due("bench", NOW + 86400, 50)) for _ in range(50)]
        engine.dispose()
    p99, scan, most = (statistics.quantiles(values, n=100)[98] for values in (times, scans, late))
    print(f"an order: {statistics.median(times):.1f} ms, p99 {p99:.1f} ms (promised {PROMISED_ORDER_MS:.0f})")
    print(f"due among {OPEN} open orders: none {scan:.1f} ms, all {most:.1f} ms (promised {PROMISED_SCAN_MS:.0f})")
    return int(p99 > PROMISED_ORDER_MS or max(scan, most) > PROMISED_SCAN_MS)


def _order(at: int) -> CallbackOrder:
    number = f"+38067{1_000_000 + at}"
    return CallbackOrder(new_id(), "bench", number, "sales", CallbackSource.API, NOW, NOW + 3600 + at % 7200, NOW + 9e5)


def _ms(act: object) -> float:
    began = time.perf_counter()
    act()  # type: ignore[operator]
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
