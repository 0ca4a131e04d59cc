//! Health that is asked, not assumed: named checks for liveness, readiness and startup.
