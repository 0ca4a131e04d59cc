//! What commands say.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

/// Standard output: `writeln!(Stdout, …)?`.
///
/// A reader that has gone away (`valkyrie config | head -1`) has seen enough: what is written after that is dropped, and
/// the command ends as if all of it had been read. What else goes wrong, such as a full disk, is an error.
pub struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        unless_read_enough(io::stdout().write(bytes), bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        unless_read_enough(io::stdout().flush(), ())
    }
}

fn unless_read_enough<T>(outcome: io::Result<T>, done: T) -> io::Result<T> {
    match outcome {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(done),
        Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
        Err(error) => Err(io::Error::new(error.kind(), format!("standard output can't be written: {error}"))),
        Ok(value) => Ok(value),
    }
}

/// Says something beside the answer, on standard error. Where that can't be written there is nobody left to tell.
pub fn note(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}
