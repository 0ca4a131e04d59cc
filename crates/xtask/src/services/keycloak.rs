//! Keycloak with the realm of `services/keycloak/realm.json`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::daemon::Launch;
use super::download::Download;
use super::tools;
use crate::output::note;

/// The newest at the time of writing.
pub(super) const DOWNLOAD: Download = Download { name: "keycloak", version: "26.7.3" };

/// Ports of the server and of its management (health).
pub(super) const PORTS: usize = 2;

/// The administrator of the master realm, for tests that rotate keys or change users.
pub(super) const ADMINISTRATOR: &str = "admin";

/// What `bin/kc.sh` would say to Java. It is not used because it stays as the parent of the server, so that a
/// signal would reach the script; here the process that is started is the server.
const JAVA_OPTIONS: [&str; 13] = [
    "-Xms64m",
    "-Xmx512m",
    "-XX:MaxMetaspaceSize=256m",
    "-XX:TieredStopAtLevel=1",
    "-Dfile.encoding=UTF-8",
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    "-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
    "-Dpicocli.disable.closures=true",
    "-Dquarkus-log-max-startup-records=10000",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.security=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
];

/// Lays out a home of its own: the built tree is shared through links, the data are not.
pub(super) fn prepare(folder: &Path, ports: &[u16]) -> Result<Launch> {
    let java = tools::java()?;
    let tree = DOWNLOAD.cached(|staging| unpack_and_build(staging, &java))?;
    let imports = folder.join("data/import");
    fs::create_dir_all(&imports).with_context(|| format!("{} can't be made", imports.display()))?;
    for name in ["lib", "conf", "providers", "themes"] {
        let link = folder.join(name);
        if !link.is_symlink() {
            std::os::unix::fs::symlink(tree.join(name), &link)
                .with_context(|| format!("{} can't be made", link.display()))?;
        }
    }
    fs::write(imports.join("valkyrie.json"), include_str!("../../services/keycloak/realm.json"))?;

    let mut command = program(&java, folder);
    command.extend(["start", "--optimized", "--http-enabled=true", "--http-host=127.0.0.1"].map(str::to_owned));
    command.extend(["--cache=local", "--import-realm"].map(str::to_owned));
    command.push(format!("--http-port={}", ports[0]));
    command.push(format!("--http-management-port={}", ports[1]));
    command.push(format!("--hostname=http://127.0.0.1:{}", ports[0]));
    let administrator = |name: &str| (format!("KC_BOOTSTRAP_ADMIN_{name}"), ADMINISTRATOR.to_owned());
    Ok(Launch {
        preparation: String::new(),
        command,
        environment: vec![administrator("USERNAME"), administrator("PASSWORD")],
    })
}

fn program(java: &Path, home: &Path) -> Vec<String> {
    let home = home.display();
    let mut command = vec![java.display().to_string()];
    command.extend(JAVA_OPTIONS.map(str::to_owned));
    command.push(format!("-Dkc.home.dir={home}"));
    command.push(format!("-Djboss.server.config.dir={home}/conf"));
    command.extend(["-cp".to_owned(), format!("{home}/lib/quarkus-run.jar")]);
    command.push("io.quarkus.bootstrap.runner.QuarkusEntryPoint".to_owned());
    command
}

/// Turns the archive into a built tree: Keycloak otherwise builds itself at its first start, half a minute.
fn unpack_and_build(staging: &Path, java: &Path) -> Result<()> {
    let archive = staging.join(format!("keycloak-quarkus-dist-{}.tar.gz", DOWNLOAD.version));
    let unpacked =
        Command::new("tar").arg("-xzf").arg(&archive).args(["--strip-components=1", "-C"]).arg(staging).status();
    if !unpacked.context("tar can't be run")?.success() {
        bail!("tar could not unpack {}", archive.display());
    }
    fs::remove_file(&archive)?;
    note(DOWNLOAD.name, "building its tree, once (about 20 s)");
    let command = program(java, staging);
    let build = Command::new(&command[0])
        .args(&command[1..])
        .args(["build", "--db=dev-file", "--health-enabled=true"])
        .output()
        .with_context(|| format!("{} can't be run", java.display()))?;
    if !build.status.success() {
        bail!("Keycloak could not be built: {}", String::from_utf8_lossy(&build.stdout).trim());
    }
    Ok(())
}
