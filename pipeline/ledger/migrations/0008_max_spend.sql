-- The most that the run may charge, reserve and leave in doubt, in fen, as it
-- was given last. NULL: none was given, that of the configuration holds.
ALTER TABLE runs ADD COLUMN max_spend INTEGER;
