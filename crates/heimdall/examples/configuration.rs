//! Writes the configuration that every service has into the folder that is named: `heimdall.toml` with every key, and
//! its JSON Schema for editors. `cargo xtask generate` runs it.

use std::{env, error::Error, fs, path::PathBuf};

use heimdall::{config::Config, lifecycle::foundation_sections};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or("name the folder to write to")?);
    let builder = foundation_sections(Config::builder("heimdall"));
    fs::create_dir_all(&folder)?;
    let defaults = format!("#:schema ./heimdall.schema.json\n\n{}", builder.documented_defaults());
    fs::write(folder.join("heimdall.toml"), defaults)?;
    let schema = serde_json::to_string_pretty(&builder.schema())?;
    fs::write(folder.join("heimdall.schema.json"), schema + "\n")?;
    Ok(())
}
