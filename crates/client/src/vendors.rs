//! What is special about the providers of some vendors, as pages of the documentation. There is no code in here.
#![doc = ""]
#![doc = include_str!("../docs/vendors/mod.md")]

/// A page.
macro_rules! page {
    ($name:ident, $file:literal) => {
        #[doc = include_str!(concat!("../docs/vendors/", $file))]
        pub mod $name {}
    };
}

page!(google, "google.md");
page!(entra, "entra.md");
page!(keycloak, "keycloak.md");
page!(auth0, "auth0.md");
page!(okta, "okta.md");
page!(github, "github.md");
page!(others, "others.md");
