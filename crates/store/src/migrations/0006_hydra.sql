-- What was brought from a database of Ory Hydra. A token in Hydra's form leads to what one of ours would say.
CREATE TABLE hydra_tokens (
    id BLOB NOT NULL PRIMARY KEY,
    grant_id BLOB,
    run BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX hydra_tokens_expires_at ON hydra_tokens (expires_at);
CREATE INDEX hydra_tokens_grant_id ON hydra_tokens (grant_id) WHERE grant_id IS NOT NULL;

-- By which such tokens and cookies are genuine, sealed.
CREATE TABLE hydra_keys (
    id BLOB NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    body BLOB NOT NULL
);

-- What was brought, and how it was left here: it is brought once, and followed only while nothing has changed here.
CREATE TABLE hydra_imported (
    kind TEXT NOT NULL,
    id BLOB NOT NULL,
    incarnation BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    run BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX hydra_imported_expires_at ON hydra_imported (expires_at);
CREATE INDEX hydra_imported_run ON hydra_imported (kind, run);

CREATE TABLE hydra_grants (
    id BLOB NOT NULL PRIMARY KEY,
    generation BIGINT NOT NULL,
    branches BIGINT NOT NULL,
    redeemed BIGINT NOT NULL,
    run BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX hydra_grants_expires_at ON hydra_grants (expires_at);
CREATE INDEX hydra_grants_run ON hydra_grants (run);
