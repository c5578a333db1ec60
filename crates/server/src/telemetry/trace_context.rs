//! W3C Trace Context: the header fields `traceparent` and `tracestate`, read and written.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};

/// The header field with the ids (§3.2).
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// The header field of the tracing systems on the way (§3.3).
pub(crate) const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// Longest `tracestate` that is handed on (§3.3.1.5 wants 512 at least).
const LONGEST_STATE: usize = 512;

/// What the tracing systems on the way have written; not ours to understand.
pub(crate) type TraceState = Arc<str>;

/// A place in a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraceContext {
    /// The whole trace.
    pub(crate) trace_id: [u8; 16],
    /// This part of it.
    pub(crate) span_id: [u8; 8],
    /// The part that this one belongs to.
    pub(crate) parent: Option<[u8; 8]>,
    /// Whether the trace is recorded (§3.2.2.5).
    pub(crate) is_sampled: bool,
    /// What is handed on.
    pub(crate) state: Option<TraceState>,
}

impl TraceContext {
    /// A place in a trace that begins with it.
    pub(super) fn new(trace_id: [u8; 16], span_id: [u8; 8], is_sampled: bool) -> Self {
        Self { trace_id, span_id, parent: None, is_sampled, state: None }
    }

    /// A place below this one.
    pub(super) fn child(&self, span_id: [u8; 8]) -> Self {
        Self { span_id, parent: Some(self.span_id), ..self.clone() }
    }

    /// What a request says; `None` if it says nothing that can be read, and then the rest of it does not count either
    /// (§3.3.1.4, §4.3).
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let mut fields = headers.get_all(&TRACEPARENT).iter();
        let (field, None) = (fields.next()?, fields.next()) else { return None };
        let context = Self::parse(field.to_str().ok()?)?;
        Some(Self { state: state(headers), ..context })
    }

    /// Reads a `traceparent` (§3.2.2): of a later version what is known of it counts.
    fn parse(text: &str) -> Option<Self> {
        let (version, rest) = text.split_once('-')?;
        let [version] = bytes(version)?;
        let mut parts = rest.splitn(4, '-');
        let (trace_id, span_id, flags) = (bytes(parts.next()?)?, bytes(parts.next()?)?, bytes::<1>(parts.next()?)?);
        let more = parts.next().is_some();
        let known = version != 0xff && (version != 0 || !more);
        let is_null = trace_id == [0; 16] || span_id == [0; 8];
        (known && !is_null).then(|| Self::new(trace_id, span_id, flags[0] & 1 == 1))
    }

    /// The ids as `traceparent` for a call that is this part of the trace.
    pub(crate) fn traceparent(&self) -> String {
        format!("00-{}-{}-{:02x}", hex(&self.trace_id), hex(&self.span_id), u8::from(self.is_sampled))
    }

    /// Reads what [`TraceContext::traceparent`] wrote.
    pub(crate) fn of_traceparent(text: &str) -> Option<Self> {
        Self::parse(text)
    }

    /// The id of the whole trace, as logs have it.
    pub(crate) fn trace_id_text(&self) -> String {
        hex(&self.trace_id)
    }

    /// Header fields for such a call.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> + '_ {
        let own = (TRACEPARENT, HeaderValue::try_from(self.traceparent()).ok());
        let state = (TRACESTATE, self.state.as_deref().and_then(|state| HeaderValue::from_str(state).ok()));
        [own, state].into_iter().filter_map(|(name, value)| Some((name, value?)))
    }
}

/// All lines of `tracestate` as one list (§3.3.1.1). One that is too long or no text is left out as a whole.
fn state(headers: &HeaderMap) -> Option<TraceState> {
    let lines: Option<Vec<&str>> = headers.get_all(&TRACESTATE).iter().map(|value| value.to_str().ok()).collect();
    let joined = lines?.join(",");
    (!joined.is_empty() && joined.len() <= LONGEST_STATE).then(|| joined.into())
}

/// Bytes of lower-case hexadecimal digits, all of them and no more.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    let mut found = [0; N];
    for (byte, pair) in found.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(found)
}

/// Lower-case hexadecimal digits of bytes.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn what_is_read_is_what_is_written() {
        for flags in ["00", "01"] {
            let text = format!("00-{TRACE}-{SPAN}-{flags}");
            assert_eq!(TraceContext::parse(&text).unwrap().traceparent(), text);
        }
        let later = TraceContext::parse(&format!("cc-{TRACE}-{SPAN}-03-what-comes")).unwrap();
        assert_eq!(
            later.traceparent(),
            format!("00-{TRACE}-{SPAN}-01"),
            "bits and versions of the future are not handed on"
        );
    }

    #[test]
    fn what_cannot_be_read_does_not_count() {
        let zeros = "0".repeat(32);
        for text in [
            "",
            "00",
            TRACE,
            &format!("00-{TRACE}-{SPAN}"),
            &format!("00-{TRACE}-{SPAN}-01-more"),
            &format!("00-{TRACE}-{SPAN}-01-"),
            &format!("ff-{TRACE}-{SPAN}-01"),
            &format!("0-{TRACE}-{SPAN}-01"),
            &format!("00-{zeros}-{SPAN}-01"),
            &format!("00-{TRACE}-{}-01", &zeros[..16]),
            &format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            &format!("00-{TRACE}0-{SPAN}-01"),
            &format!("00-{TRACE}-{SPAN}-1"),
            &format!("00-{TRACE}-{SPAN}-0x"),
            &format!(" 00-{TRACE}-{SPAN}-01"),
        ] {
            assert_eq!(TraceContext::parse(text), None, "{text}");
        }
    }

    #[test]
    fn two_parents_are_none_and_states_are_one_list() {
        let parent = || HeaderValue::try_from(format!("00-{TRACE}-{SPAN}-01")).unwrap();
        let mut headers = HeaderMap::new();
        headers.append(TRACESTATE, HeaderValue::from_static("a=1"));
        assert_eq!(TraceContext::read(&headers), None, "a state without a parent");
        headers.append(TRACEPARENT, parent());
        headers.append(TRACESTATE, HeaderValue::from_static("b=2"));
        let read = TraceContext::read(&headers).unwrap();
        assert_eq!(read.state.as_deref(), Some("a=1,b=2"));
        let fields: Vec<_> = read.child([1; 8]).fields().collect();
        assert_eq!(fields[0].1, format!("00-{TRACE}-0101010101010101-01"));
        assert_eq!(fields[1].1, "a=1,b=2");
        headers.append(TRACESTATE, HeaderValue::try_from("x".repeat(LONGEST_STATE)).unwrap());
        assert_eq!(TraceContext::read(&headers).unwrap().state, None);
        headers.append(TRACEPARENT, parent());
        assert_eq!(TraceContext::read(&headers), None);
    }
}
