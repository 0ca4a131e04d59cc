//! What CONTRIBUTING.md tells about adding something.

use std::fs;

/// What every recipe has in common begins with this.
const HEADING: &str = "\n## How to add …\n";

/// The part about adding something.
pub(crate) struct Guide(String);

/// What stands there about one thing.
pub(crate) struct Passage(String);

impl Guide {
    pub(crate) fn read() -> Self {
        let text = fs::read_to_string(xtask::workspace::root().unwrap().join("CONTRIBUTING.md")).unwrap();
        let part = text.split_once(HEADING).expect("CONTRIBUTING.md has the heading “How to add …”").1;
        Self(part.split("\n## ").next().unwrap_or_default().to_owned())
    }

    /// What stands before the first recipe.
    pub(crate) fn introduction(&self) -> Passage {
        Passage(self.0.split("\n**").next().unwrap_or_default().to_owned())
    }

    /// The recipe that begins with these words, in bold.
    pub(crate) fn recipe(&self, title: &str) -> Passage {
        let recipe = self.0.split("\n**").find_map(|recipe| recipe.strip_prefix(&format!("{title}.**")));
        Passage(recipe.unwrap_or_else(|| panic!("CONTRIBUTING.md has no recipe “{title}.”")).to_owned())
    }
}

impl Passage {
    /// Whether it names the file, or the folder that the file is in.
    pub(crate) fn names(&self, file: &str) -> bool {
        let folder = file.rsplit_once('/').map(|(folder, _)| folder);
        self.code().iter().any(|name| name == file || Some(name.as_str()) == folder)
    }

    /// The calls of cargo that it names, with the variables before them.
    pub(crate) fn commands(&self) -> Vec<String> {
        let calls_cargo = |code: &String| code.split(' ').find(|word| !word.contains('=')) == Some("cargo");
        self.code().into_iter().filter(calls_cargo).collect()
    }

    /// What stands between backticks.
    fn code(&self) -> Vec<String> {
        self.0.split('`').skip(1).step_by(2).map(|code| code.replace('\n', " ")).collect()
    }
}
