use std::{path::PathBuf, time::Duration};

use serde_json::Value;

use super::{
    claim::Claim, configuration::Config, defaults_file, error::ConfigError, layers::LayerPlan, merge::merge, schema,
    section::Section, unclaimed::unclaimed,
};

/// How often files that hold secrets are looked at.
const INTERVAL: Duration = Duration::from_secs(5);

/// Gathers the layers of a [`Config`].
#[derive(Clone)]
pub struct ConfigBuilder {
    plan: LayerPlan,
    claims: Vec<Claim>,
    sealed: bool,
    interval: Duration,
}

impl Config {
    /// Starts to gather the layers of the service `name`, whose file is `<name>.toml` and whose variables start with
    /// `<NAME>__`.
    pub fn builder(name: &str) -> ConfigBuilder {
        ConfigBuilder {
            plan: LayerPlan {
                name: name.to_owned(),
                folder: PathBuf::from("."),
                file: None,
                files: true,
                variables: None,
                defaults: Vec::new(),
                arguments: Vec::new(),
            },
            claims: Vec::new(),
            sealed: false,
            interval: INTERVAL,
        }
    }
}

impl ConfigBuilder {
    /// The service's name.
    pub fn name(&self) -> &str {
        &self.plan.name
    }

    /// Declares a section of the application, so that its errors are reported together with all others.
    #[must_use]
    pub fn section<T: Section>(mut self) -> Self {
        if self.claims.iter().all(|known| known.path != T::PATH) {
            self.claims.push(Claim::of::<T>());
        }
        self
    }

    /// Declares the sections that a configuration knows, those that were only asked for included.
    #[must_use]
    pub fn sections_of(mut self, config: &Config) -> Self {
        for claim in config.claims() {
            if self.claims.iter().all(|known| known.path != claim.path) {
                self.claims.push(claim);
            }
        }
        self
    }

    /// States that no section exists but the declared ones, so that unknown ones are refused
    /// when the configuration is loaded. Without it they are refused when the service is composed.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.sealed = true;
        self
    }

    /// The application's default of a key, for example `("http.port", 7100)`.
    #[must_use]
    pub fn default(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.plan.defaults.push((key.to_owned(), value.into()));
        self
    }

    /// A value from the command line, which wins over everything; `flag` is what the user typed, for example
    /// `--port`.
    #[must_use]
    pub fn argument(mut self, flag: &str, key: &str, value: impl Into<String>) -> Self {
        self.plan.arguments.push((flag.to_owned(), key.to_owned(), value.into()));
        self
    }

    /// The configuration file (`--config`), which then must exist.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.plan.file = Some(path.into());
        self
    }

    /// The folder that relative paths start from, in the place of the working folder.
    #[must_use]
    pub fn folder(mut self, path: impl Into<PathBuf>) -> Self {
        self.plan.folder = path.into();
        self
    }

    /// These variables in the place of the process's own.
    #[must_use]
    pub fn environment<N: Into<String>, V: Into<String>>(
        mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.plan.variables = Some(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect());
        self
    }

    /// How often [`Config::follow`] looks at the files that hold secrets, in the place of every five seconds.
    #[must_use]
    pub fn secrets_interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Neither file nor variables nor arguments: what holds where nothing is configured.
    #[must_use]
    pub fn defaults_only(mut self) -> Self {
        self.plan.variables = Some(Vec::new());
        self.plan.arguments.clear();
        self.plan.file = None;
        self.plan.files = false;
        self
    }

    /// The JSON Schema (draft 7) of a configuration file with the declared sections, for editors: every key with its
    /// description, its default (the application's, where it sets one) and, for secrets, its `<key>_file`.
    pub fn schema(&self) -> Value {
        let mut document = self.document();
        for claim in &self.claims {
            for (old, new) in claim.renamed {
                schema::deprecate(&mut document, &claim.path_of(old), &claim.path_of(new));
            }
        }
        document
    }

    /// A configuration file with every key of the declared sections: its description and its default. Loading it is
    /// the same as loading none. Keys without a default, and secrets, stand there as comments.
    pub fn documented_defaults(&self) -> String {
        defaults_file::write(&self.plan.name, &self.document())
    }

    /// Reads the layers and every declared section; the error names all that is wrong.
    pub fn load(self) -> Result<Config, ConfigError> {
        let Self { plan, claims, sealed, interval } = self;
        let mut problems = Vec::new();
        let layers = plan.read(&mut problems);
        let merged = merge(&layers, &claims);
        problems.extend(merged.problems.iter().cloned());
        for claim in &claims {
            problems.extend((claim.read)(&merged.root, &plan.folder).1);
        }
        if sealed {
            problems.extend(unclaimed(&merged.root, &claims));
        }
        ConfigError::check(&plan.name, problems)?;
        Ok(Config::new(plan.name, plan.folder, interval, layers, claims, merged))
    }

    fn document(&self) -> Value {
        let sections = self.claims.iter().map(|claim| (claim.path, claim.schema(), self.defaults_of(claim)));
        schema::document(&self.plan.name, sections)
    }

    /// The defaults of a section, with those that the application sets.
    fn defaults_of(&self, claim: &Claim) -> Value {
        let mut defaults = (claim.defaults)();
        for (key, value) in &self.plan.defaults {
            let Some(below) = key.strip_prefix(claim.path).and_then(|key| key.strip_prefix('.')) else { continue };
            if let Some(default) = defaults.pointer_mut(&format!("/{}", below.replace('.', "/"))) {
                *default = value.clone();
            }
        }
        defaults
    }
}
