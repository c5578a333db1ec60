//! Names that say nothing: what they name could be anything, so everything ends up in it.
//!
//! The rule looks at folders, files, modules and types. `OpenIdProvider…` and `ProviderMetadata` are terms of the
//! standards, `test-provider` is an OpenID provider for tests, the strategies for scopes and access tokens are names of
//! Hydra's configuration, and self-service is what a client does that registers itself.

use syn::visit::{self, Visit};
use syn::{Ident, ItemEnum, ItemMod, ItemStruct, ItemTrait, ItemType, ItemUnion};

use super::finding::Finding;
use super::rust_file::RustFile;

const FORBIDDEN_WORDS: &[&str] = &[
    "util",
    "utils",
    "utilities",
    "helper",
    "helpers",
    "common",
    "manager",
    "managers",
    "strategy",
    "strategies",
    "service",
    "services",
    "provider",
    "providers",
];

const ALLOWED_TYPES: &[&str] = &["ScopeStrategy", "AccessTokenStrategy", "Strategies", "ProviderMetadata"];
const ALLOWED_PREFIXES: &[&str] =
    &["OpenIdProvider", "openid_provider", "TestProvider", "test-provider", "SelfService", "self_service"];

const REMEDY: &str = "name what it does or holds";

/// Checks the folders and the file of a path, as far as they are part of a crate.
pub(crate) fn check_path(path: &str, findings: &mut Vec<Finding>) {
    let ours = ["crates/", "xtask/", "tests/"].iter().any(|folder| path.starts_with(folder));
    let rust = path.strip_suffix(".rs").filter(|_| ours);
    // A part of the external tests is called what its programs are: others wrote them, `providers` among them.
    let rust = rust.map(|path| {
        path.strip_prefix("tests/external/").and_then(|path| path.split_once('/')).map_or(path, |(_, rest)| rest)
    });
    for part in rust.into_iter().flat_map(|path| path.split('/')) {
        if let Some(word) = forbidden_word(part) {
            let problem = format!("`{word}` in the name of `{part}`");
            findings.push(Finding::failure((path, 1), "names", problem, REMEDY));
        }
    }
}

/// Checks the modules and types that a file defines.
pub(crate) fn check_items(file: &RustFile, findings: &mut Vec<Finding>) {
    Visitor { path: file.path, findings }.visit_file(&file.syntax);
}

struct Visitor<'a> {
    path: &'a str,
    findings: &'a mut Vec<Finding>,
}

impl Visitor<'_> {
    fn check(&mut self, name: &Ident) {
        let text = name.to_string();
        if let Some(word) = forbidden_word(&text) {
            let problem = format!("`{word}` in the name `{text}`");
            self.findings.push(Finding::failure((self.path, name.span().start().line), "names", problem, REMEDY));
        }
    }
}

impl<'ast> Visit<'ast> for Visitor<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.check(&item.ident);
        visit::visit_item_mod(self, item);
    }

    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        self.check(&item.ident);
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        self.check(&item.ident);
    }

    fn visit_item_union(&mut self, item: &'ast ItemUnion) {
        self.check(&item.ident);
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        self.check(&item.ident);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast ItemType) {
        self.check(&item.ident);
    }
}

/// The first forbidden word of a name in `snake_case`, `kebab-case` or `CamelCase`.
fn forbidden_word(name: &str) -> Option<&'static str> {
    if ALLOWED_TYPES.contains(&name) || ALLOWED_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        return None;
    }
    let mut spaced = String::new();
    for character in name.chars() {
        if character.is_uppercase() || !character.is_alphanumeric() {
            spaced.push(' ');
        }
        spaced.extend(character.to_lowercase().filter(|lower| lower.is_alphanumeric()));
    }
    spaced.split(' ').find_map(|word| FORBIDDEN_WORDS.iter().find(|forbidden| **forbidden == word).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(path: &str) -> usize {
        let mut findings = Vec::new();
        check_path(path, &mut findings);
        findings.len()
    }

    fn lines(text: &str) -> Vec<usize> {
        let file = RustFile::parse("crates/x/src/a.rs", text).expect("parses");
        let mut findings = Vec::new();
        check_items(&file, &mut findings);
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn empty_words_in_paths_fail() {
        assert_eq!(paths("crates/x/src/utils.rs"), 1);
        assert_eq!(paths("crates/x/tests/common/mod.rs"), 1);
        assert_eq!(paths("crates/x/src/token_helpers/service.rs"), 2);
        assert_eq!(paths("crates/x/src/commonly.rs"), 0);
        assert_eq!(paths("crates/test-provider/src/lib.rs"), 0);
        assert_eq!(paths("docs/service.rs"), 0);
        assert_eq!((paths("tests/external/providers/a.rs"), paths("tests/external/a/providers/a.rs")), (0, 1));
    }

    #[test]
    fn empty_words_in_modules_and_types_fail() {
        let text = "mod helpers {}\nstruct KeyManager;\nenum LoginProvider {}\ntrait TokenService {}\ntype RefreshStrategy = u8;\n\
                    mod a { struct B; struct CommonC; }\nunion UtilU { a: u8 }";
        assert_eq!(lines(text), [1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn terms_of_the_trade_stay() {
        let text = "enum ScopeStrategy {}\nenum AccessTokenStrategy {}\nstruct OpenIdProviderMetadata;\nstruct ProviderMetadata;\nstruct TestProvider;\nstruct SelfService;\n\
                    impl Service for A {}\nfn provider() {}";
        assert!(lines(text).is_empty());
    }
}
