use domain::EntityRef;
use serde_json::Value;

use super::fields::Fields;
use crate::templates::error::{TemplateErrors, kind_of};

/// The annotation that says which version of itself a template is.
const VERSION: &str = "valkyrie.dev/version";

/// What a template says about itself.
#[derive(Debug)]
pub(in crate::templates) struct Metadata {
    pub(in crate::templates) name: String,
    pub(in crate::templates) title: String,
    pub(in crate::templates) description: String,
    pub(in crate::templates) version: String,
    pub(in crate::templates) owner: Option<String>,
    pub(in crate::templates) kind: String,
    pub(in crate::templates) tags: Vec<String>,
}

impl Metadata {
    pub(super) fn read(value: &Value, spec: Option<&mut Fields<'_>>, faults: &mut TemplateErrors) -> Option<Self> {
        let mut fields = Fields::of(value, "/metadata", faults)?;
        let name = fields.required_text("name", faults);
        let title = fields.text("title", faults);
        let description = fields.text("description", faults).unwrap_or_default().to_owned();
        let tags = fields.texts("tags", faults);
        let version = version(fields.take("annotations"), faults);
        // Things of the catalog, which don't change what a template does.
        for name in ["namespace", "labels", "links"] {
            fields.take(name);
        }
        fields.finish(faults, &["name", "title", "description", "tags", "annotations", "namespace", "labels", "links"]);
        let spec = spec?;
        let owner = spec.text("owner", faults).map(str::to_owned);
        if let Some(owner) = &owner
            && let Err(error) = owner.parse::<EntityRef>().or_else(|_| EntityRef::new("group", None, owner))
        {
            faults.add("/spec/owner", error.to_string(), "an entity reference, such as `group:default/platform`");
        }
        let kind = spec.required_text("type", faults).unwrap_or_default().to_owned();
        let name = name?.to_owned();
        if EntityRef::new("template", None, &name).is_err() {
            let expected = "1 to 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit";
            faults.add("/metadata/name", format!("`{}`", name.escape_default()), expected);
        }
        let title = title.unwrap_or(&name).to_owned();
        Some(Self { name, title, description, version, owner, kind, tags })
    }
}

/// `0.0.0` where the template doesn't say: the digest is what counts.
fn version(annotations: Option<&Value>, faults: &mut TemplateErrors) -> String {
    let none = || "0.0.0".to_owned();
    let Some(annotations) = annotations else { return none() };
    let Value::Object(annotations) = annotations else {
        faults.add("/metadata/annotations", kind_of(annotations), "an object of strings");
        return none();
    };
    match annotations.get(VERSION) {
        None => none(),
        Some(Value::String(version)) if legal(version) => version.clone(),
        Some(_) => {
            let expected = "a string of up to 64 letters, digits, `.`, `-` and `+`, such as \"1.2.0\"";
            faults.add("/metadata/annotations/valkyrie.dev~1version", "another version", expected);
            none()
        }
    }
}

fn legal(version: &str) -> bool {
    (1..=64).contains(&version.len())
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+'))
}
