-- A vehicle's valuations over the runs: each is another question, since mileage
-- and age are part of it.
CREATE INDEX vehicles_valued ON vehicles (vehicle_id, run) WHERE duplicate_of = 0 AND valuation > 0;
