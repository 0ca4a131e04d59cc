use serde::{Deserialize, Serialize};

/// How much the layers let in. Part of a configuration section.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The most bytes a body may have.
    pub body_bytes: usize,
    /// Seconds until a request that has no answer is given up. The body of a response may take longer.
    pub request_seconds: u64,
    /// How many requests are worked on at once; more are refused with 503.
    pub requests_in_flight: usize,
    /// How many requests a caller may send per second for long; 0 for as many as they like. More are refused with 429.
    pub caller_requests_per_second: u32,
    /// How many requests a caller may send at once after a pause.
    pub caller_burst: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            request_seconds: 30,
            requests_in_flight: 1024,
            caller_requests_per_second: 0,
            caller_burst: 100,
        }
    }
}
