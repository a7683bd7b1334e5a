"""Method time as other threads see it."""

from bench.run.clock import Ledger


def test_the_running_stretch_counts_where_it_is_the_methods():
    now = {"now": 0.0}
    ledger = Ledger(lambda: now["now"])
    assert ledger.method_seconds(5.0) == 0
    now["now"] = 1.0
    ledger.switch("method")
    assert ledger.method_seconds(4.0) == 3
    now["now"] = 5.0
    ledger.switch("logging")
    assert ledger.method_seconds(9.0) == 4 == ledger.booked["method"]
    now["now"] = 6.0
    ledger.switch("method")
    assert ledger.method_seconds(6.5) == 4.5
