//! The table of suites.

use crate::services::Service;
use crate::workspace::ALL_CODE;

/// Tests that need the same things.
pub(super) struct Suite {
    pub(super) name: &'static str,
    /// For `--help` and the report.
    pub(super) about: &'static str,
    pub(super) services: &'static [Service],
    /// Whether its tests read topics with kcat.
    pub(super) kcat: bool,
    pub(super) tests: Tests,
}

/// Which tests are a suite's.
#[derive(Clone, Copy)]
pub(super) enum Tests {
    /// All that belong to no other suite.
    Rest,
    /// Those in modules of this name, in any crate and at any depth.
    Module(&'static str),
    /// Those of the TypeScript workspace.
    Backstage,
}

/// A test's suite is the module it stands in: `mod kafka` in any crate holds tests that need Kafka. Tests that take
/// minutes have a suite of their own, too.
pub(super) const SUITES: &[Suite] = &[
    Suite {
        name: "unit",
        about: "all that needs no server, and the examples in the documentation",
        services: &[],
        kcat: false,
        tests: Tests::Rest,
    },
    Suite {
        name: "template",
        about: "the service that a template makes, built and tested on its own",
        services: &[],
        kcat: false,
        tests: Tests::Module("scaffolded"),
    },
    Suite {
        name: "postgres",
        about: "against a real PostgreSQL",
        services: &[Service::Postgres],
        kcat: false,
        tests: Tests::Module("postgres"),
    },
    Suite {
        name: "kafka",
        about: "against a real Kafka, with PostgreSQL beside it",
        services: &[Service::Kafka, Service::Postgres],
        kcat: true,
        tests: Tests::Module("kafka"),
    },
    Suite {
        name: "keycloak",
        about: "with the tokens of a real Keycloak",
        services: &[Service::Keycloak],
        kcat: false,
        tests: Tests::Module("keycloak"),
    },
    Suite {
        name: "platform",
        about: "the whole loop on PostgreSQL, Kafka and Keycloak together",
        services: &[Service::Kafka, Service::Postgres, Service::Keycloak],
        kcat: true,
        tests: Tests::Module("platform"),
    },
    Suite {
        name: "backstage",
        about: "the Backstage module, and the loop through a real Backstage",
        services: &[Service::Kafka, Service::Postgres, Service::Keycloak],
        kcat: false,
        tests: Tests::Backstage,
    },
    Suite {
        name: "readme",
        about: "what README.md tells a new user to type, in a fresh clone; builds for release",
        services: &[],
        kcat: false,
        tests: Tests::Module("readme"),
    },
];

impl Suite {
    /// What cargo is told. A filter is a part of a test's path, so `kafka::` names the module.
    pub(super) fn arguments(&self) -> Vec<String> {
        let [workspace, features] = ALL_CODE;
        let cargo = ["test", workspace, features, "--locked"];
        let mut arguments: Vec<String> = cargo.map(str::to_owned).to_vec();
        match self.tests {
            // Its tests start the binary that the tests of all crates start.
            Tests::Backstage => arguments.push("--no-run".to_owned()),
            Tests::Module(module) => {
                // Examples in the documentation are the first suite's.
                arguments.extend(["--no-fail-fast", "--lib", "--bins", "--tests", "--"].map(str::to_owned));
                arguments.push(format!("{module}::"));
            }
            Tests::Rest => {
                arguments.extend(["--no-fail-fast", "--"].map(str::to_owned));
                for suite in SUITES {
                    if let Tests::Module(module) = suite.tests {
                        arguments.extend(["--skip".to_owned(), format!("{module}::")]);
                    }
                }
            }
        }
        arguments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suite_that_is_a_module_is_left_out_of_the_first() {
        let rest = SUITES[0].arguments().join(" ");
        for suite in &SUITES[1..] {
            let module = match suite.tests {
                Tests::Module(module) => module,
                Tests::Backstage => continue,
                Tests::Rest => panic!("{} holds the rest, too", suite.name),
            };
            assert!(rest.contains(&format!("--skip {module}::")), "{rest}");
            assert!(suite.arguments().ends_with(&["--".into(), format!("{module}::")]));
        }
    }
}
