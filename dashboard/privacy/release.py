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
from dashboard.privacy import record
from dashboard.privacy.lattice import SUPPRESSED, Roles

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from dashboard.privacy.policy import Policy

_GATE = object()


@dataclass(frozen=True)
class Provenance:
    """Where a released frame comes from: enough to find, repeat and cite it.

    notice: what must be said of the policy's record wherever the numbers go, empty without one; expires: the record's
    last day; withheld: sensitive classes that the numbers lack, in words.
    """

    policy: str
    warehouse: str
    definition: str
    filters: tuple[tuple[str, str], ...]
    rule: str
    hidden_cells: int
    built_at: str = ""
    sql: str = ""
    question: str = ""
    notice: str = ""
    expires: date | None = None
    withheld: str = ""

    def check_in_force(self) -> None:
        """Raise RefusedError when the record that the numbers were released under has expired since."""
        if self.expires is not None and self.expires < record.today():
            raise RefusedError(
                where="download",
                what=f"the record behind these numbers expired on {record.in_words(self.expires)}",
                do="Renew it and build again with the new record",
            )


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
        """The released numbers; hidden ones are null and named in `suppressed_columns`.

        A copy that shares its memory: released frames are kept and shared, so changing one in place changes nothing.
        """
        return self._frame.clone()

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
    Raises RefusedError when a lattice cell shows a small count, or when a row would be one person (fail closed).
    """
    if "person_id" in (*roles.dimensions, *roles.filters):
        raise RefusedError(
            where=provenance.definition, what="a panel may not show single people", do="Group by something else"
        )
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
        exprs = [pl.col(c) for c in family.columns] + [pl.col(family.whole) - pl.col(c) for c in family.columns[1:]]
        if frame.filter(pl.any_horizontal((expr > 0) & (expr < policy.threshold) for expr in exprs)).height:
            raise RefusedError(
                where=f"table by {', '.join(roles.dimensions) or 'nothing'}",
                what=f"a count of 1–{policy.threshold - 1} reached the gate",
                do="Build the warehouse again; if it happens again, this is a bug",
            )
    return frame


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
    small: dict[str, pl.Expr] = {}
    for family in roles.families:
        whole = pl.col(family.whole)
        base = [whole, *(e for c in family.together for e in (pl.col(c), whole - pl.col(c)))]
        of_base = pl.any_horizontal(_is_small(expr, threshold) for expr in base)
        small |= dict.fromkeys((family.whole, *family.together), of_base)
        for part in family.parts:
            either = (_is_small(pl.col(part), threshold), _is_small(whole - pl.col(part), threshold))
            small[part] = of_base | either[0] | either[1]
    small |= {total: small[by] for total, by in roles.sums.items()}
    marks = [pl.when(expr).then(pl.lit(column)) for column, expr in small.items()]
    listed = pl.concat_list(marks).list.drop_nulls() if marks else pl.lit([], dtype=pl.List(pl.String))
    marked = frame.with_columns(listed.alias(SUPPRESSED))
    return marked.with_columns(
        *(pl.when(~pl.col(SUPPRESSED).list.contains(pl.lit(c))).then(pl.col(c)).alias(c) for c in small),
        is_suppressed=pl.col(SUPPRESSED).list.len() > 0,
    )


def _is_small(count: pl.Expr, threshold: int) -> pl.Expr:
    return ((count != 0) & (count.abs() < threshold)).fill_null(value=False)
