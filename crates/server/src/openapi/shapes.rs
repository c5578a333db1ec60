//! Shapes of JSON that no type of the wire has: key sets, claims of users, answers of a member or two.

use schemars::generate::SchemaGenerator;
use schemars::{Schema, json_schema};
use serde_json::{Map, Value, json};

use crate::accounts::standard_claims::CLAIMS;

/// A shape under a name of its own, written once among the components.
fn named(generator: &mut SchemaGenerator, name: &str, shape: Value) -> Schema {
    generator.definitions_mut().entry(name.to_owned()).or_insert(shape);
    json_schema!({"$ref": format!("#/components/schemas/{name}")})
}

/// Members that are texts, with what they mean.
fn texts(members: &[(&str, &str)]) -> Map<String, Value> {
    let text = |(name, meaning): &(&str, &str)| ((*name).to_owned(), json!({"type": "string", "description": meaning}));
    members.iter().map(text).collect()
}

/// Any JSON object.
pub(super) fn anything(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object", "additionalProperties": true})
}

/// A JSON Web Key (RFC 7517 §4).
pub(super) fn key(generator: &mut SchemaGenerator) -> Schema {
    let mut members = texts(&[
        ("kty", "Family of the key."),
        ("use", "What it is for: `sig` or `enc`."),
        ("kid", "Its name in the set."),
        ("alg", "Its algorithm."),
        ("crv", "Its curve."),
        ("x", "Coordinate, or the public key."),
        ("y", "Coordinate."),
        ("n", "Modulus."),
        ("e", "Exponent."),
        ("d", "Private exponent or key."),
        ("p", "Private prime."),
        ("q", "Private prime."),
        ("dp", "Private, for the first prime."),
        ("dq", "Private, for the second prime."),
        ("qi", "Private coefficient."),
        ("k", "Symmetric key."),
    ]);
    members.insert(
        "x5c".to_owned(),
        json!({"type": "array", "items": {"type": "string"}, "description": "Certificates."}),
    );
    named(generator, "jsonWebKey", json!({"type": "object", "required": ["kty"], "properties": members}))
}

/// A JSON Web Key Set (RFC 7517 §5).
pub(super) fn key_set(generator: &mut SchemaGenerator) -> Schema {
    let key = key(generator);
    let shape =
        json!({"type": "object", "required": ["keys"], "properties": {"keys": {"type": "array", "items": key}}});
    named(generator, "jsonWebKeySet", shape)
}

/// What a new key is to be.
pub(super) fn key_request(generator: &mut SchemaGenerator) -> Schema {
    let members = texts(&[
        ("alg", "`RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `ES256`, `ES384`, `ES512` or `EdDSA`."),
        ("use", "`sig` where it is empty."),
        ("kid", "A UUID where it is empty."),
    ]);
    named(generator, "createJsonWebKeySet", json!({"type": "object", "required": ["alg"], "properties": members}))
}

/// Whom a call is about that ends everything (RFC 9493 §3.2).
pub(super) fn global_revocation(generator: &mut SchemaGenerator) -> Schema {
    let mut members = texts(&[
        ("id", "For `opaque`: the subject."),
        ("iss", "For `iss_sub`: the issuer of this server."),
        ("sub", "For `iss_sub`: the subject."),
        ("email", "For `email`: the verified address of an account."),
    ]);
    members.insert("format".to_owned(), json!({"type": "string", "enum": ["opaque", "iss_sub", "email"]}));
    let identifier = json!({"type": "object", "required": ["format"], "properties": members});
    let shape = json!({"type": "object", "required": ["sub_id"], "properties": {"sub_id": identifier}});
    named(generator, "globalTokenRevocation", shape)
}

/// Claims about a user (OpenID Connect Core §5.1), and those that the consent page gave.
pub(super) fn user_info(generator: &mut SchemaGenerator) -> Schema {
    // Whoever consents for the user may give a claim any value.
    let mut members: Map<String, Value> = standard_claims()
        .into_iter()
        .map(|(name, _)| (name, json!({"description": "OpenID Connect Core §5.1."})))
        .collect();
    members.insert("updated_at".to_owned(), json!({"description": "OpenID Connect Core §5.1."}));
    members.insert("sub".to_owned(), json!({"type": "string", "description": "Who it is, as this client knows them."}));
    let shape = json!({"type": "object", "required": ["sub"], "properties": members, "additionalProperties": true});
    named(generator, "oidcUserInfo", shape)
}

