//! What the authorization server says that it can do, against what MCP clients need (MCP authorization 2026-07-28).

use serde_json::Value;

use super::Check;
use super::http::{is_private, list, nulls};
use super::resource_metadata::ResourceMetadata;
use super::server_metadata::ServerMetadata;
use crate::report::{Finding, Findings, Party, shown};

const STEP: &str = "Authorization server's abilities";
const IDENTIFICATION: &str = "Client ids";

/// Judges the metadata. `None` where a client gives up.
pub(super) fn check(check: &mut Check, server: &ServerMetadata, resource: &ResourceMetadata) -> Option<()> {
    let mut findings = Findings::default();
    form(&mut findings, server);
    endpoints(&mut findings, server);
    authorization(&mut findings, server);
    scopes(&mut findings, server, resource);
    let goes_on = !findings.has_failure();
    check.report.conclude(STEP, "codes with S256, the issuer in every answer, refresh tokens", findings);
    let has_id = identification(check, server);
    (goes_on && has_id).then_some(())
}

fn fault(text: impl Into<String>, remedy: &str) -> Finding {
    Finding::new(Party::AuthorizationServer, text, remedy)
}

fn form(findings: &mut Findings, server: &ServerMetadata) {
    let nulls = nulls(&server.document);
    findings.fail_if(!nulls.is_empty(), || {
        fault(
            format!("members are null: {}", shown(&nulls.join(", "))),
            "Leave out what has no value: strict decoders refuse the document.",
        )
    });
    if server.is_openid {
        let needed = ["jwks_uri", "subject_types_supported", "id_token_signing_alg_values_supported"];
        let missing: Vec<_> = needed.into_iter().filter(|name| !server.document.contains_key(*name)).collect();
        findings.fail_if(!missing.is_empty(), || {
            let text = format!("the OpenID document lacks {}", missing.join(", "));
            fault(text, "Add them, or serve /.well-known/oauth-authorization-server, which needs them not.")
        });
    }
}

fn endpoints(findings: &mut Findings, server: &ServerMetadata) {
    for (name, is_needed) in
        [("authorization_endpoint", true), ("token_endpoint", true), ("registration_endpoint", false)]
    {
        if !is_needed && !server.document.contains_key(name) {
            continue;
        }
        match server.endpoint(name) {
            None => findings.fail_if(true, || fault(format!("{name} is missing or no URL"), "Name the endpoint.")),
            Some(url) => findings.fail_if(!is_private(&url), || {
                let text = format!("{name} is {}, without https", shown(url.as_str()));
                fault(text, "Behind a proxy that ends TLS, set the public address: clients refuse http elsewhere than on their own machine.")
            }),
        }
    }
}

fn authorization(findings: &mut Findings, server: &ServerMetadata) {
    let has = |name: &str, value: &str| list(&server.document, name).map(|values| values.contains(&value));
    findings.fail_if(has("code_challenge_methods_supported", "S256") != Some(true), || {
        fault(
            "code_challenge_methods_supported has no S256",
            "Support PKCE and list it: clients refuse to go on without.",
        )
    });
    findings.fail_if(has("response_types_supported", "code") == Some(false), || {
        fault("response_types_supported has no code", "Support authorization codes.")
    });
    findings.fail_if(has("grant_types_supported", "authorization_code") == Some(false), || {
        fault("grant_types_supported has no authorization_code", "Support authorization codes.")
    });
    findings.warn_if(has("grant_types_supported", "refresh_token") != Some(true), || {
        fault(
            "grant_types_supported has no refresh_token",
            "Support refresh tokens, or people log in whenever a token expires.",
        )
    });
    findings.warn_if(!server.says("authorization_response_iss_parameter_supported"), || {
        fault(
            "authorization_response_iss_parameter_supported is not true",
            "Send iss in every answer (RFC 9207) and say so: it is about to become a must.",
        )
    });
}

fn scopes(findings: &mut Findings, server: &ServerMetadata, resource: &ResourceMetadata) {
    let Some(supported) = list(&server.document, "scopes_supported") else {
        findings.warn_if(true, || {
            fault("there is no scopes_supported", "List offline_access and the scopes of the MCP servers.")
        });
        return;
    };
    let missing: Vec<_> =
        resource.scopes.iter().map(String::as_str).filter(|scope| !supported.contains(scope)).collect();
    findings.warn_if(!missing.is_empty(), || {
        let text = format!("scopes_supported lacks scopes of the MCP server: {}", shown(&missing.join(" ")));
        fault(text, "Make them known there; in Symbolon with the resource's scopes and advertise: true.")
    });
    findings.warn_if(!supported.contains(&"offline_access"), || {
        fault(
            "scopes_supported has no offline_access",
            "List it: clients ask for refresh tokens only where it is listed.",
        )
    });
}

/// How a client gets its id: with its own metadata document, or by registering.
fn identification(check: &mut Check, server: &ServerMetadata) -> bool {
    const FLAG: &str = "client_id_metadata_document_supported";
    let by_document = server.says(FLAG);
    let by_registration = server.endpoint("registration_endpoint").is_some_and(|url| is_private(&url));
    let mut findings = Findings::default();
    findings.fail_if(server.document.get(FLAG).is_some_and(|flag| !matches!(flag, Value::Bool(_))), || {
        fault(format!("{FLAG} is neither true nor false"), "Write the JSON value true.")
    });
    let methods = list(&server.document, "token_endpoint_auth_methods_supported").unwrap_or_default();
    findings.warn_if(by_document && !methods.contains(&"none"), || {
        let text = "token_endpoint_auth_methods_supported has no 'none' beside metadata documents";
        fault(text, "List it: some clients register instead, without a word.")
    });
    let is_given = check.arguments.client_id.is_some();
    findings.fail_if(!by_document && !by_registration && !is_given, || {
        fault(
            "clients cannot get an id: neither metadata documents nor registration are supported",
            "Switch on one of them (in Symbolon symbolon.mcp.enabled does), or register a client and check with --client-id.",
        )
    });
    findings.warn_if(!by_document && !by_registration && is_given, || {
        let text = "clients cannot get an id by themselves";
        fault(text, "Give everybody the id to enter by hand, or switch on metadata documents or registration.")
    });
    let goes_on = !findings.has_failure();
    let good = match (by_document, by_registration) {
        (true, true) => "by metadata document or registration",
        (true, false) => "by metadata document",
        (false, _) => "by registration",
    };
    check.report.conclude(IDENTIFICATION, good, findings);
    goes_on
}
