-- title:       Codes of systems that nothing here knows
-- question:    How many codes of conditions, observations, procedures, medicines and vaccines are of a system that no
--     list uses?
-- grain:       data_source, table_name
-- kind:        conformance
-- threshold:   5 % of codes
-- not_fit:     90 % of codes
-- affects:     measures
-- remedy:      Map local codes to SNOMED CT, ICD-10-CM, LOINC, RxNorm, CPT, HCPCS or CVX, or send the mapping.
-- why:         A code of an unknown system says nothing to any measure, and the care it stands for looks like a gap.
select
    u.data_source,
    u.code_kind as table_name,
    cast(
        coalesce(
            sum(u.row_count) filter (
                where coalesce(u.code_system, '') not in (
                    'SNOMEDCT',
                    'ICD10CM',
                    'ICD10PCS',
                    'ICD9CM',
                    'ICD9PCS',
                    'CPT',
                    'HCPCS',
                    'LOINC',
                    'RXNORM',
                    'CVX',
                    'NDC',
                    'CDT'
                )
            ),
            0
        ) as bigint
    ) as found_count,
    cast(sum(u.row_count) as bigint) as checked_count
from marts.code_use as u
where u.code_kind in ('condition', 'observation', 'procedure', 'medication', 'immunization')
group by u.data_source, u.code_kind
