-- Lookups of one dataset at several vendors, side by side: the first of them
-- names itself. 0: the dataset is asked at one vendor after the other.
ALTER TABLE lookups ADD COLUMN lead INTEGER NOT NULL DEFAULT 0;
CREATE INDEX lookups_beside ON lookups (lead) WHERE lead > 0;

-- The lookup whose answer a planned one needs before it can be asked, and what
-- it has taken from there (JSON).
ALTER TABLE lookups ADD COLUMN awaits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lookups ADD COLUMN derived TEXT NOT NULL DEFAULT '';
CREATE INDEX lookups_awaiting ON lookups (awaits) WHERE awaits > 0;
