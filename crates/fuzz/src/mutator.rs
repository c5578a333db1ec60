//! Changes to bytes, from a seed: what one run found, another run finds again.

use symbolon_jose::Rng;

/// Pieces that parsers trip over.
const PIECES: &[&str] = &[
    "",
    "\0",
    "%00",
    "%",
    "%zz",
    "%25%32%35",
    "\r\n",
    "\n",
    "\u{1b}[2J",
    "\u{202e}",
    "\u{feff}",
    "\u{fffd}",
    "é",
    "*",
    " ",
    "+",
    "&",
    "=",
    "&&",
    ";",
    ",",
    ":",
    "/",
    "//",
    "/..;/",
    "/../",
    "\\",
    "@",
    "#",
    "?",
    "[",
    "]",
    "{",
    "}",
    "[[[[[[[[",
    "{\"a\":",
    "\"",
    "'",
    "null",
    "true",
    "-1",
    "0",
    "9223372036854775807",
    "18446744073709551616",
    "1e999",
    "NaN",
    "http://",
    "https://[::1]:0/",
    "http://127.0.0.1:65536/",
    "javascript:alert(1)",
    "urn:a:b",
    "openid",
    "none",
    "HS256",
    "RS256",
    "eyJhbGciOiJub25lIn0",
    ".",
    "..",
    "..a",
    "AAAA",
    "____",
    "----",
    "=====",
];
/// Longest result, in bytes.
const LONGEST: usize = 16 * 1024;

/// A source of changes.
pub struct Mutator {
    rng: Rng,
}

impl Mutator {
    /// Changes that follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self { rng: Rng::seeded(seed) }
    }

    /// A number below `bound`; 0 where that is 0.
    pub fn below(&self, bound: usize) -> usize {
        let number = u32::from_le_bytes(self.rng.bytes());
        usize::try_from(number).unwrap_or(0) % bound.max(1)
    }

    /// One of `choices`; `None` when there are none.
    pub fn pick<'c, T>(&self, choices: &'c [T]) -> Option<&'c T> {
        choices.get(self.below(choices.len()))
    }

    /// A piece that parsers trip over.
    pub fn piece(&self) -> &'static str {
        self.pick(PIECES).copied().unwrap_or_default()
    }

    /// `bytes` with one to four changes.
    pub fn change(&self, bytes: &[u8]) -> Vec<u8> {
        let mut changed = bytes.to_vec();
        for _ in 0..=self.below(4) {
            self.change_once(&mut changed);
        }
        changed.truncate(LONGEST);
        changed
    }

    fn change_once(&self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        let end = at + self.below(bytes.len() + 1 - at);
        match self.below(8) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << self.below(8);
                }
            }
            1 => bytes.insert(at, self.rng.bytes::<1>()[0]),
            2 => {
                bytes.drain(at..end);
            }
            3 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            4 => bytes.truncate(at),
            5 => {
                let repeated = self.piece().as_bytes().repeat(1 + self.below(200));
                bytes.splice(at..at, repeated);
            }
            _ => {
                bytes.splice(at..end.min(at + 8), self.piece().bytes());
            }
        }
        bytes.truncate(LONGEST);
    }
}
