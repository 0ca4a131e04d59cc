use std::{
    thread,
    time::{Duration, Instant},
};

use super::{DataFolder, Instance};
use crate::program::CommandError;

/// How long a command waits for an instance that is starting.
const START: Duration = Duration::from_secs(10);

/// The instance that runs in the folder, once it has started.
pub(in crate::program) fn running(folder: &DataFolder, service: &str) -> Result<Instance, CommandError> {
    let since = Instant::now();
    loop {
        if !folder.is_locked() {
            return Err(CommandError::failed(format!(
                "no `{service} dev` is running with the folder {}: start one, or say which folder it uses with --data-dir",
                folder.path().display()
            )));
        }
        if let Some(instance) = folder.instance() {
            return Ok(instance);
        }
        if since.elapsed() > START {
            return Err(CommandError::failed(format!(
                "the `{service} dev` with the folder {} is not ready yet: its standard error says why",
                folder.path().display()
            )));
        }
        thread::sleep(Duration::from_millis(20));
    }
}
