use std::sync::Arc;

use super::{CompositionError, Service};
use crate::{
    auth::{AuthConfig, Authentication, DevelopmentIssuer, PermissionTable, Verifier},
    server::{Access, HttpMetrics, Layers},
};

/// What needs no token on any listener: probes and scrapers have none.
const OPERATIONS: [&str; 2] = ["/healthz/*", "/metrics"];

/// Who may use the public listener. All is closed but what is listed.
#[derive(Default)]
pub(super) struct AccessRules {
    table: PermissionTable,
    open: Vec<String>,
    development: Option<DevelopmentIssuer>,
}

impl Service {
    /// The permissions there are and the roles that grant them. Without it, callers have none.
    pub fn permissions(&self, table: PermissionTable) {
        self.access_rules().table = table;
    }

    /// Paths of the public listener that need no token, exactly as they are asked for or with all that is below them
    /// (`/discovery/*`). Health needs none either; everything else does.
    pub fn public_paths(&self, paths: &[&str]) {
        self.access_rules().open.extend(paths.iter().map(ToString::to_string));
    }

    /// Trusts a development issuer beside the configured one. The service must listen on the loopback address then, and
    /// refuses requests that come through another name or from another web page.
    pub fn trust(&self, issuer: DevelopmentIssuer) -> Result<(), CompositionError> {
        let address = self.http().address;
        if !address.is_loopback() {
            return Err(CompositionError::DevelopmentIssuer { address });
        }
        self.access_rules().development = Some(issuer);
        Ok(())
    }

    /// What goes around all that the public listener serves.
    pub(super) fn public_layers(&self) -> Result<Layers, CompositionError> {
        let access_rules = self.access_rules();
        let config: AuthConfig = self.config().section()?;
        let nobody = config.issuer.is_empty() && access_rules.development.is_none();
        let mut verifier = Verifier::new(&config, access_rules.table.clone(), self.clock())?;
        if let Some(issuer) = &access_rules.development {
            verifier = verifier.trust(issuer);
        }
        if nobody {
            tracing::warn!("No issuer is trusted (auth.issuer): whatever needs a token is refused");
        }
        let open: Vec<&str> = OPERATIONS.into_iter().chain(access_rules.open.iter().map(String::as_str)).collect();
        let authentication = Authentication::new(Arc::new(verifier)).public(&open);
        let metrics = self.metrics().with(HttpMetrics::register);
        let layers =
            Layers::new(self.ids(), Access::Tokens(authentication)).limits(self.http().limits).metrics(metrics);
        Ok(if access_rules.development.is_some() { layers.loopback_only() } else { layers })
    }

    /// What goes around all that the admin listener serves: whoever reaches it is an operator.
    pub(super) fn admin_layers(&self) -> Layers {
        Layers::new(self.ids(), Access::Open)
    }
}
