//! What a person sees while a task works: lines on standard error, since standard output carries results.

use std::time::{Duration, Instant};

/// How long work may be silent before the next line says that it still goes on.
const SILENCE: Duration = Duration::from_secs(5);

/// Says one thing about `subject`.
pub fn note(subject: &str, text: &str) {
    eprintln!("{subject:>10}  {text}");
}

/// A wait that says from time to time that it still goes on.
pub struct Wait<'a> {
    subject: &'a str,
    what: &'a str,
    begun: Instant,
    said: Instant,
}

impl<'a> Wait<'a> {
    /// Begins to wait; nothing is said yet.
    pub fn begin(subject: &'a str, what: &'a str) -> Self {
        let now = Instant::now();
        Self { subject, what, begun: now, said: now }
    }

    /// Call this in the waiting loop; it sleeps a moment and speaks when it was silent for long.
    pub fn tick(&mut self) {
        std::thread::sleep(Duration::from_millis(100));
        if self.said.elapsed() >= SILENCE {
            note(self.subject, &format!("{} … {} s", self.what, self.begun.elapsed().as_secs()));
            self.said = Instant::now();
        }
    }

    /// How long it has waited.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }
}
