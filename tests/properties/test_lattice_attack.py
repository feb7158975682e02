"""The attacker: linear bounds on every hidden count, from all that is shown in two cubes and from public geography.

Known to the attacker: what is shown; that a row exists only where somebody is; that every dimension adds up to the
plan; which county lies in which deprivation group and rurality; and how the counts are defined (parts and wholes, the
initial population as the sum of its parts, never more people than in the group). Each small count must stay unknown
by at least as much as its mark already says: it may be 1 to 10, and more.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from dashboard.privacy.lattice import Nesting, Roles, suppress
from dashboard.warehouse import catalog

T = 11
CLASSES = {f"c{i}": (str(1 + i % 3), "metro" if i % 2 else "rural") for i in range(9)}
DIMENSIONS = ("all", "race", "county", "deprivation", "rurality")
ATOMS = ("met", "unmet", "excluded", "excepted", "other")
QUERIES = Path(__file__).parents[2] / "queries" / "cubes"

Cell = tuple[str, str, str, str]  # cube, column, dimension, group_value


def people(seed: int) -> pl.DataFrame:
    """A random plan: counties and races of very different size, most people in no measure or in all of it."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(60, 900) if seed % 2 else rng.integers(900, 9000))
    counties = rng.choice(list(CLASSES), size, p=rng.dirichlet(np.full(len(CLASSES), 0.6)))
    races = rng.choice(["a", "b", "c", "Unknown"], size, p=rng.dirichlet(np.full(4, 0.5)))
    chances = rng.dirichlet(np.full(len(ATOMS) + 1, 0.5))
    return pl.DataFrame(
        {
            "all": ["all"] * size,
            "race": races,
            "county": counties,
            "deprivation": [CLASSES[c][0] for c in counties],
            "rurality": [CLASSES[c][1] for c in counties],
            "atom": rng.choice(["", *ATOMS], size, p=chances),
            "seen": rng.random(size) < rng.choice([0.05, 0.5, 0.95]),
        }
    )


def cube(frame: pl.DataFrame, **counts: pl.Expr) -> pl.DataFrame:
    parts = [
        frame.group_by(pl.col(dimension).alias("group_value"))
        .agg(pl.when(pl.len() > 0).then(expr).alias(name) for name, expr in counts.items())
        .select(pl.lit(dimension).alias("dimension"), pl.all())
        for dimension in DIMENSIONS
    ]
    return pl.concat(parts).with_columns(pl.col(*counts).cast(pl.Int64)).sort("dimension", "group_value")


