"""Readmissions within 30 days with pandas and with Polars, from the same files, for `careparity bench` to compare.

Both follow core.stay_part, core.stay, core.planned_stay and core.readmission for one source of the input layer whose
stays are counted from claims: adjusted claims settled, claims joined into stays, transfers, planned stays, and every
exclusion. What can't occur in such a source is left out: stays told by encounters, CMS certification numbers in place
of NPIs, ICD-9, enrolment by number of months.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from dashboard.warehouse.rivals import (
    LINE,
    lines_pandas,
    lines_polars,
    months_pandas,
    months_polars,
    settled_pandas,
    settled_polars,
)

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

_HEADER = ["person_id", "bill_type_code", "drg_code", "diagnosis_code_1", "discharge_disposition_code", "facility_npi",
           "billing_npi", "claim_start_date", "claim_end_date", "admission_date", "discharge_date"]  # fmt: skip
_FINAL = ["claim_id", "claim_line_number", "claim_status", "revenue_center_code", *_HEADER]
_COLUMNS = list(dict.fromkeys([*LINE, *_FINAL, "claim_type"]))
_DATES = ["claim_start_date", "claim_end_date", "admission_date", "discharge_date"]
_DIED = ["20", "40", "41", "42"]
_TRANSFERRED = ["02", "05", "43", "66", "82", "85", "88", "94"]
_REHABILITATION = ["0024", "0118", "0128", "0138", "0148", "0158"]
_PSYCHIATRIC = ["0114", "0124", "0134", "0144", "0154", "0204"]
_NEWBORN = ["0170", "0171", "0179"]
_CANCER = ["Z510", "Z5111", "Z5112"]
_ACUTE = "^(?:[ABRST]|I21|I22|I26|I33|I6[0-3]|J1[2-8]|J96|M00|M80|M84)"
_ANSWER = ["month", "stays", "index_stays", "planned", "readmitted"]
# One number for what core.stay compares of the part before: last day, has left, is transferred, place.
_PLACES = 1 << 24


def _drg(*spans: tuple[int, int]) -> list[str]:
    return [f"{code:03}" for code in chain.from_iterable(range(first, last + 1) for first, last in spans)]


_NOT_ACUTE_DRG = _drg((795, 795), (876, 876), (880, 887), (894, 897), (945, 946))
_PLANNED_DRG = _drg(
    (837, 839), (846, 849), (1, 2), (5, 10), (14, 14), (16, 19), (650, 652), (765, 768), (774, 775), (783, 788),
    (796, 798), (805, 807),
)  # fmt: skip
_PROCEDURE_DRG = _drg(
    (461, 462), (466, 470), (483, 483), (453, 460), (471, 473), (216, 221), (266, 267), (231, 236), (37, 39),
    (619, 621), (625, 627), (707, 708), (742, 743), (582, 583),
)  # fmt: skip


def readmission_polars(demo: Path, years: list[int]) -> pl.DataFrame:
    """month of discharge (12 × year + month), stays, index_stays, planned, readmitted: acute hospital stays."""
    stay = _stays_polars(_parts_polars(demo))
    end, death = pl.col("end"), pl.col("death_date")
    last = pl.min_horizontal(end.dt.offset_by("30d"), death)
    followed = stay.with_columns(
        next_start=pl.col("start").shift(-1).over("person_id", order_by="start"),
        next_planned=pl.col("planned").shift(-1).over("person_id", order_by="start"),
        first_month=_month_polars(end),
        last_month=_month_polars(last),
    ).collect()
    covered = (
        followed.lazy()
        .select("person_id", "start", "first_month", "last_month")
        .join(months_polars(demo, min(years)).lazy(), on="person_id")
        .filter(pl.col("month").is_between("first_month", "last_month"))
        .group_by("person_id", "start")
        .agg(covered=pl.len().cast(pl.Int64))
    )
    left = pl.col("discharge_disposition_code")
    excluded = (
        left.is_in([*_DIED, "07", "30"]).fill_null(False)
        | (death <= end).fill_null(False)
        | pl.col("is_transferred")
        | (end.dt.offset_by("30d") > _through_polars(demo, max(years)))
        | (pl.col("covered").fill_null(0) < pl.col("last_month") - pl.col("first_month") + 1)
    )
    soon = (pl.col("next_start") <= end.dt.offset_by("30d")).fill_null(False)
    planned = soon & pl.col("next_planned").fill_null(False)
    return (
        followed.lazy()
        .join(covered, on=["person_id", "start"], how="left")
        .group_by(month="first_month")
        .agg(
            stays=pl.len(),
            index_stays=(~excluded).sum(),
            planned=planned.sum(),
            readmitted=(~excluded & soon & ~planned).sum(),
        )
        .sort("month")
        .select(_ANSWER)
        .collect()
    )


def _month_polars(day: pl.Expr) -> pl.Expr:
    return day.dt.year().cast(pl.Int64) * 12 + day.dt.month()


def _through_polars(demo: Path, last_year: int) -> pl.Expr:
    """The end of the last month with a service, at most the end of the last year."""
    kinds = {
        "medical_claim": pl.coalesce("claim_line_start_date", "claim_start_date", "admission_date"),
        "pharmacy_claim": pl.col("dispensing_date"),
        "encounter": pl.col("encounter_start_date"),
    }
    days = [pl.scan_parquet(demo / kind / "*.parquet").select(day=day.max()) for kind, day in kinds.items()]
    through = pl.min_horizontal(pl.col("day").max().dt.month_end(), pl.date(last_year, 12, 31))
    return pl.lit(pl.concat(days).select(through).collect().item())


def _parts_polars(demo: Path) -> pl.LazyFrame:
    """Claims that tell of an acute stay: person, place, first and last day, how it ended."""
    kind, room, drg = pl.col("bill_type_code"), pl.col("revenue_center_code"), pl.col("drg_code")
    unbilled = drg.is_not_null() | (pl.col("admission_date").is_not_null() & pl.col("discharge_date").is_not_null())
    is_stay = pl.when(kind.is_null()).then(unbilled).otherwise(kind.str.slice(0, 2).is_in(["11", "41", "18", "21"]))
    lines = lines_polars(demo, _COLUMNS).filter(pl.col("claim_type") == "institutional", is_stay)
    claims = (
        settled_polars(lines, _FINAL)
        .sort("claim_id", "claim_line_number")
        .group_by("claim_id")
        .agg(
            *(pl.col(name).first() for name in _HEADER),
            is_accepted=(pl.col("claim_status") != "denied").any(),
            has_rehabilitation=room.is_in(_REHABILITATION).any(),
            has_other_room=room.is_in([*_PSYCHIATRIC, *_NEWBORN]).any(),
        )
    )
    other = (
        kind.str.slice(0, 2).is_in(["18", "21"]).fill_null(False)
        | pl.col("has_rehabilitation")
        | drg.is_in(_NOT_ACUTE_DRG).fill_null(pl.col("has_other_room"))
    )
    frequency, left = kind.str.slice(2, 1), pl.col("discharge_disposition_code")
    ended = frequency.is_in(["1", "4"]).fill_null(False) | pl.col("discharge_date").is_not_null()
    return (
        claims.filter("is_accepted", ~other)
        .select(
            "person_id",
            "claim_id",
            "drg_code",
            "discharge_disposition_code",
            code=pl.col("diagnosis_code_1").str.replace_all(".", "", literal=True),
            place=pl.coalesce("facility_npi", "billing_npi").rank("dense").cast(pl.Int64).fill_null(0),
            has_left=~frequency.is_in(["2", "3"]).fill_null(False) & (left != "30").fill_null(ended),
            is_transferred=left.is_in(_TRANSFERRED).fill_null(False),
            start=pl.min_horizontal("admission_date", pl.coalesce("claim_start_date", "admission_date")),
            end=pl.max_horizontal(
                "discharge_date", pl.coalesce("claim_end_date", "discharge_date", "claim_start_date")
            ),
        )
        .join(_people_polars(demo), on="person_id")
        .filter(pl.col("start") <= pl.col("death_date").fill_null(pl.col("start")))
    )


def _people_polars(demo: Path) -> pl.LazyFrame:
    death = pl.col("death_date")
    is_known = death >= pl.col("birth_date").fill_null(death)
    return pl.scan_parquet(demo / "patient" / "*.parquet").select("person_id", death_date=pl.when(is_known).then(death))


def _stays_polars(parts: pl.LazyFrame) -> pl.LazyFrame:
    days = pl.col("end").dt.epoch("d").cast(pl.Int64)
    reach = ((days * 2 + pl.col("has_left")) * 2 + pl.col("is_transferred")) * _PLACES + pl.col("place")
    before_end, before_place = pl.col("before") // (4 * _PLACES), pl.col("before") % _PLACES
    flags = pl.col("before") // _PLACES % 4
    is_elsewhere = (before_place != pl.col("place")) & (before_place > 0) & (pl.col("place") > 0)
    start = pl.col("start").dt.epoch("d").cast(pl.Int64)
    is_same = (start <= before_end) | ((start == before_end + 1) & ((flags != 2) | is_elsewhere))
    numbered = (
        parts.sort("person_id", "start", "end", "claim_id")
        .with_columns(before=reach.cum_max().shift(1).over("person_id"))
        .with_columns(stay=(~is_same.fill_null(False)).cum_sum().over("person_id"))
    )
    last = ["end", "start", "drg_code", "discharge_disposition_code", "is_transferred"]
    stays = numbered.group_by("person_id", "stay").agg(
        pl.col("death_date").first(),
        pl.col("code").sort_by("start", "end", "code").first(),
        *(pl.col(name).sort_by(last).last() for name in ("drg_code", "discharge_disposition_code", "is_transferred")),
        start=pl.col("start").min(),
        end=pl.col("end").max(),
    )
    planned = (
        pl.col("code").is_in(_CANCER).fill_null(False)
        | pl.col("drg_code").is_in(_PLANNED_DRG).fill_null(False)
        | (pl.col("drg_code").is_in(_PROCEDURE_DRG) & ~pl.col("code").str.contains(_ACUTE)).fill_null(False)
    )
    return stays.with_columns(planned=planned)


def readmission_pandas(demo: Path, years: list[int]) -> pl.DataFrame:
    """As `readmission_polars`."""
    import pandas as pd

    stay = _stays_pandas(_parts_pandas(demo)).sort_values(["person_id", "start"], ignore_index=True)
    after = stay.groupby("person_id")[["start", "planned"]].shift(-1)
    end_30 = stay["end"] + pd.Timedelta(days=30)
    last = pd.concat([end_30, stay["death_date"]], axis=1).min(axis=1)
    stay = stay.assign(month=_month_pandas(stay["end"]), last_month=_month_pandas(last))
    months = months_pandas(demo, min(years)).rename(columns={"month": "enrolled"})
    covered = stay[["person_id", "start", "month", "last_month"]].merge(months, on="person_id")
    covered = covered[covered["enrolled"].between(covered["month"], covered["last_month"])]
    covered = covered.groupby(["person_id", "start"]).size().rename("covered").reset_index()
    found = stay[["person_id", "start"]].merge(covered, on=["person_id", "start"], how="left")["covered"].fillna(0)
    excluded = (
        stay["discharge_disposition_code"].isin([*_DIED, "07", "30"])
        | (stay["death_date"] <= stay["end"])
        | stay["is_transferred"]
        | (end_30 > _through_pandas(demo, max(years)))
        | (found < stay["last_month"] - stay["month"] + 1)
    )
    soon = after["start"] <= end_30
    planned = soon & after["planned"].eq(True)
    stay = stay.assign(stays=1, index_stays=~excluded, planned=planned, readmitted=~excluded & soon & ~planned)
    answer = stay.groupby("month")[_ANSWER[1:]].sum().astype("int64").reset_index()
    return pl.from_pandas(answer.astype("int64")).select(_ANSWER).sort("month")


def _month_pandas(day: pd.Series) -> pd.Series:
    return day.dt.year * 12 + day.dt.month


def _through_pandas(demo: Path, last_year: int) -> pd.Timestamp:
    import pandas as pd

    kinds = {
        "medical_claim": ["claim_line_start_date", "claim_start_date", "admission_date"],
        "pharmacy_claim": ["dispensing_date"],
        "encounter": ["encounter_start_date"],
    }
    days = []
    for kind, columns in kinds.items():
        read = pd.read_parquet(demo / kind, columns=columns, dtype_backend="pyarrow")
        day = read[columns[0]]
        for name in columns[1:]:
            day = day.fillna(read[name])
        days.append(pd.Timestamp(day.max()))
    return min(max(days) + pd.offsets.MonthEnd(0), pd.Timestamp(last_year, 12, 31))


def _parts_pandas(demo: Path) -> pd.DataFrame:
    import pandas as pd

    lines = lines_pandas(demo, _COLUMNS, filters=[("claim_type", "==", "institutional")])
    lines = lines[_is_stay_pandas(lines)]
    final = settled_pandas(lines)[_FINAL].sort_values(["claim_id", "claim_line_number"])
    final = final.assign(
        is_accepted=final["claim_status"] != "denied",
        has_rehabilitation=final["revenue_center_code"].isin(_REHABILITATION),
        has_other_room=final["revenue_center_code"].isin([*_PSYCHIATRIC, *_NEWBORN]),
    )
    flags = final.groupby("claim_id")[["is_accepted", "has_rehabilitation", "has_other_room"]].max()
    part = final.drop_duplicates("claim_id")[["claim_id", *_HEADER]].merge(flags, left_on="claim_id", right_index=True)
    part[_DATES] = part[_DATES].apply(pd.to_datetime)
    other = (
        part["bill_type_code"].str[:2].isin(["18", "21"])
        | part["has_rehabilitation"]
        | part["drg_code"].isin(_NOT_ACUTE_DRG)
        | (part["drg_code"].isna() & part["has_other_room"])
    )
    part = part[part["is_accepted"].astype(bool) & ~other.astype(bool)]
    frequency, left = part["bill_type_code"].str[2:3], part["discharge_disposition_code"]
    ended = frequency.isin(["1", "4"]) | part["discharge_date"].notna()
    part = part.assign(
        code=part["diagnosis_code_1"].str.replace(".", "", regex=False),
        place=part["facility_npi"].fillna(part["billing_npi"]).rank(method="dense").fillna(0).astype("int64"),
        has_left=~frequency.isin(["2", "3"]) & (left != "30").where(left.notna(), ended).astype(bool),
        is_transferred=left.isin(_TRANSFERRED),
        start=part[["admission_date", "claim_start_date"]].min(axis=1),
        end=part[["discharge_date", "claim_end_date"]].max(axis=1).fillna(part["claim_start_date"]),
    )
    part = part.merge(_people_pandas(demo), on="person_id")
    return part[part["start"] <= part["death_date"].fillna(part["start"])]


def _is_stay_pandas(lines: pd.DataFrame) -> pd.Series:
    kind = lines["bill_type_code"]
    unbilled = lines["drg_code"].notna() | (lines["admission_date"].notna() & lines["discharge_date"].notna())
    return kind.str[:2].isin(["11", "41", "18", "21"]) | (kind.isna() & unbilled)


def _people_pandas(demo: Path) -> pd.DataFrame:
    import pandas as pd

    people = pd.read_parquet(demo / "patient", columns=["person_id", "birth_date", "death_date"])
    birth, death = pd.to_datetime(people["birth_date"]), pd.to_datetime(people["death_date"])
    return people[["person_id"]].assign(death_date=death.where(death >= birth.fillna(death)))


def _stays_pandas(part: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    part = part.sort_values(["person_id", "start", "end", "claim_id"], ignore_index=True)
    first_day = pd.Timestamp(0)
    end, start = (part["end"] - first_day).dt.days, (part["start"] - first_day).dt.days
    part["reach"] = (
        (end * 2 + part["has_left"].astype("int64")) * 2 + part["is_transferred"].astype("int64")
    ) * _PLACES + part["place"]
    part["reach"] = part.groupby("person_id")["reach"].cummax()
    before = part.groupby("person_id")["reach"].shift(1, fill_value=-1)
    before_end, before_place, flags = before // (4 * _PLACES), before % _PLACES, before // _PLACES % 4
    is_elsewhere = (before_place != part["place"]) & (before_place > 0) & (part["place"] > 0)
    is_same = (start <= before_end) | ((start == before_end + 1) & ((flags != 2) | is_elsewhere))
    part["stay"] = (~(is_same & (before >= 0))).groupby(part["person_id"]).cumsum()
    return _merged_pandas(part)


def _merged_pandas(part: pd.DataFrame) -> pd.DataFrame:
    key: list[Any] = ["person_id", "stay"]
    last = part.sort_values(["end", "start", "drg_code", "discharge_disposition_code", "is_transferred"])
    stay = last.drop_duplicates(key, keep="last").drop(columns=["start", "code"])
    first = part.sort_values(["start", "end", "code"]).drop_duplicates(key)
    stay = stay.merge(first[[*key, "start", "code"]], on=key)
    planned = (
        stay["code"].isin(_CANCER)
        | stay["drg_code"].isin(_PLANNED_DRG)
        | (
            stay["drg_code"].isin(_PROCEDURE_DRG)
            & stay["code"].notna()
            & ~stay["code"].str.match(_ACUTE).fillna(False).astype(bool)
        )
    )
    return stay.assign(planned=planned.astype(bool))
