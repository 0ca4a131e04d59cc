/// What a service says of its API: the head of the `OpenAPI` and the AsyncAPI document, and of the page at `/`. What is left
/// out (empty) has a default.
///
/// ```
/// use heimdall::routes::ApiDescription;
///
/// const ABOUT: ApiDescription = ApiDescription {
///     title: "Tallies",
///     version: env!("CARGO_PKG_VERSION"),
///     summary: "It counts what comes in.",
///     tags: &[("Tallies", "How much there is of each item")],
///     ..ApiDescription::DEFAULT
/// };
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiDescription {
    /// The API's name for people, in the AsyncAPI document too; by default the title of the
    /// [`Program`](crate::program::Program), or the service's name.
    pub title: &'static str,
    /// The version of the API, usually `env!("CARGO_PKG_VERSION")`; by default the program's, or `unspecified`.
    pub version: &'static str,
    /// One sentence for the page at `/` and the AsyncAPI document; by default what the program is for.
    pub summary: &'static str,
    /// What one should know before one calls it, in Markdown.
    pub description: &'static str,
    /// The licence of the API, as an SPDX expression.
    pub license: &'static str,
    /// The tags that operations carry, each with what it stands for, in the order to show them.
    pub tags: &'static [(&'static str, &'static str)],
    /// Where to begin: what the page at `/` lists before the documents that every service has.
    pub links: &'static [Link],
}

/// An address that one may want to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// What programs call it, in camelCase.
    pub name: &'static str,
    /// The address, relative to the server.
    pub address: &'static str,
    /// What is there, for people.
    pub about: &'static str,
}

impl ApiDescription {
    /// Nothing said.
    pub const DEFAULT: Self =
        Self { title: "", version: "", summary: "", description: "", license: "", tags: &[], links: &[] };
}

impl Default for ApiDescription {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What all hosts of a process say together. Of what can be said once, the first word counts.
#[derive(Debug, Clone)]
pub(crate) struct Descriptions {
    service: String,
    defaults: DescriptionDefaults,
    said: Vec<ApiDescription>,
}

/// What counts where no host says it.
#[derive(Debug, Clone, Default)]
pub(crate) struct DescriptionDefaults {
    pub(crate) title: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) summary: Option<String>,
}

impl Descriptions {
    pub(super) fn of(service: String) -> Self {
        Self { service, defaults: DescriptionDefaults::default(), said: Vec::new() }
    }

    pub(super) fn default_to(&mut self, defaults: DescriptionDefaults) {
        self.defaults = defaults;
    }

    pub(super) fn add(&mut self, description: ApiDescription) {
        self.said.push(description);
    }

    /// The service's name.
    pub(super) fn service(&self) -> &str {
        &self.service
    }

    pub(crate) fn title(&self) -> &str {
        self.first(|one| one.title).or(self.defaults.title.as_deref()).unwrap_or(&self.service)
    }

    pub(crate) fn version(&self) -> &str {
        self.first(|one| one.version).or(self.defaults.version.as_deref()).unwrap_or("unspecified")
    }

    pub(crate) fn summary(&self) -> Option<&str> {
        self.first(|one| one.summary).or(self.defaults.summary.as_deref())
    }

    pub(super) fn description(&self) -> Option<&'static str> {
        self.first(|one| one.description)
    }

    pub(crate) fn license(&self) -> Option<&'static str> {
        self.first(|one| one.license)
    }

    pub(super) fn tags(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.said.iter().flat_map(|one| one.tags.iter().copied())
    }

    pub(super) fn links(&self) -> impl Iterator<Item = Link> {
        self.said.iter().flat_map(|one| one.links.iter().copied())
    }

    fn first(&self, part: impl Fn(&ApiDescription) -> &'static str) -> Option<&'static str> {
        self.said.iter().map(part).find(|said| !said.is_empty())
    }
}
