-- One row: what kind of workspace this is.
CREATE TABLE workspace (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    -- 1: every answer is made up. Twice, so that one that was changed is found.
    simulated       INTEGER NOT NULL,
    simulated_twice INTEGER NOT NULL CHECK (simulated_twice = simulated),
    created_at INTEGER NOT NULL,
    traces     INTEGER NOT NULL DEFAULT 0,  -- 1: rows were forgotten, and the file may still hold traces of them
    -- How many rows the tables of these names have. Nothing else names such a row: one that was taken out would not be missed.
    halts      INTEGER NOT NULL DEFAULT 0,
    pauses     INTEGER NOT NULL DEFAULT 0,
    calls      INTEGER NOT NULL DEFAULT 0,
    losses     INTEGER NOT NULL DEFAULT 0,
    sum        INTEGER NOT NULL DEFAULT -1  -- a checksum of the others, but for traces
) STRICT;

CREATE TABLE runs (
    seq          INTEGER PRIMARY KEY,
    id           TEXT    NOT NULL UNIQUE,
    state        TEXT    NOT NULL CHECK (state IN ('planning', 'open', 'settled', 'finished')),
    started_at   INTEGER NOT NULL,
    finished_at  INTEGER NOT NULL DEFAULT 0,
    purged_at    INTEGER NOT NULL DEFAULT 0, -- when its vehicles and answers were forgotten; 0 never
    input_path   TEXT    NOT NULL,
    input_sha256 TEXT    NOT NULL,
    input_rows   INTEGER NOT NULL DEFAULT 0,
    strict_vin   INTEGER NOT NULL DEFAULT 0, -- 1: a VIN with a wrong check digit is refused
    datasets     TEXT    NOT NULL,          -- comma-separated, in order
    formats      TEXT    NOT NULL,          -- comma-separated
    lang         TEXT    NOT NULL DEFAULT 'en',
    report_lang  TEXT    NOT NULL DEFAULT '', -- '': no report
    report_top   INTEGER NOT NULL DEFAULT 0,
    partitioned  INTEGER NOT NULL DEFAULT 0,
    bom          INTEGER NOT NULL DEFAULT 0,
    sum          INTEGER NOT NULL DEFAULT -1, -- a checksum of the others, but for written; -1: it has yet to be worked out
    written      TEXT    NOT NULL DEFAULT '', -- the fingerprint of what its outputs were made of when it wrote them last
    -- The id of the run whose failures this one corrects, and the datasets of
    -- which it does (comma-separated). '': it corrects none.
    corrects     TEXT    NOT NULL DEFAULT '',
    corrected    TEXT    NOT NULL DEFAULT '',
    -- The ids that its plan has given to lookups, one range. Those that were asked at a
    -- next vendor since have later ones.
    first_lookup INTEGER NOT NULL DEFAULT 0,
    last_lookup  INTEGER NOT NULL DEFAULT 0,
    -- The most that the run may charge, reserve and leave in doubt, in fen, as it was
    -- given last, twice: one that was damaged on the disk is found. NULL: none was
    -- given, that of the configuration holds.
    max_spend    INTEGER,
    max_twice    INTEGER CHECK (COALESCE(max_spend, 0) >= 0 AND COALESCE(max_twice, max_spend, 0) = COALESCE(max_spend, 0))
) STRICT;

-- A row of the input. sum is a checksum of the others: a row that was changed by
-- anything but this program is found when it is read.
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
    maintenance  INTEGER NOT NULL DEFAULT 0, -- lookup ids, 0 not requested; of several the first
    valuation    INTEGER NOT NULL DEFAULT 0,
    violations   INTEGER NOT NULL DEFAULT 0,
    sum          INTEGER NOT NULL,
    PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX vehicles_by_id ON vehicles (run, vehicle_id) WHERE duplicate_of = 0;
-- A vehicle's valuations over the runs: each is another key, since mileage
-- and age are part of it.
CREATE INDEX vehicles_valued ON vehicles (vehicle_id, run) WHERE duplicate_of = 0 AND valuation > 0;

