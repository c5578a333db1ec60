-- Whose assertions are taken as grants (RFC 7523 §2.1), one row for each key. An empty subject stands for any. A row stays
-- when its time is over, so that an operator sees it.
CREATE TABLE trusted_issuers (
    id TEXT NOT NULL PRIMARY KEY,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    kid TEXT NOT NULL,
    scope TEXT NOT NULL,
    jwk TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    trusted_until BIGINT NOT NULL,
    UNIQUE (issuer, subject, kid)
);
