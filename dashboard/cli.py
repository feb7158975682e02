"""The `careparity` command: thin wiring from options to rooms; errors end with one block and their own exit code."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from dashboard.errors import CareParityError, CheckFailed, UsageError, without_messages

if TYPE_CHECKING:
    from dashboard.warehouse.build import Result

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
verify = typer.Typer(no_args_is_help=True, help="Compare with published test decks and reference cases.")
app.add_typer(verify, name="verify")
_ACCESS = (PermissionError, FileNotFoundError, NotADirectoryError, IsADirectoryError)
_out = Console()
_err = Console(stderr=True)
_MOST_FINDINGS = 20

Sources = Annotated[list[str], typer.Option("--source", help="Folder, file or archive, or NAME=PATH; repeat for more.")]
ValueSets = Annotated[list[Path] | None, typer.Option("--valuesets", help="Value-set file; repeat for more.")]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Also write the result as JSON.")]


class _Bars:
    """A progress bar per step, drawn on standard error; one line per step where it is no terminal."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<34}"),
            BarColumn(),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
            console=_err,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> _Bars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._finish()
        self._progress.stop()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show `step` at done of total; a new step ends the ones before it."""
        if step not in self._tasks:
            self._finish()
            self._tasks[step] = self._progress.add_task(step, total=max(total, 1), note="")
        note = f"{done:,} of {total:,}" if total > 1 else ""
        self._progress.update(self._tasks[step], completed=done, total=max(total, 1), note=note)

    def _finish(self) -> None:
        for task in self._tasks.values():
            total = next(t.total for t in self._progress.tasks if t.id == task)
            self._progress.update(task, completed=total, note=f"{total:,.0f}" if total and total > 1 else "")


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder to write.")],
    people: Annotated[int, typer.Option("--people", min=1, max=10_000_000)] = 50_000,
    seed: Annotated[int, typer.Option("--seed")] = 1,
) -> None:
    """Write a synthetic population in the input layer's format."""
    from dashboard.sources import synthetic
    from dashboard.warehouse import build as builder

    with _Bars() as bars:
        synthetic.write_population(out, people=people, seed=seed, on_progress=bars)
    builder.mark_synthetic(out)
    _out.print(f"Wrote {people:,} synthetic people to {out}")


@app.command()
def build(
    source: Sources,
    out: Annotated[Path, typer.Option("--out", help="The warehouse (a pointer to the newest version).")],
    format_: Annotated[str | None, typer.Option("--format", help="Force the source format.")] = None,
    policy: Annotated[str | None, typer.Option("--policy", help="De-identification policy.")] = None,
    valuesets: ValueSets = None,
    period: Annotated[list[int] | None, typer.Option("--period", help="Measurement year; repeat for more.")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Write the reconciliation as JSON.")] = None,
    memory: Annotated[str, typer.Option("--memory", help="Memory for the build.")] = "1500MB",
    crosswalk: Annotated[Path | None, typer.Option("--crosswalk", help="CSV that links people across sources.")] = None,
    area: Annotated[list[Path] | None, typer.Option("--area", help="CSV of SSA and FIPS county codes.")] = None,
    policy_record: Annotated[
        Path | None, typer.Option("--policy-record", help="TOML of the agreement or determination behind the policy.")
    ] = None,
    withhold: Annotated[
        list[str] | None, typer.Option("--withhold", help="Sensitive class to leave out; repeat for more.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No table of rows read.")] = False,
) -> None:
    """Build the warehouse and publish it under a de-identification policy."""
    from dashboard.warehouse import build as builder

    if report and not report.parent.is_dir():
        raise UsageError(where=f"--report {report}", what="there is no such folder", do="Make it first")
    names, paths = zip(*map(_named_source, source), strict=True)
    request = builder.Request(
        paths, out, policy, format_, tuple(valuesets or ()), tuple(period or ()), memory, names=names,
        crosswalk=crosswalk, area=tuple(area or ()), policy_record=policy_record, withhold=tuple(withhold or ()),
    )  # fmt: skip
    with _Bars() as bars:
        result = builder.run(request, bars)
    if not quiet:
        _print_reconciliation(result)
        _print_checks(result)
    if report:
        report.write_bytes(orjson.dumps(result.reconciliation.to_dicts(), option=orjson.OPT_INDENT_2))
    for note in result.notes:
        _out.print(note, markup=False, highlight=False)
    if result.rejects:
        _out.print(f"Rejected rows and their reasons: {result.rejects}")
    made = f"{len(result.rebuilt)} tables made" if result.rebuilt else "nothing had changed"
    _out.print(f"{out} is ready under {result.policy}: {made}, {result.seconds:.1f} s")


def _named_source(given: str) -> tuple[str | None, Path]:
    """The name and path of `NAME=PATH`; no name where the whole is a path that exists, or no name stands there."""
    name, mark, path = given.partition("=")
    if not mark or Path(given).exists() or "/" in name:
        return None, Path(given)
    return name, Path(path)


def _print_reconciliation(result: Result) -> None:
    import polars as pl

    counts = ["read", "loaded", "duplicate", "rejected", "ignored"]
    by_type = result.reconciliation.group_by("source", "format", "type").agg(
        pl.col("file").n_unique().alias("files"), *(pl.col(c).sum() for c in counts)
    )
    _out.print("Every row accounted for: read = loaded + duplicate + rejected + ignored", style="bold")
    for (source, name), rows in by_type.sort("source", "format", "type").group_by(
        "source", "format", maintain_order=True
    ):
        table = Table(title=f"{source} {name or 'other files'}", title_justify="left", box=None, pad_edge=False)
        table.add_column("type", no_wrap=True)
        for column in ("files", *counts):
            table.add_column(column, justify="right", no_wrap=True)
        for row in rows.select("type", "files", *counts).iter_rows():
            table.add_row(row[0], *(f"{cell:,}" for cell in row[1:]))
        _out.print(table)


def _print_checks(result: Result) -> None:
    """The verdict and what the data checks found, on the steward's own terminal: titles and counts, never a row."""
    from dashboard.warehouse import quality

    for (population,), of in result.checks.drop_nulls("population").group_by("population", maintain_order=True):
        count = of.filter(of["status"].is_in(["not_fit", "caution"]))["check_name"].n_unique()
        whose = f" of {population}" if result.checks["population"].drop_nulls().n_unique() > 1 else ""
        _out.print(f"Data quality{whose}: {quality.VERDICTS[quality.verdict(of)]}, {count} checks failed", style="bold")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("check", "about", "found", "of", "allowed", "verdict"):
        is_number = name in {"found", "of"}
        table.add_column(name, justify="right" if is_number else "left", overflow="fold", no_wrap=is_number)
    failed = result.checks.filter(result.checks["status"].is_in(["not_fit", "caution"]))
    for row in failed.head(_MOST_FINDINGS).iter_rows(named=True):
        checked = "" if row["checked"] is None else f"{row['checked']:,}"
        about = ", ".join(part for part in (row["source"], row["group_value"]) if part)
        verdict = "not fit" if row["status"] == "not_fit" else "caution"
        table.add_row(row["title"], about, f"{row['found']:,}", checked, row["threshold"], verdict)
    if failed.height:
        _out.print(table)
    if failed.height > _MOST_FINDINGS:
        _out.print(f"and {failed.height - _MOST_FINDINGS} more: see the page Data quality")


@app.command()
def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Only files below these paths.")] = None,
    write_key_table: Annotated[bool, typer.Option(help="Renew the key table of queries/README.md first.")] = False,
) -> None:
    """Check headers, layers, traps, columns and cases of queries/; changes nothing."""
    from dashboard.warehouse.check import check_queries, renew_key_table

    if write_key_table:
        renew_key_table()
    findings, summary = check_queries(paths or [])
    for finding in findings:
        _err.print(finding, markup=False, highlight=False, soft_wrap=True)
    _out.print(summary)
    if findings:
        raise typer.Exit(1)


