//! What of a configuration that is read again a running server takes over.

use super::table::sample;
use crate::config::keys::{self, Key};
use crate::config::{Overrides, Reading, Sources};

fn sources(settings: &[(&str, &str)]) -> Sources {
    let flags = settings.iter().fold(Overrides::default(), |flags, (key, value)| flags.set(*key, *value));
    Sources { flags, ..Sources::default() }
}

fn changed(before: &Reading, after: &Reading) -> Vec<&'static str> {
    before.changed(after).map(|key| key.path.as_str()).collect()
}

#[test]
fn each_key_is_taken_over_or_waits_for_a_restart() {
    let development = [("dev", "true"), ("dsn", "memory")];
    let started = sources(&development).read();
    let mut counts = [0, 0];
    for key in keys::all().filter(|key| key.has_effect()) {
        let text = if key.path == "dev" { "false".to_owned() } else { sample(key).0 };
        let newer = sources(&[development[0], development[1], (&key.path, &text)]).read();
        let next = sources(&development).reloaded(&started, &newer);
        let all = changed(&started, &newer);
        assert!(all.contains(&key.path.as_str()), "{}", key.path);
        let taken_over: Vec<_> =
            all.into_iter().filter(|path| keys::find(path).is_some_and(Key::is_reloadable)).collect();
        assert_eq!(changed(&started, &next), taken_over, "{}", key.path);
        counts[usize::from(key.is_reloadable())] += 1;
    }
    assert!(counts[0] > 150 && counts[1] > 25, "{counts:?}");
}

#[test]
fn a_key_that_is_no_longer_set_has_its_default_again() {
    let before = sources(&[("dev", "true"), ("ttl.access_token", "5m"), ("urls.error", "/e")]);
    let (started, newer) = (before.read(), sources(&[("dev", "true")]).read());
    let next = before.reloaded(&started, &newer);
    assert_eq!(changed(&started, &next), ["ttl.access_token"]);
    assert_eq!(changed(&next, &newer), ["urls.error"]);
}
