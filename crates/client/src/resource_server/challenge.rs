//! The text of `WWW-Authenticate` (RFC 9110 §11.6.1).

use super::presented::Scheme;
use super::refusal::RefusalReason;
use super::requirements::Requirements;
use super::{Binding, Inner};
use crate::verification::AccessTokenFault;

impl Inner {
    /// The challenges for a request that is refused; none where the token is not at fault.
    pub(super) fn challenges(
        &self,
        reason: &RefusalReason,
        presented: Option<Scheme>,
        requirements: &Requirements,
    ) -> Vec<String> {
        if matches!(reason, RefusalReason::Unavailable(_)) {
            return Vec::new();
        }
        let offers_dpop = self.proofs.is_some();
        let scheme = match presented {
            _ if self.binding == Binding::Key => Scheme::Dpop,
            Some(scheme) => scheme,
            None => Scheme::Bearer,
        };
        let mut challenges = vec![self.challenge(scheme, Some(reason), requirements)];
        // Whoever came without a token learns of both ways, and so does who came with a bound one and no proof (RFC 9449
        // §7.1).
        let other_way = presented.is_none()
            || *reason == RefusalReason::InvalidToken(AccessTokenFault::SenderConstrained)
            || *reason == RefusalReason::InvalidToken(AccessTokenFault::NotSenderConstrained);
        if scheme == Scheme::Bearer && offers_dpop && other_way {
            challenges.push(self.challenge(Scheme::Dpop, None, requirements));
        }
        challenges
    }

    fn challenge(&self, scheme: Scheme, reason: Option<&RefusalReason>, requirements: &Requirements) -> String {
        let mut parameters: Vec<(&str, String)> = Vec::new();
        let metadata = self.metadata_url.as_ref();
        // RFC 6750 §3 wants at least one parameter.
        let realm = self.realm.clone().or_else(|| metadata.is_none().then(|| self.resource.clone()));
        parameters.extend(realm.map(|realm| ("realm", realm)));
        if let Some((reason, code)) = reason.and_then(|reason| Some((reason, reason.code()?))) {
            parameters.push(("error", code.to_owned()));
            parameters.push(("error_description", reason.to_string()));
        }
        let scope = requirements.scope_to_ask_for();
        if !scope.is_empty() {
            parameters.push(("scope", scope));
        }
        if reason == Some(&RefusalReason::InsufficientAuthentication) {
            let contexts = requirements.authentication_contexts.join(" ");
            parameters.extend((!contexts.is_empty()).then_some(("acr_values", contexts)));
            parameters.extend(requirements.max_age_seconds.map(|age| ("max_age", age.to_string())));
        }
        parameters.extend(metadata.map(|url| ("resource_metadata", url.clone())));
        if let (Scheme::Dpop, Some(proofs)) = (scheme, &self.proofs) {
            parameters.push(("algs", proofs.algorithm_names().join(" ")));
        }
        let parameters: Vec<_> =
            parameters.iter().map(|(name, value)| format!("{name}=\"{}\"", plain(value))).collect();
        let scheme = if scheme == Scheme::Dpop { "DPoP" } else { "Bearer" };
        format!("{scheme} {}", parameters.join(", "))
    }
}

/// The characters that every parameter may have (RFC 6750 §3), so that nothing needs an escape.
fn plain(text: &str) -> String {
    let one = |character: char| match character {
        '"' | '\\' => '\'',
        ' '..='~' => character,
        _ => '?',
    };
    text.chars().map(one).collect()
}
