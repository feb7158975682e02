"""Tables of the published file that no query file makes: publish does, from what it knows of the build.

To add one: name its columns here and hand its frame to publish in `Context.provided`. It holds no person; what it
counts must have been suppressed before.
"""

from __future__ import annotations

COLUMNS = {
    "warehouse": "fingerprint varchar, policy varchar, policy_label varchar, area_level varchar, threshold integer,"
    " is_synthetic boolean, built_at timestamp, data_through varchar, default_year integer, years integer[],"
    " complete_years integer[], version varchar, policy_notice varchar, withheld varchar[]",
    "policy_record": "record varchar",
    "area_group": "area_level varchar, group_id varchar, area_id varchar, state varchar",
    "query": "schema_name varchar, name varchar, path varchar, title varchar, question varchar, why varchar,"
    " id varchar, better varchar, spec varchar, header varchar, sql varchar",
    "source": "source varchar, format varchar, type varchar, read bigint, loaded bigint,"
    " duplicate bigint, rejected bigint, ignored bigint, suppressed_columns varchar[], is_suppressed boolean",
    "capability": "population varchar, capability varchar, is_available boolean, reason varchar",
    "valueset": "measure_id varchar, name varchar, status varchar, codes bigint",
    "check_result": "check_name varchar, check_digest varchar, population varchar, source varchar, group_value varchar,"
    " found bigint, checked bigint, found_units bigint, checked_units bigint, is_few_found boolean,"
    " is_few_checked boolean",
    "coverage": "population varchar, source varchar, table_name varchar, period varchar, row_count bigint,"
    " is_few boolean",
}

# Tables of `core` that the build makes before any file runs: what checks compare with (quality.prepare), what each
# source can answer (sources.capabilities) and what each measure needs (the header key `needs`).
CORE_COLUMNS = {
    "source_capability": "data_source varchar, capability varchar, is_available boolean, reason varchar",
    "measure_need": "measure_id varchar, capability varchar",
    "previous_load": "data_source varchar, table_name varchar, month_start date, row_count bigint",
    "reconciliation": "source varchar, format varchar, type varchar, read bigint, loaded bigint, duplicate bigint,"
    " rejected bigint, ignored bigint",
}
