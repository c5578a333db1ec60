//! One word or value: the shortest of its possible forms.
//!
//! First byte: `0x80 | index` for a known word; otherwise a kind in bits 4–6 and a length in bits
//! 0–3, where 15 means that the length follows.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::percent;
use super::reader::{Reader, write_length};

pub(super) const LITERAL: u8 = 0;
const BASE64URL: u8 = 1;
const PERCENT: u8 = 2;
const UUID: u8 = 3;
const HEXADECIMAL: u8 = 4;
/// Lists are values, not atoms; `value` reads them.
pub(super) const LIST: u8 = 5;

const KNOWN_WORD: u8 = 0x80;

/// Known words. The order is part of the format: add at the end only, up to 128.
const WORDS: [&str; 62] = [
    "code",
    "token",
    "id_token",
    "none",
    "S256",
    "plain",
    "query",
    "fragment",
    "form_post",
    "web_message",
    "jwt",
    "query.jwt",
    "fragment.jwt",
    "form_post.jwt",
    "openid",
    "offline_access",
    "offline",
    "profile",
    "email",
    "address",
    "phone",
    "login",
    "consent",
    "select_account",
    "create",
    "registration",
    "page",
    "popup",
    "touch",
    "wap",
    "true",
    "false",
    "0",
    "1",
    "60",
    "300",
    "3600",
    "86400",
    "online",
    "read",
    "write",
    "api",
    "admin",
    "user",
    "groups",
    "roles",
    "permissions",
    "userinfo_credential_draft_00",
    "pwd",
    "otp",
    "mfa",
    "phr",
    "phrh",
    "en",
    "en-US",
    "en-GB",
    "de",
    "fr",
    "es",
    "ja",
    "zh-CN",
    "pt-BR",
];

/// Appends the shortest form of the text.
pub(super) fn encode(text: &str, out: &mut Vec<u8>) {
    if let Some(index) = WORDS.iter().position(|word| *word == text)
        && let Ok(index) = u8::try_from(index)
    {
        out.push(KNOWN_WORD | index);
        return;
    }
    let mut best = form(LITERAL, text.as_bytes());
    for candidate in
        [uuid_form(text), hexadecimal_form(text), base64url_form(text), percent_form(text)].into_iter().flatten()
    {
        if candidate.len() < best.len() {
            best = candidate;
        }
    }
    out.append(&mut best);
}

/// Reads one atom and appends its text.
pub(super) fn decode(reader: &mut Reader<'_>, text: &mut String) -> Option<()> {
    let head = reader.byte()?;
    decode_after_head(head, reader, text)
}

/// The same when the first byte was already read.
pub(super) fn decode_after_head(head: u8, reader: &mut Reader<'_>, text: &mut String) -> Option<()> {
    if head & KNOWN_WORD != 0 {
        text.push_str(WORDS.get(usize::from(head & 0x7f))?);
        return Some(());
    }
    let kind = head >> 4;
    if kind == UUID {
        return decode_uuid(head & 15, reader.take(16)?, text);
    }
    let length = small_length(head, reader)?;
    match kind {
        LITERAL => text.push_str(std::str::from_utf8(reader.take(length)?).ok()?),
        BASE64URL => URL_SAFE_NO_PAD.encode_string(reader.take(length)?, text),
        PERCENT => {
            let style = reader.byte()?;
            percent::unpack(style, reader.take(length)?, text)?;
        }
        HEXADECIMAL => {
            for byte in reader.take(length)? {
                text.push(char::from_digit(u32::from(byte >> 4), 16)?);
                text.push(char::from_digit(u32::from(byte & 15), 16)?);
            }
        }
        _ => return None,
    }
    Some(())
}

/// The length in a first byte, or the one that follows it.
pub(super) fn small_length(head: u8, reader: &mut Reader<'_>) -> Option<usize> {
    match head & 15 {
        15 => reader.length(),
        short => Some(usize::from(short)),
    }
}

/// A first byte of this kind and length.
pub(super) fn write_head(kind: u8, length: usize, out: &mut Vec<u8>) {
    match u8::try_from(length) {
        Ok(short) if short < 15 => out.push(kind << 4 | short),
        _ => {
            out.push(kind << 4 | 15);
            write_length(length, out);
        }
    }
}

fn form(kind: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 3);
    write_head(kind, bytes.len(), &mut out);
    out.extend_from_slice(bytes);
    out
}

fn base64url_form(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    (URL_SAFE_NO_PAD.encode(&bytes) == text).then(|| form(BASE64URL, &bytes))
}

fn hexadecimal_form(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.bytes().map(|byte| if byte.is_ascii_uppercase() { None } else { digit(byte) }).collect::<Option<_>>()?;
    let (pairs, odd) = digits.as_chunks::<2>();
    if !odd.is_empty() {
        return None;
    }
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    Some(form(HEXADECIMAL, &bytes))
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn percent_form(text: &str) -> Option<Vec<u8>> {
    let (style, rest) = percent::pack(text)?;
    let mut out = Vec::with_capacity(rest.len() + 4);
    write_head(PERCENT, rest.len(), &mut out);
    out.push(style);
    out.extend_from_slice(&rest);
    Some(out)
}

const UPPER_CASE: u8 = 1;
const WITHOUT_DASHES: u8 = 2;

fn uuid_form(text: &str) -> Option<Vec<u8>> {
    if !matches!(text.len(), 32 | 36) {
        return None;
    }
    let bytes = uuid::Uuid::try_parse(text).ok()?.into_bytes();
    (0..4).find_map(|flags| {
        let mut again = String::new();
        decode_uuid(flags, &bytes, &mut again)?;
        (again == text).then(|| {
            let mut out = vec![UUID << 4 | flags];
            out.extend_from_slice(&bytes);
            out
        })
    })
}

fn decode_uuid(flags: u8, bytes: &[u8], text: &mut String) -> Option<()> {
    let uuid = uuid::Uuid::from_slice(bytes).ok()?;
    let mut buffer = uuid::Uuid::encode_buffer();
    let written: &str = match flags {
        0 => uuid.hyphenated().encode_lower(&mut buffer),
        UPPER_CASE => uuid.hyphenated().encode_upper(&mut buffer),
        WITHOUT_DASHES => uuid.simple().encode_lower(&mut buffer),
        3 => uuid.simple().encode_upper(&mut buffer),
        _ => return None,
    };
    text.push_str(written);
    Some(())
}
