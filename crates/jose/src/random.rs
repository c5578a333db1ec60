//! The source of randomness, handed around as a value so that tests can seed it.
//!
//! [`Rng`] either asks the system's generator through the cryptographic library or, for tests, replays a stream that
//! depends on a number alone. Key generation and signatures do not use it: the library draws for those by itself.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::backend;
use crate::digest::{HmacKey, base64url};

/// A source of random bytes; cloning is cheap and clones share one stream.
#[derive(Clone)]
pub struct Rng(Source);

#[derive(Clone)]
enum Source {
    System,
    Seeded(Arc<SeededStream>),
}

/// Block `i` of the stream is HMAC-SHA256(seed, i). Whoever asks takes the next whole blocks.
struct SeededStream {
    key: HmacKey,
    next_block: AtomicU64,
}

impl Rng {
    /// The system's cryptographically secure generator.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A stream fully determined by `seed`, **for tests only**: whoever knows the seed knows every token.
    ///
    /// The same sequence of requests gives the same bytes. Clones draw from the same stream.
    pub fn seeded(seed: u64) -> Self {
        let stream = SeededStream { key: HmacKey::new(&seed.to_be_bytes()), next_block: AtomicU64::new(0) };
        Self(Source::Seeded(Arc::new(stream)))
    }

    /// Overwrites all of `buffer` with random bytes.
    #[expect(clippy::expect_used, reason = "a server without entropy must stop rather than issue guessable tokens")]
    pub fn fill(&self, buffer: &mut [u8]) {
        match &self.0 {
            Source::System => backend::fill_random(buffer).expect("the system's random generator answers once booted"),
            Source::Seeded(stream) => stream.fill(buffer),
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut buffer = [0; N];
        self.fill(&mut buffer);
        buffer
    }

    /// `n_bytes` random bytes in base64url without padding: four characters for three bytes.
    pub fn token(&self, n_bytes: usize) -> String {
        let mut buffer = vec![0; n_bytes];
        self.fill(&mut buffer);
        base64url(&buffer)
    }

    /// `len` characters, each drawn from `charset` with the same probability; empty when `charset` is.
    ///
    /// `charset` holds at most 256 ASCII characters; any beyond are never drawn.
    pub fn alphabet(&self, charset: &[u8], len: usize) -> String {
        let size = charset.len().min(256);
        let mut text = String::with_capacity(len);
        if size == 0 {
            return text;
        }
        // Bytes at or above the largest multiple of `size` are thrown away: a remainder taken from them would favour
        // the first characters.
        let limit = 256 - 256 % size;
        let mut drawn = 0;
        while drawn < len {
            for byte in self.bytes::<32>() {
                let index = usize::from(byte);
                if index < limit && drawn < len {
                    text.push(char::from(charset[index % size]));
                    drawn += 1;
                }
            }
        }
        text
    }
}

impl SeededStream {
    fn fill(&self, buffer: &mut [u8]) {
        let blocks = buffer.len().div_ceil(32) as u64;
        let first = self.next_block.fetch_add(blocks, Ordering::Relaxed);
        for (number, chunk) in (first..).zip(buffer.chunks_mut(32)) {
            let block = self.key.tag(&[&number.to_be_bytes()]);
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

impl fmt::Debug for Rng {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.0 {
            Source::System => "Rng(system)",
            Source::Seeded(_) => "Rng(seeded)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_gives_the_same_stream() {
        let (one, two) = (Rng::seeded(7), Rng::seeded(7));
        assert_eq!(one.bytes::<40>(), two.bytes::<40>());
        assert_eq!(one.token(16), two.token(16));
        assert_ne!(one.token(16), one.clone().token(16), "clones share the stream");
        assert_ne!(Rng::seeded(7).token(16), Rng::seeded(8).token(16));
    }

    #[test]
    fn system_bytes_differ() {
        assert_ne!(Rng::system().bytes::<32>(), Rng::system().bytes::<32>());
        assert_eq!(Rng::system().token(32).len(), 43);
    }

    #[test]
    fn alphabet_is_unbiased_and_complete() {
        let rng = Rng::seeded(1);
        let text = rng.alphabet(b"BCDFGHJKLMNPQRSTVWXZ", 20_000);
        assert_eq!(text.len(), 20_000);
        for letter in "BCDFGHJKLMNPQRSTVWXZ".chars() {
            let count = text.chars().filter(|&found| found == letter).count();
            assert!((850..1150).contains(&count), "{letter}: {count}");
        }
        assert_eq!(rng.alphabet(b"", 5), "");
        assert_eq!(rng.alphabet(b"x", 3), "xxx");
        assert_eq!(rng.alphabet(b"ab", 0), "");
    }
}
