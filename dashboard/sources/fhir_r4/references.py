"""Resolves what can't be read off a reference alone, once everything is loaded.

* `Type?identifier=system|value` and logical references, through the identifiers of the loaded resources;
* `urn:uuid:` full URLs that differ from the resource's id;
* patients merged into others (Patient.link replaced-by): their rows move to the survivor.
What stays unresolved becomes null: an identifier is never kept in place of an id, except a provider's NPI.
"""

from __future__ import annotations

from dashboard.sources.fhir_r4.decode import Field
from dashboard.sources.fhir_r4.resources import IDENTIFIERS, RESOURCES, Resource
from dashboard.sources.model import Connection


def resolve(con: Connection, source: str, present: list[Resource]) -> None:
    """Replace references by ids in the raw tables of one source, and forget the identifiers.

    present: the types that the source holds.
    """
    pending = {r.type: [f for f in r.fields if f.is_reference and _is_pending(con, r, f, source)] for r in present}
    has_urls = _collect_aliases(con, source, present, identifiers=any(pending.values()))
    for resource in present:
        references = [f for f in resource.fields if f.is_reference]
        for column in references if has_urls else pending[resource.type]:
            _replace(con, resource, column, source)
        for column in pending[resource.type]:
            _forget(con, resource, column, source)
    _move_merged(con, source, present)
    for resource in present:
        if IDENTIFIERS in resource.fields:
            con.execute(f"update {resource.table} set identifiers = null where identifiers is not null")


def _is_pending(con: Connection, resource: Resource, column: Field, source: str) -> bool:
    name = f'"{column.column}"'
    test = f"list_contains(list_transform({name}, lambda e: e[1]), '?')" if column.type.endswith("[]") else (
        f"starts_with({name}, '?')")  # fmt: skip
    query = f"select 1 from {resource.table} where data_source = $1 and {test} limit 1"
    return con.execute(query, [source]).fetchone() is not None


def _collect_aliases(con: Connection, source: str, present: list[Resource], *, identifiers: bool) -> bool:
    """Fill temp table fhir_alias (alias, id). Returns whether any full URL differs from its resource's id."""
    con.execute("create or replace temp table fhir_alias (alias VARCHAR, id VARCHAR)")
    for resource in present:
        con.execute(
            f"insert into fhir_alias select distinct split_part(full_url, ':', -1), id from {resource.table}"
            " where data_source = $1 and starts_with(full_url, 'urn:') and split_part(full_url, ':', -1) <> id",
            [source],
        )
    row = con.execute("select count(*) from fhir_alias").fetchone()
    for resource in present:
        if identifiers and IDENTIFIERS in resource.fields:
            con.execute(
                "insert into fhir_alias select distinct '?' || known, id from"
                f" (select unnest(identifiers) as known, id from {resource.table} where data_source = $1)",
                [source],
            )
    # An identifier that several resources share points at none of them.
    con.execute("delete from fhir_alias where alias in (select alias from fhir_alias group by 1 having count(*) > 1)")
    return row is not None and row[0] > 0


def _replace(con: Connection, resource: Resource, column: Field, source: str) -> None:
    name = f'"{column.column}"'
    if column.type.endswith("[]"):
        con.execute(
            f"""
            update {resource.table} set {name} = resolved.ids
            from (
                select row_id, list(coalesce(fhir_alias.id, reference) order by position) as ids
                from (
                    select rowid as row_id, unnest({name}) as reference, generate_subscripts({name}, 1) as position
                    from {resource.table} where data_source = $1
                ) left join fhir_alias on fhir_alias.alias = reference
                group by row_id having count(fhir_alias.id) > 0
            ) as resolved
            where resolved.row_id = {resource.table}.rowid
            """,
            [source],
        )
        return
    con.execute(
        f"update {resource.table} set {name} = fhir_alias.id from fhir_alias"
        f" where data_source = $1 and fhir_alias.alias = {resource.table}.{name}",
        [source],
    )


def _forget(con: Connection, resource: Resource, column: Field, source: str) -> None:
    name = f'"{column.column}"'
    if column.type.endswith("[]"):
        kept, test = f"list_filter({name}, lambda e: e[1] <> '?')", f"len({name}) > 0"
    else:
        npi = f"starts_with({name}, '?http://hl7.org/fhir/sid/us-npi|')"
        kept, test = f"case when {npi} then split_part({name}, '|', 2) end", f"starts_with({name}, '?')"
    con.execute(f"update {resource.table} set {name} = {kept} where data_source = $1 and {test}", [source])


def _move_merged(con: Connection, source: str, present: list[Resource]) -> None:
    patients = RESOURCES["Patient"].table
    query = f"select 1 from {patients} where data_source = $1 and merged_into is not null limit 1"
    if con.execute(query, [source]).fetchone() is None:
        return
    for resource in present:
        if any(f.column == "patient_id" for f in resource.fields):
            con.execute(
                f"update {resource.table} set patient_id = survivor.merged_into from {patients} as survivor"
                f" where {resource.table}.data_source = $1 and survivor.data_source = $1"
                f" and survivor.merged_into is not null and survivor.id = {resource.table}.patient_id",
                [source],
            )
