"""Make county.csv, zip.csv and ../reference/synthetic_area_index.csv: the places of the synthetic population.

Run by hand from a checkout: `python data/demo/make_geography.py`. The result is committed; nothing runs it at use.

Real: the counties of Kentucky, Tennessee and West Virginia with their FIPS codes (data/reference/area.csv, Census
outlines), and which ZIP code lies in which county (PyPI package `zipcodes`, MIT; US Postal Service data).
Approximate: populations. Those below are 2020 census counts rounded from memory; a county that isn't listed gets a
share by its number of ZIP codes. Synthetic: rurality beyond the listed metropolitan counties, shares by race and
ethnicity outside the listed counties, and the whole deprivation index.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
import zipcodes

HERE = Path(__file__).parent
STATES = {"21": "KY", "47": "TN", "54": "WV"}
# 2020 population in thousands (rounded), by state and county.
KNOWN_THOUSANDS = {
    "KY": "Jefferson 783;Fayette 323;Kenton 169;Boone 136;Warren 135;Hardin 111;Daviess 103;Campbell 93;"
    "Madison 93;Bullitt 82;Christian 73;McCracken 68;Oldham 68;Pulaski 65;Laurel 63;Scott 57;"
    "Jessamine 53;Franklin 52;Pike 59;Boyd 48;Shelby 48;Hopkins 45;Barren 45;Henderson 45;Nelson 47;"
    "Calloway 37;Graves 37;Whitley 37;Clark 37;Greenup 36;Floyd 36;Muhlenberg 31;Meade 30;Perry 28;"
    "Knox 30;Marshall 31;Ohio 24;Grayson 26;Carter 27;Harlan 27;Bell 24;Letcher 22;Johnson 23;"
    "Woodford 27;Grant 25;Taylor 26;Montgomery 28;Lincoln 24;Rowan 25;Boyle 31;Anderson 24;Mercer 23;"
    "Bourbon 20;Spencer 19;Clay 20;Breckinridge 20;Logan 27;Mason 17;Simpson 19;Allen 20;Casey 16;"
    "Knott 14;Magoffin 12;Wolfe 7;Owsley 4;Robertson 2;Hickman 5;Carlisle 5;Fulton 5;Lee 7;Menifee 6;"
    "Elliott 7;Nicholas 7;Gallatin 9;Bracken 8;Trimble 8;Lyon 9;Crittenden 9;Ballard 8;Cumberland 6;"
    "Clinton 9;Metcalfe 10;Monroe 11;Martin 11",
    "TN": "Shelby 930;Davidson 716;Knox 479;Hamilton 366;Rutherford 341;Williamson 248;Montgomery 220;"
    "Sumner 196;Sullivan 158;Wilson 148;Blount 135;Washington 133;Bradley 109;Maury 101;Madison 99;"
    "Sevier 98;Putnam 80;Anderson 77;Robertson 73;Greene 70;Hamblen 64;Tipton 61;Coffee 58;Cumberland 61;"
    "Bedford 50;Carter 56;Dickson 54;Roane 53;McMinn 53;Gibson 50;Loudon 55;Hawkins 57;Jefferson 55;"
    "Monroe 46;Franklin 43;Lawrence 44;Warren 41;Cheatham 41;Fayette 42;Obion 31;Dyer 37;Rhea 33;"
    "Weakley 33;Claiborne 32;Cocke 36;Campbell 39;Marshall 34;Lincoln 35;Giles 30;Macon 25;White 27;"
    "Hardin 27;Henry 32;Henderson 28;Carroll 28;Hardeman 25;McNairy 26;Lauderdale 25;Marion 29;Scott 22;"
    "Overton 23;Smith 20;Hickman 25;Union 20;Grainger 24;Johnson 18;Haywood 18;DeKalb 20;Chester 17;"
    "Morgan 21;Fentress 18;Cannon 15;Sequatchie 16;Unicoi 18;Polk 17;Bledsoe 15;Decatur 11;Grundy 14;"
    "Humphreys 19;Wayne 16;Crockett 14;Benton 16;Stewart 14;Jackson 12;Houston 8;Trousdale 12;Lewis 13;"
    "Perry 8;Clay 8;Lake 7;Meigs 13;Hancock 7;Moore 6;Van Buren 6;Pickett 5",
    "WV": "Kanawha 181;Berkeley 122;Monongalia 106;Cabell 94;Wood 84;Raleigh 75;Harrison 66;Mercer 60;"
    "Jefferson 58;Putnam 57;Marion 56;Ohio 42;Fayette 40;Wayne 39;Preston 34;Logan 33;Greenbrier 33;"
    "Marshall 31;Hancock 29;Jackson 28;Randolph 28;Mineral 27;Mason 25;Upshur 24;Nicholas 25;Mingo 24;"
    "Hampshire 23;Brooke 23;Boone 22;Lincoln 20;McDowell 19;Wyoming 21;Lewis 17;Taylor 17;Morgan 17;"
    "Barbour 15;Wetzel 14;Hardy 14;Roane 14;Braxton 12;Summers 12;Monroe 12;Grant 11;Clay 8;Ritchie 8;"
    "Tyler 8;Webster 8;Pocahontas 8;Doddridge 8;Gilmer 7;Pleasants 8;Tucker 7;Pendleton 6;Calhoun 6;"
    "Wirt 5",
}
METRO = {
    "KY": "Jefferson;Fayette;Kenton;Boone;Warren;Hardin;Daviess;Campbell;Bullitt;Christian;Oldham;Scott;Jessamine;Boyd;"
    "Shelby;Henderson;Clark;Greenup;Meade;Woodford;Grant;Bourbon;Spencer;Allen;Bracken;Gallatin;Pendleton;Henry;"
    "Trimble;Trigg;Larue;Hancock;McLean;Edmonson;Carter;Butler",
    "TN": "Shelby;Davidson;Knox;Hamilton;Rutherford;Williamson;Montgomery;Sumner;Sullivan;Wilson;Blount;Washington;"
    "Bradley;Maury;Madison;Sevier;Anderson;Robertson;Hamblen;Tipton;Carter;Dickson;Roane;Loudon;Hawkins;Jefferson;"
    "Cheatham;Fayette;Macon;Smith;Trousdale;Cannon;Marion;Sequatchie;Polk;Unicoi;Union;Grainger;Morgan;Campbell;"
    "Chester;Crockett;Gibson;Stewart",
    "WV": "Kanawha;Berkeley;Monongalia;Cabell;Wood;Raleigh;Jefferson;Putnam;Ohio;Wayne;Preston;Marshall;Hancock;Brooke;"
    "Boone;Clay;Jackson;Fayette;Morgan;Mineral;Hampshire;Lincoln;Wirt",
}
# Percent Black, Hispanic (rounded, from memory) where far from the state's usual; others by the rule in `shares`.
BLACK_PCT = {
    "KY": "Jefferson 22;Fayette 15;Christian 21;Fulton 24;Hardin 12;McCracken 11;Warren 9;Logan 7;Shelby 8;Todd 9",
    "TN": "Shelby 53;Davidson 26;Knox 9;Hamilton 18;Rutherford 16;Montgomery 20;Madison 37;Haywood 50;Hardeman 41;"
    "Lauderdale 34;Fayette 26;Lake 28;Tipton 18;Gibson 18;Dyer 14;Crockett 13;Obion 11;Maury 12;Sumner 8;Giles 10",
    "WV": "Kanawha 8;Raleigh 8;Berkeley 8;McDowell 9;Jefferson 6;Mercer 6;Cabell 5;Fayette 5",
}
HISPANIC_PCT = {
    "KY": "Shelby 12;Fayette 9;Jefferson 8;Boone 6;Warren 8;Carroll 10;Woodford 9;Christian 8;Hardin 7",
    "TN": "Davidson 14;Bedford 20;Hamblen 14;Montgomery 11;Rutherford 10;Shelby 8;Crockett 12;Warren 10;Hamilton 7",
    "WV": "Jefferson 8;Berkeley 6;Hardy 5;Kanawha 1",
}
APPALACHIAN_CENTRE = (-82.6, 37.4)  # longitude, latitude of the hardest-pressed part of the index


def pairs(text: str) -> dict[str, float]:
    """`Name number;Name number` as a dict."""
    return {name: float(number) for name, number in (item.rsplit(" ", 1) for item in text.split(";"))}


def noise(key: str) -> float:
    """A fixed pseudo-random number in [-1, 1) for a key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") / 2**31 - 1


