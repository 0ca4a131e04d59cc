//! HTTP conventions: problem documents, strict extractors, and the layers around every route.
