use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much is let in: the first two by the listeners, each for itself, the others by the layers. Part of a configuration
/// section.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// How many connections a listener holds at once; more wait until one is closed.
    pub connections: u32,
    /// Seconds in which the head of a request must be there; a connection without one, also between requests, is closed
    /// then.
    pub header_seconds: u32,
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
            connections: 4096,
            header_seconds: 10,
            body_bytes: 1024 * 1024,
            request_seconds: 30,
            requests_in_flight: 1024,
            caller_requests_per_second: 0,
            caller_burst: 100,
        }
    }
}
