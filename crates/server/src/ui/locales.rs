//! Which languages a person wants, best first.
//!
//! `ui_locales` of the authorization request comes first (`OpenID` Connect Core §3.1.2.1), then the browser's
//! `Accept-Language` (RFC 9110 §12.5.4) by weight. Both are untrusted: what is no language tag is dropped and the list
//! is bounded. Whether a language exists is not decided here but in [`super::texts`].

/// No more tags than this are looked at; real browsers send fewer than ten.
const TAGS_AT_MOST: usize = 16;

/// The tags of `ui_locales` in their order, then those of `Accept-Language` by falling weight. Tags keep their spelling.
pub fn preferred(ui_locales: Option<&str>, accept_language: Option<&str>) -> Vec<String> {
    let asked = ui_locales.unwrap_or_default().split_ascii_whitespace().filter(|tag| is_tag(tag));
    let mut accepted: Vec<(u16, &str)> =
        accept_language.unwrap_or_default().split(',').take(TAGS_AT_MOST).filter_map(weighted).collect();
    accepted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    asked.chain(accepted.into_iter().map(|(_, tag)| tag)).take(TAGS_AT_MOST).map(str::to_owned).collect()
}

/// Whether `text` has the form of a language tag: subtags of one to eight letters or digits, a letter first.
pub(super) fn is_tag(text: &str) -> bool {
    text.len() <= 35
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .split('-')
            .all(|subtag| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// One element of `Accept-Language` with its weight in thousandths; weight 0 means "not this one".
fn weighted(element: &str) -> Option<(u16, &str)> {
    let mut parts = element.split(';').map(str::trim);
    let tag = parts.next().filter(|tag| is_tag(tag))?;
    let weight = match parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="))) {
        None => 1000,
        Some(value) => thousandths(value)?,
    };
    (weight > 0).then_some((weight, tag))
}

/// `qvalue` of RFC 9110 §12.4.2: `0`, `1`, or either with up to three decimals, at most 1.
fn thousandths(value: &str) -> Option<u16> {
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    if !matches!(whole, "0" | "1") || decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let weight: u16 = format!("{whole}{decimals:0<3}").parse().ok()?;
    (weight <= 1000).then_some(weight)
}

#[cfg(test)]
mod tests {
    use super::preferred;

    #[test]
    fn ui_locales_come_before_accept_language() {
        assert_eq!(preferred(Some("fr-CA de"), Some("en-GB, en;q=0.8")), ["fr-CA", "de", "en-GB", "en"]);
    }

    #[test]
    fn accept_language_is_sorted_by_weight_and_keeps_ties_in_order() {
        assert_eq!(
            preferred(None, Some("en;q=0.5, de-AT ,fr;q=0.9,it;q=0.9,nl;Q=0.05")),
            ["de-AT", "fr", "it", "en", "nl"]
        );
    }

    #[test]
    fn weight_zero_and_faulty_elements_are_dropped() {
        assert_eq!(preferred(None, Some("de;q=0, *, en;q=1.5, fr;q=x, ../x, a_b, it;q=0.1234, es;q=0.123")), ["es"]);
        assert!(preferred(Some("\"><script> é 1a averylongsubtag"), None).is_empty());
        assert!(preferred(None, None).is_empty());
    }

    #[test]
    fn the_list_is_bounded() {
        let many = "de ".repeat(1000);
        assert_eq!(preferred(Some(&many), Some(&"en,".repeat(1000))).len(), 16);
    }
}
