//! Lengths and parameters: a file, a function and a call must each fit a reader's head.
//!
//! Tests are exempt, and so are methods of trait implementations as far as the trait dictates their parameters.

use syn::visit::{self, Visit};
use syn::{
    Attribute, FnArg, ImplItemFn, ItemFn, ItemImpl, ItemMod, ItemTrait, Pat, Signature, TraitItemFn, Type, Visibility,
};

use super::finding::Finding;
use super::rust_file::RustFile;

const FILE_LINES_LIMIT: usize = 500;
const FILE_LINES_NOTICE: usize = 350;
const FUNCTION_LINES_LIMIT: usize = 70;
const PARAMETERS_LIMIT: usize = 5;

/// Checks the lengths of a file and its functions, and the functions' parameters.
pub(crate) fn check(file: &RustFile, findings: &mut Vec<Finding>) {
    if file.is_test() {
        return;
    }
    check_file_length(file, findings);
    let mut visitor = Visitor { file, findings, owner: Owner::Module };
    visitor.visit_file(&file.syntax);
}

fn check_file_length(file: &RustFile, findings: &mut Vec<Finding>) {
    let lines = file.product_line_count();
    let problem = format!("{lines} lines outside tests");
    if lines > FILE_LINES_LIMIT {
        let remedy = "split it by topic: 500 is the limit, 100 to 250 the aim";
        findings.push(Finding::failure((file.path, 1), "file-length", problem, remedy));
    } else if lines > FILE_LINES_NOTICE {
        let remedy = "look whether two topics share it: 500 is the limit";
        findings.push(Finding::notice((file.path, 1), "file-length", problem, remedy));
    }
}

/// What a function belongs to, which decides who chose its parameters and who sees it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Module,
    TraitDefinition { public: bool },
    TraitImplementation,
}

struct Visitor<'a, 'f> {
    file: &'a RustFile<'a>,
    findings: &'f mut Vec<Finding>,
    owner: Owner,
}

impl Visitor<'_, '_> {
    fn within(&mut self, owner: Owner, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.owner, owner);
        visit(self);
        self.owner = outer;
    }

    fn check_parameters(&mut self, signature: &Signature, public: bool) {
        let place = (self.file.path, signature.fn_token.span.start().line);
        let name = signature.ident.to_string();
        let typed = || {
            signature.inputs.iter().filter_map(|input| match input {
                FnArg::Typed(parameter) => Some(parameter),
                FnArg::Receiver(_) => None,
            })
        };
        let count = typed().count();
        if count > PARAMETERS_LIMIT {
            let problem = format!("`{name}` takes {count} parameters");
            let remedy = "five at most: give what belongs together a struct";
            self.findings.push(Finding::failure(place, "parameters", problem, remedy));
        }
        for parameter in typed().filter(|parameter| public && is_bool(&parameter.ty)) {
            let parameter = match &*parameter.pat {
                Pat::Ident(pattern) => pattern.ident.to_string(),
                _ => "_".to_owned(),
            };
            let problem = format!("public `{name}` takes the bool `{parameter}`");
            let remedy = "an enum with two names reads better where it is called";
            self.findings.push(Finding::failure(place, "bool-parameter", problem, remedy));
        }
    }

    fn check_length(&mut self, signature: &Signature, last_line: usize) {
        let first_line = signature.fn_token.span.start().line;
        let lines = last_line + 1 - first_line;
        if lines > FUNCTION_LINES_LIMIT {
            let problem = format!("`{}` has {lines} lines", signature.ident);
            let remedy = "70 at most: move a step with a name of its own out of it";
            self.findings.push(Finding::failure((self.file.path, first_line), "function-length", problem, remedy));
        }
    }

    fn is_test(&self, attributes: &[Attribute]) -> bool {
        attributes.first().is_some_and(|attribute| self.file.is_test_line(attribute.pound_token.spans[0].start().line))
    }
}

