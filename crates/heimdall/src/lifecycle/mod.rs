//! Start, readiness and drain of a service, and the composition of its parts.