fn standard_claims() -> Map<String, Value> {
    let shape = |name: &str| match name {
        "address" => json!({"type": "object", "additionalProperties": true}),
        "updated_at" => json!({"type": "integer"}),
        name if name.ends_with("_verified") => json!({"type": "boolean"}),
        _ => json!({"type": "string"}),
    };
    CLAIMS.iter().map(|claim| (claim.name.to_owned(), shape(claim.name))).collect()
}

/// What a credential is asked for with.
pub(super) fn credential_request(generator: &mut SchemaGenerator) -> Schema {
    let proof =
        texts(&[("proof_type", "`jwt`."), ("jwt", "A JWT over the nonce, with the holder's key in its header.")]);
    let proof = named(generator, "VerifiableCredentialProof", json!({"type": "object", "properties": proof}));
    let shape = json!({
        "type": "object",
        "properties": {
            "format": {"type": "string", "description": "`jwt_vc_json`."},
            "types": {"type": "array", "items": {"type": "string"}},
            "proof": proof,
        },
    });
    named(generator, "CreateVerifiableCredentialRequestBody", shape)
}

/// A credential.
pub(super) fn credential(generator: &mut SchemaGenerator) -> Schema {
    let members = texts(&[("format", "`jwt_vc_json`."), ("credential_draft_00", "The credential, a JWT.")]);
    let shape = json!({"type": "object", "required": ["format", "credential_draft_00"], "properties": members});
    named(generator, "verifiableCredentialResponse", shape)
}

/// What the next try needs.
pub(super) fn credential_priming(generator: &mut SchemaGenerator) -> Schema {
    let mut members = texts(&[
        ("format", "`jwt_vc`."),
        ("c_nonce", "What the proof signs."),
        ("error", "`missing_proof`, or what was wrong."),
        ("error_description", "For people."),
    ]);
    members.insert("c_nonce_expires_in".to_owned(), json!({"type": "integer", "description": "Seconds."}));
    let shape = json!({"type": "object", "required": ["error", "error_description"], "properties": members});
    named(generator, "verifiableCredentialPrimingResponse", shape)
}

/// A JSON Patch document (RFC 6902 §3).
pub(super) fn json_patch(generator: &mut SchemaGenerator) -> Schema {
    let mut members = texts(&[
        ("op", "`add`, `remove`, `replace`, `move`, `copy` or `test`."),
        ("path", "The member (RFC 6901)."),
        ("from", "Where `move` and `copy` take it from."),
    ]);
    members.insert("value".to_owned(), json!({"description": "For `add`, `replace` and `test`."}));
    let operation =
        named(generator, "jsonPatch", json!({"type": "object", "required": ["op", "path"], "properties": members}));
    named(generator, "jsonPatchDocument", json!({"type": "array", "items": operation}))
}

/// What is to be trusted.
pub(super) fn trust_request(generator: &mut SchemaGenerator) -> Schema {
    let key = key(generator);
    let mut members = trust_members();
    members.insert("jwk".to_owned(), key.into());
    let shape = json!({"type": "object", "required": ["issuer", "jwk", "expires_at"], "properties": members});
    named(generator, "trustOAuth2JwtGrantIssuer", shape)
}

fn trust_members() -> Map<String, Value> {
    let mut members = texts(&[
        ("issuer", "The `iss` of its assertions."),
        ("subject", "The one `sub` that counts; empty with `allow_any_subject`."),
    ]);
    members.insert("allow_any_subject".to_owned(), json!({"type": "boolean"}));
    members.insert("scope".to_owned(), json!({"type": "array", "items": {"type": "string"}}));
    members.insert("expires_at".to_owned(), json!({"type": "string", "format": "date-time"}));
    members
}

