//! Who calls: bearer tokens, their verification, and the permissions they carry.
