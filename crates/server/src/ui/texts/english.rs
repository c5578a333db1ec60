//! English. Written for people who do not know what OAuth is: short, no blame, and what to do next.

use std::borrow::Cow::Borrowed;
use std::collections::BTreeMap;

use super::Texts;

/// The built-in English texts; also what a language added by the operator falls back to.
pub(super) const ENGLISH: Texts = Texts {
    language: Borrowed("en"),
    scopes: BTreeMap::new(),

    client_policy: Borrowed("Privacy policy"),
    client_terms: Borrowed("Terms of service"),

    login_heading: Borrowed("Sign in"),
    login_lead: Borrowed("to continue to {client}"),
    login_username: Borrowed("Username"),
    login_password: Borrowed("Password"),
    login_remember: Borrowed("Stay signed in on this device"),
    login_submit: Borrowed("Sign in"),
    login_cancel: Borrowed("Cancel"),
    login_incomplete: Borrowed("Enter your username and your password."),
    login_wrong_credentials: Borrowed("The username or the password is not right. Check both and try again."),
    login_throttled: Borrowed("Too many attempts. Try again in {time}."),

    time_second: Borrowed("1 second"),
    time_seconds: Borrowed("{count} seconds"),
    time_minute: Borrowed("1 minute"),
    time_minutes: Borrowed("{count} minutes"),

    consent_heading: Borrowed("{client} asks for access to your account"),
    consent_signed_in: Borrowed("Signed in as {subject}"),
    consent_switch_account: Borrowed("Switch account"),
    consent_scopes: Borrowed("If you allow it, {client} can:"),
    consent_no_scopes: Borrowed("{client} does not ask for any particular permission."),
    consent_required: Borrowed("always included"),
    consent_audience: Borrowed("The access is valid for"),
    consent_remember: Borrowed("Do not ask me again for this application"),
    consent_deny: Borrowed("Deny"),
    consent_allow: Borrowed("Allow"),
    consent_destination: Borrowed("You will be sent to {domain}. Only allow this if you know that address."),
    consent_this_computer: Borrowed(
        "The answer goes to a program on this computer ({domain}). Only allow this if you have just started it yourself.",
    ),
    consent_elsewhere: Borrowed(
        "Careful: the answer goes to {domain}, which is not the place that vouches for this application. Only allow this if you know that address.",
    ),
    consent_verified: Borrowed("Verified: whoever owns {domain} vouches for this application."),
    consent_calls_itself: Borrowed("It calls itself {client}."),
    consent_unverified: Borrowed(
        "This application registered itself on {date}. Nobody vouches for it, and its name may be made up.",
    ),
    consent_connected_until: Borrowed(
        "It stays connected until {date}, and longer while you use it. You can take the access away at any time.",
    ),
    consent_connected: Borrowed("It stays connected until you take the access away."),

    scope_openid_title: Borrowed("Recognize you"),
    scope_openid_description: Borrowed("Know by an identifier that it was you who signed in."),
    scope_profile_title: Borrowed("See your profile"),
    scope_profile_description: Borrowed("Your name, picture, language and similar details."),
    scope_email_title: Borrowed("See your email address"),
    scope_email_description: Borrowed("The address, and whether it was confirmed."),
    scope_address_title: Borrowed("See your postal address"),
    scope_address_description: Borrowed("Street, city and country."),
    scope_phone_title: Borrowed("See your phone number"),
    scope_phone_description: Borrowed("The number, and whether it was confirmed."),
    claim_name: Borrowed("Your name"),
    claim_given_name: Borrowed("Your first name"),
    claim_family_name: Borrowed("Your last name"),
    claim_middle_name: Borrowed("Your middle name"),
    claim_nickname: Borrowed("Your nickname"),
    claim_preferred_username: Borrowed("Your user name"),
    claim_profile: Borrowed("The address of your profile"),
    claim_picture: Borrowed("Your picture"),
    claim_website: Borrowed("Your website"),
    claim_gender: Borrowed("Your gender"),
    claim_birthdate: Borrowed("Your date of birth"),
    claim_zoneinfo: Borrowed("Your time zone"),
    claim_locale: Borrowed("Your language"),
    claim_email: Borrowed("Your e-mail address"),
    claim_email_verified: Borrowed("Whether your e-mail address was confirmed"),
    claim_phone_number: Borrowed("Your telephone number"),
    claim_phone_number_verified: Borrowed("Whether your telephone number was confirmed"),
    claim_address: Borrowed("Your postal address"),
    claim_updated_at: Borrowed("When your account was last changed"),
    consent_claims: Borrowed("And these single details:"),
    consent_details: Borrowed("It wants to do this in particular:"),
    consent_details_raw: Borrowed("As the application wrote it"),
    scope_offline_title: Borrowed("Stay connected"),
    scope_offline_description: Borrowed("Keep this access while you are away, until you take it back."),
    scope_unknown_description: Borrowed("A permission that the application or a service behind it has defined."),

    error_heading: Borrowed("That did not work"),
    error_request: Borrowed(
        "The application sent you here with a request that cannot be answered. Go back to it and start again. If this \
         page returns, give the details below to the people who run the application.",
    ),
    error_refused: Borrowed(
        "Access was refused. Go back to the application and start again if you still want to continue. If this page \
         returns, make sure that your browser accepts cookies from this site.",
    ),
    error_server: Borrowed(
        "Something went wrong on our side. Wait a moment, then go back to the application and start again. If this page \
         returns, give the details below to support.",
    ),
    error_details: Borrowed("Details for support"),
    error_code: Borrowed("Error"),
    error_description: Borrowed("Description"),
    error_hint: Borrowed("Hint"),
    error_request_id: Borrowed("Request"),

    form_post_heading: Borrowed("One more step"),
    form_post_lead: Borrowed("Continue to {domain} to finish."),
    form_post_submit: Borrowed("Continue"),

    logout_heading: Borrowed("Sign out?"),
    logout_lead: Borrowed(
        "You are signed in as {name}. Signing out also signs you out of the applications you opened from here.",
    ),
    logout_lead_nameless: Borrowed(
        "An application asks to sign you out. This only works in the browser in which you signed in.",
    ),
    logout_submit: Borrowed("Sign out"),
    logout_stay: Borrowed("Stay signed in"),
    logging_out_heading: Borrowed("Signing you out"),
    logging_out_text: Borrowed("The applications you used are being told. This takes a moment."),
    logging_out_continue: Borrowed("Continue"),
    still_signed_in_heading: Borrowed("You are still signed in"),
    still_signed_in_text: Borrowed("Nothing was changed. You can close this page."),
    signed_out_heading: Borrowed("You are signed out"),
    signed_out_text: Borrowed("You can close this page."),
    device_heading: Borrowed("Connect a device"),
    device_lead: Borrowed("Enter the code that your device shows."),
    device_code: Borrowed("Code"),
    device_submit: Borrowed("Continue"),
    device_wrong_code: Borrowed("No device is waiting with this code. Check it, or start again on the device."),
    device_confirm_heading: Borrowed("Connect {client}?"),
    device_confirm_lead: Borrowed(
        "{client} wants to be connected with your account. Only go on if you have the device in front of you and it \
         shows this code:",
    ),
    device_confirm_accept: Borrowed("Connect"),
    device_confirm_reject: Borrowed("Not my device"),
    device_denied_heading: Borrowed("The device was not connected"),
    device_denied_text: Borrowed("You can close this page."),
    device_done_heading: Borrowed("Your device is connected"),
    device_done_text: Borrowed("Close this page and go on with your device."),
    already_done_heading: Borrowed("This step is already done"),
    already_done_text: Borrowed(
        "This page works only once. Go back to the application and start again if you need to.",
    ),
    not_configured_heading: Borrowed("This page is not set up"),
    not_configured_text: Borrowed("Whoever runs this server has to set `{key}` in its configuration."),

    home_heading: Borrowed("Sign-in server"),
    home_lead: Borrowed("{title} signs people in to the applications that use it."),
    home_people_heading: Borrowed("Here to sign in?"),
    home_people_text: Borrowed(
        "There is nothing to do on this page. Open your application: it brings you here when you need to sign in.",
    ),
    home_developers_heading: Borrowed("Connecting an application?"),
    home_developers_text: Borrowed("This is an OpenID provider. A client library needs no more than the issuer."),
    home_issuer: Borrowed("Issuer"),
    home_discovery: Borrowed("Provider metadata"),
    home_documentation: Borrowed("Documentation"),
    home_request_compare: Borrowed(
        "Compare this with what the application shows. Deny the request if it differs, or if you did not expect it.",
    ),
    home_applications_heading: Borrowed("Applications with access"),
    home_applications_text: Borrowed(
        "You let these applications act for you. Take the access away and they ask again.",
    ),
    home_applications_since: Borrowed("Access since {date}"),
    home_applications_revoke: Borrowed("Take away"),
};
