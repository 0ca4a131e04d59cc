/// What a service says of its API: the head of the `OpenAPI` document, and of the page at `/`. What is left out (empty) has a
/// default.
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
    /// The API's name for people; by default the title of the [`Program`](crate::program::Program), or the service's name.
    pub title: &'static str,
    /// The version of the API, usually `env!("CARGO_PKG_VERSION")`; by default the program's, or `unspecified`.
    pub version: &'static str,
    /// One sentence for the page at `/`.
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
pub(super) struct Descriptions {
    service: String,
    title: Option<String>,
    version: Option<String>,
    said: Vec<ApiDescription>,
}

impl Descriptions {
    pub(super) fn of(service: String) -> Self {
        Self { service, title: None, version: None, said: Vec::new() }
    }

    /// Sets what counts where no host says it.
    pub(super) fn default_to(&mut self, title: &str, version: Option<&str>) {
        self.title = Some(title.to_owned());
        self.version = version.map(str::to_owned);
    }

    pub(super) fn add(&mut self, description: ApiDescription) {
        self.said.push(description);
    }

    /// The service's name.
    pub(super) fn service(&self) -> &str {
        &self.service
    }

    pub(super) fn title(&self) -> &str {
        self.first(|one| one.title).or(self.title.as_deref()).unwrap_or(&self.service)
    }

    pub(super) fn version(&self) -> &str {
        self.first(|one| one.version).or(self.version.as_deref()).unwrap_or("unspecified")
    }

    pub(super) fn summary(&self) -> Option<&'static str> {
        self.first(|one| one.summary)
    }

    pub(super) fn description(&self) -> Option<&'static str> {
        self.first(|one| one.description)
    }

    pub(super) fn license(&self) -> Option<&'static str> {
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
