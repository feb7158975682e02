"""Cost by month asked with pandas and with Polars, from the same files, for `careparity bench` to compare.

Both follow the rules of queries/core for a source of the input layer, so that the answers must be the same to the cent:
reversals, replacements and resent lines settled, denied lines and people outside enrolment left out, months counted
once. They are written as an analyst would write them, with whole columns and no loops over rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

DROPPED = ["cancelled", "draft", "entered-in-error"]
REVERSALS = ["reversal", "void", "cancellation"]
REPLACEMENTS = ["replacement", "adjustment"]
AMOUNTS = ["allowed_amount", "paid_amount", "charge_amount"]
_KEY = ["claim_id", "claim_line_number"]
LINE = [*_KEY, "person_id", "claim_status", "adjustment_type", "bill_type_code", "paid_date", "claim_start_date",
         "claim_line_start_date", "hcpcs_code", "billing_npi", *AMOUNTS]  # fmt: skip
_COST = ["person_id", "claim_status", "claim_start_date", "claim_line_start_date", "allowed_amount", "paid_amount"]
# Order in which versions of a line took effect, as in core.claim_line_version.
_ORDER = ["paid_date", "not_reversal", "not_negative", "is_replacement_stated", "charge_amount", "allowed_amount",
          "paid_amount", "hcpcs_code", "claim_status", "billing_npi"]  # fmt: skip


def pmpm_polars(demo: Path, years: list[int]) -> pl.DataFrame:
    """month (12 × year + month), member_months, allowed_cents, paid_cents: medical care of enrolled people by month."""
    months = months_polars(demo, min(years))
    month = pl.coalesce("claim_line_start_date", "claim_start_date")
    cost = (
        settled_polars(lines_polars(demo, LINE), _COST)
        .filter(pl.col("claim_status") != "denied")
        .with_columns(month=month.dt.year().cast(pl.Int64) * 12 + month.dt.month())
        .join(months.lazy(), on=["person_id", "month"], how="semi")
        .group_by("month")
        .agg(allowed_cents=pl.col("allowed_amount").sum(), paid_cents=pl.col("paid_amount").sum())
    )
    enrolled = months.lazy().group_by("month").agg(member_months=pl.len())
    answer = enrolled.join(cost, on="month", how="left").fill_null(0).sort("month")
    return answer.select("month", "member_months", "allowed_cents", "paid_cents").collect(engine="streaming")


def lines_polars(demo: Path, columns: list[str]) -> pl.LazyFrame:
    """Medical claim lines as delivered, without dropped ones; amounts as whole cents."""
    cents = [(pl.col(name) * 100).round().cast(pl.Int64).alias(name) for name in AMOUNTS]
    return (
        pl.scan_parquet(demo / "medical_claim" / "*.parquet")
        .select(columns)
        .with_columns(*cents, pl.col("claim_status").str.to_lowercase().fill_null("active"))
        .filter(~pl.col("claim_status").is_in(DROPPED))
    )


def months_polars(demo: Path, first_year: int) -> pl.DataFrame:
    """person_id, month: each month with a day of medical cover, once."""
    people = pl.scan_parquet(demo / "patient" / "*.parquet").select("person_id", "birth_date", "death_date")
    start = pl.max_horizontal("enrollment_start_date", "birth_date", pl.date(first_year, 1, 1))
    end = pl.min_horizontal("enrollment_end_date", "death_date")
    number = {
        name: day.dt.year().cast(pl.Int64) * 12 + day.dt.month() for name, day in (("first", start), ("last", end))
    }
    return (
        pl.scan_parquet(demo / "eligibility" / "*.parquet")
        .filter(pl.col("covers_medical").fill_null(True))
        .join(people, on="person_id")
        .with_columns(**number)
        .select("person_id", month=pl.int_ranges("first", pl.col("last") + 1))
        .explode("month")
        .drop_nulls("month")
        .unique()
        .collect()
    )


def settled_polars(lines: pl.LazyFrame, columns: list[str]) -> pl.LazyFrame:
    """The `columns` of lines that stand once reversals, replacements and resent lines are settled."""
    reversal = pl.col("adjustment_type").is_in(REVERSALS) | pl.col("bill_type_code").str.ends_with("8")
    replacement = pl.col("adjustment_type").is_in(REPLACEMENTS) | pl.col("bill_type_code").str.ends_with("7")
    marked = lines.with_columns(
        pl.col("claim_line_number").fill_null(1),
        not_reversal=~reversal.fill_null(False),
        is_replacement_stated=replacement.fill_null(False),
        not_negative=~(pl.min_horizontal(AMOUNTS) < 0).fill_null(False),
    )
    claims = marked.group_by("claim_id").agg(
        has_repeated=pl.len() > pl.col("claim_line_number").n_unique(),
        first=pl.col("claim_line_number").filter("not_reversal").min(),
    )
    irregular = claims.filter(pl.col("has_repeated") | pl.col("first").ne_missing(1)).select("claim_id")
    streamed = marked.join(irregular, on="claim_id", how="anti").filter("not_reversal")
    final = _versions_polars(marked.join(irregular, on="claim_id", how="semi"))
    return pl.concat([streamed.select(columns), final.select(columns)])


def _versions_polars(rows: pl.LazyFrame) -> pl.LazyFrame:
    several = pl.len().over(_KEY) > 1
    signed = [pl.when("not_reversal").then(pl.col(a)).otherwise(-pl.col(a).abs()).alias(a) for a in AMOUNTS]
    numbered = (
        rows.sort(_ORDER, nulls_last=[name != "paid_date" for name in _ORDER])
        .with_columns(
            version=pl.int_range(1, pl.len() + 1).over(_KEY),
            is_reversal=~pl.col("not_reversal") | (~pl.col("not_negative") & several),
            is_replacement=pl.col("is_replacement_stated") & pl.col("not_negative") & pl.col("not_reversal"),
        )
        .with_columns(*signed)
        .with_columns(
            replaced=pl.col("version").filter("is_replacement").max().fill_null(0).over(_KEY),
            last=pl.col("version").filter(~pl.col("is_reversal")).max().over(_KEY),
            by_amount=(pl.col("is_reversal") | pl.col("is_replacement")).any().over(_KEY),
        )
    )
    counted = numbered.filter(
        (pl.col("version") >= pl.col("replaced")) & (pl.col("by_amount") | (pl.col("version") == pl.col("last")))
    )
    left = counted.group_by(_KEY).agg(
        *(pl.col(a).sum() for a in AMOUNTS), reversals=pl.col("is_reversal").sum(), rows=pl.len()
    )
    stands = left.filter((pl.max_horizontal(AMOUNTS) > 0) | (2 * pl.col("reversals") < pl.col("rows")))
    latest = numbered.filter(pl.col("version") == pl.col("last")).drop(AMOUNTS)
    return latest.join(stands.select(*_KEY, *AMOUNTS), on=_KEY)


def pmpm_pandas(demo: Path, years: list[int]) -> pl.DataFrame:
    """As `pmpm_polars`."""
    import pandas as pd

    months = months_pandas(demo, min(years))
    final = settled_pandas(lines_pandas(demo, LINE))
    final = final[final["claim_status"] != "denied"]
    day = pd.to_datetime(final["claim_line_start_date"].fillna(final["claim_start_date"]))
    final = final.assign(month=day.dt.year * 12 + day.dt.month)
    cost = final.merge(months, on=["person_id", "month"])
    answer = months.groupby("month").size().rename("member_months").to_frame()
    answer = answer.join(cost.groupby("month")[["allowed_amount", "paid_amount"]].sum()).fillna(0).reset_index()
    answer = answer.rename(columns={"allowed_amount": "allowed_cents", "paid_amount": "paid_cents"}).astype("int64")
    return pl.from_pandas(answer).select("month", "member_months", "allowed_cents", "paid_cents").sort("month")


def lines_pandas(demo: Path, columns: list[str], filters: list[tuple[str, str, str]] | None = None) -> pd.DataFrame:
    """As `lines_polars`; `filters` are applied while reading."""
    import pandas as pd

    lines = pd.read_parquet(demo / "medical_claim", columns=columns, filters=filters, dtype_backend="pyarrow")
    for name in AMOUNTS:
        lines[name] = (lines[name].astype("float64") * 100).round().astype("Int64")
    lines["claim_status"] = lines["claim_status"].str.lower().fillna("active")
    return lines[~lines["claim_status"].isin(DROPPED)]


def months_pandas(demo: Path, first_year: int) -> pd.DataFrame:
    """As `months_polars`."""
    import pandas as pd

    people = pd.read_parquet(demo / "patient", columns=["person_id", "birth_date", "death_date"])
    spans = pd.read_parquet(demo / "eligibility").merge(people, on="person_id")
    spans = spans[spans["covers_medical"].fillna(True).astype(bool)]
    start = spans[["enrollment_start_date", "birth_date"]].apply(pd.to_datetime).max(axis=1)
    start = start.clip(lower=pd.Timestamp(first_year, 1, 1))
    end = spans[["enrollment_end_date", "death_date"]].apply(pd.to_datetime).min(axis=1)
    first, last = start.dt.year * 12 + start.dt.month, end.dt.year * 12 + end.dt.month
    spans = spans.assign(month=[range(a, b + 1) for a, b in zip(first, last, strict=True)])
    return spans[["person_id", "month"]].explode("month").dropna().astype({"month": "int64"}).drop_duplicates()


def settled_pandas(lines: pd.DataFrame) -> pd.DataFrame:
    """The lines that stand once reversals, replacements and resent lines are settled, all columns."""
    import pandas as pd

    lines = lines.assign(
        claim_line_number=lines["claim_line_number"].fillna(1),
        not_reversal=~(
            lines["adjustment_type"].isin(REVERSALS) | lines["bill_type_code"].str.endswith("8").fillna(False)
        ),
        is_replacement_stated=lines["adjustment_type"].isin(REPLACEMENTS)
        | lines["bill_type_code"].str.endswith("7").fillna(False),
        not_negative=~(lines[AMOUNTS].min(axis=1) < 0).fillna(False),
    )
    of_claim = lines.groupby("claim_id")
    repeated = of_claim.size() > of_claim["claim_line_number"].nunique()
    first = lines[lines["not_reversal"]].groupby("claim_id")["claim_line_number"].min().reindex(repeated.index)
    irregular = repeated.index[repeated | first.ne(1).fillna(True)]
    is_irregular = lines["claim_id"].isin(irregular)
    streamed = lines[~is_irregular & lines["not_reversal"]]
    return pd.concat([streamed, _versions_pandas(lines[is_irregular])])


def _versions_pandas(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.sort_values(_ORDER[1:], kind="stable").sort_values("paid_date", kind="stable", na_position="first")
    line = rows.groupby(_KEY)
    several = line["person_id"].transform("size") > 1
    rows = rows.assign(
        version=line.cumcount() + 1,
        is_reversal=~rows["not_reversal"] | (~rows["not_negative"] & several),
        is_replacement=rows["is_replacement_stated"] & rows["not_negative"] & rows["not_reversal"],
    )
    for name in AMOUNTS:
        rows[name] = rows[name].where(rows["not_reversal"], -rows[name].abs())
    number = rows["version"].astype("int64")
    rows["replaced"] = number.where(rows["is_replacement"].astype(bool), 0)
    rows["last"] = number.where(~rows["is_reversal"].astype(bool), 0)
    rows["by_amount"] = (rows["is_reversal"] | rows["is_replacement"]).astype(bool)
    line = rows.groupby(_KEY)
    for name in ("replaced", "last", "by_amount"):
        rows[name] = line[name].transform("max")
    counted = rows[(rows["version"] >= rows["replaced"]) & (rows["by_amount"] | (rows["version"] == rows["last"]))]
    counted = counted.assign(reversals=counted["is_reversal"].astype("int64"), rows=1)
    left = counted.groupby(_KEY, as_index=False)[[*AMOUNTS, "reversals", "rows"]].sum()
    stands = left[(left[AMOUNTS].max(axis=1) > 0) | (2 * left["reversals"] < left["rows"])]
    latest = rows[rows["version"] == rows["last"]].drop(columns=AMOUNTS)
    return latest.merge(stands[[*_KEY, *AMOUNTS]], on=_KEY)
