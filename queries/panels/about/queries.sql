-- title:       Every query behind this warehouse
-- question:    Where does a number come from?
-- grain:       path
-- dimensions:  path
select query.*
from published.query as query
order by query.path
