//! Writes the OpenAPI and the AsyncAPI document to a folder: `cargo run -p host-api --example discovery -- docs/api`.

use std::error::Error;
use std::path::PathBuf;

use heimdall::asyncapi;
use heimdall::config::Config;
use heimdall::program::Program;
use host_api::openapi;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).ok_or("expected the folder to write to")?;
    std::fs::create_dir_all(&folder)?;
    let openapi = serde_json::to_value(openapi())?;
    std::fs::write(folder.join("openapi.json"), format!("{openapi:#}\n"))?;
    // With the defaults, whatever is configured where this runs.
    let nothing: [(&str, &str); 0] = [];
    let layers = Config::builder("valkyrie").folder(&folder).environment(nothing).default("http.port", 7100);
    let program = Program::new(infrastructure::sections(layers));
    let events = program.describe(async |service| host_api::describe(service), async |service| Ok(service.asyncapi()?));
    let events = events.map_err(|error| error.to_string())?;
    let asyncapi = asyncapi::document(&events);
    std::fs::write(folder.join("asyncapi.json"), format!("{asyncapi:#}\n"))?;
    Ok(())
}