-- One question at one vendor. Once it was sent it stays with that vendor: what the next
-- one is asked is a lookup of its own. sum is a checksum of the others.
CREATE TABLE lookups (
    id          INTEGER PRIMARY KEY,
    run         INTEGER NOT NULL,
    row         INTEGER NOT NULL,           -- the row that pays: the first that asks
    dataset     TEXT    NOT NULL,
    key         BLOB    NOT NULL,           -- digest: the same key has the same answer
    vendor      TEXT    NOT NULL,
    -- Where several lookups serve one request: the first of them, for that one its own
    -- id. With fan_out they ask every vendor of the route, side by side. Else they ask
    -- one after the other, and replaced_by is the one that has taken the place of this.
    group_id    INTEGER NOT NULL DEFAULT 0,
    fan_out     INTEGER NOT NULL DEFAULT 0 CHECK (fan_out IN (0, 1)),
    replaced_by INTEGER NOT NULL DEFAULT 0,
    forced      INTEGER NOT NULL DEFAULT 0 CHECK (forced IN (0, 1)), -- 1: its user has said to buy it, whatever of the same is in doubt
    -- Spelled out: for IN with more than two words SQLite builds a table at each change of a row.
    state       TEXT    NOT NULL CHECK (state = 'planned' OR state = 'submitting' OR state = 'waiting' OR state = 'following' OR
                    state = 'found' OR state = 'no_record' OR state = 'unsupported' OR state = 'failed' OR state = 'in_doubt'),
    next_at     INTEGER NOT NULL DEFAULT 0, -- sent or polled not before
    attempts    INTEGER NOT NULL DEFAULT 0, -- submissions so far
    tries       INTEGER NOT NULL DEFAULT 0, -- of them, those that failed
    polls       INTEGER NOT NULL DEFAULT 0,
    ticket      TEXT    NOT NULL DEFAULT '',
    answer      INTEGER NOT NULL DEFAULT 0, -- the answer that settled it
    source      INTEGER NOT NULL DEFAULT 0, -- lookup it follows or whose answer it uses again
    -- The request whose answer a planned one needs before it can be asked, and what
    -- it has taken from there (JSON).
    depends_on  INTEGER NOT NULL DEFAULT 0,
    derived     TEXT    NOT NULL DEFAULT '',
    stage       TEXT    NOT NULL DEFAULT '',
    class       TEXT    NOT NULL DEFAULT '',
    code        TEXT    NOT NULL DEFAULT '',
    message     TEXT    NOT NULL DEFAULT '',
    first_at    INTEGER NOT NULL DEFAULT 0, -- first intent for the request
    ticket_at   INTEGER NOT NULL DEFAULT 0,
    last_at     INTEGER NOT NULL DEFAULT 0, -- last change
    answered_at INTEGER NOT NULL DEFAULT 0, -- when the settling answer came
    sum         INTEGER NOT NULL
) STRICT;
CREATE INDEX lookups_key ON lookups (key, run);
CREATE INDEX lookups_of_run ON lookups (run);
-- One that depends on another cannot be sent: looking for what to send must not step
-- over a whole run of such.
CREATE INDEX lookups_planned ON lookups (run, vendor, next_at) WHERE state = 'planned' AND depends_on = 0;
CREATE INDEX lookups_waiting ON lookups (vendor, next_at) WHERE state = 'waiting';
CREATE INDEX lookups_submitting ON lookups (id) WHERE state = 'submitting';
CREATE INDEX lookups_following ON lookups (source) WHERE state = 'following';
CREATE INDEX lookups_of_group ON lookups (group_id) WHERE group_id > 0;
CREATE INDEX lookups_blocked ON lookups (depends_on) WHERE depends_on > 0;

-- A submission: written before it leaves. Its charge is fen, and billed says how
-- sure we are of it. Both stand twice: what was damaged on the disk is found,
-- whatever it says now.
CREATE TABLE attempts (
    lookup       INTEGER NOT NULL,
    n            INTEGER NOT NULL,
    vendor       TEXT    NOT NULL,
    dataset      TEXT    NOT NULL,
    fen          INTEGER NOT NULL,
    fen_twice    INTEGER NOT NULL CHECK (fen BETWEEN 0 AND 1000000000 AND fen_twice = fen),
    billed       TEXT    NOT NULL CHECK (billed = 'reserved' OR billed = 'yes' OR billed = 'no' OR billed = 'unknown'),
    billed_twice TEXT    NOT NULL CHECK (billed_twice = billed),
    intent_at    INTEGER NOT NULL,
    ended_at     INTEGER NOT NULL DEFAULT 0,
    outcome      TEXT    NOT NULL DEFAULT '',
    code         TEXT    NOT NULL DEFAULT '',
    ticket       TEXT    NOT NULL DEFAULT '',
    sum          INTEGER NOT NULL,          -- a checksum of the others
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
    -- The few headers that tell who gave it (Content-Type, Retry-After, Server), a line
    -- each, so that it is read the same way whenever it is read.
    head        TEXT    NOT NULL DEFAULT '',
    sum         INTEGER NOT NULL,           -- a checksum of the others: an answer belongs to its order
    body        BLOB    NOT NULL            -- zstd
) STRICT;
CREATE INDEX answers_lookup ON answers (lookup);

-- Why a vendor takes no calls now, or no orders; cleared when the user goes on.
-- dataset '' is all of them.
CREATE TABLE halts (
    vendor  TEXT    NOT NULL,
    dataset TEXT    NOT NULL,
    stops   TEXT    NOT NULL CHECK (stops IN ('calls', 'orders')),
    class   TEXT    NOT NULL,
    code    TEXT    NOT NULL,
    message TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    sum     INTEGER NOT NULL,               -- a checksum of the others, as in the tables that follow
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
    sum     INTEGER NOT NULL,
    PRIMARY KEY (vendor, dataset)
) STRICT, WITHOUT ROWID;

-- Calls a day, for vendors that count them. day is the day in China.
CREATE TABLE calls (
    vendor TEXT    NOT NULL,
    day    INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    sum    INTEGER NOT NULL,
    PRIMARY KEY (vendor, day)
) STRICT, WITHOUT ROWID;

-- What a rescue could not name: vehicles of which nobody can say any more what
-- was bought for them. While it is young, what the ledger has never heard of is
-- in doubt.
CREATE TABLE losses (
    at   INTEGER PRIMARY KEY,
    what TEXT    NOT NULL,
    sum  INTEGER NOT NULL
) STRICT;