/// A trusted issuer.
pub(super) fn trusted_issuer(generator: &mut SchemaGenerator) -> Schema {
    let names = texts(&[("set", "The issuer."), ("kid", "The key's name.")]);
    let key = named(generator, "trustedOAuth2JwtGrantJsonWebKey", json!({"type": "object", "properties": names}));
    let mut members = trust_members();
    members.insert("id".to_owned(), json!({"type": "string", "description": "A UUID."}));
    members.insert("public_key".to_owned(), key.into());
    members.insert("created_at".to_owned(), json!({"type": "string", "format": "date-time"}));
    let required = members.keys().cloned().collect::<Vec<_>>();
    let shape = json!({"type": "object", "required": required, "properties": members});
    named(generator, "trustedOAuth2JwtGrantIssuer", shape)
}

/// A page of trusted issuers.
pub(super) fn trusted_issuers(generator: &mut SchemaGenerator) -> Schema {
    let issuer = trusted_issuer(generator);
    named(generator, "trustedOAuth2JwtGrantIssuers", json!({"type": "array", "items": issuer}))
}

/// An account of the built-in login page.
pub(super) fn account(generator: &mut SchemaGenerator) -> Schema {
    let mut members = account_members();
    members.insert("id".to_owned(), json!({"type": "string", "description": "The `sub` of its person."}));
    members.insert("created_at".to_owned(), json!({"type": "string", "format": "date-time"}));
    members.insert("updated_at".to_owned(), json!({"type": "string", "format": "date-time"}));
    let required = ["id", "username", "disabled", "created_at", "updated_at"];
    named(generator, "account", json!({"type": "object", "required": required, "properties": members}))
}

fn account_members() -> Map<String, Value> {
    let mut members = standard_claims();
    members.remove("updated_at");
    members.insert("username".to_owned(), json!({"type": "string"}));
    members.insert("disabled".to_owned(), json!({"type": "boolean", "description": "Whether it may not be used."}));
    members
}

/// A page of accounts.
pub(super) fn accounts(generator: &mut SchemaGenerator) -> Schema {
    let account = account(generator);
    json_schema!({"type": "array", "items": account})
}

/// An account to be made.
pub(super) fn new_account(generator: &mut SchemaGenerator) -> Schema {
    let mut members = account_members();
    members.insert("password".to_owned(), json!({"type": "string"}));
    let shape = json!({"type": "object", "required": ["username", "password"], "properties": members});
    named(generator, "newAccount", shape)
}

/// Changes of an account; `null` removes a claim.
pub(super) fn account_change(generator: &mut SchemaGenerator) -> Schema {
    named(generator, "accountChange", json!({"type": "object", "properties": account_members()}))
}

/// Another password.
pub(super) fn password(generator: &mut SchemaGenerator) -> Schema {
    let shape = json!({"type": "object", "required": ["password"], "properties": {"password": {"type": "string"}}});
    named(generator, "accountPassword", shape)
}

/// Which keys are to be followed by new ones.
pub(super) fn rotation_request(generator: &mut SchemaGenerator) -> Schema {
    let mut members = texts(&[("alg", "Only this algorithm."), ("set", "Only `id-token` or `access-token`.")]);
    members.insert(
        "immediately".to_owned(),
        json!({"type": "boolean", "description": "Whether the new keys sign before caches know them."}),
    );
    named(generator, "keyRotation", json!({"type": "object", "properties": members}))
}

/// The signing keys, whatever their state.
pub(super) fn signing_keys(generator: &mut SchemaGenerator) -> Schema {
    let moment = |meaning: &str| json!({"type": "string", "format": "date-time", "description": meaning});
    let shape = json!({
        "type": "object",
        "required": ["rotation_period_seconds", "keys"],
        "properties": {
            "rotation_period_seconds": {"type": "integer", "description": "0 where keys are not rotated by themselves."},
            "keys": {"type": "array", "items": {
                "type": "object",
                "required": ["set", "kid", "alg", "use", "state", "created_at", "age_seconds", "activates_at"],
                "properties": {
                    "set": {"enum": ["id-token", "access-token"]},
                    "kid": {"type": "string"},
                    "alg": {"type": "string"},
                    "use": {"const": "sig"},
                    "state": {"enum": ["pending", "active", "retired"]},
                    "created_at": moment("When it was made or brought."),
                    "age_seconds": {"type": "integer", "description": "Since then."},
                    "activates_at": moment("From when it signs."),
                    "retires_at": moment("From when it signs no more, where that is known."),
                    "published_until": moment("When it is deleted, where that is known."),
                    "next_rotation_at": moment("When another key takes the place of one that signs."),
                },
            }},
        },
    });
    named(generator, "signingKeys", shape)
}

