-- Texts are compared byte by byte, as the program does, whatever the database is set to. A text that PostgreSQL does
-- not take (with a NUL, or not in UTF-8) is kept in hexadecimal with \x before it. Moments are microseconds UTC, 0 for
-- none; money is fen. sum is a checksum of the other columns, that of package stored: a row that was changed by anything
-- but this program is found when it is read.

-- One row: what kind of workspace this is, and how many commits it has seen.
CREATE TABLE workspace (
    id         int     PRIMARY KEY CHECK (id = 1),
    simulated  boolean NOT NULL,
    created_at bigint  NOT NULL,
    commits    bigint  NOT NULL CHECK (commits >= 0)
) WITH (fillfactor = 50);

CREATE TABLE runs (
    seq          bigint  PRIMARY KEY,
    id           text    COLLATE "C" NOT NULL UNIQUE,
    state        text    COLLATE "C" NOT NULL CHECK (state IN ('planning', 'open', 'settled', 'finished')),
    started_at   bigint  NOT NULL,
    finished_at  bigint  NOT NULL,
    purged_at    bigint  NOT NULL,
    input_path   text    COLLATE "C" NOT NULL,
    input_sha256 text    COLLATE "C" NOT NULL,
    input_rows   bigint  NOT NULL,
    strict_vin   boolean NOT NULL,
    datasets     text    COLLATE "C" NOT NULL,  -- comma-separated, in order
    formats      text    COLLATE "C" NOT NULL,
    lang         text    COLLATE "C" NOT NULL,
    report_lang  text    COLLATE "C" NOT NULL,  -- '': no report
    report_top   bigint  NOT NULL,
    partitioned  boolean NOT NULL,
    bom          boolean NOT NULL,
    corrects     text    COLLATE "C" NOT NULL,  -- the run whose failures this one corrects
    corrected    text    COLLATE "C" NOT NULL,  -- the datasets of which it does
    first_lookup bigint  NOT NULL,
    last_lookup  bigint  NOT NULL,
    max_spend    bigint  CHECK (max_spend >= 0), -- NULL: none was given
    written      text    COLLATE "C" NOT NULL DEFAULT '', -- the fingerprint of its outputs; the one column that is not in sum
    sum          bigint  NOT NULL
);

-- A row of the input.
CREATE TABLE vehicles (
    run          bigint NOT NULL,
    row          bigint NOT NULL,               -- 1 is the first data line
    vehicle_id   text   COLLATE "C" NOT NULL,
    vin          text   COLLATE "C" NOT NULL,
    plate        text   COLLATE "C" NOT NULL,
    plate_type   text   COLLATE "C" NOT NULL,
    engine_no    text   COLLATE "C" NOT NULL,
    details      text   COLLATE "C" NOT NULL,   -- JSON: the other columns, problems, faults
    duplicate_of bigint NOT NULL,
    maintenance  bigint NOT NULL,               -- lookup ids, 0 not requested; of several the first
    valuation    bigint NOT NULL,
    violations   bigint NOT NULL,
    sum          bigint NOT NULL,
    PRIMARY KEY (run, row)
);
CREATE INDEX vehicles_by_id ON vehicles (run, vehicle_id) WHERE duplicate_of = 0;
CREATE INDEX vehicles_valued ON vehicles (vehicle_id, run) WHERE duplicate_of = 0 AND valuation > 0;

