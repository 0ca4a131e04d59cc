//! Writes the OpenAPI and the AsyncAPI document to a folder: `cargo run -p host-api --example discovery -- docs/api`.

use std::error::Error;
use std::path::PathBuf;

use host_api::{Names, discovery, openapi};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).ok_or("expected the folder to write to")?;
    std::fs::create_dir_all(&folder)?;
    let openapi = serde_json::to_value(openapi())?;
    std::fs::write(folder.join("openapi.json"), format!("{openapi:#}\n"))?;
    let asyncapi = discovery::asyncapi(&Names::default());
    std::fs::write(folder.join("asyncapi.json"), format!("{asyncapi:#}\n"))?;
    Ok(())
}
