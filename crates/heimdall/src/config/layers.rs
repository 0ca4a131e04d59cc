//! The layers of a configuration, one over the other, before they are merged.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{
    environment::{self, Environment},
    error::SettingError,
    file, key,
    node::Node,
    origin::Origin,
    secrets_folder,
};

/// Where the layers of a service come from.
#[derive(Clone)]
pub(super) struct LayerPlan {
    /// The service's name.
    pub(super) name: String,
    /// The folder that relative paths start from.
    pub(super) folder: PathBuf,
    /// The configuration file that was asked for; else the usual one is read if it is there.
    pub(super) file: Option<PathBuf>,
    /// Whether the usual file is looked for.
    pub(super) files: bool,
    /// Variables in the place of the process's own.
    pub(super) variables: Option<Vec<(String, String)>>,
    /// The application's defaults, by dotted key.
    pub(super) defaults: Vec<(String, Value)>,
    /// Flag, dotted key and value.
    pub(super) arguments: Vec<(String, String, String)>,
}

/// The layers, the lowest first.
#[derive(Clone)]
pub(super) struct Layers {
    pub(super) list: Vec<Layer>,
    secrets: Option<SecretsLayer>,
}

/// One layer.
#[derive(Clone)]
pub(super) struct Layer {
    pub(super) name: &'static str,
    pub(super) tree: Node,
    /// Tables that replace what is below them, in the place of being merged with it.
    pub(super) replaced: Vec<Vec<String>>,
}

/// Which of the layers is the folder of secrets.
#[derive(Clone)]
struct SecretsLayer {
    place: usize,
    folder: PathBuf,
    named_by: Origin,
}

impl Layer {
    fn new(name: &'static str, tree: Node) -> Self {
        Self { name, tree, replaced: Vec::new() }
    }
}

impl LayerPlan {
    /// Reads all layers, and says what is wrong with them.
    pub(super) fn read(&self, problems: &mut Vec<SettingError>) -> Layers {
        let own;
        let variables = if let Some(variables) = &self.variables {
            variables
        } else {
            own = environment::of_this_process();
            &own
        };
        let environment = Environment::new(&self.name, variables);
        let mut list = vec![Layer::new("defaults", self.defaults())];
        let file = self.find_file(&environment);
        if let Some(path) = &file {
            let tree = file::read(&self.folder, path, |path, line| Origin::File { path, line }, problems);
            list.push(Layer::new("file", tree));
        }
        if let Some((variable, profile)) = environment.setting(environment::PROFILE) {
            let beside = file.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
            list.push(Layer::new("profile", self.profile(variable, profile, beside, problems)));
        }
        let mut secrets = None;
        if let Some((variable, folder)) = environment.setting(environment::SECRETS_DIR) {
            let (folder, named_by) = (self.folder.join(folder), Origin::Variable(variable));
            list.push(Layer::new("secrets folder", secrets_folder::read(&folder, &named_by, problems)));
            secrets = Some(SecretsLayer { place: list.len() - 1, folder, named_by });
        }
        list.push(Layer::new("common variables", environment.common()));
        let own = environment.own(problems);
        list.push(Layer { name: "variables", tree: own.tree, replaced: own.replaced });
        list.push(Layer::new("arguments", self.arguments()));
        Layers { list, secrets }
    }

    fn defaults(&self) -> Node {
        let mut tree = Node::empty();
        for (key, value) in &self.defaults {
            tree.put(&key::split(key), Node::json(&Origin::Default, value.clone()));
        }
        tree
    }

    fn arguments(&self) -> Node {
        let mut tree = Node::empty();
        for (flag, key, value) in &self.arguments {
            tree.put(&key::split(key), Node::untyped(Origin::Argument(flag.clone()), value.as_str()));
        }
        tree
    }

    fn find_file(&self, environment: &Environment<'_>) -> Option<PathBuf> {
        let named = environment.setting(environment::FILE).map(|(_, path)| PathBuf::from(path));
        self.file.clone().or(named).or_else(|| {
            let usual = PathBuf::from(format!("{}.toml", self.name));
            (self.files && self.folder.join(&usual).exists()).then_some(usual)
        })
    }

    /// The profile's file stands beside the configuration file, and must exist.
    fn profile(&self, variable: String, profile: &str, beside: &Path, problems: &mut Vec<SettingError>) -> Node {
        if !profile.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            let message = "a profile's name is made of letters, digits, `-` and `_`";
            problems.push(SettingError::new("", &Origin::Variable(variable), message));
            return Node::empty();
        }
        let path = beside.join(format!("{}.{profile}.toml", self.name));
        file::read(&self.folder, &path, |path, line| Origin::Profile { path, line }, problems)
    }
}

impl Layers {
    /// Reads the folder of secrets anew. Answers whether there is one.
    pub(super) fn read_secrets(&mut self, problems: &mut Vec<SettingError>) -> bool {
        let Some(SecretsLayer { place, folder, named_by }) = &self.secrets else {
            return false;
        };
        let tree = secrets_folder::read(folder, named_by, problems);
        if problems.is_empty() {
            self.list[*place].tree = tree;
        }
        true
    }
}
