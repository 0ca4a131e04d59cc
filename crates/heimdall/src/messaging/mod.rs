//! Events: envelope, log, outbox, inbox and consumers.