def counties() -> list[dict]:
    """The real counties of the three states: fips, state, name, centre."""
    area = pl.read_csv(HERE.parent / "reference" / "area.csv", infer_schema=False, comment_prefix="#")
    rows = area.filter((pl.col("area_level") == "county") & pl.col("area_id").str.slice(0, 2).is_in(list(STATES)))
    return [
        {
            "county_fips": r["area_id"],
            "state": STATES[r["area_id"][:2]],
            "county_name": r["area_name"].split(",")[0].removesuffix(" County"),
            "centre": (float(r["longitude"]), float(r["latitude"])),
        }
        for r in rows.sort("area_id").iter_rows(named=True)
    ]


def zips(fips: dict[tuple[str, str], str]) -> list[dict]:
    """Active ZIP codes with a county: PO box and single-organisation ZIPs weigh a fifteenth of an ordinary one."""
    rows = []
    for z in zipcodes.list_all():
        county = fips.get((z["state"], z["county"].removesuffix(" County").lower()))
        if county and z["active"]:
            spread = 1.0 + 0.8 * noise("zip" + z["zip_code"])
            weight = spread if z["zip_code_type"] == "STANDARD" else 0.06
            rows.append({"zip_code": z["zip_code"], "county_fips": county, "weight": round(weight, 3)})
    return sorted(rows, key=lambda r: (r["county_fips"], r["zip_code"]))


