use std::cell::Cell;
use std::time::{Duration, Instant};

use serde_json::Value;
use thiserror::Error;

/// What one scaffolding may use up. Reaching a limit stops it, and the step fails with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Wall time of one step.
    pub time: Duration,
    /// Wall time of all steps, from when the scaffolding is opened to its archive.
    pub whole_time: Duration,
    /// Operations of the template language in one scaffolding; each 16 bytes that an operation touches count as one,
    /// and so do each 256 bytes that a step writes to a file.
    pub fuel: u64,
    /// Bytes of one value within the template language.
    pub value_bytes: usize,
    /// Levels of lists and objects in one value.
    pub value_depth: usize,
    /// Bytes of one file.
    pub file_bytes: usize,
    /// Bytes of all files together, before they are compressed.
    pub output_bytes: usize,
    /// Number of files.
    pub files: usize,
    /// Folders a file may lie deep.
    pub path_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(30),
            whole_time: Duration::from_mins(2),
            fuel: 10_000_000,
            value_bytes: 1 << 20,
            value_depth: 64,
            file_bytes: 8 << 20,
            output_bytes: 64 << 20,
            files: 20_000,
            path_depth: 32,
        }
    }
}

/// Why a scaffolding was stopped.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Stop {
    /// The step took too long.
    #[error("it took longer than {0:?}")]
    Time(Duration),
    /// All steps together took too long.
    #[error("all steps together took longer than {0:?}")]
    WholeTime(Duration),
    /// The template goes on and on.
    #[error("the template takes more than {0} operations: it loops too long")]
    Fuel(u64),
    /// A value grew without end.
    #[error("the template makes a value of more than {0} bytes")]
    Value(usize),
    /// A value is nested without end.
    #[error("the template makes a value that is nested more than {0} levels deep")]
    Depth(usize),
    /// A file grew without end.
    #[error("the template makes a file of more than {0} bytes")]
    File(usize),
    /// All files together grew without end.
    #[error("the template makes more than {0} bytes in all")]
    Output(usize),
    /// Files without end.
    #[error("the template makes more than {0} files")]
    Files(usize),
}

impl Stop {
    /// Whether another try may end better: a busy machine is slow, everything else is the template's own doing.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Time(_) | Self::WholeTime(_))
    }
}

/// What is left of the limits while a scaffolding runs.
#[derive(Debug)]
pub(super) struct Budget {
    pub(super) limits: Limits,
    fuel: Cell<u64>,
    deadline: Cell<Instant>,
    end: Instant,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        let now = Instant::now();
        let (deadline, end) = (Cell::new(now + limits.time), now + limits.whole_time);
        Self { fuel: Cell::new(limits.fuel), deadline, end, limits }
    }

    /// A step begins: it has its own time. (Monotonic time of this process, not a time of day: no clock's business.)
    pub(super) fn start_step(&self) {
        self.deadline.set(Instant::now() + self.limits.time);
    }

    /// Pays for an operation that touches `bytes` bytes.
    pub(super) fn spend(&self, bytes: usize) -> Result<(), Stop> {
        let cost = 1 + (bytes / 16) as u64;
        let left = self.fuel.get().checked_sub(cost).ok_or(Stop::Fuel(self.limits.fuel))?;
        let crossed = left / 4096 != self.fuel.get() / 4096;
        self.fuel.set(left);
        if crossed { self.check() } else { Ok(()) }
    }

    /// Stops where it is too late.
    pub(super) fn check(&self) -> Result<(), Stop> {
        let now = Instant::now();
        if now > self.deadline.get() {
            return Err(Stop::Time(self.limits.time));
        }
        if now > self.end { Err(Stop::WholeTime(self.limits.whole_time)) } else { Ok(()) }
    }

    /// Pays for reading a text, before it is parsed.
    pub(super) fn read(&self, text: &str) -> Result<(), Stop> {
        self.spend(text.len())?;
        self.check()
    }

    /// Pays for writing a file. Cheaper than what the language makes: all output that there may be is to be affordable
    /// once, but not again in each of many steps.
    pub(super) fn write(&self, bytes: usize) -> Result<(), Stop> {
        self.spend(bytes / 16)?;
        self.check()
    }

    /// Pays for a new value, and refuses one that is too big or nested too deep.
    pub(super) fn admit(&self, value: &Value) -> Result<(), Stop> {
        let size = self.weigh(value, 0)?;
        if size > self.limits.value_bytes {
            return Err(Stop::Value(self.limits.value_bytes));
        }
        self.spend(size)
    }

    /// A value that is put together of others begins.
    pub(super) fn whole(&self) -> Whole<'_> {
        Whole { budget: self, bytes: 0 }
    }

    /// Roughly the bytes of a value.
    fn weigh(&self, value: &Value, depth: usize) -> Result<usize, Stop> {
        if depth > self.limits.value_depth {
            return Err(Stop::Depth(self.limits.value_depth));
        }
        let mut size = 8;
        match value {
            Value::String(text) => size += text.len(),
            Value::Array(items) => {
                for item in items {
                    size += self.weigh(item, depth + 1)?;
                }
            }
            Value::Object(members) => {
                for (key, member) in members {
                    size += key.len() + self.weigh(member, depth + 1)?;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        Ok(size)
    }
}

/// What is put together so far of one value. Its members may all be the same one, each small enough alone.
#[derive(Debug)]
pub(super) struct Whole<'b> {
    budget: &'b Budget,
    bytes: usize,
}

impl Whole<'_> {
    /// Counts one more member, and refuses it where the whole gets too big.
    pub(super) fn add(&mut self, member: &Value) -> Result<(), Stop> {
        let size = self.budget.weigh(member, 0)?;
        self.grow(size)
    }

    /// Counts a list, or an object's key of this many bytes.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), Stop> {
        self.bytes = self.bytes.saturating_add(bytes);
        let limit = self.budget.limits.value_bytes;
        if self.bytes > limit { Err(Stop::Value(limit)) } else { Ok(()) }
    }
}
