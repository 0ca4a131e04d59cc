//! Per-hop trace context: who sent this record, in which trace.

use crate::messaging::record::Headers;

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// W3C trace context as it travels in a record's headers. Each hop writes its own, while the
/// event's attribute `traceparent` stays what it was when the event was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    /// `version-traceid-parentid-flags`, in lower-case hexadecimal.
    pub traceparent: String,
    /// What vendors add.
    pub tracestate: Option<String>,
}

impl TraceContext {
    /// The context in the headers, if there is a valid one: as W3C has it, a broken one is ignored
    /// together with its state.
    pub fn from_headers(headers: &Headers) -> Option<Self> {
        let traceparent = headers.text(TRACEPARENT).filter(|text| is_traceparent(text))?.to_owned();
        let tracestate = headers.text(TRACESTATE).filter(|text| !text.is_empty()).map(str::to_owned);
        Some(Self { traceparent, tracestate })
    }

    /// Writes the context, in place of one that is there.
    pub fn write(&self, headers: &mut Headers) {
        headers.set(TRACEPARENT, self.traceparent.clone());
        headers.remove(TRACESTATE);
        if let Some(tracestate) = &self.tracestate {
            headers.push(TRACESTATE, tracestate.clone());
        }
    }
}

/// Whether the text is a `traceparent`: of version 00 exactly, of later versions as far as known.
pub fn is_traceparent(text: &str) -> bool {
    let hex = |part: &str, len: usize| {
        part.len() == len && part.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
    };
    let not_zero = |part: &str| part.bytes().any(|b| b != b'0');
    let parts: Vec<_> = text.split('-').collect();
    match parts.as_slice() {
        [version, trace, parent, flags, rest @ ..] => {
            hex(version, 2)
                && *version != "ff"
                && (rest.is_empty() || *version != "00")
                && hex(trace, 32)
                && not_zero(trace)
                && hex(parent, 16)
                && not_zero(parent)
                && hex(flags, 2)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn each_hop_replaces_the_context_before_it() {
        let mut headers = Headers::new();
        headers.push("traceparent", VALID.replace("-01", "-00"));
        headers.push("tracestate", "old=1");
        let context = TraceContext { traceparent: VALID.to_owned(), tracestate: None };
        context.write(&mut headers);
        assert_eq!(TraceContext::from_headers(&headers), Some(context));
        assert_eq!(headers.len(), 1);
    }

    #[test]
    fn a_broken_context_is_none() {
        for broken in [
            "",
            "00",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        ] {
            assert!(!is_traceparent(broken), "{broken}");
        }
        assert!(is_traceparent(&VALID.replacen("00", "01", 1)));
    }
}
