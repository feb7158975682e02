-- Enumerations: text that is stored, joined and written as small numbers.
create type diagnosis as enum (
    select distinct code from (
        select unnest([icd_1, icd_2, icd_3]) as code from parameter.condition
        union all select diagnosis from parameter.variant
    ) where code is not null order by code
);
create type service as enum (select service from parameter.service);
create type condition as enum (select condition from parameter.condition);
create type hcpcs as enum (
    select distinct code from (
        select hcpcs_code as code from parameter.line where hcpcs_code <> '{visit}'
        union all select visit_code from parameter.variant
    ) where code is not null order by code
);
create type place_of_service as enum (
    select distinct place_of_service_code from parameter.line where place_of_service_code is not null order by 1
);
create type revenue_center as enum (
    select distinct revenue_center_code from parameter.line where revenue_center_code is not null order by 1
);
create type bill_type as enum (
    select distinct bill_type_code[1:2] || frequency
    from parameter.line cross join (values ('1'), ('7'), ('8')) as version (frequency)
    where bill_type_code is not null order by 1
);
create type drg as enum (select distinct drg_code from parameter.variant where drg_code is not null order by 1);
create type procedure_code as enum (
    select distinct procedure_code from parameter.variant where procedure_code is not null order by 1
);
create type payer as enum (select distinct payer from parameter.plan order by 1);
create type payer_type as enum (select distinct payer_type from parameter.plan order by 1);
create type plan as enum (select plan from parameter.plan order by 1);
create type ndc as enum (
    select ndc_code from parameter.drug
    union select unnest(['99999300101', '99999300201', '99999300301', '99999300401']) order by 1
);
create type rxnorm as enum (select distinct rxnorm_code from parameter.drug where rxnorm_code is not null order by 1);
create type claim_type as enum ('professional', 'institutional');
create type claim_status as enum ('active', 'denied');
create type adjustment as enum ('reversal', 'replacement');
create type vocabulary as enum ('icd-10-cm', 'icd-10-pcs', 'ms-drg', 'hcpcs', 'loinc', 'cvx', 'rxnorm');
create type medication_vocabulary as enum ('ndc');
create type condition_status as enum ('active', 'resolved');
create type condition_category as enum ('encounter-diagnosis', 'problem-list-item', 'encounter diagnosis', 'problem');
create type observation_category as enum ('vital-signs', 'imaging');
create type observation_status as enum ('final');
create type loinc as enum ('4548-4', '13457-7', '98979-8', '9318-7', '8480-6', '8462-4', '39156-5', '24606-6');
create type unit as enum ('%', 'mg/dL', 'mL/min/{1.73_m2}', 'mg/g', 'mm[Hg]', 'kg/m2');
create type cvx as enum (select '150' as code union select cvx_code from parameter.vaccine order by 1);
create type disposition as enum ('01', '02', '03', '06', '07', '20');
create type data_source as enum ('careparity_demo');
create type sex as enum ('female', 'male');
create type encounter_type as enum (
    select distinct encounter_type from parameter.service where encounter_type is not null order by 1
);
-- National Provider Identifiers with the official check digit, which makes the Luhn sum of 80840 and all ten digits a
-- multiple of ten; 24 is the share of 80840 in that sum. No range is reserved for fiction: a real provider may have one
-- of these numbers, which says nothing about that provider.
create type npi as enum (
    with nine as (
        select '1' || (90000000 + n)::varchar as digits
        from range(0, 24 * 16) as r (n)
    ),

    summed as (
        select
            digits,
            24 + list_sum(list_transform(range(1, 10), lambda place:
                case
                    when place % 2 = 0 then digits[place]::integer
                    else 2 * digits[place]::integer // 10 + 2 * digits[place]::integer % 10
                end)) as luhn_sum
        from nine
    )

    select digits || ((10 - luhn_sum % 10) % 10)::varchar from summed order by 1
);
