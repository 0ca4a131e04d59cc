use std::sync::Arc;

use super::{CompositionError, Service};
use crate::{
    auth::{AuthConfig, Authentication, DevelopmentIssuer, Verifier},
    routes::Routes,
    server::{Access, Gate, HttpMetrics, Layers},
};

impl Service {
    /// Adds a role that grants permissions. A permission exists by itself once a route's rule or a role names it, and a scope
    /// of its own name grants it.
    ///
    /// A role that is added again, by another host of the process for example, grants both.
    pub fn role(&self, name: &str, permissions: &[&str]) {
        let mut access_rules = self.access_rules();
        access_rules.roles = std::mem::take(&mut access_rules.roles).role(name, permissions);
    }

    /// The names of the permissions there are so far, in alphabetical order.
    pub fn permission_names(&self) -> Vec<String> {
        let table = self.access_rules().roles.clone().with(self.api().permissions());
        table.permissions().map(str::to_owned).collect()
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

    /// What goes around all that the public listener serves: `routes`, and perhaps the admin listener's.
    pub(super) fn public_layers(&self, routes: &Routes) -> Result<Layers, CompositionError> {
        let access_rules = self.access_rules();
        let config: AuthConfig = self.config().section()?;
        let nobody = config.issuer.is_empty() && access_rules.development.is_none();
        let table = access_rules.roles.clone().with(routes.permissions());
        let mut verifier = Verifier::new(&config, table, self.clock())?;
        if let Some(issuer) = &access_rules.development {
            verifier = verifier.trust(issuer);
        }
        if nobody {
            tracing::warn!("No issuer is trusted (auth.issuer): whatever needs a token is refused");
        }
        let authentication = Authentication::new(Arc::new(verifier)).public(routes.public());
        let metrics = self.metrics().with(HttpMetrics::register);
        let layers =
            Layers::new(self.ids(), Access::Tokens(authentication)).limits(self.http().limits).metrics(metrics);
        let layers = layers.gate(Gate::of(routes, self.health()));
        Ok(if access_rules.development.is_some() { layers.loopback_only() } else { layers })
    }

    /// What goes around all that the admin listener serves: whoever reaches it is an operator.
    pub(super) fn admin_layers(&self) -> Layers {
        Layers::new(self.ids(), Access::Open)
    }
}
