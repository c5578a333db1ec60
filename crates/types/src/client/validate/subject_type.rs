//! `subject_type` (`OpenID` Connect Core §8): which kinds of `sub` a client may have, and what a
//! pairwise one needs.

use std::collections::HashSet;

use url::Url;

use super::{RegistrationPolicy, list};
use crate::client::{Client, MetadataFault};
use crate::{AccessTokenStrategy, SubjectType};

/// Sets the default or checks what was chosen. A JWT access token shows its `sub` to every resource
/// server, so a pairwise one would be no secret.
pub(super) fn check(client: &mut Client, policy: &RegistrationPolicy<'_>) -> Result<(), MetadataFault> {
    let jwt = client.access_token_strategy().map_or(policy.jwt_access_tokens, AccessTokenStrategy::is_jwt);
    let available: Vec<SubjectType> =
        policy.subject_types.iter().copied().filter(|own| !(jwt && *own == SubjectType::Pairwise)).collect();
    if client.subject_type.is_empty() {
        let public = available.contains(&SubjectType::Public);
        let first = available.first().copied().filter(|_| !public).unwrap_or(SubjectType::Public);
        first.as_str().clone_into(&mut client.subject_type);
    } else if !available.iter().any(|own| own.as_str() == client.subject_type) {
        return Err(MetadataFault::metadata(format!(
            "The 'subject_type' '{}' is not available to this client, use one of {}.",
            client.subject_type,
            list(available.into_iter().map(SubjectType::as_str)),
        )));
    }
    check_sector(client)
}

/// `OpenID` Connect Core §8.1: hosts that share a `sub` must say so in a sector identifier document.
fn check_sector(client: &Client) -> Result<(), MetadataFault> {
    if client.subject_type() != SubjectType::Pairwise || !client.sector_identifier_uri.is_empty() {
        return Ok(());
    }
    let hosts: HashSet<_> =
        client.redirect_uris.iter().filter_map(|uri| Url::parse(uri).ok()?.host_str().map(str::to_owned)).collect();
    if hosts.len() > 1 {
        return Err(MetadataFault::metadata(
            "A client with 'subject_type' 'pairwise' and 'redirect_uris' on several hosts needs a 'sector_identifier_uri'.",
        ));
    }
    Ok(())
}
