//! The flags that say something about a person: the standard claims of OpenID Connect Core §5.1.

use clap::Args;
use symbolon_client::{Address, StandardClaims};

/// Flags of `create account` and `update account`. Each sets the claim of its name.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "What clients may learn about the user")]
pub(crate) struct ClaimArguments {
    /// Full name
    #[arg(long)]
    name: Option<String>,
    /// Given names
    #[arg(long, value_name = "NAME")]
    given_name: Option<String>,
    /// Family name or names, as the person writes them
    #[arg(long, value_name = "NAME")]
    family_name: Option<String>,
    /// Middle names
    #[arg(long, value_name = "NAME")]
    middle_name: Option<String>,
    /// Casual name
    #[arg(long, value_name = "NAME")]
    nickname: Option<String>,
    /// The name the user likes to be called by, if it is not the username
    #[arg(long, value_name = "NAME")]
    preferred_username: Option<String>,
    /// The URL of the profile page
    #[arg(long, value_name = "URL")]
    profile: Option<String>,
    /// The URL of a picture
    #[arg(long, value_name = "URL")]
    picture: Option<String>,
    /// The URL of the user's own page
    #[arg(long, value_name = "URL")]
    website: Option<String>,
    /// E-mail address
    #[arg(long)]
    email: Option<String>,
    /// Whether somebody made sure that the e-mail address is the user's
    #[arg(long, value_name = "BOOL")]
    email_verified: Option<bool>,
    /// Gender, such as female or male
    #[arg(long)]
    gender: Option<String>,
    /// Date of birth as YYYY-MM-DD; with the year 0000 it is left out
    #[arg(long, value_name = "DATE")]
    birthdate: Option<String>,
    /// Time zone, such as Europe/Paris
    #[arg(long, value_name = "ZONE")]
    zoneinfo: Option<String>,
    /// Language, such as en-US
    #[arg(long, value_name = "TAG")]
    locale: Option<String>,
    /// Telephone number, such as +1 (425) 555-1212
    #[arg(long, value_name = "NUMBER")]
    phone_number: Option<String>,
    /// Whether somebody made sure that the telephone number is the user's
    #[arg(long, value_name = "BOOL")]
    phone_number_verified: Option<bool>,
    /// Postal address as it is written on a letter
    #[arg(long, value_name = "TEXT")]
    address_formatted: Option<String>,
    /// Street and house number
    #[arg(long, value_name = "TEXT")]
    address_street: Option<String>,
    /// City, town or village
    #[arg(long, value_name = "TEXT")]
    address_locality: Option<String>,
    /// State, province or region
    #[arg(long, value_name = "TEXT")]
    address_region: Option<String>,
    /// Postal code
    #[arg(long, value_name = "TEXT")]
    address_postal_code: Option<String>,
    /// Country, as it is written on a letter
    #[arg(long, value_name = "TEXT")]
    address_country: Option<String>,
}

impl From<ClaimArguments> for StandardClaims {
    fn from(arguments: ClaimArguments) -> Self {
        let mut address = Address::default();
        address.formatted = arguments.address_formatted;
        address.street_address = arguments.address_street;
        address.locality = arguments.address_locality;
        address.region = arguments.address_region;
        address.postal_code = arguments.address_postal_code;
        address.country = arguments.address_country;
        let mut claims = Self::default();
        claims.name = arguments.name;
        claims.given_name = arguments.given_name;
        claims.family_name = arguments.family_name;
        claims.middle_name = arguments.middle_name;
        claims.nickname = arguments.nickname;
        claims.preferred_username = arguments.preferred_username;
        claims.profile = arguments.profile;
        claims.picture = arguments.picture;
        claims.website = arguments.website;
        claims.email = arguments.email;
        claims.email_verified = arguments.email_verified;
        claims.gender = arguments.gender;
        claims.birthdate = arguments.birthdate;
        claims.zoneinfo = arguments.zoneinfo;
        claims.locale = arguments.locale;
        claims.phone_number = arguments.phone_number;
        claims.phone_number_verified = arguments.phone_number_verified;
        claims.address = (address != Address::default()).then_some(address);
        claims
    }
}
