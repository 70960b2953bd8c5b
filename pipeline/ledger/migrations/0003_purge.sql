-- When a run's vehicles and answers were forgotten; 0 never.
ALTER TABLE runs ADD COLUMN purged_at INTEGER NOT NULL DEFAULT 0;

-- 1: rows were forgotten, and the file may still hold traces of them.
ALTER TABLE workspace ADD COLUMN traces INTEGER NOT NULL DEFAULT 0;
