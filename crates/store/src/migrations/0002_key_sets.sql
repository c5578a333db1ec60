-- Keys that administrators keep here, in sets of their own names.

CREATE TABLE json_web_keys (
    set_name TEXT NOT NULL,
    kid TEXT NOT NULL,
    position BIGINT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (set_name, kid)
);
