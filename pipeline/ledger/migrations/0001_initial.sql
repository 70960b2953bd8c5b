-- One row: what kind of workspace this is.
CREATE TABLE workspace (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    simulated  INTEGER NOT NULL,            -- 1: every answer is made up
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE runs (
    seq          INTEGER PRIMARY KEY,
    id           TEXT    NOT NULL UNIQUE,
    state        TEXT    NOT NULL CHECK (state IN ('planning', 'open', 'settled', 'finished')),
    started_at   INTEGER NOT NULL,
    finished_at  INTEGER NOT NULL DEFAULT 0,
    input_path   TEXT    NOT NULL,
    input_sha256 TEXT    NOT NULL,
    input_rows   INTEGER NOT NULL DEFAULT 0,
    datasets     TEXT    NOT NULL,          -- comma-separated, in order
    formats      TEXT    NOT NULL,          -- comma-separated
    first_lookup INTEGER NOT NULL DEFAULT 0,
    last_lookup  INTEGER NOT NULL DEFAULT 0 -- lookups of a run are one range of ids
) STRICT;

CREATE TABLE vehicles (
    run          INTEGER NOT NULL,
    row          INTEGER NOT NULL,          -- 1 is the first data line
    vehicle_id   TEXT    NOT NULL,
    vin          TEXT    NOT NULL,
    plate        TEXT    NOT NULL,
    plate_type   TEXT    NOT NULL,
    engine_no    TEXT    NOT NULL,
    details      TEXT    NOT NULL,          -- JSON: the other columns, problems, faults
    duplicate_of INTEGER NOT NULL DEFAULT 0,
    maintenance  INTEGER NOT NULL DEFAULT 0, -- lookup ids, 0 not requested
    valuation    INTEGER NOT NULL DEFAULT 0,
    violations   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX vehicles_by_id ON vehicles (run, vehicle_id) WHERE duplicate_of = 0;

CREATE TABLE lookups (
    id          INTEGER PRIMARY KEY,
    run         INTEGER NOT NULL,
    row         INTEGER NOT NULL,           -- the row that pays: the first that asks
    dataset     TEXT    NOT NULL,
    question    BLOB    NOT NULL,           -- digest: same question, same lookup
    step        INTEGER NOT NULL,           -- place in the route
    vendor      TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('planned', 'submitting', 'waiting', 'following',
                    'found', 'no_record', 'unsupported', 'failed', 'in_doubt')),
    next_at     INTEGER NOT NULL DEFAULT 0, -- sent or polled not before
    attempts    INTEGER NOT NULL DEFAULT 0, -- submissions so far, over all steps
    tries       INTEGER NOT NULL DEFAULT 0, -- failed submissions at this step
    polls       INTEGER NOT NULL DEFAULT 0,
    ticket      TEXT    NOT NULL DEFAULT '',
    answer      INTEGER NOT NULL DEFAULT 0, -- the answer that settled it
    source      INTEGER NOT NULL DEFAULT 0, -- lookup it follows or whose answer it uses again
    stage       TEXT    NOT NULL DEFAULT '',
    class       TEXT    NOT NULL DEFAULT '',
    code        TEXT    NOT NULL DEFAULT '',
    message     TEXT    NOT NULL DEFAULT '',
    first_at    INTEGER NOT NULL DEFAULT 0, -- first intent
    ticket_at   INTEGER NOT NULL DEFAULT 0,
    last_at     INTEGER NOT NULL DEFAULT 0, -- last change
    answered_at INTEGER NOT NULL DEFAULT 0  -- when the settling answer came
) STRICT;
CREATE UNIQUE INDEX lookups_question ON lookups (question, run);
CREATE INDEX lookups_planned ON lookups (run, vendor, next_at) WHERE state = 'planned';
CREATE INDEX lookups_waiting ON lookups (vendor, next_at) WHERE state = 'waiting';
CREATE INDEX lookups_submitting ON lookups (id) WHERE state = 'submitting';
CREATE INDEX lookups_following ON lookups (source) WHERE state = 'following';

-- A submission: written before it leaves. Its charge is fen, and billed says
-- how sure we are of it.
CREATE TABLE attempts (
    lookup    INTEGER NOT NULL,
    n         INTEGER NOT NULL,
    vendor    TEXT    NOT NULL,
    dataset   TEXT    NOT NULL,
    fen       INTEGER NOT NULL,
    billed    TEXT    NOT NULL CHECK (billed IN ('reserved', 'yes', 'no', 'unknown')),
    intent_at INTEGER NOT NULL,
    ended_at  INTEGER NOT NULL DEFAULT 0,
    outcome   TEXT    NOT NULL DEFAULT '',
    code      TEXT    NOT NULL DEFAULT '',
    ticket    TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (lookup, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE answers (
    id          INTEGER PRIMARY KEY,
    lookup      INTEGER NOT NULL,
    attempt     INTEGER NOT NULL,
    call        TEXT    NOT NULL,           -- submit or poll
    vendor      TEXT    NOT NULL,
    status      INTEGER NOT NULL,           -- HTTP; 0: none came
    failure     TEXT    NOT NULL,           -- how the call broke off, if it did
    received_at INTEGER NOT NULL,
    body        BLOB    NOT NULL            -- zstd
) STRICT;
CREATE INDEX answers_lookup ON answers (lookup);

-- Why a vendor takes no calls now; cleared when the user goes on.
CREATE TABLE halts (
    vendor  TEXT PRIMARY KEY,
    class   TEXT    NOT NULL,
    code    TEXT    NOT NULL,
    message TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Calls a day, for vendors that count them. day is the day in China.
CREATE TABLE calls (
    vendor TEXT    NOT NULL,
    day    INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY (vendor, day)
) STRICT, WITHOUT ROWID;
