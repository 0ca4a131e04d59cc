//! Which process a process id meant: ids are used again, so an id alone is never enough to stop anything.

use std::process::Command;

/// A process id together with when that process started.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Identity {
    /// The process id.
    pub pid: i32,
    /// When it started: clock ticks since boot on Linux, a date elsewhere.
    pub started: String,
}

impl Identity {
    /// Of the process that now has this id; `None` when there is none, or when it is dead and merely not yet reaped.
    pub fn of(pid: i32) -> Option<Self> {
        if std::path::Path::new("/proc/self/stat").exists() {
            return Self::from_stat(pid, &std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?);
        }
        let output = Command::new("ps").args(["-o", "lstart=", "-p", &pid.to_string()]).output().ok()?;
        Self::from_date(pid, &String::from_utf8(output.stdout).ok()?)
    }

    /// This very process.
    pub fn own() -> Option<Self> {
        Self::of(i32::try_from(std::process::id()).ok()?)
    }

    /// Whether exactly that process still runs.
    pub fn is_alive(&self) -> bool {
        Self::of(self.pid).as_ref() == Some(self)
    }

    /// Whether nothing is left of it: a dead process keeps its id until its parent has taken note, and its ports
    /// until its last thread has ended.
    pub fn is_gone(&self) -> bool {
        !self.is_alive() && !std::path::Path::new(&format!("/proc/{}", self.pid)).exists()
    }

    /// Its direct children.
    pub fn children(&self) -> Vec<Self> {
        let listing = Command::new("ps").args(["-e", "-o", "pid=,ppid="]).output();
        let listing = listing.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        let pair = |line: &str| {
            let mut fields = line.split_whitespace().filter_map(|field| field.parse::<i32>().ok());
            Some((fields.next()?, fields.next()?))
        };
        let children = listing.lines().filter_map(pair).filter(|(_, parent)| *parent == self.pid);
        children.filter_map(|(pid, _)| Self::of(pid)).collect()
    }

    /// Reads what [`super::daemon`]'s launcher wrote: the id on the first line, then a `stat` line or a date.
    pub(super) fn from_file(text: &str) -> Option<Self> {
        let (pid, rest) = text.split_once('\n')?;
        let pid = pid.trim().parse().ok()?;
        if rest.contains(')') { Self::from_stat(pid, rest) } else { Self::from_date(pid, rest) }
    }

    /// `stat` is `pid (name) state ppid …`, where the name may hold anything; the start is the 22nd field.
    fn from_stat(pid: i32, stat: &str) -> Option<Self> {
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        let state = fields.next()?;
        let started = fields.nth(18)?.to_owned();
        (!matches!(state, "Z" | "X")).then_some(Self { pid, started })
    }

    fn from_date(pid: i32, date: &str) -> Option<Self> {
        let started = date.trim().to_owned();
        (!started.is_empty()).then_some(Self { pid, started })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "41 (a) b) S 1 41 41 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2 3";

    #[test]
    fn a_name_with_a_bracket_does_not_shift_the_start() {
        let identity = Identity::from_file(&format!("41\n{STAT}\n")).unwrap();
        assert_eq!(identity, Identity { pid: 41, started: "987654".into() });
    }

    #[test]
    fn a_zombie_is_dead() {
        assert_eq!(Identity::from_stat(41, &STAT.replace(") S", ") Z")), None);
    }

    #[test]
    fn another_process_with_the_same_id_is_another() {
        let own = Identity::own().unwrap();
        assert!(own.is_alive());
        assert!(!Identity { started: "1".into(), ..own }.is_alive());
    }
}