@app.command(hidden=True)
def port(number: Annotated[int, typer.Argument(min=1, max=65535)]) -> None:
    """Say in one sentence when the port is taken, before an hour is spent on building."""
    from dashboard import server

    server.check_port("127.0.0.1", number)


@app.command()
def serve(
    warehouse: Annotated[Path, typer.Option("--warehouse")] = Path("data/build/demo-50000"),
    port: Annotated[int, typer.Option("--port", envvar="PORT", min=1, max=65535)] = 8501,
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
) -> None:
    """Serve the dashboard on this machine."""
    from dashboard import server

    server.serve(warehouse, port, host=host)


@verify.command("measures")
def verify_measures(
    decks: Annotated[Path, typer.Argument(help="Folder of published test decks.")],
    valuesets: ValueSets = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Only these measures.")] = None,
    json: JsonFile = None,
) -> None:
    """Score every case of published test decks: every population, every stratum."""
    from dashboard.measures.verify import verify_measures as run

    raise typer.Exit(run(decks, valuesets or [], only=only or [], json=json))


@app.command()
def bench(
    people: Annotated[int, typer.Option("--people", min=100)] = 100_000,
    runs: Annotated[int, typer.Option("--runs", min=1)] = 3,
    json: JsonFile = None,
) -> None:
    """Measure synthesis, build, rebuild and reading: medians of several runs, CPU-seconds, wall, peak memory."""
    from dashboard.warehouse.bench import run

    rows = run(people=people, runs=runs, say=_err.print)
    if json:
        json.write_bytes(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
    _out.print_json(data=rows)


@app.command()
def new(
    kind: Annotated[str, typer.Argument(help="measure, panel, page or check")],
    name: Annotated[str, typer.Argument(help="lower_snake_case; a panel is page/name")],
) -> None:
    """Write the template of a new measure, panel, page or check, and its case."""
    from dashboard.warehouse.templates import write_template

    for path in write_template(kind, name):
        _out.print(f"Wrote {path}")


def main() -> None:
    """Run the command; user errors become one block and their exit code."""
    try:
        app()
    except CareParityError as error:
        kind = "Check failed" if isinstance(error, CheckFailed) else "Error"
        _err.print(f"{kind}: {error.block()}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno in {28, 122}:
            _err.print("Error: disk: there is no space left. Free some space, then try again.")
        elif isinstance(error, _ACCESS) or error.errno == errno.EROFS:
            found = f"{error.filename}: can't be used. Found: {error.strerror}. Check the path and its rights."
            _err.print(f"Error: {found}", markup=False, highlight=False, soft_wrap=True)
        else:
            _bug(error)
        sys.exit(2)
    except Exception as error:
        _bug(error)


def _bug(error: Exception) -> NoReturn:
    _err.print(without_messages(error), markup=False, highlight=False, soft_wrap=True)
    _err.print("This is a bug in CareParity: please report it with the lines above.")
    sys.exit(70)


if __name__ == "__main__":
    main()
