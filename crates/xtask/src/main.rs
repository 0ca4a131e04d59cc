//! `cargo xtask`: see `cargo xtask --help`.

use std::process::ExitCode;

use clap::Parser;

/// What developers and CI run.
#[derive(Parser)]
#[command(name = "cargo xtask", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(clap::Subcommand)]
enum Task {
    Services(xtask::services::Arguments),
    Test(xtask::test::Arguments),
    Check(xtask::check::Arguments),
    Bench(xtask::bench::Arguments),
    /// Write the files that programs write (`check` compares them)
    Generate,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Services(arguments) => xtask::services::run(&arguments),
        Task::Test(arguments) => xtask::test::run(&arguments),
        Task::Bench(arguments) => xtask::bench::run(&arguments),
        Task::Check(arguments) => xtask::check::run(&arguments),
        Task::Generate => xtask::check::generate().map(|()| ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
