//! The names of all sentences, as one table.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{ScopeText, Text};

macro_rules! texts {
    ($($(#[$meaning:meta])* $key:ident,)*) => {
        /// The sentences of all pages in one language.
        #[derive(Clone, Debug)]
        pub struct Texts {
            /// Language tag for the `lang` attribute (BCP 47), such as `de`.
            pub language: Text,
            /// Scopes that the operator describes, by name.
            pub scopes: BTreeMap<String, ScopeText>,
            $($(#[$meaning])* pub $key: Text,)*
        }

        impl Texts {
            /// The names of all sentences: what may stand in `symbolon.ui.texts`.
            pub const KEYS: &'static [&'static str] = &[$(stringify!($key)),*];

            /// The sentence of that name.
            #[cfg(test)]
            pub(super) fn get(&self, key: &str) -> Option<&str> {
                match key {
                    $(stringify!($key) => Some(&self.$key),)*
                    _ => None,
                }
            }

            /// Puts another sentence in the place of that name; whether there is one.
            pub(super) fn replace(&mut self, key: &str, text: &str) -> bool {
                match key {
                    $(stringify!($key) => self.$key = Cow::Owned(text.to_owned()),)*
                    _ => return false,
                }
                true
            }
        }
    };
}

texts! {
    /// Link to the client's privacy policy (`policy_uri`).
    client_policy,
    /// Link to the client's terms (`tos_uri`).
    client_terms,

    /// Heading of the login page.
    login_heading,
    /// Below the heading; `{client}` is the application's name.
    login_lead,
    /// Label of the field for the name.
    login_username,
    /// Label of the field for the password.
    login_password,
    /// Checkbox: remember this browser.
    login_remember,
    /// Button that sends name and password.
    login_submit,
    /// Button that goes back to the application.
    login_cancel,
    /// A field was left empty.
    login_incomplete,
    /// Unknown user or wrong password; must not say which.
    login_wrong_credentials,
    /// Too many attempts; `{time}` is a duration in words.
    login_throttled,

    /// One second, in words.
    time_second,
    /// Several seconds; `{count}`.
    time_seconds,
    /// One minute, in words.
    time_minute,
    /// Several minutes; `{count}`.
    time_minutes,

    /// Heading of the consent page; `{client}`.
    consent_heading,
    /// Who is signed in; `{subject}`.
    consent_signed_in,
    /// Link that starts over with another account.
    consent_switch_account,
    /// Above the list of scopes; `{client}`.
    consent_scopes,
    /// Instead of the list when no scope is asked for.
    consent_no_scopes,
    /// Marks a scope that cannot be left out.
    consent_required,
    /// Above the list of audiences.
    consent_audience,
    /// Checkbox: keep this decision.
    consent_remember,
    /// Button that refuses everything.
    consent_deny,
    /// Button that grants what is ticked.
    consent_allow,
    /// Where the browser goes afterwards; `{domain}`.
    consent_destination,
    /// The same where a program on the person's computer takes the answer; `{domain}`.
    consent_this_computer,
    /// The same where it is another host than the one that vouches for the application; `{domain}`.
    consent_elsewhere,
    /// The owner of a host vouches for the application; `{domain}`.
    consent_verified,
    /// What an application calls itself that is named by its host; `{client}`.
    consent_calls_itself,
    /// Nobody vouches for an application; `{date}` is when it registered itself.
    consent_unverified,
    /// The access is kept until a day; `{date}`.
    consent_connected_until,
    /// The access is kept until it is taken away.
    consent_connected,

    /// `openid`, what the client may do.
    scope_openid_title,
    /// `openid`, one sentence.
    scope_openid_description,
    /// `profile`, what the client may do.
    scope_profile_title,
    /// `profile`, one sentence.
    scope_profile_description,
    /// `email`, what the client may do.
    scope_email_title,
    /// `email`, one sentence.
    scope_email_description,
    /// `address`, what the client may do.
    scope_address_title,
    /// `address`, one sentence.
    scope_address_description,
    /// `phone`, what the client may do.
    scope_phone_title,
    /// `phone`, one sentence.
    scope_phone_description,
    /// The claim `name`.
    claim_name,
    /// The claim `given_name`.
    claim_given_name,
    /// The claim `family_name`.
    claim_family_name,
    /// The claim `middle_name`.
    claim_middle_name,
    /// The claim `nickname`.
    claim_nickname,
    /// The claim `preferred_username`.
    claim_preferred_username,
    /// The claim `profile`.
    claim_profile,
    /// The claim `picture`.
    claim_picture,
    /// The claim `website`.
    claim_website,
    /// The claim `gender`.
    claim_gender,
    /// The claim `birthdate`.
    claim_birthdate,
    /// The claim `zoneinfo`.
    claim_zoneinfo,
    /// The claim `locale`.
    claim_locale,
    /// The claim `email`.
    claim_email,
    /// The claim `email_verified`.
    claim_email_verified,
    /// The claim `phone_number`.
    claim_phone_number,
    /// The claim `phone_number_verified`.
    claim_phone_number_verified,
    /// The claim `address`.
    claim_address,
    /// The claim `updated_at`.
    claim_updated_at,
    /// Before the claims that a client asks for by name.
    consent_claims,
    /// Before what a client asks for in detail.
    consent_details,
    /// Opens the raw form of one of them.
    consent_details_raw,
    /// `offline_access` and `offline`, what the client may do.
    scope_offline_title,
    /// `offline_access` and `offline`, one sentence.
    scope_offline_description,
    /// Below a scope that nobody has described.
    scope_unknown_description,

    /// Heading of the error page.
    error_heading,
    /// What to do when a request of the application is at fault.
    error_request,
    /// What to do when access was refused.
    error_refused,
    /// What to do when the server is at fault.
    error_server,
    /// Above the technical part.
    error_details,
    /// Label of the error code.
    error_code,
    /// Label of the description.
    error_description,
    /// Label of the hint.
    error_hint,
    /// Label of the request id.
    error_request_id,

    /// Heading of the page that carries the answer to the application (`form_post`).
    form_post_heading,
    /// What the button does; `{domain}`.
    form_post_lead,
    /// Button for browsers without scripts.
    form_post_submit,

    /// Heading after logout.
    signed_out_heading,
    /// Heading of the page that asks whether to sign out.
    logout_heading,
    /// Below it; `{name}` is the person.
    logout_lead,
    /// The same in a browser whose session is another one or none.
    logout_lead_nameless,
    /// Button: sign out.
    logout_submit,
    /// Button: stay.
    logout_stay,
    /// Heading while applications are told.
    logging_out_heading,
    /// Sentence below that heading.
    logging_out_text,
    /// Link for those who do not want to wait.
    logging_out_continue,
    /// Heading after the person chose to stay.
    still_signed_in_heading,
    /// Sentence below that heading.
    still_signed_in_text,
    /// Sentence after logout.
    signed_out_text,
    /// Heading of the page that takes the code of a device.
    device_heading,
    /// Sentence below that heading.
    device_lead,
    /// Label of the code.
    device_code,
    /// Button: go on.
    device_submit,
    /// No device waits with that code.
    device_wrong_code,
    /// Question whether to connect a device; `{client}` is what runs on it.
    device_confirm_heading,
    /// Below it, above the code; `{client}`.
    device_confirm_lead,
    /// Button: connect.
    device_confirm_accept,
    /// Button: refuse.
    device_confirm_reject,
    /// Heading when a device was refused.
    device_denied_heading,
    /// Sentence when a device was refused.
    device_denied_text,
    /// Heading when a device was connected.
    device_done_heading,
    /// Sentence when a device was connected.
    device_done_text,
    /// Heading when a step is repeated that was already taken.
    already_done_heading,
    /// Sentence when a step is repeated that was already taken.
    already_done_text,
    /// Heading of a page that the operator has not set up.
    not_configured_heading,
    /// Which configuration key is missing; `{key}`.
    not_configured_text,

    /// Heading of the start page.
    home_heading,
    /// What this server is; `{title}` is the operator's name for it.
    home_lead,
    /// Above the part for everybody.
    home_people_heading,
    /// Nothing to do here.
    home_people_text,
    /// Above the part for developers.
    home_developers_heading,
    /// What a developer finds here.
    home_developers_text,
    /// Label of the issuer.
    home_issuer,
    /// Link to the metadata.
    home_discovery,
    /// Link to the documentation.
    home_documentation,
    /// Above the message of a request that waits.
    home_request_compare,
    /// Above the applications that have access.
    home_applications_heading,
    /// What taking access away means.
    home_applications_text,
    /// Since when an application has access; `{date}`.
    home_applications_since,
    /// Button that takes access away.
    home_applications_revoke,
}
