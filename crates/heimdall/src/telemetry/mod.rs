//! Logs, traces, metrics and audit lines.
