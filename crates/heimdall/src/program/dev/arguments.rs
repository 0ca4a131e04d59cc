use std::path::PathBuf;

use clap::Args;

/// Arguments of `dev`.
#[derive(Debug, Clone, Default, Args)]
#[command(
    about = "Run it on this machine, with nothing to install",
    long_about = "Run it on this machine, with nothing to install\n\n\
        The data lives in one folder and survives a restart. A token and commands to try are printed at the start. \
        Listens on 127.0.0.1 only.",
    after_help = "\
Examples:
  {service} dev                                     data in .{service}/
  {service} dev --port 0 --data-dir /tmp/trial      on a free port, in another folder

Exit codes: 0 stopped, 1 failed, 2 wrong usage or configuration, 3 the port is taken or another `{service} dev` uses the folder"
)]
pub struct DevArguments {
    /// The port of everything; 0 picks a free one [default: http.port]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Where the data lives [default: .{service}]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}
