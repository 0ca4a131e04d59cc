use std::{io, time::Instant};

use serde_json::Value;

use super::{DataFolder, DevArguments, Example, events, folder::Lock, greeting::Greeting, layers::say_ignored};
use crate::{
    auth::{AuthConfig, DevelopmentIssuer},
    lifecycle::{CompositionError, PrepareError, Service},
    program::{CommandError, Program},
    server::ListenError,
};

/// One thread waits for the network while the other works.
const THREADS: usize = 2;

/// A development instance that is about to run: its folder is made and held by this process. A program that has more to
/// it than [`run`](crate::run) knows says so here.
pub struct Development {
    program: Program,
    folder: DataFolder,
    lock: Lock,
    started: Instant,
    port: Option<u16>,
    defaults: Vec<(String, Value)>,
    fixed: Vec<(String, String)>,
    unused: Vec<String>,
    api: String,
    places: Vec<(String, String)>,
    about: String,
    examples: Vec<Example>,
}

impl Program {
    /// Makes the folder of a development instance and takes it for this process.
    pub fn dev(self, arguments: &DevArguments) -> Result<Development, CommandError> {
        let started = Instant::now();
        let folder = DataFolder::of(self.name(), arguments.data_dir.as_deref());
        folder.create()?;
        let lock = folder.lock()?;
        Ok(Development {
            program: self,
            lock,
            started,
            port: arguments.port,
            defaults: vec![
                ("database.max_connections".to_owned(), 4.into()),
                ("telemetry.filter".to_owned(), "warn".into()),
            ],
            fixed: vec![
                ("http.address".to_owned(), "127.0.0.1".to_owned()),
                // With the slashes, a path that begins with two of them is read as it is.
                ("database.url".to_owned(), format!("sqlite://{}", folder.database().display())),
                ("database.migrate".to_owned(), "true".to_owned()),
                ("log.adapter".to_owned(), "embedded".to_owned()),
            ],
            unused: vec!["auth.issuer".to_owned()],
            api: "/".to_owned(),
            places: Vec::new(),
            about: String::new(),
            examples: Vec::new(),
            folder,
        })
    }
}

impl Development {
    /// Where its data lives.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// A default of this instance.
    #[must_use]
    pub fn default(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.defaults.push((key.to_owned(), value.into()));
        self
    }

    /// A value that nothing configured changes; whoever tries is told so.
    #[must_use]
    pub fn fixed(mut self, key: &str, value: impl Into<String>) -> Self {
        self.fixed.push((key.to_owned(), value.into()));
        self
    }

    /// A key that means nothing here; whoever sets it is told so.
    #[must_use]
    pub fn unused(mut self, key: &str) -> Self {
        self.unused.push(key.to_owned());
        self
    }

    /// Where the API begins, for the greeting; `/` unless told, which says where everything is.
    #[must_use]
    pub fn api(mut self, path: &str) -> Self {
        path.clone_into(&mut self.api);
        self
    }

    /// Something more that the greeting lists: a word of up to ten letters, and the path where it is served.
    #[must_use]
    pub fn place(mut self, word: &str, path: &str) -> Self {
        self.places.push((word.to_owned(), path.to_owned()));
        self
    }

    /// The commands that the greeting proposes, and what they show, in words. Without any it proposes a few that its
    /// routes give.
    #[must_use]
    pub fn to_try(mut self, about: &str, examples: impl IntoIterator<Item = Example>) -> Self {
        about.clone_into(&mut self.about);
        self.examples.extend(examples);
        self
    }

    /// Runs the instance until a signal says stop: what is composed, with tables and topics made by itself, on one port
    /// of the loopback address, trusting the tokens of the folder's own issuer.
    pub fn run(self, compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>) -> Result<(), CommandError> {
        let Self { program, folder, lock, started, port, .. } = self;
        say_ignored(program.layers(), &self.fixed, &self.unused);
        let command = format!("{} dev", program.name());
        let program = program.layered(|mut layers| {
            for (key, value) in self.defaults {
                layers = layers.default(&key, value);
            }
            for (key, value) in self.fixed {
                layers = layers.argument(&command, &key, value);
            }
            match port {
                Some(port) => layers.argument("--port", "http.port", port.to_string()),
                None => layers,
            }
        });
        let title = program.said_version().map(|version| format!("{} {version}", program.said_title()));
        let greeting = Greeting {
            service: program.name().to_owned(),
            title: title.unwrap_or_else(|| program.said_title().to_owned()),
            folder: folder.clone(),
            started,
            api: self.api,
            places: self.places,
            about: self.about,
            examples: self.examples,
        };
        let host = program.host().shared_listener().threads(THREADS);
        let host = host.on_started(move |service| greeting.say(service));
        let outcome = host.run(async |service| {
            trust(service, &folder)?;
            compose(service).await?;
            make_topics(service).await?;
            events::serve(service).await
        });
        drop(lock);
        outcome.map_err(|error| explain(error, port.is_some()))
    }
}

fn trust(service: &Service, folder: &DataFolder) -> Result<(), CompositionError> {
    let audience = service.config().section::<AuthConfig>()?.audience;
    let issuer = DevelopmentIssuer::of_instance(folder.path(), service.config().name(), &audience);
    service.trust(issuer.map_err(CompositionError::other)?)
}

async fn make_topics(service: &Service) -> Result<(), CompositionError> {
    // Who makes the topics that the service reads, where others publish to them, is not here.
    for topic in events::read_topics(service)? {
        service.topic(topic);
    }
    let wanted = service.declared_topics()?;
    if wanted.is_empty() && service.messaging().subscriptions()?.is_empty() {
        return Ok(());
    }
    // Topics of the embedded log are rows.
    service.provide_tables().await?;
    let log = service.log().await?;
    service.prepare("topics", move || {
        let (log, wanted) = (log.clone(), wanted.clone());
        async move { log.apply_topics(&wanted).await.map(drop).map_err(PrepareError::from) }
    });
    Ok(())
}

/// Says what is in the way, and what to do about it.
fn explain(error: CompositionError, given: bool) -> CommandError {
    match &error {
        CompositionError::Listen(ListenError { address, source, .. }) if source.kind() == io::ErrorKind::AddrInUse => {
            let other = if given { "another --port" } else { "another port with --port" };
            CommandError::in_the_way(format!(
                "port {} is taken by another program: stop it, or choose {other} (--port 0 takes a free one)",
                address.port()
            ))
        }
        _ => error.into(),
    }
}
