"""The command line: parses, calls, prints.

Exit status: 0 done, 1 cells failed, numbers differ or rules are broken, 2 bad input, 130 interrupted.

Each command imports what it needs, so that `--help` need not wait for torch.
"""

import atexit
import gc
import sys
import warnings
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from bench.errors import InputError, unknown_name
from bench.output.encoding import tolerate_any_encoding

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Compare inference-time alignment methods for diffusion models at equal GPU time.",
)
# A pipe has no width of its own: wide enough for the widest table.
console = Console(width=None if sys.stdout.isatty() else 120)
_KINDS = "methods, rewards, models, metrics, set_metrics, prompts, suites or published."
_COMMAS = "with commas between them, or the option again"
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, such as results/runs/demo.")]
RunFolders = Annotated[
    list[Path], typer.Argument(metavar="RUN...", help="Run folders; several are read as one where that is fair.")
]


@app.command(epilog="Example: dno-bench run demo --methods dno,best-of-n --budget 5s")
def run(
    suite: Annotated[str, typer.Argument(help="A shipped suite by name, or a YAML file.")],
    out: Annotated[Path | None, typer.Option(help="Run folder [default: results/runs/SUITE].")] = None,
    methods: Annotated[list[str] | None, typer.Option(help=f"Only these, {_COMMAS}; path.py@name works.")] = None,
    rewards: Annotated[list[str] | None, typer.Option(help=f"Only these, {_COMMAS}.")] = None,
    prompts: Annotated[
        list[str] | None,
        typer.Option(help="A prompt, commas and all, or sets and files with commas between them; again for more."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many prompts of each experiment.")] = None,
    seeds: Annotated[list[str] | None, typer.Option(help=f"Seeds, {_COMMAS}.")] = None,
    budget: Annotated[str | None, typer.Option(help="Of each cell: 10s, 5m, 500nfe or 100rewards.")] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, or several: cuda:0,cuda:1.")] = "",
    executor: Annotated[str, typer.Option(help="Where cells run: local.")] = "local",
    wandb: Annotated[str | None, typer.Option(help="off, offline or online [default: online with a key].")] = None,
    redo: Annotated[
        str | None, typer.Option(help="contended: also run cells again that had to share the machine.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check the suite, say what it would cost, run nothing.")
    ] = False,
) -> None:
    """Run a suite; the same command again continues it."""
    from bench.analysis.published.entries import require_published
    from bench.run.devices import parse_devices
    from bench.run.tracking import choose_mode
    from bench.store.folder import RunStore
    from bench.suite import options
    from bench.suite.plan import plan_lines
    from bench.suite.suite import load_suite

    if executor != "local":
        raise unknown_name("executor", executor, ["local"])
    if redo is not None:
        from bench.store.tables import REDO

        if redo not in REDO:
            raise unknown_name("kind of cells to run again", redo, REDO)
    chosen = load_suite(suite).narrowed(options.changes(methods, rewards, prompts, limit, seeds, budget))
    require_published(chosen.published)
    devices, mode = parse_devices(device), choose_mode(wandb)
    path = out or Path("results", "runs", chosen.name)
    if dry_run:
        RunStore(path).growth(chosen)
        for line in plan_lines(chosen):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        return
    from bench.run.campaign import run_suite

    try:
        failed = run_suite(chosen, path, devices, mode, console, redo)
    except KeyboardInterrupt:
        _interrupted()
    table([path])
    _plot_if_changed(path)
    if failed:
        where = f"{path}/cells, or {path}/again where an earlier result stands" if redo else f"{path}/cells"
        console.print(f"{failed} cells failed; see failed.json in their folders under {where}", soft_wrap=True)
        raise typer.Exit(1)


@app.command(epilog="Example: dno-bench reproduce dno-tutorial")
def reproduce(
    entry: Annotated[str, typer.Argument(help="An id from `dno-bench list published`, or path.yaml@id.")],
    out: Annotated[Path | None, typer.Option(help="Run folder [default: results/runs/SUITE].")] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, or several: cuda:0,cuda:1.")] = "",
    wandb: Annotated[str | None, typer.Option(help="off, offline or online [default: online with a key].")] = None,
) -> None:
    """Run the setting of published numbers, and say whether ours match; exit status 1 if they do not."""
    from bench.analysis.published.entries import find_published
    from bench.output.reproduce import compare_run, suite_of
    from bench.output.tables.published import comparison_table
    from bench.run.campaign import run_suite
    from bench.run.devices import parse_devices
    from bench.run.tracking import choose_mode

    published = find_published(entry)
    suite = suite_of(published)
    path = out or Path("results", "runs", suite.name)
    try:
        run_suite(suite, path, parse_devices(device), choose_mode(wandb), console)
    except KeyboardInterrupt:
        _interrupted()
    comparison = compare_run(published, path)
    console.print(comparison_table(comparison, published))
    console.print(f"both    {path}/reproduce.csv", highlight=False, soft_wrap=True)
    if not comparison["verdict"].isin(["match", ""]).all():
        raise typer.Exit(1)


@app.command(epilog="Example: dno-bench status results/runs/demo")
def status(run: RunFolder) -> None:
    """Say which cells of a run are done, failed and left."""
    from bench.output.status import status_lines

    for line in status_lines(run):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


@app.command("list", epilog="Example: dno-bench list methods")
def list_kind(kind: Annotated[str, typer.Argument(help=_KINDS)]) -> None:
    """List what is there, by name."""
    from bench.output.catalogue import listing

    console.print(listing(kind))


@app.command(epilog="Example: dno-bench show method dno")
def show(
    kind: Annotated[str, typer.Argument(help=_KINDS)],
    name: Annotated[str, typer.Argument(help="A name from `dno-bench list KIND`.")],
) -> None:
    """Show one thing: what it is, its options, their defaults and where those come from."""
    from bench.output.catalogue import details

    console.print(details(kind, name), markup=False, highlight=False, soft_wrap=True)


@app.command(epilog="Example: dno-bench fetch sd15 pick-a-pic-500")
def fetch(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...",
            help="Models, rewards, metrics, suites or prompt sets; after a first `prompts`, sets only.",
        ),
    ],
) -> None:
    """Download the weights and prompts that things need; the same command again continues what broke off."""
    from bench.suite.fetch import download_lines, sources_for

    sources = sources_for(names)
    if not sources:
        console.print(f"nothing to fetch: all that {', '.join(names)} needs is in the package", highlight=False)
    try:
        for line in download_lines(sources):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        for source in sources:
            console.print(f"{source.name}  {source.fetch()}", markup=False, highlight=False, soft_wrap=True)
    except KeyboardInterrupt:
        _interrupted()


