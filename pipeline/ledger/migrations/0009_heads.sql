-- The few headers of an answer that tell who gave it (Content-Type, Retry-After,
-- Server), a line each, so that it is read the same way whenever it is read.
ALTER TABLE answers ADD COLUMN head TEXT NOT NULL DEFAULT '';
