//! ${{ values.description }}

use std::process::ExitCode;

fn main() -> ExitCode {
    heimdall::run(host::NAME, host::compose)
}
