-- What clients asked for over the back channel (OpenID Connect CIBA): a subject answers, and the client asks until then.
-- With a rowid: the body is larger than what SQLite keeps on the page of an index.
CREATE TABLE backchannel_requests (
    id BLOB NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    client_incarnation BIGINT NOT NULL,
    client_revocations BIGINT NOT NULL,
    subject TEXT NOT NULL,
    stage BIGINT NOT NULL,
    last_polled_at BIGINT,
    interval_seconds BIGINT NOT NULL,
    ping_attempts BIGINT NOT NULL,
    ping_due_at BIGINT,
    expires_at BIGINT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX backchannel_requests_subject ON backchannel_requests (subject);
CREATE INDEX backchannel_requests_ping_due_at ON backchannel_requests (ping_due_at) WHERE ping_due_at IS NOT NULL;
CREATE INDEX backchannel_requests_expires_at ON backchannel_requests (expires_at);

-- The person agreed to this grant somewhere else than in a login session of ours: it is a consent like any other.
ALTER TABLE grants ADD COLUMN agreed_elsewhere BIGINT;