def cubes(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The exact cubes of use and of one measure."""
    use = cube(frame, people=pl.len(), people_with_visit=pl.col("seen").sum())
    atom = {name: (pl.col("atom") == name).sum() for name in ATOMS}
    outside = atom["excluded"] + atom["excepted"] + atom["other"]
    measure = cube(
        frame.filter(pl.col("atom") != ""),
        initial_population=pl.len(),
        denominator=atom["met"] + atom["unmet"],
        numerator=atom["met"],
        exclusion=atom["excluded"],
        exception=atom["excepted"],
        outside_denominator=outside,
        not_counted=atom["other"],
    )
    return use, measure


def roles(name: str, columns: list[str]) -> Roles:
    """The real header's roles, of the counts that the random plan has."""
    header = dict(catalog.read_file(QUERIES / f"{name}.sql", QUERIES.parent).header)
    counts = [entry for entry in header["counts"].split("; ") if entry.split(" ")[0] in columns]
    return Roles.from_header(
        {"dimensions": "dimension, group_value", "filters": "dimension", "counts": "; ".join(counts)}
    )


@dataclass
class Attack:
    """A system of linear facts about cells, and the bounds that follow from it."""

    cells: dict[Cell, int] = field(default_factory=dict)
    bounds: dict[int, tuple[float, float]] = field(default_factory=dict)
    facts: list[tuple[dict[int, float], bool]] = field(default_factory=list)

    def cell(self, *name: str) -> int:
        return self.cells.setdefault((name[0], name[1], name[2], name[3]), len(self.cells))

    def zero(self, terms: dict[int, float]) -> None:
        self.facts.append((terms, True))

    def at_least_zero(self, terms: dict[int, float]) -> None:
        self.facts.append((terms, False))

    def know(self, name: str, shown: pl.DataFrame, columns: list[str], present: str) -> None:
        """What one published cube shows, that its rows exist, and that they add up."""
        groups: dict[str, list[str]] = defaultdict(list)
        for row in shown.iter_rows(named=True):
            groups[row["dimension"]].append(row["group_value"])
            for column in columns:
                least = int(column == present)
                value = row[column]
                index = self.cell(name, column, row["dimension"], row["group_value"])
                self.bounds[index] = (least, np.inf) if value is None else (value, value)
        for column in columns:
            for dimension in set(groups) - {"all"}:
                total = {self.cell(name, column, dimension, group): 1.0 for group in groups[dimension]}
                self.zero(total | {self.cell(name, column, "all", "all"): -1.0})
            for position, nested in enumerate(("deprivation", "rurality")):
                for group in groups.get(nested, []):
                    inside = [c for c in groups.get("county", []) if CLASSES[c][position] == group]
                    terms = {self.cell(name, column, "county", county): 1.0 for county in inside}
                    self.zero(terms | {self.cell(name, column, nested, group): -1.0})

    def range(self, terms: dict[int, float]) -> tuple[int, int | float]:
        """The smallest and the largest value of a sum of cells that fits every fact."""
        n = len(self.cells)
        cost = np.zeros(n)
        cost[list(terms)] = list(terms.values())
        same = self._matrix([terms for terms, is_equal in self.facts if is_equal])
        more = self._matrix([terms for terms, is_equal in self.facts if not is_equal])
        limits = [self.bounds.get(i, (0, np.inf)) for i in range(n)]
        ends = []
        for sign in (1, -1):
            found = linprog(
                sign * cost, A_ub=-more, b_ub=np.zeros(more.shape[0]), A_eq=same, b_eq=np.zeros(same.shape[0]),
                bounds=limits, method="highs",
            )  # fmt: skip
            assert found.status in {0, 3}, found.message
            ends.append(np.inf if found.status == 3 else sign * found.fun)
        low, high = ends
        return int(np.ceil(low - 1e-6)), high if high == np.inf else int(np.floor(high + 1e-6))

    def _matrix(self, facts: list[dict[int, float]]) -> coo_matrix:
        at = [(row, column, value) for row, terms in enumerate(facts) for column, value in terms.items()]
        rows, columns, values = zip(*at, strict=True)
        return coo_matrix((values, (rows, columns)), shape=(len(facts), len(self.cells))).tocsr()


USE = ["people", "people_with_visit"]
MEASURE = ["initial_population", "denominator", "numerator", "exclusion", "exception", "outside_denominator"]
MEASURE += ["not_counted"]
# (cube, whole, part): what is left of the whole is a count of people as well.
RESTS = (
    ("use", "people", "people_with_visit"),
    ("measure", "denominator", "numerator"),
    ("measure", "initial_population", "denominator"),
)


def attack(use: pl.DataFrame, measure: pl.DataFrame) -> Attack:
    known = Attack()
    known.know("use", use, USE, "people")
    known.know("measure", measure, MEASURE, "initial_population")
    for dimension, group in use.select("dimension", "group_value").iter_rows():
        cell = {c: known.cell("use", c, dimension, group) for c in USE}
        known.at_least_zero({cell["people"]: 1, cell["people_with_visit"]: -1})
    for dimension, group in measure.select("dimension", "group_value").iter_rows():
        cell = {c: known.cell("measure", c, dimension, group) for c in MEASURE}
        known.at_least_zero({cell["denominator"]: 1, cell["numerator"]: -1})
        whole, outside = cell["initial_population"], cell["outside_denominator"]
        known.zero({whole: 1, cell["denominator"]: -1, outside: -1})
        known.zero({outside: 1, cell["exclusion"]: -1, cell["exception"]: -1, cell["not_counted"]: -1})
        if ("use", "people", dimension, group) in known.cells:
            known.at_least_zero({known.cell("use", "people", dimension, group): 1, whole: -1})
    return known


def small_counts(known: Attack, exact: dict[str, pl.DataFrame]) -> dict[str, dict[int, float]]:
    """Every count of 1 to 10 that the attacker could be after, as a sum of cells."""
    found: dict[str, dict[int, float]] = {}
    truth = {
        (name, column, row["dimension"], row["group_value"]): row[column]
        for name, frame in exact.items()
        for row in frame.iter_rows(named=True)
        for column in (USE if name == "use" else MEASURE)
    }
    for cell, index in known.cells.items():
        if 0 < truth.get(cell, 0) < T:
            found[f"{cell} = {truth[cell]}"] = {index: 1.0}
    for name, whole, part in RESTS:
        for dimension, group in exact[name].select("dimension", "group_value").iter_rows():
            ends = (name, whole, dimension, group), (name, part, dimension, group)
            if 0 < truth[ends[0]] - truth[ends[1]] < T and set(ends) <= set(known.cells):
                key = f"{ends[0]} - {part} = {truth[ends[0]] - truth[ends[1]]}"
                found[key] = {known.cells[ends[0]]: 1.0, known.cells[ends[1]]: -1.0}
    return found


@pytest.mark.parametrize("seed", range(20))
def test_no_small_count_can_be_bounded(seed: int) -> None:
    use, measure = cubes(people(seed))
    nesting = Nesting("county", ("deprivation", "rurality"), CLASSES)
    shown_use = suppress(use, roles("use", USE), threshold=T, nesting=nesting)
    shown = suppress(measure, roles("measure", MEASURE), threshold=T, nesting=nesting, within=(use, shown_use))
    known = attack(shown_use, shown)
    for what, terms in small_counts(known, {"use": use, "measure": measure}).items():
        low, high = known.range(terms)
        assert high >= T, f"{what} is known to be {low} to {high}"
        assert high - low >= T - 1, f"{what} is known to be {low} to {high}"
