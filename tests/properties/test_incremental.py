"""Whatever changes between builds, the warehouse is the one that a build from nothing makes, and people keep their
surrogates."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from deliveries import Files, build_afresh, differences, fhir_r4, input_layer, surrogates, without_some_rows, write
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dashboard.warehouse import build, catalog

EXAMPLES = int(os.environ.get("CAREPARITY_EXAMPLES", "1"))
# A table that leaves some people out, and one that says the same in other words, at every depth.
EDITED = ("core.person", "core.claim_line", "core.visit", "marts.event", "measures.cms122", "cubes.use")
VALUESETS = "oid,name,system,code\n1.2.3,Diabetes,SNOMEDCT,44054006\n1.2.4,Office Visit,CPT,99213\n"

steps = st.one_of(
    st.tuples(st.sampled_from(["add", "remove", "shorten", "restore", "rename"]), st.integers(0, 99)),
    st.tuples(st.sampled_from(["fewer people", "other words", "as before"]), st.sampled_from(EDITED)),
    st.tuples(st.sampled_from(["value sets", "no value sets", "synthetic", "real", "years", "all years"]), st.none()),
)


@dataclass
class Delivery:
    """A folder of files that changes, queries that change, and the request to build from them."""

    folder: Path
    all_files: Files
    first: str
    there: set[str] = field(default_factory=set)
    shortened: set[str] = field(default_factory=set)
    renamed: set[str] = field(default_factory=set)
    is_synthetic: bool = False
    valuesets: tuple[Path, ...] = ()
    years: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        self.there = {name for number, name in enumerate(sorted(self.all_files)) if number % 2} | {self.first}
        shutil.copytree(catalog.queries_root(), self.folder / "queries")
        (self.folder / "sets.csv").write_text(VALUESETS)
        self.write()

    def change(self, step: tuple[str, int | str | None]) -> None:
        kind, what = step
        if isinstance(what, int):
            self._change_file(kind, sorted(self.all_files)[what % len(self.all_files)])
        elif isinstance(what, str):
            self._change_query(kind, what)
        elif "value sets" in kind:
            self.valuesets = (self.folder / "sets.csv",) if kind == "value sets" else ()
        elif "years" in kind:
            self.years = (2024,) if kind == "years" else ()
        else:
            self.is_synthetic = kind == "synthetic"
        self.write()

    def _change_file(self, kind: str, name: str) -> None:
        chosen = {"add": self.there, "remove": self.there, "rename": self.renamed}.get(kind, self.shortened)
        if kind in {"remove", "restore"}:
            chosen.discard(name if name != self.first else "")
        else:
            chosen.add(name)

    def _change_query(self, kind: str, name: str) -> None:
        relative = Path(*name.split(".")).with_suffix(".sql")
        text = (catalog.queries_root() / relative).read_text()
        header = "".join(line for line in text.splitlines(keepends=True) if line.startswith("--"))
        where = {"fewer people": "where hash(t) % 3 <> 0", "other words": "where true"}.get(kind)
        edited = f"{header}select * from ({text[len(header) :]}) as t {where}\n" if where else text
        (self.folder / "queries" / relative).write_text(edited)

    def write(self) -> None:
        files = Files()
        for name in self.there:
            content = without_some_rows(self.all_files, name) if name in self.shortened else self.all_files[name]
            path = Path(name)
            files[str(path.with_name(f"9{path.name}")) if name in self.renamed else name] = content
        write(self.folder / "in", files)
        if self.is_synthetic:
            build.mark_synthetic(self.folder / "in")

    def request(self, out: str) -> build.Request:
        return build.Request(
            (self.folder / "in",), self.folder / out, valuesets=self.valuesets, years=self.years,
            queries=self.folder / "queries",
        )  # fmt: skip


@pytest.fixture(scope="module", params=["input_layer", "fhir_r4"])
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Files, str]]:
    """All files that a delivery may hold, and one that it always holds, so that there are people."""
    if request.param == "input_layer":
        yield input_layer(tmp_path_factory.mktemp("incremental") / "demo"), "patient/0.parquet"
    else:
        yield fhir_r4(), "Patient/0.ndjson"


# A failing list of changes is short already; making it shorter would take many builds.
@settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate])
@given(changes=st.lists(steps, min_size=2, max_size=4))
def test_an_incremental_build_equals_a_build_from_nothing(
    files: tuple[Files, str], changes: list[tuple[str, int | str | None]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        delivery = Delivery(Path(name), *files)
        build.run(delivery.request("w"))
        for step in changes:
            known = surrogates(delivery.folder / "w")
            delivery.change(step)
            result = build.run(delivery.request("w"))
            assert known.items() <= surrogates(delivery.folder / "w").items()
        build_afresh(delivery.request("fresh"), vault_of=delivery.folder / "w")
        assert differences(delivery.folder / "w", delivery.folder / "fresh") == []
        again = build.run(delivery.request("w"))
        assert again.rebuilt == [] and again.published == result.published
