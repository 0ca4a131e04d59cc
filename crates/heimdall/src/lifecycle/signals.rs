use super::Shutdown;

/// Turns the first SIGTERM or SIGINT into a request to shut down; a second one ends the process at once, with 128 and
/// the signal's number, as a shell would report it.
pub(super) fn listen(shutdown: &Shutdown) -> std::io::Result<()> {
    let mut signals = Signals::new()?;
    let shutdown = shutdown.clone();
    tokio::spawn(async move {
        let (_, name) = signals.next().await;
        tracing::info!(signal = name, "Stopping; a second signal ends the process at once");
        shutdown.request();
        let (number, name) = signals.next().await;
        tracing::warn!(signal = name, "Ended at once");
        std::process::exit(128 + number);
    });
    Ok(())
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> (i32, &'static str) {
        tokio::select! {
            _ = self.terminate.recv() => (15, "SIGTERM"),
            _ = self.interrupt.recv() => (2, "SIGINT"),
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> (i32, &'static str) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        (2, "Ctrl-C")
    }
}