/// A page of login sessions.
pub(super) fn login_sessions(generator: &mut SchemaGenerator) -> Schema {
    let moment = json!({"type": "string", "format": "date-time"});
    let mut members = texts(&[("sid", "Its id, `sid` in ID tokens."), ("subject", "Who logged in."), ("acr", "How.")]);
    members.insert("amr".to_owned(), json!({"type": "array", "items": {"type": "string"}, "description": "How."}));
    members.insert("authenticated_at".to_owned(), moment.clone());
    members.insert("expires_at".to_owned(), moment);
    members
        .insert("remembered".to_owned(), json!({"type": "boolean", "description": "Whether it outlives the browser."}));
    let required = ["sid", "subject", "authenticated_at", "remembered"];
    let session = json!({"type": "object", "required": required, "properties": members});
    named(generator, "oAuth2LoginSessions", json!({"type": "array", "items": session}))
}

/// The keys that came, and those that go.
pub(super) fn rotation(generator: &mut SchemaGenerator) -> Schema {
    let moment = json!({"type": "string", "format": "date-time"});
    let shape = json!({
        "type": "object",
        "required": ["keys"],
        "properties": {"keys": {"type": "array", "items": {
            "type": "object",
            "required": ["set", "alg", "kid", "state", "activates_at", "replaces"],
            "properties": {
                "set": {"type": "string"},
                "alg": {"type": "string"},
                "kid": {"type": "string"},
                "state": {"enum": ["active", "pending"]},
                "activates_at": moment,
                "replaces": {"type": "array", "items": {
                    "type": "object",
                    "required": ["kid", "retires_at", "published_until"],
                    "properties": {"kid": {"type": "string"}, "retires_at": moment, "published_until": moment},
                }},
            },
        }}},
    });
    named(generator, "rotatedKeys", shape)
}

/// A configuration that was read again.
pub(super) fn reloaded(generator: &mut SchemaGenerator) -> Schema {
    let keys = json!({"type": "array", "items": {"type": "string"}});
    let shape = json!({
        "type": "object",
        "required": ["applied", "restart_needed"],
        "properties": {"applied": keys, "restart_needed": keys},
    });
    named(generator, "reloadedConfiguration", shape)
}

/// A configuration that was not taken over. `problems` is missing where the request itself is at fault.
pub(super) fn reload_problems(generator: &mut SchemaGenerator) -> Schema {
    let problem = json!({
        "type": "object",
        "required": ["message", "key"],
        "properties": {"message": {"type": "string"}, "key": {"type": ["string", "null"]}},
    });
    let shape = json!({
        "type": "object",
        "required": ["error", "error_description"],
        "properties": {
            "error": {"type": "string"},
            "error_description": {"type": "string"},
            "problems": {"type": "array", "items": problem},
        },
    });
    named(generator, "configurationProblems", shape)
}

/// All is well.
pub(super) fn health(generator: &mut SchemaGenerator) -> Schema {
    let shape = json!({"type": "object", "required": ["status"], "properties": {"status": {"const": "ok"}}});
    named(generator, "healthStatus", shape)
}

/// What is not well, and why.
pub(super) fn not_ready(generator: &mut SchemaGenerator) -> Schema {
    let reasons = json!({"type": "object", "additionalProperties": {"type": "string"}});
    let shape = json!({"type": "object", "required": ["errors"], "properties": {"errors": reasons}});
    named(generator, "healthNotReadyStatus", shape)
}

/// The version.
pub(super) fn version(generator: &mut SchemaGenerator) -> Schema {
    let shape = json!({"type": "object", "required": ["version"], "properties": {"version": {"type": "string"}}});
    named(generator, "version", shape)
}
