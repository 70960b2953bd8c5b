-- A charge and a limit stand in their row twice, and neither is less than nothing:
-- one that was damaged on the disk is found, whatever it says now.
ALTER TABLE attempts ADD COLUMN fen_twice INTEGER CHECK (fen BETWEEN 0 AND 1000000000 AND COALESCE(fen_twice, fen) = fen);
UPDATE attempts SET fen_twice = fen;
ALTER TABLE runs ADD COLUMN max_twice INTEGER CHECK (COALESCE(max_spend, 0) >= 0 AND COALESCE(max_twice, max_spend, 0) = COALESCE(max_spend, 0));
UPDATE runs SET max_twice = max_spend;
