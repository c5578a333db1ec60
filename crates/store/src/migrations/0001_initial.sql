-- One text for both databases. PostgreSQL reads BLOB as BYTEA and no WITHOUT ROWID; see migration.rs.

CREATE TABLE clients (
    id TEXT NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    incarnation BIGINT NOT NULL,
    revocations BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    registration_generation BIGINT,
    self_registered BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    owner TEXT NOT NULL,
    client_name TEXT NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX clients_unused ON clients (used_at) WHERE self_registered = 1;

-- Clients that are gone and whose grants are still to be purged.
CREATE TABLE deleted_clients (
    id TEXT NOT NULL,
    incarnation BIGINT NOT NULL,
    purge_at BIGINT NOT NULL,
    PRIMARY KEY (id, incarnation)
) WITHOUT ROWID;
CREATE INDEX deleted_clients_purge_at ON deleted_clients (purge_at);

-- Only subjects of whom something was revoked. The other numbers name the epoch from which on a thing counts.
CREATE TABLE subjects (
    id TEXT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL,
    sessions_from BIGINT NOT NULL,
    tokens_from BIGINT NOT NULL,
    consents_from BIGINT NOT NULL,
    purge_at BIGINT
) WITHOUT ROWID;
CREATE INDEX subjects_purge_at ON subjects (purge_at) WHERE purge_at IS NOT NULL;

-- A row is kept until expires_at, and as long as the consent in it is remembered.
CREATE TABLE grants (
    id BLOB NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    client_incarnation BIGINT NOT NULL,
    client_revocations BIGINT NOT NULL,
    subject TEXT NOT NULL,
    subject_epoch BIGINT NOT NULL,
    login_session_id BLOB,
    issued_at BIGINT NOT NULL,
    code_redeemed_at BIGINT,
    generation BIGINT NOT NULL,
    rotations BLOB NOT NULL,
    successor_seen BIGINT NOT NULL,
    branches BIGINT NOT NULL,
    revoked_at BIGINT,
    remember_until BIGINT,
    expires_at BIGINT NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX grants_expires_at ON grants (expires_at) WHERE remember_until IS NULL;
CREATE INDEX grants_remember_until ON grants (remember_until) WHERE remember_until IS NOT NULL;
CREATE INDEX grants_remembered ON grants (subject, client_id, remember_until) WHERE remember_until IS NOT NULL;
CREATE INDEX grants_subject ON grants (subject, client_id);
CREATE INDEX grants_client ON grants (client_id, client_incarnation);
CREATE INDEX grants_login_session ON grants (login_session_id) WHERE login_session_id IS NOT NULL;

-- Branches of refresh tokens besides the first, which is part of the grant. They go with their grant.
CREATE TABLE refresh_branches (
    grant_id BLOB NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    branch BIGINT NOT NULL,
    parent_branch BIGINT NOT NULL,
    parent_generation BIGINT NOT NULL,
    repetition BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    rotations BLOB NOT NULL,
    successor_seen BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (grant_id, branch)
) WITHOUT ROWID;

-- With a rowid: the body is larger than what SQLite keeps on the page of an index.
CREATE TABLE flows (
    id BLOB NOT NULL PRIMARY KEY,
    stage BIGINT NOT NULL,
    client_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX flows_expires_at ON flows (expires_at);

CREATE TABLE login_sessions (
    id BLOB NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    subject_epoch BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    remembered BIGINT NOT NULL,
    ended_at BIGINT,
    expires_at BIGINT NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
-- Ended, and its clients still to be told.
CREATE INDEX login_sessions_ended_at ON login_sessions (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX login_sessions_expires_at ON login_sessions (expires_at);

CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE signing_keys (
    set_name TEXT NOT NULL,
    kid TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    activates_at BIGINT NOT NULL,
    retires_at BIGINT,
    body BLOB NOT NULL,
    PRIMARY KEY (set_name, kid)
);

CREATE TABLE revoked_tokens (
    id BLOB NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX revoked_tokens_expires_at ON revoked_tokens (expires_at);

CREATE TABLE used_identifiers (
    kind TEXT NOT NULL,
    id BLOB NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX used_identifiers_expires_at ON used_identifiers (expires_at);

CREATE TABLE stored_requests (
    id BLOB NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX stored_requests_expires_at ON stored_requests (expires_at);

-- What devices wait for (RFC 8628). Their user codes are known by a keyed hash only.
CREATE TABLE device_authorizations (
    id BLOB NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    client_incarnation BIGINT NOT NULL,
    client_revocations BIGINT NOT NULL,
    user_code_hash BLOB NOT NULL UNIQUE,
    stage BIGINT NOT NULL,
    grant_id BLOB,
    last_polled_at BIGINT,
    interval_seconds BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX device_authorizations_expires_at ON device_authorizations (expires_at);

CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    held_until BIGINT NOT NULL
);

-- Back-channel logout tokens that are still to be delivered.
CREATE TABLE logout_deliveries (
    id BLOB NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX logout_deliveries_due_at ON logout_deliveries (due_at);
CREATE INDEX logout_deliveries_expires_at ON logout_deliveries (expires_at);
