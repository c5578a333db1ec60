//! Databases of Ory Hydra that were brought over: what clients, browsers and users hold works on. The databases and what
//! Hydra answered about each thing in them are in a folder beside the repository, or the one that
//! `SYMBOLON_HYDRA_FIXTURES` names; [`own`] makes a small one. Bringing one takes a second, so cases that do not disturb each other share what was
//! brought: those that only look, those that use what is live, and those that show what is not.

mod clients;
mod fixture;
mod hostile;
mod keys;
mod logins;
mod own;
mod tokens;

use fixture::Fixture;

#[tokio::test]
async fn what_was_brought_is_shown_as_hydra_showed_it() {
    Fixture::each(async |fixture, server, report| {
        tokens::all_is_taken_but_codes_of_devices(fixture, report);
        keys::published_keys_are_those_of_hydra(fixture, server).await;
        keys::key_sets_come_with_their_private_parts(fixture, server).await;
        keys::tokens_from_before_are_verified_by_published_keys(fixture, server).await;
        keys::trusted_issuers_are_those_of_hydra(fixture, server).await;
        clients::metadata_and_registration_tokens_are_those_of_hydra(fixture, server).await;
        tokens::introspection_says_what_hydra_said(fixture, server).await;
        tokens::userinfo_says_what_hydra_said(fixture, server).await;
        logins::consents_that_are_remembered_are_listed_as_hydra_listed_them(fixture, server).await;
        logins::id_tokens_are_hints_for_the_logout(fixture, server).await;
        logins::cookies_are_those_of_their_logins(fixture, server).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_brought_is_used_as_at_hydra() {
    Fixture::each(async |fixture, server, _| {
        clients::secrets_work_on_and_no_others(fixture, server).await;
        keys::assertions_that_were_used_stay_used(fixture, server).await;
        logins::without_pages_the_same_clients_get_codes(fixture, server).await;
        tokens::refresh_tokens_become_ours_and_access_tokens_of_before_end(fixture, server).await;
        // A redeemed code ends its grant when it is shown again.
        tokens::codes_are_redeemed_once(fixture, server).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_over_stays_over_and_a_second_run_undoes_nothing() {
    Fixture::each(async |fixture, server, report| {
        tokens::a_second_run_changes_nothing_that_happened_here(fixture, server, report).await;
        tokens::a_refresh_token_that_was_used_at_hydra_ends_its_grant(fixture, server).await;
    })
    .await;
}