def rurality(county: dict, population: int) -> str:
    """Listed metropolitan counties; others micropolitan from 28,000 people, else rural."""
    if county["county_name"] in METRO[county["state"]].split(";"):
        return "metro"
    return "micropolitan" if population >= 28_000 else "rural"


def shares(county: dict, kind: str) -> dict[str, float]:
    """Percent by race and ethnicity: listed counties, else a rule by state and rurality with noise."""
    state, name, wobble = county["state"], county["county_name"], 1 + 0.5 * noise(county["county_fips"])
    usual = {"metro": {"KY": 4, "TN": 6, "WV": 3}, "micropolitan": {"KY": 3, "TN": 4, "WV": 2}}
    black = usual.get(kind, {"KY": 1.5, "TN": 3, "WV": 1.2})[state] * wobble
    hispanic = {"metro": 4.5, "micropolitan": 3.5, "rural": 2.2}[kind] * wobble * (0.4 if state == "WV" else 1)
    return {
        "black_pct": round(pairs(BLACK_PCT[state]).get(name, black), 1),
        "hispanic_pct": round(pairs(HISPANIC_PCT[state]).get(name, hispanic), 1),
        "asian_pct": round({"metro": 2.4, "micropolitan": 0.8, "rural": 0.4}[kind] * wobble, 1),
    }


def deprivation_score(county: dict, kind: str) -> float:
    """Synthetic: rural and central Appalachian counties are pressed hardest, suburbs least."""
    longitude, latitude = county["centre"]
    distance = ((longitude - APPALACHIAN_CENTRE[0]) ** 2 + (1.25 * (latitude - APPALACHIAN_CENTRE[1])) ** 2) ** 0.5
    rural = {"metro": 0.0, "micropolitan": 0.5, "rural": 0.8}[kind]
    urban_core = 0.9 if county["population"] > 600_000 and county["black_pct"] > 30 else 0.0
    return rural + 1.3 / (1 + distance**2) + urban_core + 0.55 * noise("index" + county["county_fips"])


def add_quintile(rows: list[dict]) -> None:
    """Quintile 1 (least deprived) to 5 (most), each about a fifth of the people, in place."""
    total, seen = sum(r["population"] for r in rows), 0
    for row in sorted(rows, key=lambda r: r["score"]):
        row["deprivation_quintile"] = min(5, 1 + int(5 * (seen + row["population"] / 2) / total))
        seen += row["population"]


def main() -> None:
    """Write the three files."""
    rows = counties()
    zip_rows = zips({(r["state"], r["county_name"].lower()): r["county_fips"] for r in rows})
    for row in rows:
        known = pairs(KNOWN_THOUSANDS[row["state"]]).get(row["county_name"])
        by_zip = 2.2 * sum(z["weight"] for z in zip_rows if z["county_fips"] == row["county_fips"])
        row["population"] = round((known or max(4.0, by_zip)) * 1000)
        row["population_basis"] = "rounded census" if known else "by ZIP codes"
        row["rurality"] = rurality(row, row["population"])
        row.update(shares(row, row["rurality"]))
        row["score"] = deprivation_score(row, row["rurality"])
    add_quintile(rows)
    pl.DataFrame(rows).drop("centre", "score").write_csv(HERE / "county.csv")
    pl.DataFrame(zip_rows).write_csv(HERE / "zip.csv")
    index = pl.DataFrame(
        {"area_level": "county", "area_id": r["county_fips"]}
        | {key: r[key] for key in ("deprivation_quintile", "rurality", "population")}
        for r in rows
    )
    text = index.write_csv()
    note = "# SYNTHETIC: made by data/demo/make_geography.py for the demonstration. It describes no real county.\n"
    (HERE.parent / "reference" / "synthetic_area_index.csv").write_text(note + text)


if __name__ == "__main__":
    main()
