//! What a client may say about itself, under the operator's policy: the table is `symbolon_types::client::rights`.

use symbolon_store::{ClientRecord, Origin};
use symbolon_types::client::rights::{self, Allowance, Holder};
use symbolon_types::client::{MetadataFault, Registrant};
use symbolon_types::{Client, GrantType};

use super::Algorithms;
use crate::config::RegistrationRights;
use crate::context::Context;

fn allowance(context: &Context) -> Allowance<'_> {
    let registration = &context.config.symbolon.registration;
    Allowance {
        scopes: &registration.scopes,
        default_scope: &context.config.oidc.dynamic_client_registration.default_scope,
        private_schemes: &registration.private_schemes,
    }
}

/// Whether a client that is made has a registration access token.
pub(super) fn has_token(context: &Context, registrant: Registrant) -> bool {
    registrant != Registrant::Administrator || context.config.symbolon.registration.token_for_administrators_clients
}

/// The first registration.
pub(super) fn first(context: &Context, client: &mut Client, registrant: Registrant) -> Result<(), MetadataFault> {
    if registrant == Registrant::Administrator {
        return Ok(());
    }
    let registration = &context.config.symbolon.registration;
    // Where there are initial access tokens, nobody registers without one.
    let with_token = !registration.initial_access_tokens.is_empty()
        && registration.initial_access_token_policy == RegistrationRights::Open;
    if registration.policy == RegistrationRights::Restricted && !with_token {
        rights::apply(client, None, Holder::SelfRegistered, &allowance(context))?;
        rights::check_own_redirect_uris(client, None, &allowance(context))?;
    }
    // Who says nothing means a login, and one that lasts is what it will want.
    if registration.refresh_without_offline_access && client.grant_types.is_empty() && client.response_types.is_empty()
    {
        let both = [GrantType::AuthorizationCode, GrantType::RefreshToken];
        client.grant_types = both.map(|grant_type| grant_type.as_str().to_owned()).to_vec();
    }
    Ok(())
}

/// Where a client may be answered that a document describes.
pub(super) fn check_described(context: &Context, client: &Client) -> Result<(), MetadataFault> {
    rights::check_own_redirect_uris(client, None, &allowance(context))
}

/// A change that a client makes of itself.
pub(super) fn own_change(
    context: &Context,
    client: &mut Client,
    record: &ClientRecord,
    current: &Client,
) -> Result<(), MetadataFault> {
    let holder = match record.origin {
        Origin::Administrator => Holder::AdministratorMade,
        Origin::SelfService | Origin::Document => Holder::SelfRegistered,
    };
    if context.config.symbolon.registration.policy == RegistrationRights::Restricted {
        let mut told = current.clone();
        told.provision(&Algorithms::of(context).offered());
        rights::apply(client, Some((current, &told)), holder, &allowance(context))?;
        rights::check_own_redirect_uris(client, Some(current), &allowance(context))?;
    }
    Ok(())
}

/// Whether a client's own change is about what its users and its administrator agreed to.
pub(super) fn asks_for_other_things(client: &Client, current: &Client) -> bool {
    client.scope != current.scope
        || client.audience != current.audience
        || client.redirect_uris != current.redirect_uris
}

/// What spares a user a question was granted to the client as it was, and not to what it made of itself.
pub(super) fn ask_again(client: &mut Client, current: &Client) {
    if asks_for_other_things(client, current) {
        client.skip_consent = false;
        client.skip_logout_consent = client.skip_logout_consent.filter(|skips| !skips);
    }
}
