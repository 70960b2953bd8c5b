-- The id of the run whose failures this one corrects, and the datasets of
-- which it does (comma-separated). '': it corrects none.
ALTER TABLE runs ADD COLUMN corrects TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN corrected TEXT NOT NULL DEFAULT '';
