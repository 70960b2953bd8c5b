-- Why a vendor takes no calls now, or no orders; cleared when the user goes on.
-- dataset '' is all of them.
DROP TABLE halts;
CREATE TABLE halts (
    vendor  TEXT    NOT NULL,
    dataset TEXT    NOT NULL,
    stops   TEXT    NOT NULL CHECK (stops IN ('calls', 'orders')),
    class   TEXT    NOT NULL,
    code    TEXT    NOT NULL,
    message TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (vendor, dataset)
) STRICT, WITHOUT ROWID;

-- A vendor in trouble that is waited for: its orders of a dataset pause, or with
-- dataset '' its polls.
CREATE TABLE pauses (
    vendor  TEXT    NOT NULL,
    dataset TEXT    NOT NULL,
    since   INTEGER NOT NULL,               -- of the first call that was not answered
    next_at INTEGER NOT NULL,               -- tried again not before
    nth     INTEGER NOT NULL,               -- of that try
    class   TEXT    NOT NULL,
    code    TEXT    NOT NULL,
    message TEXT    NOT NULL,
    PRIMARY KEY (vendor, dataset)
) STRICT, WITHOUT ROWID;