@app.command(epilog="Example: dno-bench new method my-search")
def new(
    kind: Annotated[str, typer.Argument(help="What to begin: method.")],
    name: Annotated[str, typer.Argument(help="How suites are to call it, such as my-search.")],
) -> None:
    """Write a file that works as it is, and its test, into this folder: for you to go on from."""
    from bench.registry.skeleton import write_method

    if kind != "method":
        raise unknown_name("kind to begin", kind, ["method"])
    file, test = write_method(name, Path())
    for line in (
        f"method  {file}",
        f"test    {test}",
        f"check   dno-bench check {file}",
        f"run     dno-bench run demo --methods base,{file}@{name}",
    ):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


@app.command(epilog="Example: dno-bench check my_search.py")
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A Python file that registers methods.")],
) -> None:
    """Say which rules of the harness each method of a file keeps; exit status 1 if one is broken."""
    from bench.weights.package import Package

    Package("pytest", "test").fetch()  # the suite is written with it
    from bench.testing.check import check_file, report_lines

    checked = check_file(file)
    for line in report_lines(checked):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if any(one.broken for verdicts in checked.values() for one in verdicts):
        raise typer.Exit(1)


@app.command(epilog="Example: dno-bench doctor")
def doctor() -> None:
    """Say what is installed, where it runs, what has been fetched and what each suite still needs."""
    from bench.output.doctor import report

    for table in report():
        console.print(table, "", markup=False, highlight=False)


@app.command(epilog="Example: dno-bench table results/runs/demo --layout paper --format latex > table.tex")
def table(
    runs: RunFolders,
    layout: Annotated[
        str,
        typer.Option(
            help="main, paper (methods by budget, published rows), pairwise, targets, cost, summary or tuning."
        ),
    ] = "main",
    format: Annotated[str | None, typer.Option(help="md, csv, latex or html [default: for this terminal].")] = None,
) -> None:
    """Print the final scores of a run, with intervals, and who leads at which budget."""
    from bench.output.evidence import Evidence
    from bench.output.tables import FORMATS, LAYOUTS, terminal

    for kind, name, known in (("table layout", layout, LAYOUTS), ("table format", format or "md", FORMATS)):
        if name not in known:
            raise unknown_name(kind, name, known)
    tables = LAYOUTS[layout](Evidence(runs))
    if format is None:
        console.print(terminal.render(tables))
    else:
        sys.stdout.write(FORMATS[format](tables))


