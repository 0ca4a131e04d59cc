/// Takes fingerprints of requests, by which a repeated one is recognised. They are kept for a day, and a request may hold
/// secrets: nobody who reads them should be able to guess what they are of.
pub trait Fingerprints: Send + Sync {
    /// The fingerprint of these bytes: equal for equal bytes, in hexadecimal digits.
    fn of(&self, bytes: &[u8]) -> String;
}