-- One question at one vendor. Room is left in its pages, so that a new state can stand beside the old one.
CREATE TABLE lookups (
    id          bigint  PRIMARY KEY,
    run         bigint  NOT NULL,
    row         bigint  NOT NULL,               -- the row that pays: the first that asks
    dataset     text    COLLATE "C" NOT NULL,
    key         bytea   NOT NULL,               -- digest: the same key has the same answer
    vendor      text    COLLATE "C" NOT NULL,
    group_id        bigint  NOT NULL,               -- the first of the lookups that serve one request
    fan_out       boolean NOT NULL,               -- they ask every vendor of the route, side by side
    replaced_by      bigint  NOT NULL,               -- the one that has taken the place of this
    forced      boolean NOT NULL,
    state       text    COLLATE "C" NOT NULL CHECK (state IN ('planned', 'submitting', 'waiting', 'following', 'found', 'no_record', 'unsupported', 'failed', 'in_doubt')),
    next_at     bigint  NOT NULL,
    attempts    bigint  NOT NULL,
    tries       bigint  NOT NULL,
    polls       bigint  NOT NULL,
    ticket      text    COLLATE "C" NOT NULL,
    answer      bigint  NOT NULL,
    source      bigint  NOT NULL,               -- the lookup that it follows, or whose answer it uses again
    depends_on      bigint  NOT NULL,
    derived     text    COLLATE "C" NOT NULL,
    stage       text    COLLATE "C" NOT NULL,
    class       text    COLLATE "C" NOT NULL,
    code        text    COLLATE "C" NOT NULL,
    message     text    COLLATE "C" NOT NULL,
    first_at    bigint  NOT NULL,
    ticket_at   bigint  NOT NULL,
    last_at     bigint  NOT NULL,
    answered_at bigint  NOT NULL,
    sum         bigint  NOT NULL,
    -- The change that has touched it last: after a lost connection it tells whether that was made. Not in sum.
    token       bigint  NOT NULL DEFAULT 0
) WITH (fillfactor = 80);
CREATE INDEX lookups_key ON lookups (key, run);
CREATE INDEX lookups_of_run ON lookups (run, id);
CREATE INDEX lookups_planned ON lookups (run, vendor, next_at, id) WHERE state = 'planned' AND depends_on = 0;
CREATE INDEX lookups_waiting ON lookups (vendor, next_at, id) WHERE state = 'waiting';
CREATE INDEX lookups_submitting ON lookups (id) WHERE state = 'submitting';
CREATE INDEX lookups_following ON lookups (source) WHERE state = 'following';
CREATE INDEX lookups_of_group ON lookups (group_id) WHERE group_id > 0;
CREATE INDEX lookups_blocked ON lookups (depends_on) WHERE depends_on > 0;

-- A submission: written before it leaves. Its charge is fen, and billed says how sure we are of it.
CREATE TABLE attempts (
    lookup    bigint NOT NULL,
    n         bigint NOT NULL,
    vendor    text   COLLATE "C" NOT NULL,
    dataset   text   COLLATE "C" NOT NULL,
    fen       bigint NOT NULL CHECK (fen BETWEEN 0 AND 1000000000),
    billed    text   COLLATE "C" NOT NULL CHECK (billed IN ('reserved', 'yes', 'no', 'unknown')),
    intent_at bigint NOT NULL,
    ended_at  bigint NOT NULL,
    outcome   text   COLLATE "C" NOT NULL,
    code      text   COLLATE "C" NOT NULL,
    ticket    text   COLLATE "C" NOT NULL,
    sum       bigint NOT NULL,
    PRIMARY KEY (lookup, n)
) WITH (fillfactor = 80);
CREATE INDEX attempts_sold ON attempts (vendor, intent_at);

CREATE TABLE answers (
    id          bigint PRIMARY KEY,
    lookup      bigint NOT NULL,
    attempt     bigint NOT NULL,
    call        text   COLLATE "C" NOT NULL,    -- submit or poll
    vendor      text   COLLATE "C" NOT NULL,
    status      bigint NOT NULL,                -- HTTP; 0: none came
    failure     text   COLLATE "C" NOT NULL,
    received_at bigint NOT NULL,
    head        text   COLLATE "C" NOT NULL,
    sum         bigint NOT NULL,
    body        bytea  NOT NULL                 -- zstd
);
-- It is compressed already.
ALTER TABLE answers ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX answers_lookup ON answers (lookup, attempt, id);

-- Why a vendor takes no calls now, or no orders. dataset '' is all of them.
CREATE TABLE halts (
    vendor  text   COLLATE "C" NOT NULL,
    dataset text   COLLATE "C" NOT NULL,
    stops   text   COLLATE "C" NOT NULL,
    class   text   COLLATE "C" NOT NULL,
    code    text   COLLATE "C" NOT NULL,
    message text   COLLATE "C" NOT NULL,
    at      bigint NOT NULL,
    sum     bigint NOT NULL,
    PRIMARY KEY (vendor, dataset)
);

-- A vendor in trouble that is waited for.
CREATE TABLE pauses (
    vendor  text   COLLATE "C" NOT NULL,
    dataset text   COLLATE "C" NOT NULL,
    since   bigint NOT NULL,
    next_at bigint NOT NULL,
    nth     bigint NOT NULL,
    class   text   COLLATE "C" NOT NULL,
    code    text   COLLATE "C" NOT NULL,
    message text   COLLATE "C" NOT NULL,
    sum     bigint NOT NULL,
    PRIMARY KEY (vendor, dataset)
);

-- Calls a day, for vendors that count them. day is the day in China.
CREATE TABLE calls (
    vendor text   COLLATE "C" NOT NULL,
    day    bigint NOT NULL,
    n      bigint NOT NULL,
    PRIMARY KEY (vendor, day)
);

-- What a rescue could not name, in a ledger that was copied here. While it is young, what the ledger has never heard of
-- is in doubt.
CREATE TABLE losses (
    at   bigint PRIMARY KEY,
    what text   COLLATE "C" NOT NULL,
    sum  bigint NOT NULL
);
