use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use serde_json::Value;

use super::{
    Config, ConfigError, Inner, Origin, Section, SettingError, environment, file,
    node::Node,
    schema,
    section::{self, Claim},
};

/// Gathers the layers of a [`Config`].
#[derive(Clone)]
pub struct ConfigBuilder {
    name: String,
    folder: PathBuf,
    file: Option<PathBuf>,
    variables: Option<Vec<(String, String)>>,
    defaults: Vec<(String, Value)>,
    arguments: Vec<(String, String, String)>,
    claims: Vec<Claim>,
    sealed: bool,
    files: bool,
}

impl ConfigBuilder {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            folder: PathBuf::from("."),
            file: None,
            variables: None,
            defaults: Vec::new(),
            arguments: Vec::new(),
            claims: Vec::new(),
            sealed: false,
            files: true,
        }
    }

    /// The service's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Declares a section of the application, so that its errors are reported together with all others.
    #[must_use]
    pub fn section<T: Section>(mut self) -> Self {
        if self.claims.iter().all(|known| known.path != T::PATH) {
            self.claims.push(Claim::of::<T>());
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
        self.defaults.push((key.to_owned(), value.into()));
        self
    }

    /// A value from the command line, which wins over everything; `flag` is what the user typed, for example
    /// `--port`.
    #[must_use]
    pub fn argument(mut self, flag: &str, key: &str, value: impl Into<String>) -> Self {
        self.arguments.push((flag.to_owned(), key.to_owned(), value.into()));
        self
    }

    /// The configuration file (`--config`), which then must exist.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// The folder that relative paths start from, in the place of the working folder.
    #[must_use]
    pub fn folder(mut self, path: impl Into<PathBuf>) -> Self {
        self.folder = path.into();
        self
    }

    /// These variables in the place of the process's own.
    #[must_use]
    pub fn environment<N: Into<String>, V: Into<String>>(
        mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.variables = Some(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect());
        self
    }

    /// Neither file nor variables nor arguments: what holds where nothing is configured.
    #[must_use]
    pub fn defaults_only(mut self) -> Self {
        self.variables = Some(Vec::new());
        self.arguments.clear();
        self.file = None;
        self.files = false;
        self
    }

    /// The JSON Schema (draft 7) of a configuration file with the declared sections, for editors: every key with its
    /// description, its default (the application's, where it sets one) and, for secrets, its `<key>_file`.
    pub fn schema(&self) -> Value {
        let defaults = |claim: &Claim| {
            let mut defaults = (claim.defaults)();
            for (key, value) in &self.defaults {
                let Some(below) = key.strip_prefix(claim.path).and_then(|key| key.strip_prefix('.')) else { continue };
                let pointer = format!("/{}", below.replace('.', "/"));
                if let Some(default) = defaults.pointer_mut(&pointer) {
                    *default = value.clone();
                }
            }
            defaults
        };
        schema::document(&self.name, self.claims.iter().map(|claim| (claim.path, (claim.schema)(), defaults(claim))))
    }

    /// Reads the layers and every declared section; the error names all that is wrong.
    pub fn load(self) -> Result<Config, ConfigError> {
        let variables = self.variables.clone().unwrap_or_else(environment::of_this_process);
        let mut problems = Vec::new();
        let mut root = Node::empty();
        for (key, value) in &self.defaults {
            root.put(&Self::path_of(key), Node::json(&Origin::Default, value.clone()));
        }
        match self.find_file(&variables).map(|path| file::read(&self.folder, &path)) {
            Some(Ok(node)) => root.put(&[], node),
            Some(Err(problem)) => problems.push(problem),
            None => {}
        }
        environment::apply(&self.name, &variables, &mut root, &mut problems);
        for (flag, key, value) in &self.arguments {
            root.put(&Self::path_of(key), Node::untyped(Origin::Argument(flag.clone()), value.as_str()));
        }
        for claim in &self.claims {
            problems.extend((claim.read)(&root, &self.folder).1);
        }
        if self.sealed {
            problems.extend(section::unclaimed(&root, &self.claims));
        }
        ConfigError::check(&self.name, problems)?;
        let Self { name, folder, claims, .. } = self;
        Ok(Config(Arc::new(Inner { name, folder, root, claims: Mutex::new(claims) })))
    }

    fn find_file(&self, variables: &[(String, String)]) -> Option<PathBuf> {
        let named = environment::find(variables, &environment::file_variable(&self.name)).map(PathBuf::from);
        self.file.clone().or(named).or_else(|| {
            let usual = Path::new(&self.name).with_extension("toml");
            (self.files && self.folder.join(&usual).exists()).then_some(usual)
        })
    }

    pub(super) fn path_of(key: &str) -> Vec<String> {
        key.split('.').map(str::to_owned).collect()
    }
}

impl SettingError {
    /// A key as it is written: its parts joined by dots, those that hold dots themselves in quotes.
    pub(super) fn key_of<'p>(path: impl IntoIterator<Item = &'p str>) -> String {
        let quoted = |part: &str| {
            if part.contains('.') { format!("{part:?}") } else { part.to_owned() }
        };
        path.into_iter().map(quoted).collect::<Vec<_>>().join(".")
    }
}
