-- Whether a VIN with a wrong check digit is refused in the run: 1 or 0.
ALTER TABLE runs ADD COLUMN strict_vin INTEGER NOT NULL DEFAULT 0;
