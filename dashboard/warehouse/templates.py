"""`careparity new`: a file that already runs and passes its case, to be edited into what is wanted."""

from __future__ import annotations

import re
from pathlib import Path

from dashboard.errors import UsageError
from dashboard.warehouse.catalog import queries_root

_MEASURE = """\
-- title:       {title}
-- id:          {upper}
-- question:    Which people should {title} count, and who meets it?
-- grain:       person_id, group_id, period_start
-- better:      higher
-- why:         Say in a sentence why a leader should care.
-- needs:       visits
-- spec:        Local measure {upper}, first version
with person_period as (
    select * from blocks.person_period
)

select
    p.person_id,
    'Group_1' as group_id,
    p.period_start,
    -- Who is looked at: adults with a visit, say. Start wide, then narrow.
    cast(p.age_at_end_years >= 18 as integer) as initial_population,
    cast(p.age_at_end_years >= 18 as integer) as denominator,
    0 as denominator_exclusion,
    0 as denominator_exception,
    -- Who meets it.
    0 as numerator,
    cast(null as varchar) as stratum_1,
    cast(null as varchar) as stratum_2,
    cast(null as date) as evidence_date,
    'no test' as reason
from person_period as p
where p.age_at_end_years >= 18
"""
_MEASURE_CASE = """\
# {title}

## Case: an adult is in the denominator, a child is not
### given blocks.person_period
| person_id | period_start | period_end | age_at_end_years |
|---|---|---|---|
| 1 | 2025-01-01 | 2025-12-31 | 40 |
| 2 | 2025-01-01 | 2025-12-31 | 12 |

### expect
| person_id | denominator | numerator |
|---|---|---|
| 1 | 1 | 0 |
"""
_PANEL = """\
-- title:       {title}
-- question:    What does {title} show?
-- dimensions:  group_value
-- counts:      people
-- filters:     year, dimension
select
    u.year,
    u.dimension,
    u.group_value,
    u.people,
    u.suppressed_columns,
    u.is_suppressed
from cubes.use as u
"""
_CHECK = """\
-- title:       {title}
-- question:    Which rows break the rule of {title}?
-- kind:        plausibility
-- threshold:   0 people
-- affects:     people
-- remedy:      Say what the sender of the data should do.
select p.person_id
from core.person as p
where p.birth_date > p.death_date
"""
_CHECK_CASE = """\
# {title}

## Case: the rule is broken once
### given core.person
| person_id | birth_date | death_date |
|---|---|---|
| 1 | 1950-01-01 | 1949-01-01 |
| 2 | 1950-01-01 | 2020-01-01 |

### expect
| person_id |
|---|
| 1 |
"""
_PANEL_CASE = """\
# {title}

## Case: one row a group
### given cubes.use
| year | dimension | group_value | people | suppressed_columns | is_suppressed |
|---|---|---|---|---|---|
| 2025 | sex | female | 120 | [] | false |

### expect
| year | dimension | group_value | people |
|---|---|---|---|
| 2025 | sex | female | 120 |
"""
_PAGE = '''\
"""{title}: the one question that this page answers."""

from __future__ import annotations

from dashboard.components.frame import Page, foot, head


def render() -> None:
    """Draw the page."""
    head(PAGE.question, PAGE.title)
    foot("{name}", {{}})


PAGE = Page("{title}", "What does {title} answer?", 5, render)
'''


def write_template(kind: str, name: str) -> list[Path]:
    """Write the files of a new measure, panel, page or check, and return their paths.

    Raises UsageError for an unknown kind, a bad name, or a file that exists.
    """
    root = queries_root()
    word = r"[a-z][a-z0-9_]*"
    if kind == "panel" and not re.fullmatch(f"{word}/{word}", name):
        raise UsageError(where=name, what="is not page/name in lower_snake_case", do="For example: overview/deaths")
    if kind != "panel" and not re.fullmatch(word, name):
        raise UsageError(where=name, what="is not a name in lower_snake_case", do="For example: eye_exam")
    page = Path(__file__).parents[1] / "pages" / f"{name}.py"
    files = {
        "measure": {
            root / "measures" / f"{name}.sql": _MEASURE,
            root / "measures" / f"{name}.case.md": _MEASURE_CASE,
        },
        "panel": {root / "panels" / f"{name}.sql": _PANEL, root / "panels" / f"{name}.case.md": _PANEL_CASE},
        "check": {root / "checks" / f"{name}.sql": _CHECK, root / "checks" / f"{name}.case.md": _CHECK_CASE},
        "page": {page: _PAGE},
    }
    if kind not in files:
        raise UsageError(where=kind, what="can't be made", do=f"Use one of: {', '.join(files)}")
    if existing := [path for path in files[kind] if path.exists()]:
        raise UsageError(where=str(existing[0]), what="exists already", do="Choose another name")
    title = name.rpartition("/")[2].replace("_", " ").capitalize()
    for path, text in files[kind].items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(title=title, upper=name.upper(), name=name), encoding="utf-8")
    return list(files[kind])
