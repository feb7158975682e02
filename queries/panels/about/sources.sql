-- title:       What was read, and what became of it
-- question:    Does every row delivered have a place?
-- grain:       source, format, file, type
-- dimensions:  source, format, file, type
-- why:         Read = loaded + duplicate + rejected + ignored, for every file and type. Files are numbered, not named:
--              file names can be people's names.
select source.*
from published.source as source
order by source.source, source.format, source.file, source.type
