"""The command line: parses, calls, prints.

Exit status: 0 done, 1 cells failed, numbers differ or rules are broken, 2 bad input, 130, 143 or 129 ended by SIGINT,
SIGTERM or SIGHUP.

Each command imports what it needs, so that `--help` need not wait for torch.
"""

import atexit
import gc
import signal
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from bench.errors import InputError, Interrupted, printable, unknown_name, warn_in_one_line
from bench.output.encoding import PlainConsole, lost_output, tolerate_any_output
from bench.run.interrupts import interruptible


class _Commands(TyperGroup):
    """Whatever command it is: what ends it from within is said in one line, and is no success."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own context
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:  # typer by itself would end the process without a word
            print("\ninterrupted; the same command continues where it stopped", file=sys.stderr)
            number = interrupt.signal if isinstance(interrupt, Interrupted) else signal.SIGINT
            raise typer.Exit(128 + number) from None
        except SystemExit as end:
            raise InputError(f"a plug-in or a library ended the process by sys.exit({end.code!r})") from None


if TYPE_CHECKING:
    from bench.output.evidence import Evidence
    from bench.run.executors.where import Where
    from bench.suite.suite import Suite

app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Compare inference-time alignment methods for diffusion models at equal GPU time.",
)
# A pipe has no width of its own: wide enough for the widest table.
console = PlainConsole(width=None if sys.stdout is not None and sys.stdout.isatty() else 120)
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
    device: Annotated[str, typer.Option(help="cpu, cuda, or several: cuda:0,cuda:1; cpu,cpu: two of its cores.")] = "",
    executor: Annotated[
        str, typer.Option(help="local, slurm (in jobs), or shared (beside other machines, in one folder).")
    ] = "local",
    job_time: Annotated[str | None, typer.Option(help="Slurm: the time of a job, as in 30m [default: 4h].")] = None,
    max_jobs: Annotated[
        int | None, typer.Option(min=1, help="Slurm: how many jobs run at once at most [default: 8].")
    ] = None,
    slurm: Annotated[
        list[str] | None, typer.Option(help="Options of sbatch, with commas: partition=gpu,gres=gpu:1,exclusive.")
    ] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Slurm: submit, and leave without watching.")] = False,
    patience: Annotated[
        str | None,
        typer.Option(
            help="Budgets of silence after which a cell is ended and fails [default: 20]; never: cells run in this "
            "process, for a debugger."
        ),
    ] = None,
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
    from bench.run.executors.where import choose_where
    from bench.run.tracking import choose_mode
    from bench.suite import options
    from bench.suite.suite import load_suite

    place = choose_where(executor, job_time, max_jobs, slurm, device, detach, patience)
    if redo is not None:
        from bench.store.tables import REDO

        if redo not in REDO:
            raise unknown_name("kind of cells to run again", redo, REDO)
    chosen = load_suite(suite).narrowed(options.changes(methods, rewards, prompts, limit, seeds, budget))
    require_published(chosen.published)
    devices, mode = parse_devices("" if place.slurm else device), choose_mode(wandb)
    path = out or Path("results", "runs", chosen.name)
    if dry_run:
        _print_plan(chosen, path, place, len(devices))
        return
    from bench.run.campaign import run_suite

    failed = run_suite(chosen, path, devices, mode, console, redo, place)
    if detach:
        console.print(f"`dno-bench status {path}` says how far they are; the same command collects what they did")
        return
    _say_outcome(path)
    if failed:
        where = f"{path}/cells, or {path}/again where an earlier result stands" if redo else f"{path}/cells"
        status = f", and `dno-bench status {path}` for what jobs left undone" if place.slurm else ""
        _say(f"{failed} cells failed; see failed.json in their folders under {where}{status}")
        raise typer.Exit(1)


@app.command(epilog="Example: dno-bench reproduce dno-tutorial")
def reproduce(
    entry: Annotated[str, typer.Argument(help="An id from `dno-bench list published`, or path.yaml@id.")],
    out: Annotated[Path | None, typer.Option(help="Run folder [default: results/runs/SUITE].")] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, or several: cuda:0,cuda:1; cpu,cpu: two of its cores.")] = "",
    wandb: Annotated[str | None, typer.Option(help="off, offline or online [default: online with a key].")] = None,
) -> None:
    """Run the setting of published numbers, and say whether ours match; exit status 1 if they do not."""
    from bench.analysis.published.entries import find_published
    from bench.output.reproduce import compare_run, suite_of
    from bench.output.tables.published import comparison_table
    from bench.run.campaign import run_suite
    from bench.run.devices import parse_devices
    from bench.run.executors.where import choose_where
    from bench.run.tracking import choose_mode

    published = find_published(entry)
    suite = suite_of(published)
    path = out or Path("results", "runs", suite.name)
    run_suite(suite, path, parse_devices(device), choose_mode(wandb), console, where=choose_where("local"))
    comparison = compare_run(published, path)
    console.print(comparison_table(comparison, published))
    _say(f"both    {path}/reproduce.csv")
    if not comparison["verdict"].isin(["match", ""]).all():
        raise typer.Exit(1)


@app.command(epilog="Example: dno-bench status results/runs/demo")
def status(run: RunFolder) -> None:
    """Say which cells of a run are done, failed and left."""
    from bench.output.status import status_lines

    _say(*status_lines(run))


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

    _say(details(kind, name))


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
    _say(*download_lines(sources))
    for source in sources:
        _say(f"{source.name}  {source.fetch()}")


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
    _say(
        f"method  {file}",
        f"test    {test}",
        f"check   dno-bench check {file}",
        f"run     dno-bench run demo --methods base,{file}@{name}",
    )


@app.command(epilog="Example: dno-bench check my_search.py")
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A Python file that registers methods.")],
) -> None:
    """Say which rules of the harness each method of a file keeps; exit status 1 if one is broken."""
    from bench.weights.package import Package

    Package("pytest", "test").fetch()  # the suite is written with it
    from bench.testing.check import check_file, report_lines

    checked = check_file(file)
    _say(*report_lines(checked))
    if any(one.broken for verdicts in checked.values() for one in verdicts):
        raise typer.Exit(1)


@app.command(epilog="Example: dno-bench doctor")
def doctor() -> None:
    """Say what is installed, where it runs, what has been fetched and what each suite still needs."""
    from bench.output.doctor import report

    for table in report():
        console.print(table, "", markup=False, highlight=False)


@app.command(epilog='Example: dno-bench table results/runs/demo --layout paper --format latex --names dno="DNO (ours)"')
def table(
    runs: RunFolders,
    layout: Annotated[
        str,
        typer.Option(
            help="main, final, paper (methods by budget, published rows), pairwise, targets, cost, summary or tuning."
        ),
    ] = "main",
    format: Annotated[str | None, typer.Option(help="md, csv, latex or html [default: for this terminal].")] = None,
    against: Annotated[
        str, typer.Option(help="The method that the main table measures against [default: best-of-n, else base].")
    ] = "",
    interval: Annotated[
        str, typer.Option(help="Of the main table: difference, to that method on the same prompts and seeds, or value.")
    ] = "difference",
    budgets: Annotated[list[str] | None, typer.Option(help=f"Only these, such as 1s,4s, {_COMMAS}.")] = None,
    metrics: Annotated[
        list[str] | None, typer.Option(help=f"Of the main table, and of sets: only these, {_COMMAS}.")
    ] = None,
    names: Annotated[
        list[str] | None, typer.Option(help='What a method is called, as in dno="DNO (ours)"; again for more.')
    ] = None,
    notes: Annotated[
        str | None, typer.Option(help="What stands below: short or long [default: short in LaTeX, else long].")
    ] = None,
    caption: Annotated[str, typer.Option(help="Of LaTeX tables, in place of their titles.")] = "",
) -> None:
    """Print the final scores of a run, with intervals, and who leads at which budget."""
    from bench.output.tables import terminal
    from bench.output.tables.choice import Choice

    choice = Choice(
        layout, format, against, interval, budgets or (), metrics or (), names or (), notes=notes, caption=caption
    )
    tables = choice.tables(runs)
    if format is None:
        console.print(terminal.render(tables))
    else:
        sys.stdout.write(printable(choice.written(tables)))


@app.command(epilog="Example: dno-bench plot results/runs/demo --only hacking")
def plot(
    runs: RunFolders,
    only: Annotated[str, typer.Option(help="One kind of plot, such as curves, pareto or contact [default: all].")] = "",
    out: Annotated[Path | None, typer.Option(help="The folder [default: plots in the first run folder].")] = None,
    against: Annotated[
        str, typer.Option(help="The method that intervals are measured against [default: best-of-n, else base].")
    ] = "",
    absolute: Annotated[bool, typer.Option("--absolute", help="Rewards in place of gains and differences.")] = False,
) -> None:
    """Draw the plots of a run, as PNG and PDF, each with its data as CSV."""
    from bench.output.evidence import Evidence
    from bench.output.plots import draw_all

    drawn = draw_all(Evidence(runs, against, absolute), out or runs[0] / "plots", only)
    for run in runs:
        _say(f"tables  {run}/scores.csv, {run}/curves.csv")
        _say(f"images  {run}/cells/*/images")
    for path in drawn.files:
        if path.suffix == ".png":
            _say(f"plot    {path}")
    for name, why in drawn.left_out.items():
        _say(f"no plot {name}: {why}")


@app.command(epilog="Example: dno-bench report results/runs/demo --out demo.html")
def report(
    runs: RunFolders,
    out: Annotated[Path | None, typer.Option(help="The file [default: report.html in the first run folder].")] = None,
    axis: Annotated[
        str | None,
        typer.Option(
            help="seconds, evaluations or reward-calls: what the curves open with, and what runs of several devices "
            "are read on [default: seconds]."
        ),
    ] = None,
) -> None:
    """Write one HTML page that holds it all: a verdict, curves, tables, images, statistics, provenance."""
    from bench.analysis.pooling import AXES
    from bench.output.evidence import Evidence
    from bench.output.report import write_report

    if axis is not None and axis not in AXES:
        raise unknown_name("axis", axis, AXES)
    written = write_report(Evidence(runs, axis=AXES[axis] if axis else None), out or runs[0] / "report.html")
    _say(f"report  {written.path} ({written.megabytes:.1f} MB)")
    for note in written.left_out:
        _say(f"        {note}")


@app.command(epilog="Example: dno-bench compare results/runs/demo results/runs/other --axis evaluations")
def compare(
    first: Annotated[Path, typer.Argument(metavar="RUN_A", help="A run folder.")],
    second: Annotated[Path, typer.Argument(metavar="RUN_B", help="Another one.")],
    axis: Annotated[
        str | None,
        typer.Option(help="seconds, evaluations or reward-calls: compare where both came to [default: their budgets]."),
    ] = None,
) -> None:
    """Say how far apart the methods that both runs have came out, and what differs between the runs that may be why."""
    from bench.analysis.pooling import AXES
    from bench.output.compare import compare_outcomes, setting_differences
    from bench.output.tables.runs import run_comparison
    from bench.store.runs import run_names

    if axis is not None and axis not in AXES:
        raise unknown_name("axis", axis, AXES)
    found = compare_outcomes(first, second, AXES[axis] if axis else None)
    one, other = run_names([first, second])
    console.print(run_comparison(found, setting_differences(first, second), (one, other)))


def _say(*lines: str) -> None:
    """Print lines as they are, however long."""
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _print_plan(suite: "Suite", path: Path, where: "Where", devices: int) -> None:
    """Print what a run would do, and in which jobs."""
    from bench.store.folder import RunStore
    from bench.suite.plan import plan_lines

    RunStore(path).growth(suite)
    lines = plan_lines(suite, devices)
    if where.slurm:
        from bench.run.executors.packing import job_lines

        lines += job_lines([cell for cell in suite.planned() if not RunStore(path).cell(cell.id).done], where.slurm)
    _say(*lines)


def _say_outcome(run: Path) -> None:
    """One screen: what one would say first, one table, and where the rest lies."""
    from bench.output.evidence import Evidence
    from bench.output.headlines import headline_sentences, speed_lines
    from bench.output.tables import terminal
    from bench.output.tables.choice import Choice

    found = Evidence([run])
    _say(*headline_sentences(found.scores))
    console.print(terminal.render(Choice("final", notes="short").tables_of(found)))
    _plot_if_changed(run, found)
    more = f"more    `dno-bench report {run}`: one page of it all; `dno-bench table {run}`: every budget and metric"
    _say(*speed_lines(found.scores), more)


def _plot_if_changed(run: Path, found: "Evidence") -> None:
    """Draw the plots of a run, unless they were drawn since a cell ended."""
    from bench.output.plots import draw_all
    from bench.store.files import is_older

    stamp = run / "plots" / ".drawn"
    if is_older(stamp, *(run / name for name in ("scores.parquet", "curves.parquet", "suite.yaml"))):
        draw_all(found, stamp.parent)
        stamp.touch()
    _say(f"plots   {stamp.parent}")


def main() -> None:
    """The `dno-bench` command."""
    warnings.showwarning = warn_in_one_line
    atexit.register(gc.freeze)  # else the collector would look through all of torch once more before the process ends
    tolerate_any_output()
    try:
        with interruptible():
            app()
    except SystemExit as end:
        if end.code or not (why := lost_output()) or sys.argv[1:2] in (["run"], ["reproduce"]):
            raise
        _refuse(f"standard output is cut short: {why}")
    except InputError as error:
        _refuse(str(error))
    except OSError as error:  # of a file that can neither be read nor written
        if error.filename is None:
            raise
        _refuse(f"{error.filename}: {error.strerror}")


def _refuse(why: str) -> NoReturn:
    print(f"error: {printable(why)}", file=sys.stderr)
    sys.exit(2)
