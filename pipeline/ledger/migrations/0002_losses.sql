-- What a rescue could not name: vehicles of which nobody can say any more what
-- was bought for them. While it is young, what the ledger has never heard of is
-- in doubt.
CREATE TABLE losses (
    at   INTEGER PRIMARY KEY,
    what TEXT    NOT NULL
) STRICT;
