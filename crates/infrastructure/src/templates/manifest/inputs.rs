use application::JsonObject;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde_json::Value;

use super::action::{Action, CatalogWrite, FetchPlain, FetchTemplate, HeimdallVendor};
use super::context::{Context, check_texts};
use super::fields::Fields;
use super::sources;
use crate::templates::error::{TemplateErrors, kind_of};
use crate::templates::expression::{Whitespace, is_templated};
use crate::templates::path::confined;

pub(super) fn read(
    action: &str,
    input: Option<&Value>,
    at: &str,
    context: &Context<'_>,
    faults: &mut TemplateErrors,
    step_at: &str,
) -> Option<(&'static str, Action)> {
    let verb = match action {
        "fetch:template" => "fetch:template",
        "fetch:plain" => "fetch:plain",
        "catalog:write" => "catalog:write",
        "heimdall:vendor" => "heimdall:vendor",
        _ => {
            let expected = "one of `fetch:template`, `fetch:plain`, `catalog:write`, `heimdall:vendor`";
            faults.add(format!("{step_at}/action"), format!("the action `{action}`, which is not supported"), expected);
            return None;
        }
    };
    let mut fields = Fields::of(input.unwrap_or(&Value::Null), at, faults)?;
    let action = match verb {
        "fetch:template" => {
            let fetch = fetch_template(&mut fields, context, faults);
            let known = [
                "url",
                "targetPath",
                "values",
                "copyWithoutTemplating",
                "templateFileExtension",
                "replace",
                "trimBlocks",
                "lstripBlocks",
            ];
            fields.finish_with(faults, &known, |name| match name {
                "cookiecutterCompat" => Some("nothing: Cookiecutter's syntax is not supported, `${{ … }}` is"),
                "copyWithoutRender" => Some("`copyWithoutTemplating`, its successor"),
                _ => None,
            });
            let fetch = fetch?;
            sources::check(&fetch, context, faults);
            Action::FetchTemplate(fetch)
        }
        "fetch:plain" => {
            let folder = folder(&mut fields, context, faults);
            let target = target(&mut fields, context, faults);
            fields.finish(faults, &["url", "targetPath"]);
            Action::FetchPlain(FetchPlain { folder: folder?, target })
        }
        "heimdall:vendor" => {
            let target = folder_of_its_own(&mut fields, context, faults);
            fields.finish(faults, &["targetPath"]);
            Action::HeimdallVendor(HeimdallVendor { target: target? })
        }
        _ => Action::CatalogWrite(catalog_write(fields, context, faults)?),
    };
    Some((verb, action))
}

fn fetch_template(
    fields: &mut Fields<'_>,
    context: &Context<'_>,
    faults: &mut TemplateErrors,
) -> Option<FetchTemplate> {
    let folder = folder(fields, context, faults);
    let target = target(fields, context, faults);
    let values = match fields.take("values") {
        None => JsonObject::new(),
        Some(values @ Value::Object(members)) => {
            check_texts(values, &fields.at("values"), &context.names, faults);
            members.clone()
        }
        Some(other) => {
            faults.add(fields.at("values"), kind_of(other), "an object");
            JsonObject::new()
        }
    };
    let verbatim = globs(fields, faults);
    let extension = match fields.take("templateFileExtension") {
        None | Some(Value::Bool(false)) => None,
        Some(Value::Bool(true)) => Some(".njk".to_owned()),
        Some(Value::String(text)) if text.starts_with('.') && text.len() > 1 && !text.contains('/') => {
            Some(text.clone())
        }
        Some(_) => {
            faults.add(
                fields.at("templateFileExtension"),
                "something else",
                "`true` (`.njk`) or an ending such as `.tpl`",
            );
            None
        }
    };
    let replace = fields.flag("replace", faults);
    let trim_blocks = fields.flag("trimBlocks", faults);
    let lstrip_blocks = fields.flag("lstripBlocks", faults);
    let whitespace = Whitespace { trim_blocks, lstrip_blocks };
    Some(FetchTemplate { folder: folder?, target, values, verbatim, extension, replace, whitespace })
}

