//! `/api/v1/templates`: what services can be made from.

mod dry_run;

use std::sync::Arc;

use application::ports::Template;
use application::view::TemplateView;
use axum::extract::State;
use heimdall::http::{Json, OrNotFound as _, Page, Paging, Path, Problem, Query};
use heimdall::routes::{Routes, permission, routes};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::Api;
use crate::permissions::TEMPLATES_READ;

/// The routes.
pub(crate) fn routes() -> Routes<Api> {
    Routes::new().with(permission(TEMPLATES_READ), routes!(list_templates, get_template, dry_run::dry_run_template))
}

/// A template.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Template)]
pub(crate) struct TemplateItem {
    #[serde(flatten)]
    version: TemplateView,
    /// A title for people.
    title: String,
    /// What it makes.
    description: String,
    /// Who keeps it, as an entity reference.
    owner: Option<String>,
    /// What kind of thing it makes, such as `service`.
    #[serde(rename = "type")]
    kind: String,
    /// Words to find it by.
    tags: Vec<String>,
    /// What it declares: one JSON Schema (2020-12) of an object.
    #[schema(value_type = Object)]
    parameters: Value,
}

/// List templates.
///
/// By name.
#[utoipa::path(
    get,
    path = "/api/v1/templates",
    tag = "Templates",
    params(Paging),
    responses((status = 200, description = "A page of templates", body = Page<TemplateItem>)),
)]
async fn list_templates(
    State(api): State<Api>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<TemplateItem>>, Problem> {
    const LIST: &str = "templates";
    let after = paging.after::<String>(LIST)?;
    let mut templates = api.templates.list();
    templates.sort_by(|one, other| one.version.name.cmp(&other.version.name));
    templates.retain(|template| after.as_ref().is_none_or(|after| template.version.name > *after));
    templates.truncate(paging.limit.rows() + 1);
    let page = Page::of(templates, paging.limit, LIST, |last| last.version.name.clone());
    Ok(Json(page.map(TemplateItem::from)))
}

/// Look at a template.
///
/// `parameters` is the JSON Schema of what a task must give.
#[utoipa::path(
    get,
    path = "/api/v1/templates/{name}",
    tag = "Templates",
    params(("name" = String, Path, description = "The template", example = "event-service")),
    responses((status = 200, description = "The template", body = TemplateItem)),
)]
async fn get_template(State(api): State<Api>, Path(name): Path<String>) -> Result<Json<TemplateItem>, Problem> {
    let template = api.templates.find(&name).or_not_found_with(|| "there is no template of this name")?;
    Ok(Json(template.into()))
}

impl From<Arc<Template>> for TemplateItem {
    fn from(template: Arc<Template>) -> Self {
        let Template { version, title, description, owner, kind, tags, parameters } = Arc::unwrap_or_clone(template);
        Self { version: TemplateView::from(&version), title, description, owner, kind, tags, parameters }
    }
}
