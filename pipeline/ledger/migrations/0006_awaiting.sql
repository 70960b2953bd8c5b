-- A lookup that awaits the answer of another one cannot be sent: looking for
-- what to send must not step over a whole run of such.
DROP INDEX lookups_planned;
CREATE INDEX lookups_planned ON lookups (run, vendor, next_at) WHERE state = 'planned' AND awaits = 0;
