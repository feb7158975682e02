"""The one gate: only what `release` has passed may reach a chart, a table, a tooltip, a file or a log.

On the lattice the numbers were made safe at publish, together; the gate checks them again and passes them on. Off the
lattice (free filters over published people) every count is rounded the same way each time (midpoint of six) and hidden
below the threshold, so that differencing two answers gains nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from dashboard.errors import RefusedError
from dashboard.privacy.lattice import SUPPRESSED, Roles

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboard.privacy.policy import Policy

_GATE = object()


@dataclass(frozen=True)
class Provenance:
    """Where a released frame comes from: enough to find, repeat and cite it."""

    policy: str
    warehouse: str
    definition: str
    filters: tuple[tuple[str, str], ...]
    rule: str
    hidden_cells: int
    built_at: str = ""
    sql: str = ""
    question: str = ""


class Released:
    """A frame that may be shown, with its provenance. Made by `release`; changed only through `derive`."""

    __slots__ = ("_frame", "_provenance")

    def __init__(self, gate: object, frame: pl.DataFrame, provenance: Provenance) -> None:
        if gate is not _GATE:
            raise RefusedError(
                where="Released", what="only privacy.release makes it", do="Pass the frame through release"
            )
        self._frame, self._provenance = frame, provenance

    @property
    def frame(self) -> pl.DataFrame:
        """The released numbers; hidden ones are null and named in `suppressed_columns`."""
        return self._frame

    @property
    def provenance(self) -> Provenance:
        """Where the numbers come from."""
        return self._provenance

    def derive(self, fn: Callable[[pl.DataFrame], pl.DataFrame], *, note: str = "") -> Released:
        """A new released frame computed from this one alone, such as a rate or a selection of rows."""
        rule = f"{self._provenance.rule}; {note}" if note else self._provenance.rule
        return Released(_GATE, fn(self._frame), replace(self._provenance, rule=rule))

    def __repr__(self) -> str:
        return f"Released({self._frame.height} rows, {self._provenance.definition})"


def release(frame: pl.DataFrame, roles: Roles, policy: Policy, provenance: Provenance, *, on_lattice: bool) -> Released:
    """Pass `frame` through the gate.

    frame: on the lattice one row per cell, already suppressed at publish; off it, one row per filters × dimensions
        with exact counts. Null counts are not computable, not zero.
    Raises RefusedError when a lattice cell shows a small count (fail closed).
    """
    safe = _checked(frame, roles, policy) if on_lattice else _rounded(frame, roles, policy)
    hidden = int(safe["is_suppressed"].sum()) if "is_suppressed" in safe.columns else 0
    rule = (
        f"counts of 1–{policy.threshold - 1} and their complements hidden"
        if on_lattice
        else f"counts rounded to midpoints of six, hidden below {policy.threshold}"
    )
    return Released(_GATE, safe, replace(provenance, rule=rule, hidden_cells=hidden))


def _checked(frame: pl.DataFrame, roles: Roles, policy: Policy) -> pl.DataFrame:
    for family in roles.families:
        present = [column for column in family.columns if column in frame.columns]
        exprs = [pl.col(column) for column in present]
        if family.whole in present:
            exprs += [pl.col(family.whole) - pl.col(p) for p in family.parts if p in present]
        for expr in exprs:
            if frame.filter((expr > 0) & (expr < policy.threshold)).height:
                raise RefusedError(
                    where=provenance_name(roles),
                    what=f"a count of 1–{policy.threshold - 1} reached the gate",
                    do="Build the warehouse again; if it happens again, this is a bug",
                )
    return frame


def provenance_name(roles: Roles) -> str:
    """What to call a table in a refusal: its dimensions, never its rows."""
    return f"table by {', '.join(roles.dimensions) or 'nothing'}"


def midpoint_six(count: pl.Expr) -> pl.Expr:
    """Round a count to the midpoint of its band of six (1–6 → 3, 7–12 → 9 …); zero stays zero.

    Source: OpenSAFELY, "Statistical disclosure control", midpoint 6 rounding.
    """
    return (count / 6).ceil().cast(pl.Int64) * 6 - pl.when(count > 0).then(3).otherwise(0)


def _rounded(frame: pl.DataFrame, roles: Roles, policy: Policy) -> pl.DataFrame:
    keys = [c for c in roles.dimensions if c in frame.columns]
    counts, sums = list(roles.counts), list(roles.sums)
    totals = [pl.col(c).sum() if c in frame.columns else pl.lit(None) for c in (*counts, *sums)]
    added = frame.group_by(keys, maintain_order=True).agg(totals) if keys else frame.select(totals)
    rounded = added.with_columns(midpoint_six(pl.col(c)).alias(c) for c in counts)
    scaled = rounded.with_columns(
        (added[s] / added[by] * rounded[by]).round_sig_figs(3).alias(s) for s, by in roles.sums.items()
    )
    return _hide_small(scaled, roles, policy.threshold)


def _hide_small(frame: pl.DataFrame, roles: Roles, threshold: int) -> pl.DataFrame:
    marks = []
    for family in roles.families:
        whole = pl.col(family.whole)
        exprs = [whole, *(pl.col(p) for p in family.parts), *(whole - pl.col(p) for p in family.parts)]
        small = pl.any_horizontal((expr != 0) & (expr.abs() < threshold) for expr in exprs)
        columns = [*family.columns, *(s for s, by in roles.sums.items() if by in family.columns)]
        marks += [pl.when(small).then(pl.lit(column)).alias(f"__{column}") for column in columns]
    marked = frame.with_columns(marks)
    names = [c for c in marked.columns if c.startswith("__")]
    return (
        marked.with_columns(
            pl.concat_list(names).list.drop_nulls().alias(SUPPRESSED) if names else pl.lit([]).alias(SUPPRESSED),
            *(pl.when(pl.col(name).is_null()).then(pl.col(name[2:])).alias(name[2:]) for name in names),
        )
        .with_columns(is_suppressed=pl.col(SUPPRESSED).list.len() > 0)
        .drop(names)
    )