@app.command(epilog="Example: dno-bench plot results/runs/demo --only hacking")
def plot(
    runs: RunFolders,
    only: Annotated[str, typer.Option(help="One kind of plot, such as curves, pareto or contact [default: all].")] = "",
    out: Annotated[Path | None, typer.Option(help="The folder [default: plots in the first run folder].")] = None,
) -> None:
    """Draw the plots of a run, as PNG and PDF, each with its data as CSV."""
    from bench.output.evidence import Evidence
    from bench.output.plots import draw_all

    drawn = draw_all(Evidence(runs), out or runs[0] / "plots", only)
    for run in runs:
        console.print(f"tables  {run}/scores.csv, {run}/curves.csv", markup=False, highlight=False, soft_wrap=True)
        console.print(f"images  {run}/cells/*/images", markup=False, highlight=False, soft_wrap=True)
    for path in drawn.files:
        if path.suffix == ".png":
            console.print(f"plot    {path}", markup=False, highlight=False, soft_wrap=True)
    for name, why in drawn.left_out.items():
        console.print(f"no plot {name}: {why}", markup=False, highlight=False, soft_wrap=True)


@app.command(epilog="Example: dno-bench report results/runs/demo --out demo.html")
def report(
    runs: RunFolders,
    out: Annotated[Path | None, typer.Option(help="The file [default: report.html in the first run folder].")] = None,
) -> None:
    """Write one HTML page that holds it all: summary, curves, tables, images, failures, provenance."""
    from bench.output.evidence import Evidence
    from bench.output.report import write_report

    written = write_report(Evidence(runs), out or runs[0] / "report.html")
    console.print(f"report  {written.path} ({written.megabytes:.1f} MB)", markup=False, highlight=False, soft_wrap=True)
    for note in written.left_out:
        console.print(f"        {note}", markup=False, highlight=False, soft_wrap=True)


@app.command(epilog="Example: dno-bench compare results/runs/demo results/runs/other --axis evaluations")
def compare(
    first: Annotated[Path, typer.Argument(metavar="RUN_A", help="A run folder.")],
    second: Annotated[Path, typer.Argument(metavar="RUN_B", help="Another one.")],
    axis: Annotated[
        str | None,
        typer.Option(help="seconds, evaluations or reward-calls: compare where both came to [default: their budgets]."),
    ] = None,
) -> None:
    """Say what differs between two runs, and how far apart the methods that both ran have come out."""
    from bench.analysis.pooling import AXES
    from bench.output.compare import compare_outcomes, setting_differences
    from bench.output.tables.runs import run_comparison
    from bench.store.runs import run_names

    if axis is not None and axis not in AXES:
        raise unknown_name("axis", axis, AXES)
    found = compare_outcomes(first, second, AXES[axis] if axis else None)
    one, other = run_names([first, second])
    console.print(run_comparison(found, setting_differences(first, second), (one, other)))


def _plot_if_changed(run: Path) -> None:
    """Draw the plots of a run, unless they were drawn since a cell ended."""
    from bench.store.files import is_older

    drawn = run / "plots" / ".drawn"
    if not is_older(drawn, *(run / name for name in ("scores.parquet", "curves.parquet", "suite.yaml"))):
        console.print(f"plots   {run}/plots, as drawn before", highlight=False, soft_wrap=True)
        return
    plot([run])
    drawn.touch()


def _interrupted() -> NoReturn:
    """Say how to go on: typer by itself ends the process on an interrupt without a word."""
    print("\ninterrupted; the same command continues where it stopped", file=sys.stderr)
    raise typer.Exit(130) from None


def main() -> None:
    """The `dno-bench` command."""
    warnings.showwarning = _one_line_warning
    atexit.register(gc.freeze)  # else the collector would look through all of torch once more before the process ends
    tolerate_any_encoding()
    try:
        app()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)


def _one_line_warning(message: Warning | str, *_: object, **__: object) -> None:
    print(f"warning: {message}", file=sys.stderr)
