//! Where a secret is read from: a file, or standard input, which one flag can have.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::OnceLock;

use symbolon_client::Secret;

use crate::failure::Failure;

/// Longest secret, in bytes. A flag that names something larger names the wrong file.
const LONGEST: u64 = 64 * 1024;

/// The flag that has standard input.
static STANDARD_INPUT: OnceLock<String> = OnceLock::new();

/// Takes standard input for a flag, named without its dashes. It has one reader: what a second one found would be the
/// rest of somebody else's secret.
pub(crate) fn take_standard_input(flag: &str) -> Result<(), Failure> {
    STANDARD_INPUT.set(flag.to_owned()).map_err(|flag| {
        let first = STANDARD_INPUT.get().map_or("another flag", String::as_str);
        Failure::message(format!("standard input can be read for one flag only, not for --{first} and --{flag}"))
    })
}

/// The one line of a file, or of standard input where the path is `-`. The line break at the end is not part of it;
/// blanks may be.
pub(crate) fn read_line(path: &Path, flag: &str) -> Result<Secret<String>, Failure> {
    let secret = read_text(path, flag)?;
    if secret.expose().contains(|character: char| character.is_control()) {
        let place = place(path);
        return Err(Failure::message(format!("{place}, read for --{flag}, has several lines or control characters")));
    }
    Ok(secret)
}

/// The text of a file, or of standard input where the path is `-`, without the line break at its end.
pub(crate) fn read_text(path: &Path, flag: &str) -> Result<Secret<String>, Failure> {
    let fault = |reason: String| Failure::message(format!("{}, read for --{flag}, {reason}", place(path)));
    if path == Path::new("-") {
        take_standard_input(flag)?;
        return text(std::io::stdin().lock()).map_err(fault);
    }
    let file = File::open(path).map_err(|error| fault(format!("cannot be read: {error}")))?;
    text(file).map_err(fault)
}

fn place(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { format!("the file {}", path.display()) }
}

fn text(input: impl Read) -> Result<Secret<String>, String> {
    let mut bytes = Vec::new();
    input.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {error}"))?;
    let bytes = Secret::new(bytes);
    if bytes.expose().len() as u64 > LONGEST {
        return Err(format!("is larger than {} KiB, so it is no secret", LONGEST / 1024));
    }
    let text = std::str::from_utf8(bytes.expose()).map_err(|_| "is not text in UTF-8".to_owned())?;
    let text = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
    if text.is_empty() { Err("is empty".to_owned()) } else { Ok(Secret::new(text.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, String> {
        text(bytes).map(|secret| secret.expose().clone())
    }

    #[test]
    fn one_line_break_at_the_end_is_dropped() {
        for (bytes, secret) in [
            (&b"open sesame"[..], "open sesame"),
            (b"open sesame \n", "open sesame "),
            (b"open sesame\r\n", "open sesame"),
            (b"open sesame\n\n", "open sesame\n"),
            (b"open\rsesame\r", "open\rsesame\r"),
        ] {
            assert_eq!(read(bytes).as_deref(), Ok(secret));
        }
        assert_eq!(read(&vec![b'x'; 65_536]).map(|text| text.len()), Ok(65_536));
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        let large = vec![b'x'; 65_537];
        for (bytes, reason) in [
            (&b""[..], "is empty"),
            (b"\n", "is empty"),
            (b"\r\n", "is empty"),
            (b"\xff\xfe", "is not text in UTF-8"),
            (&large, "is larger than 64 KiB, so it is no secret"),
        ] {
            assert_eq!(read(bytes).unwrap_err(), reason);
        }
    }

    #[test]
    fn a_file_has_one_line() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("secret");
        for (content, good) in [
            ("one", true),
            ("one\n", true),
            ("one\ntwo", false),
            ("one\n\n", false),
            ("o\tne", false),
            ("o\0ne", false),
        ] {
            std::fs::write(&file, content).unwrap();
            let read = read_line(&file, "secret-file");
            assert_eq!(read.is_ok(), good, "{content:?}");
            if let Err(Failure::Message(told)) = read {
                assert!(told.contains("--secret-file") && !told.contains("one"), "{told}");
            }
        }
        assert!(read_line(place.path(), "secret-file").is_err());
        assert!(read_line(&place.path().join("missing"), "secret-file").is_err());
    }
}
