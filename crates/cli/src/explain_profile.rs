//! `symbolon explain-profile`: what a security profile enforces, rule by rule, from the table that the server itself reads.

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::json;
use symbolon_server::security_profile::{Row, SecurityProfile, rules_of};

use crate::failure::Failure;
use crate::output::{FORMAT_HELP, Format, print_line};

/// Flags of `explain-profile`.
#[derive(Debug, Args)]
pub(crate) struct ExplainProfileArguments {
    /// The profile
    #[arg(value_name = "PROFILE", value_parser = PossibleValuesParser::new(SecurityProfile::ALL.map(SecurityProfile::as_str)))]
    profile: String,
    #[arg(long, default_value = "table", hide_default_value = true, value_name = "FORMAT", help = FORMAT_HELP)]
    format: Format,
}

pub(crate) fn run(arguments: &ExplainProfileArguments) -> Result<(), Failure> {
    let profile = SecurityProfile::parse(&arguments.profile).unwrap_or_default();
    let rules: Vec<&Row> = rules_of(profile).collect();
    let rows: Vec<_> = rules.iter().map(|row| json!({ "rule": row.sentence, "section": row.section })).collect();
    let object = json!({ "security_profile": profile.as_str(), "rules": rows });
    print_line(&arguments.format.text(&object, || text(profile, &rules))?)
}

fn text(profile: SecurityProfile, rules: &[&Row]) -> String {
    if rules.is_empty() {
        return format!(
            "The profile {} adds no rule: settings and each client's metadata decide, as in Ory Hydra.",
            profile.as_str()
        );
    }
    let heading = format!(
        "Under symbolon.security_profile: {0}, or for one client by its member \"security_profile\": \"{0}\":",
        profile.as_str()
    );
    let rows = rules.iter().map(|row| format!("- {}\n  {}", row.sentence.replace('`', ""), row.section));
    [heading, String::new()].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_explained_rule_by_rule() {
        let explained = |profile| text(profile, &rules_of(profile).collect::<Vec<_>>());
        assert!(explained(SecurityProfile::None).contains("adds no rule"));
        let fapi = explained(SecurityProfile::Fapi2);
        assert!(fapi.contains("- Authorization requests are pushed.\n  FAPI 2.0"), "{fapi}");
        assert!(!fapi.contains("signed request objects"), "{fapi}");
        assert!(explained(SecurityProfile::Fapi2MessageSigning).contains("signed request objects"));
    }
}
