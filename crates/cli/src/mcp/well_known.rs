//! Where the metadata of a protected resource is (RFC 9728 §3.1).

use symbolon_client::Url;

/// With the resource's path behind the well-known name.
pub(crate) fn well_known(resource: &Url) -> Url {
    let mut url = root_well_known(resource);
    if resource.path() != "/" {
        let path = format!("{}{}", url.path(), resource.path());
        url.set_path(&path);
    }
    url.set_query(resource.query());
    url
}

/// At the root of the resource's host, where clients look last.
pub(crate) fn root_well_known(resource: &Url) -> Url {
    let mut url = resource.clone();
    url.set_path("/.well-known/oauth-protected-resource");
    url.set_query(None);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_stands_behind_the_well_known_name() {
        for (resource, expected) in [
            ("https://m.example", "https://m.example/.well-known/oauth-protected-resource"),
            ("https://m.example/", "https://m.example/.well-known/oauth-protected-resource"),
            ("https://m.example:8/a/mcp", "https://m.example:8/.well-known/oauth-protected-resource/a/mcp"),
            ("https://m.example/mcp?t=1", "https://m.example/.well-known/oauth-protected-resource/mcp?t=1"),
        ] {
            assert_eq!(well_known(&Url::parse(resource).unwrap()).as_str(), expected);
        }
    }
}
