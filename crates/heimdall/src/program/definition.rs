use super::CommandError;
use crate::{
    config::{Config, ConfigBuilder},
    lifecycle::{CompositionError, Host, Service, foundation_sections},
    routes::DescriptionDefaults,
};

/// What a service's program is, before it is known which service is composed. Its methods are the commands.
///
/// ```no_run
/// # use heimdall::program::Program;
/// # async fn compose(_: &heimdall::lifecycle::Service) -> Result<(), heimdall::lifecycle::CompositionError> { Ok(()) }
/// let program = Program::from("tally").version(env!("CARGO_PKG_VERSION")).about("Counts items.");
/// heimdall::run(program, compose);
/// ```
#[derive(Clone)]
pub struct Program {
    layers: ConfigBuilder,
    title: String,
    version: Option<String>,
    about: Option<String>,
}

impl From<&str> for Program {
    /// The program of the service of that name, which is also the audience of its tokens unless `auth.audience` says
    /// otherwise.
    fn from(name: &str) -> Self {
        Self::new(Config::builder(name).default("auth.audience", name))
    }
}

impl Program {
    /// The program of a service with these layers of configuration.
    pub fn new(layers: ConfigBuilder) -> Self {
        let title = layers.name().to_owned();
        let layers = foundation_sections(layers);
        Self { layers, title, version: None, about: None }
    }

    /// What `--version` and the greeting of `dev` say, usually `env!("CARGO_PKG_VERSION")`.
    #[must_use]
    pub fn version(self, version: impl Into<String>) -> Self {
        Self { version: Some(version.into()), ..self }
    }

    /// What `--help` begins with: what the service is for, in a sentence.
    #[must_use]
    pub fn about(self, about: impl Into<String>) -> Self {
        Self { about: Some(about.into()), ..self }
    }

    /// What a person calls the program, where that is not its name.
    #[must_use]
    pub fn title(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// The same with other layers.
    #[must_use]
    pub fn layered(self, change: impl FnOnce(ConfigBuilder) -> ConfigBuilder) -> Self {
        Self { layers: change(self.layers), ..self }
    }

    /// The service's name.
    pub fn name(&self) -> &str {
        self.layers.name()
    }

    /// The layers of its configuration.
    pub fn layers(&self) -> &ConfigBuilder {
        &self.layers
    }

    /// Runs the service until a signal says stop.
    pub fn serve(
        self,
        compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
    ) -> Result<(), CommandError> {
        Ok(self.host().run(compose)?)
    }

    /// Composes the service without running it ([`Host::describe`]), and hands it to `look`.
    pub fn describe<T>(
        &self,
        compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
        look: impl AsyncFnOnce(Service) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let service = Box::pin(self.host().describe(compose)).await?;
            look(service).await
        })
    }

    pub(super) fn host(&self) -> Host {
        let (title, version, summary) = (Some(self.title.clone()), self.version.clone(), self.about.clone());
        Host::new(self.layers.clone()).described_as(DescriptionDefaults { title, version, summary })
    }

    pub(super) fn said_title(&self) -> &str {
        &self.title
    }

    pub(super) fn said_version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    pub(super) fn said_about(&self) -> Option<&str> {
        self.about.as_deref()
    }
}
