-- How often the access tokens of a client were ended and nothing else of it.
ALTER TABLE clients ADD COLUMN access_revocations BIGINT NOT NULL DEFAULT 0;
