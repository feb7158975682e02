-- title:       Codes in use
-- question:    Which codes does each source write in each place, and how often?
-- grain:       data_source, code_kind, code_system, code
-- why:         A hundred million rows hold a few thousand codes. Counted once, a check of them costs nothing.
--     code_system is what the row says, null where the place allows one system only; code is null where none is
--     given. Lists of codes (conditions, results, procedures, vaccines) count each of their codes.
with line as (
    select
        l.data_source,
        l.hcpcs_code,
        l.revenue_center_code,
        l.place_of_service_code,
        count(*) as row_count
    from core.claim_line as l
    where not l.is_denied
    group by l.data_source, l.hcpcs_code, l.revenue_center_code, l.place_of_service_code
),

header as (
    select
        c.data_source,
        c.bill_type_code,
        c.drg_code,
        c.discharge_disposition_code,
        count(*) as row_count
    from core.claim as c
    where not c.is_denied
    group by c.data_source, c.bill_type_code, c.drg_code, c.discharge_disposition_code
),

listed as (
    select r.data_source, r.table_name as code_kind, r.row_count, unnest(r.codes) as coded
    from marts.record_use as r
),

claim_procedure as (
    select c.data_source, unnest(c.procedure_codes) as code
    from core.claim as c
    where len(c.procedure_codes) > 0
),

each_code as (
    select l.data_source, 'hcpcs' as code_kind, null as code_system, l.hcpcs_code as code, l.row_count
    from line as l
    union all
    select l.data_source, 'revenue_center', null, l.revenue_center_code, l.row_count
    from line as l
    union all
    select l.data_source, 'place_of_service', null, l.place_of_service_code, l.row_count
    from line as l
    union all
    select h.data_source, 'bill_type', null, h.bill_type_code, h.row_count
    from header as h
    union all
    select h.data_source, 'drg', null, h.drg_code, h.row_count
    from header as h
    union all
    select h.data_source, 'discharge_status', null, h.discharge_disposition_code, h.row_count
    from header as h
    union all
    select r.data_source, 'ndc', null, r.ndc_code, count(*)
    from core.pharmacy_line as r
    group by r.data_source, r.ndc_code
    union all
    select p.data_source, 'claim_procedure', null, p.code, count(*)
    from claim_procedure as p
    group by p.data_source, p.code
    union all
    select s.data_source, s.code_kind, s.coded.system, s.coded.code, s.row_count
    from listed as s
)

select
    e.data_source,
    e.code_kind,
    e.code_system,
    e.code,
    cast(sum(e.row_count) as bigint) as row_count
from each_code as e
group by e.data_source, e.code_kind, e.code_system, e.code
