//! How an account is shown: what it is called and whether it works, then what is known about the person.

use symbolon_client::Account;

use crate::failure::Failure;
use crate::output::CommandResult;

/// An account as the result of a command.
pub(crate) fn shown(account: &Account) -> Result<CommandResult, Failure> {
    let object = serde_json::to_value(account)
        .map_err(|error| Failure::message(format!("the account cannot be written as JSON: {error}")))?;
    let claims = &account.claims;
    let mut rows = vec![
        ("ACCOUNT ID", account.id.clone()),
        ("USERNAME", account.username.clone()),
        ("EMAIL", claims.email.clone().unwrap_or_default()),
        ("NAME", claims.name.clone().unwrap_or_default()),
        ("DISABLED", account.disabled.to_string()),
    ];
    let truth = |value: Option<bool>| value.map(|value| value.to_string());
    let address = claims.address.as_ref();
    let more = [
        ("GIVEN NAME", claims.given_name.clone()),
        ("FAMILY NAME", claims.family_name.clone()),
        ("MIDDLE NAME", claims.middle_name.clone()),
        ("NICKNAME", claims.nickname.clone()),
        ("PREFERRED USERNAME", claims.preferred_username.clone()),
        ("PROFILE", claims.profile.clone()),
        ("PICTURE", claims.picture.clone()),
        ("WEBSITE", claims.website.clone()),
        ("EMAIL VERIFIED", truth(claims.email_verified)),
        ("GENDER", claims.gender.clone()),
        ("BIRTHDATE", claims.birthdate.clone()),
        ("ZONEINFO", claims.zoneinfo.clone()),
        ("LOCALE", claims.locale.clone()),
        ("PHONE NUMBER", claims.phone_number.clone()),
        ("PHONE NUMBER VERIFIED", truth(claims.phone_number_verified)),
        ("ADDRESS", address.and_then(|address| address.formatted.clone())),
        ("STREET", address.and_then(|address| address.street_address.clone())),
        ("LOCALITY", address.and_then(|address| address.locality.clone())),
        ("REGION", address.and_then(|address| address.region.clone())),
        ("POSTAL CODE", address.and_then(|address| address.postal_code.clone())),
        ("COUNTRY", address.and_then(|address| address.country.clone())),
    ];
    // A row is one line, whatever the address looks like.
    let one_line = |text: String| text.lines().collect::<Vec<_>>().join(", ");
    rows.extend(more.into_iter().filter_map(|(name, value)| Some((name, one_line(value?)))));
    Ok(CommandResult { rows, object, id: account.id.clone() })
}
