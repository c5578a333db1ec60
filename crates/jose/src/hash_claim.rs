//! The hash claims `at_hash`, `c_hash` and `s_hash` (`OpenID` Connect Core §3.1.3.6 and §3.3.2.11): they bind an access
//! token, a code or a state to the ID token that travels beside it.

use crate::Algorithm;
use crate::digest::base64url;

/// The base64url form of the left half of the hash of `token`, with the hash function of the ID token's `algorithm`.
pub fn half_hash(algorithm: Algorithm, token: &str) -> String {
    let hash = algorithm.hash(token.as_bytes());
    base64url(&hash[..hash.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_examples_of_openid_connect_core() {
        // §A.4 (code and ID token) and §A.3 (ID token and access token), both RS256.
        assert_eq!(
            half_hash(Algorithm::RS256, "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"),
            "LDktKdoQak3Pk0cnXxCltA"
        );
        assert_eq!(
            half_hash(Algorithm::RS256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }

    #[test]
    fn length_follows_the_hash() {
        for (algorithm, characters) in
            [(Algorithm::ES256, 22), (Algorithm::PS384, 32), (Algorithm::ES512, 43), (Algorithm::EdDSA, 43)]
        {
            assert_eq!(half_hash(algorithm, "token").len(), characters, "{algorithm}");
        }
    }
}
