//! One line of JSON per event. What may be written is in `docs/security.md`: ids, routes, codes and
//! durations; never keys, codes, tokens, identifiers or bodies.

use serde::Serialize;

use crate::platform::log_line;

/// The line that every answered request leaves.
#[derive(Debug, Serialize)]
pub struct Access<'a> {
    pub level: &'static str,
    pub worker: &'a str,
    pub request_id: &'a str,
    pub method: &'a str,
    pub path: &'a str,
    pub status: u16,
    pub ms: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'a str>,
}

/// A line about work that belongs to no request.
#[derive(Debug, Serialize)]
pub struct Event<'a> {
    pub level: &'static str,
    pub event: &'a str,
    pub id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'a str>,
}

/// Writes the line.
pub fn write(line: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(line) {
        log_line(&text);
    }
}
