//! Apache Kafka as one `KRaft` node.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::daemon::Launch;
use super::download::Download;
use super::tools;

/// Of 4.4.0 not all parts can be had, so the newest whole one.
pub(super) const DOWNLOAD: Download = Download { name: "kafka", version: "4.3.1" };

/// A cluster's id is a UUID in base64; this one is as good as any for a cluster of one.
const CLUSTER: &str = "dmFsa3lyaWUtdGVzdHMtMQ";

/// Ports of the broker and of the controller.
pub(super) const PORTS: usize = 2;

/// Writes the configuration; the folder of an unused node is formatted first.
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
    fs::write(&properties, text).with_context(|| format!("{} can't be written", properties.display()))?;

    let java = java.display().to_string();
    let properties = properties.display().to_string();
    let tool = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", &classes, "kafka.tools.StorageTool"];
    let mut format = vec![java.as_str()];
    format.extend(tool);
    format.extend(["format", "--ignore-formatted", "-t", CLUSTER, "-c", &properties]);
    let meta = data.join("meta.properties").display().to_string();
    let command = [&java, "-Xmx512m", "-cp", &classes, "kafka.Kafka", &properties];
    Ok(Launch {
        preparation: format!("[ -e {} ] || {}", tools::quoted(&meta), tools::shell(&owned(&format))),
        command: owned(&command),
        environment: vec![],
    })
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
