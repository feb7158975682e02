-- title:       What was read, and what became of it
-- question:    Does every row delivered have a place?
-- grain:       source, format, type
-- dimensions:  source, format, type
-- filters:     source, format, type
-- counts:      read; loaded with read; duplicate with read; rejected with read; ignored with read
-- why:         Read = loaded + duplicate + rejected + ignored, for every type of every source. A type with a small
--              count shows none of its counts; the build's own report, inside the protected zone, has them by file.
select source.*
from published.source as source
order by source.source, source.format, source.type
