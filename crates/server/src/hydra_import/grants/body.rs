//! What a grant remembers, out of the consent and of what its newest token says.

use symbolon_store::{ClientRecord, SourceRow};
use symbolon_types::Scope;

use super::super::session_data::SessionData;
use super::super::value;
use super::Consent;
use crate::accounts;
use crate::grant::body::{GrantBody, SessionClaims};
use crate::request::KeptRequest;

impl GrantBody {
    /// `None` when there is a code whose request cannot be kept: without its proof key a code must not be redeemed.
    pub(super) fn of_consent(consent: &Consent<'_>, client: &ClientRecord) -> Option<Self> {
        let Consent { flow, code, chain, .. } = consent;
        let newest = chain.newest().or(code.as_ref().map(|code| (code.row, &code.session)));
        let consented = SessionClaims {
            access_token: value::object(flow, "session_access_token"),
            id_token: value::object(flow, "session_id_token"),
        };
        let mut body = match newest {
            Some((row, session)) => of_token(row, session),
            None => GrantBody {
                scope: Scope::from_list(value::list(flow, "granted_scope")).ok()?,
                audience: value::list(flow, "granted_at_audience"),
                auth_time: flow.get("requested_at").and_then(value::seconds).unwrap_or_default(),
                access_token_claims: consented.access_token.clone(),
                id_token_claims: consented.id_token.clone(),
                ..GrantBody::default()
            },
        };
        if body.session() != consented {
            body.consented = Some(Box::new(consented));
        }
        flow.text("acr").clone_into(&mut body.acr);
        body.amr = value::list(flow, "amr");
        body.context = flow.get("context").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        body.skipped = flow.is_true("consent_skip");
        body.handled_at = flow.get("consent_handled_at").and_then(value::seconds).unwrap_or_default();
        body.claims_at = body.claims_at.filter(|at| *at != body.handled_at);
        body.request = request(consent, client);
        (body.request.is_some() || code.is_none()).then_some(body)
    }
}

/// What a token and its session say.
pub(in super::super) fn of_token(row: &SourceRow, session: &SessionData) -> GrantBody {
    let id_token_claims = session.id_token_claims();
    GrantBody {
        scope: Scope::from_list(value::barred(row.text("granted_scope"))).unwrap_or_default(),
        audience: value::barred(row.text("granted_audience")),
        nonce: session.nonce().map(str::to_owned),
        auth_time: session.auth_time(),
        acr: session.acr().to_owned(),
        amr: session.amr(),
        forced_subject: session.other_subject().to_owned(),
        access_token_claims: session.access_token_claims(),
        // Hydra has all of them in ID tokens, also those that are userinfo's business elsewhere.
        requested_in_id_token: accounts::claims::names()
            .filter(|name| id_token_claims.contains_key(*name))
            .map(ToString::to_string)
            .collect(),
        id_token_claims,
        handled_at: session.claims_at().unwrap_or_default(),
        claims_at: session.claims_at(),
        ..GrantBody::default()
    }
}

/// The authorization request: as it was sent, with what only the rows of a code say. One of a device has none.
fn request(consent: &Consent<'_>, client: &ClientRecord) -> Option<KeptRequest> {
    let Consent { flow, code, .. } = consent;
    if flow.get("device_code_request_id").is_some_and(|id| !id.is_empty()) {
        return None;
    }
    let url = flow.text("request_url");
    let query = url.split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or_default());
    let mut pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let has = |pairs: &[(String, String)], name: &str| pairs.iter().any(|(own, _)| own == name);
    if !has(&pairs, "client_id") || has(&pairs, "request") || has(&pairs, "request_uri") {
        // What counted stood in a body or in a request object.
        pairs.retain(|(name, _)| !matches!(name.as_str(), "request" | "request_uri"));
    }
    let mut add = |name: &str, value: &str| {
        if !pairs.iter().any(|(own, _)| own == name) {
            pairs.push((name.to_owned(), value.to_owned()));
        }
    };
    add("client_id", client.id.as_str());
    for row in code.iter().flat_map(|code| [Some(code.row), code.proof_key]).flatten() {
        for (name, value) in form_urlencoded::parse(row.text("form_data").as_bytes()) {
            add(&name, &value);
        }
    }
    add("response_type", "code");
    let only_redirect_uri =
        client.metadata["redirect_uris"].as_array().filter(|all| all.len() == 1).and_then(|all| all[0].as_str());
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
    let kept = KeptRequest::of_query(query, client.revision, only_redirect_uri);
    let restored = kept.clone().restore()?;
    // A proof key that is lost would let anybody redeem the code.
    let proved = code
        .as_ref()
        .and_then(|code| code.proof_key)
        .is_some_and(|row| row.text("form_data").contains("code_challenge="));
    (!proved || restored.code_challenge().is_some()).then_some(kept)
}