fn catalog_write(mut fields: Fields<'_>, context: &Context<'_>, faults: &mut TemplateErrors) -> Option<CatalogWrite> {
    let file = fields.text("filePath", faults).unwrap_or("catalog-info.yaml").to_owned();
    check_texts(&Value::from(file.as_str()), &fields.at("filePath"), &context.names, faults);
    let entity = match fields.take("entity") {
        Some(entity @ Value::Object(_)) => Some(entity.clone()),
        Some(other) => {
            faults.add(fields.at("entity"), kind_of(other), "an entity, as an object");
            None
        }
        None => {
            faults.add(fields.at("entity"), "nothing", "an entity, as an object");
            None
        }
    };
    if let Some(entity) = &entity {
        check_texts(entity, &fields.at("entity"), &context.names, faults);
    }
    fields.finish(faults, &["filePath", "entity"]);
    Some(CatalogWrite { file, entity: entity? })
}

/// A folder of the template itself; nothing is ever fetched from elsewhere.
fn folder(fields: &mut Fields<'_>, context: &Context<'_>, faults: &mut TemplateErrors) -> Option<String> {
    let at = fields.at("url");
    let url = fields.required_text("url", faults)?;
    let expected = "a folder of the template, such as `./skeleton`";
    if is_templated(url) || url.contains("://") {
        let found = if is_templated(url) { "an expression" } else { "an address" };
        faults.add(at, format!("{found} instead of a fixed folder"), expected);
        return None;
    }
    match confined(url) {
        Err(error) => faults.add(at, error.to_string(), expected),
        Ok(parts) if parts.is_empty() => faults.add(at, "the template's own folder", expected),
        Ok(parts) => {
            let folder = parts.join("/");
            if context.tree.below(&folder).next().is_some() {
                return Some(folder);
            }
            faults.add(at, format!("no folder `{folder}` with files in it"), expected);
        }
    }
    None
}

fn target(fields: &mut Fields<'_>, context: &Context<'_>, faults: &mut TemplateErrors) -> String {
    let at = fields.at("targetPath");
    let target = fields.text("targetPath", faults).unwrap_or(".").to_owned();
    check_texts(&Value::from(target.as_str()), &at, &context.names, faults);
    if !is_templated(&target)
        && let Err(error) = confined(&target)
    {
        faults.add(at, error.to_string(), "a folder within the service, such as `./` or `deploy`");
    }
    target
}

/// A target below the service's root, whose manifest is the service's own.
fn folder_of_its_own(fields: &mut Fields<'_>, context: &Context<'_>, faults: &mut TemplateErrors) -> Option<String> {
    fields.required_text("targetPath", faults)?;
    let target = target(fields, context, faults);
    if !is_templated(&target) && confined(&target).is_ok_and(|parts| parts.is_empty()) {
        let expected = "a folder within the service, such as `./vendor`";
        faults.add(fields.at("targetPath"), "the service's own folder", expected);
        return None;
    }
    Some(target)
}

fn globs(fields: &mut Fields<'_>, faults: &mut TemplateErrors) -> GlobSet {
    let at = fields.at("copyWithoutTemplating");
    let mut set = GlobSetBuilder::new();
    for (index, pattern) in fields.texts("copyWithoutTemplating", faults).iter().enumerate() {
        let plain = pattern.strip_prefix("./").unwrap_or(pattern);
        match GlobBuilder::new(plain).literal_separator(true).build() {
            Ok(_) if is_templated(pattern) => {
                faults.add(format!("{at}/{index}"), "an expression", "a plain pattern, such as `.github/workflows/*`");
            }
            Ok(glob) => {
                set.add(glob);
            }
            Err(error) => faults.add(format!("{at}/{index}"), error.kind().to_string(), "a pattern such as `docs/**`"),
        }
    }
    match set.build() {
        Ok(set) => set,
        Err(error) => {
            faults.add(at, error.to_string(), "fewer or shorter patterns");
            GlobSet::empty()
        }
    }
}
