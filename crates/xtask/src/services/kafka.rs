//! Apache Kafka as one `KRaft` node.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::daemon::Launch;
use super::download::Download;
use super::tools;

/// Of 4.4.0 not all parts can be had, so the newest whole one.
pub(super) const DOWNLOAD: Download = Download {
    name: "kafka",
    version: "4.3.1",
};

/// A cluster's id is a UUID in base64; this one is as good as any for a cluster of one.
const CLUSTER: &str = "dmFsa3lyaWUtdGVzdHMtMQ";

/// Ports of the broker and of the controller.
pub(super) const PORTS: usize = 2;

/// Writes the configuration and formats the folder of an unused node.
pub(super) fn prepare(folder: &Path, ports: &[u16]) -> Result<Launch> {
    let java = tools::java()?;
    let libraries = DOWNLOAD.cached(|_| Ok(()))?;
    DOWNLOAD.verify(&libraries)?;
    let classes = format!("{}/*", libraries.display());
    let properties = folder.join("server.properties");
    let data = folder.join("data");

    let text = include_str!("../../services/kafka/server.properties")
        .replace("@broker@", &ports[0].to_string())
        .replace("@controller@", &ports[1].to_string())
        .replace("@data@", &data.display().to_string());
    fs::write(&properties, text)
        .with_context(|| format!("{} can't be written", properties.display()))?;

    if !data.join("meta.properties").exists() {
        let format = Command::new(&java)
            .args([
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                &classes,
            ])
            .args(["kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c"])
            .arg(&properties)
            .output()
            .with_context(|| format!("{} can't be run", java.display()))?;
        if !format.status.success() {
            bail!(
                "Kafka could not format {}: {}",
                data.display(),
                String::from_utf8_lossy(&format.stderr).trim()
            );
        }
    }
    let command = [
        &java.display().to_string(),
        "-Xmx512m",
        "-cp",
        &classes,
        "kafka.Kafka",
        &properties.display().to_string(),
    ];
    Ok(Launch {
        command: command.map(str::to_owned).to_vec(),
        environment: vec![],
    })
}
