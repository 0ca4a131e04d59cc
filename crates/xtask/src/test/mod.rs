//! `cargo xtask test`: every suite, with the servers it needs, and a report that hides nothing.

mod report;
mod run;
mod suite;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use self::report::{Outcome, Report};
use self::suite::{SUITES, Suite, Tests};
use crate::interrupt::Interrupt;
use crate::output::note;
use crate::services::{Identity, Service, Services, kcat, node};

/// A test that finds its server's variable unset must fail when this is set, instead of passing without having run.
const STRICT: &str = "VALKYRIE_TEST_STRICT";

/// Run the tests with the servers they need, and take those down again
///
/// Suites are modules: `mod kafka` in any crate holds tests that need Kafka. What can't be brought up is NOT RUN, with
/// the command that installs it; with CI=true that is a failure.
#[derive(clap::Args)]
pub struct Arguments {
    /// Run this suite only; may be given several times
    #[arg(long, value_name = "SUITE")]
    only: Vec<String>,
    /// Say which suites there are
    #[arg(long)]
    list: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.list {
        for suite in SUITES {
            println!("{:<12}{}", suite.name, suite.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let suites = chosen(&arguments.only)?;
    let interrupt = Interrupt::listen()?;
    let owner = Identity::own().context("this process can't be found among the processes")?;
    let here = Services::here()?;
    // Asked for before anything is built: cargo may link this program anew, and Linux then calls the running one
    // deleted.
    let program = std::env::current_exe().context("the path of this program is unknown")?;
    let runner = Runner { here: &here, program: &program, interrupt: &interrupt };

    let mut needed: Vec<Service> = suites.iter().flat_map(|suite| suite.services.iter().copied()).collect();
    needed.sort_unstable();
    needed.dedup();

    let mut report = Report::default();
    // Servers start while the suites that need none are built and run.
    std::thread::scope(|scope| -> Result<()> {
        let starting = scope.spawn(|| here.up_all(&needed, None, Some(&owner)));
        let (with, without): (Vec<&Suite>, Vec<&Suite>) = suites.iter().partition(|suite| !suite.services.is_empty());
        for suite in without {
            report.add(suite.name, runner.attempt(suite, &[]));
        }
        let started = starting.join().unwrap_or_default();
        let failures: Vec<(Service, String)> = started
            .into_iter()
            .filter_map(|(service, outcome)| Some((service, format!("{:#}", outcome.err()?))))
            .collect();
        for suite in with {
            report.add(suite.name, runner.attempt(suite, &failures));
        }
        Ok(())
    })?;
    for service in &needed {
        if let Err(error) = here.release(*service, &owner) {
            note(service.name(), &format!("can't be taken down: {error:#}"));
        }
    }
    // Who names a suite wants it to run.
    let ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
    let strict = ci || interrupt.came() || !arguments.only.is_empty();
    Ok(report.finish(strict))
}

fn chosen(only: &[String]) -> Result<Vec<&'static Suite>> {
    if only.is_empty() {
        return Ok(SUITES.iter().collect());
    }
    let names: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
    let find = |name: &String| match SUITES.iter().find(|suite| suite.name == name) {
        Some(suite) => Ok(suite),
        None => bail!("there is no suite `{name}`; there are: {}", names.join(", ")),
    };
    only.iter().map(find).collect()
}

/// What suites are run with.
struct Runner<'a> {
    here: &'a Services,
    /// Where this program is.
    program: &'a Path,
    interrupt: &'a Interrupt,
}

impl Runner<'_> {
    fn attempt(&self, suite: &Suite, failures: &[(Service, String)]) -> Outcome {
        if self.interrupt.came() {
            return Outcome::NotRun("interrupted".to_owned());
        }
        if let Some((service, reason)) = failures.iter().find(|(service, _)| suite.services.contains(service)) {
            return Outcome::NotRun(format!("{}: {reason}", service.name()));
        }
        let uses_node = matches!(suite.tests, Tests::Backstage);
        if let Some(missing) = suite.kcat.then(kcat).flatten().or_else(|| uses_node.then(node).flatten()) {
            return Outcome::NotRun(missing.to_string());
        }
        note("test", &format!("suite {}: {}", suite.name, suite.about));
        match run::run(suite, &self.valkyrie(), &self.variables(suite), self.interrupt) {
            Err(error) => Outcome::Broken(format!("{error:#}")),
            Ok(_) if self.interrupt.came() => Outcome::NotRun("interrupted".to_owned()),
            Ok(run) if run.success && run.counts.skipped > 0 => {
                Outcome::Broken(format!("it left out {} tests", run.counts.skipped))
            }
            Ok(run) if run.success && run.counts.passed == 0 => Outcome::Broken("it ran no test".to_owned()),
            Ok(run) if run.success => Outcome::Passed(run.counts),
            Ok(run) => Outcome::Failed(run.counts),
        }
    }

    /// Where the suite's servers are; those that it has not asked for are hidden from it.
    fn variables(&self, suite: &Suite) -> Vec<(String, Option<String>)> {
        let mut variables = vec![(STRICT.to_owned(), Some("1".to_owned()))];
        for service in Service::ALL {
            if suite.services.contains(&service) {
                let environment = self.here.status(service).environment;
                variables.extend(environment.into_iter().map(|(name, value)| (name.to_owned(), Some(value))));
            } else {
                variables.push((service.variable().to_owned(), None));
            }
        }
        // For tests of outages: `$VALKYRIE_TEST_XTASK services stop kafka`.
        variables.push(("VALKYRIE_TEST_XTASK".to_owned(), Some(self.program.display().to_string())));
        variables.push(("VALKYRIE_SERVICES_DIR".to_owned(), Some(self.here.dir().display().to_string())));
        variables
    }

    /// Where cargo puts the binary that tests start: beside this one.
    fn valkyrie(&self) -> PathBuf {
        self.program.with_file_name("valkyrie")
    }
}
