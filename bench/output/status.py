"""How far a run has come."""

from pathlib import Path

from bench.store.folder import RunStore


def status_lines(path: Path) -> list[str]:
    """A line of counts, then a line for every cell that failed, at first or when it ran once more, or is damaged.

    Raises:
        InputError: `path` is no run folder.
    """
    store = RunStore.open(path)
    cells = [store.cell(one.cell) for one in store.planned()]
    done = [cell for cell in cells if cell.done]
    failed = {cell.path.name: cell.read("failed") for cell in cells if not cell.done and cell.read("failed")}
    damaged = {cell.path.name: cell.flaw for cell in cells if cell.flaw}
    left = len(cells) - len(done) - len(failed)
    lines = [f"{path}: {len(done)} of {len(cells)} cells done, {len(failed)} failed, {left} left"]
    lines += [f"failed {name}: {why['error']}" for name, why in failed.items()]
    lines += [f"damaged {name}: {flaw}; it runs again" for name, flaw in damaged.items()]
    return lines + [
        f"failed again {one.path.name}: {one.read('failed')['error']}; its earlier result stands, see {one.path}"
        for one in store.failed_again()
    ]
