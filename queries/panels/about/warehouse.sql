-- title:       The warehouse in use
-- question:    Under which policy was this published, when, and how far do the data reach?
-- grain:       fingerprint
-- dimensions:  fingerprint
select warehouse.*
from published.warehouse as warehouse
