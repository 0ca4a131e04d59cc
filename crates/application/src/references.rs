//! Owners and systems that a service names: whether the catalog knows them.

use std::sync::Arc;

use domain::{EntityRef, JsonObject};
use serde_json::Value;

use crate::catalog::reference_of;
use crate::ports::{CatalogQueries, StoreError, Violation};

/// The fields that name other entities, with the kind that is meant where none is given.
const FIELDS: [(&str, &str); 2] = [("owner", "group"), ("system", "system")];

/// What to do about an owner or a system that the catalog does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReferenceCheck {
    /// Nothing; it is not looked for.
    Off,
    /// The task's log says so.
    #[default]
    Warn,
    /// The request is refused, and a service that names one is not completed.
    Deny,
}

/// Checks what services name. A kind of which the catalog's topics have shown no entity is not checked: it may not be
/// published at all.
#[derive(Clone)]
pub struct References {
    catalog: Arc<dyn CatalogQueries>,
    check: ReferenceCheck,
}

impl References {
    /// Looks things up in `catalog`.
    pub fn new(catalog: Arc<dyn CatalogQueries>, check: ReferenceCheck) -> Self {
        Self { catalog, check }
    }

    /// What is wrong with a request's parameters `owner` and `system`, where that is a reason to refuse it.
    pub(crate) async fn refuse(&self, parameters: &JsonObject) -> Result<Vec<Violation>, StoreError> {
        if self.check != ReferenceCheck::Deny {
            return Ok(Vec::new());
        }
        let named = |(field, kind)| Some((field, reference(parameters.get(field)?, kind, None)?));
        let named: Vec<_> = FIELDS.into_iter().filter_map(named).collect();
        let references: Vec<_> = named.iter().map(|(_, reference)| reference.clone()).collect();
        let absent = self.absent(&references).await?;
        let violation = |(field, reference): (&str, EntityRef)| Violation {
            pointer: format!("/parameters/{field}"),
            detail: format!("`{reference}` is not in the catalog"),
            expected: format!("a {} that is in the catalog", reference.kind()),
        };
        Ok(named.into_iter().filter(|(_, reference)| absent.contains(reference)).map(violation).collect())
    }

    /// What a finished service's entities name and the catalog does not know, in words; the flag says whether that is a
    /// reason not to complete it.
    pub(crate) async fn of_entities(&self, entities: &[Value]) -> Result<(Vec<String>, bool), StoreError> {
        if self.check == ReferenceCheck::Off {
            return Ok((Vec::new(), false));
        }
        let own: Vec<_> = entities.iter().filter_map(|entity| reference_of(entity).ok()).collect();
        let mut named = Vec::new();
        for entity in entities {
            let namespace = entity.pointer("/metadata/namespace").and_then(Value::as_str);
            for (field, kind) in FIELDS {
                let given = entity.pointer(&format!("/spec/{field}"));
                let reference = given.and_then(|given| reference(given, kind, namespace));
                named.extend(reference.filter(|reference| !own.contains(reference)));
            }
        }
        named.sort();
        named.dedup();
        let absent = self.absent(&named).await?;
        let lines: Vec<_> = absent.iter().map(|reference| format!("`{reference}` is not in the catalog")).collect();
        let refused = self.check == ReferenceCheck::Deny && !lines.is_empty();
        Ok((lines, refused))
    }

    async fn absent(&self, references: &[EntityRef]) -> Result<Vec<EntityRef>, StoreError> {
        if references.is_empty() { Ok(Vec::new()) } else { self.catalog.absent(references).await }
    }
}

/// Reads a reference the way Backstage does: kind and namespace may be left out. Text that is no reference is skipped: other checks refuse it.
fn reference(given: &Value, kind: &str, namespace: Option<&str>) -> Option<EntityRef> {
    let given = given.as_str()?;
    let (kind, rest) = given.split_once(':').unwrap_or((kind, given));
    let (namespace, name) = rest.split_once('/').map_or((namespace, rest), |(namespace, name)| (Some(namespace), name));
    EntityRef::new(kind, namespace, name).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn kind_and_namespace_may_be_left_out() {
        let read = |given: &str, namespace| reference(&json!(given), "group", namespace).map(|r| r.to_string());
        assert_eq!(read("payments", None).unwrap(), "group:default/payments");
        assert_eq!(read("payments", Some("eu")).unwrap(), "group:eu/payments");
        assert_eq!(read("user:eu/Ann", Some("us")).unwrap(), "user:eu/ann");
        assert_eq!(read("not a name", None), None);
    }
}