impl<'ast> Visit<'ast> for Visitor<'_, '_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !self.is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let owner = if item.trait_.is_some() { Owner::TraitImplementation } else { Owner::Module };
        if !self.is_test(&item.attrs) {
            self.within(owner, |visitor| visit::visit_item_impl(visitor, item));
        }
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        let owner = Owner::TraitDefinition { public: is_public(&item.vis) };
        self.within(owner, |visitor| visit::visit_item_trait(visitor, item));
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        if self.is_test(&item.attrs) {
            return;
        }
        self.check_parameters(&item.sig, is_public(&item.vis));
        self.check_length(&item.sig, item.block.brace_token.span.close().end().line);
        self.within(Owner::Module, |visitor| visit::visit_item_fn(visitor, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        if self.is_test(&item.attrs) {
            return;
        }
        if self.owner != Owner::TraitImplementation {
            self.check_parameters(&item.sig, is_public(&item.vis));
        }
        self.check_length(&item.sig, item.block.brace_token.span.close().end().line);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        self.check_parameters(&item.sig, self.owner == Owner::TraitDefinition { public: true });
        if let Some(block) = &item.default {
            self.check_length(&item.sig, block.brace_token.span.close().end().line);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_bool(parameter: &Type) -> bool {
    match parameter {
        Type::Path(path) => path.path.is_ident("bool"),
        Type::Reference(reference) => is_bool(&reference.elem),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::finding::Severity;

    fn findings(path: &str, text: &str) -> Vec<Finding> {
        let file = RustFile::parse(path, text).expect("parses");
        let mut findings = Vec::new();
        check(&file, &mut findings);
        findings
    }

    fn rules(text: &str) -> Vec<(&'static str, usize)> {
        findings("crates/x/src/a.rs", text).iter().map(|finding| (finding.rule, finding.line)).collect()
    }

    #[test]
    fn long_file_fails_and_longish_file_is_noticed() {
        let notice = findings("crates/x/src/a.rs", &"\n".repeat(351));
        assert_eq!((notice.len(), notice[0].severity), (1, Severity::Notice));
        let failure = findings("crates/x/src/a.rs", &"\n".repeat(501));
        assert_eq!((failure.len(), failure[0].severity), (1, Severity::Failure));
        assert!(findings("crates/x/src/a.rs", &"\n".repeat(350)).is_empty());
    }

    #[test]
    fn tests_do_not_count() {
        let inline = format!("fn a() {{}}\n#[cfg(test)]\nmod tests {{\n fn b() {{{}}}\n}}\n", "\n".repeat(600));
        assert!(rules(&inline).is_empty());
        assert!(findings("crates/x/tests/it/a.rs", &"\n".repeat(900)).is_empty());
    }

    #[test]
    fn long_function_fails() {
        let function = |blank_lines| format!("\nfn a() {{{}}}\n", "\n".repeat(blank_lines));
        assert!(rules(&function(69)).is_empty());
        assert_eq!(rules(&function(70)), [("function-length", 2)]);
        assert_eq!(rules(&format!("impl A {{{}}}", function(70))), [("function-length", 2)]);
        assert_eq!(rules(&format!("impl B for A {{{}}}", function(70))), [("function-length", 2)]);
        assert_eq!(rules(&format!("trait B {{{}}}", function(70))), [("function-length", 2)]);
        assert_eq!(
            rules(&format!("mod b {{ fn c() {{{}}} }}", function(70))),
            [("function-length", 1), ("function-length", 2)]
        );
    }

    #[test]
    fn six_parameters_fail_and_self_is_not_counted() {
        assert_eq!(rules("fn a(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8) {}"), [("parameters", 1)]);
        assert!(rules("impl A { fn a(&self, a: u8, b: u8, c: u8, d: u8, e: u8) {} }").is_empty());
        assert_eq!(rules("impl A { fn a(self, a: u8, b: u8, c: u8, d: u8, e: u8, f: u8) {} }"), [("parameters", 1)]);
        assert!(rules("impl B for A { fn a(&self, a: u8, b: u8, c: u8, d: u8, e: u8, f: u8) {} }").is_empty());
    }

    #[test]
    fn bool_parameter_fails_in_public_functions_only() {
        assert_eq!(rules("pub fn a(force: bool) {}"), [("bool-parameter", 1)]);
        assert_eq!(rules("impl A { pub fn a(&self, force: bool) {} }"), [("bool-parameter", 1)]);
        assert_eq!(rules("pub trait A { fn a(&self, force: bool); }"), [("bool-parameter", 1)]);
        assert!(
            rules("fn a(force: bool) {}\npub(crate) fn b(force: bool) {}\ntrait A { fn a(force: bool); }").is_empty()
        );
        assert!(rules("impl B for A { fn a(&self, force: bool) {} }").is_empty());
    }
}
