"""Every given/expect case beside a query holds."""

from __future__ import annotations

import pytest

from dashboard.warehouse import catalog
from dashboard.warehouse.cases import Case, Runner, read

CATALOG = catalog.load()
CASES = [(file, case) for file in CATALOG.files for case in read(file)]
NEED_CASES = {"core", "marts", "blocks", "measures", "cubes", "checks"}


@pytest.fixture(scope="module")
def runner() -> Runner:
    return Runner(CATALOG)


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{f.shown_path}: {c.name}" for f, c in CASES])
def test_case(runner: Runner, file: catalog.QueryFile, case: Case) -> None:
    assert not runner.run(file, case)


def test_every_query_that_decides_something_has_a_case() -> None:
    without = [f.shown_path for f in CATALOG.files if f.schema in NEED_CASES and not read(f)]
    assert not without


def test_a_wrong_expectation_is_found(runner: Runner) -> None:
    file, case = next((f, c) for f, c in CASES if c.expect and c.expect.rows and not c.in_order)
    assert case.expect is not None
    broken = Case(case.name, case.where, case.given, type(case.expect)(case.expect.columns, []))
    assert runner.run(file, broken)
