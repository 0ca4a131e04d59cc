//! What a POST makes has an id that leads on to everything about it.

use utoipa::openapi::{Components, Content, PathItem, Paths, RefOr, Response, Schema, link::Link, path::Operation};

/// Adds links to the answers of each POST that is answered with an `id`, to all operations at `{id}` below its path.
pub(super) fn add(paths: &mut Paths, components: &Components) {
    let made: Vec<_> =
        paths.paths.iter().filter(|(_, item)| item.post.is_some()).map(|(path, _)| path.clone()).collect();
    for path in made {
        let one = format!("{path}/{{id}}");
        let below = paths
            .paths
            .iter()
            .filter(|(path, _)| path.strip_prefix(&one).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
        let ids: Vec<_> =
            below.flat_map(|(_, item)| operations(item)).filter_map(|one| one.operation_id.clone()).collect();
        let post = paths.paths.get_mut(&path).and_then(|item| item.post.as_mut());
        for (status, response) in post.into_iter().flat_map(|post| &mut post.responses.responses) {
            if let RefOr::T(response) = response
                && status.starts_with('2')
                && answers_id(response, components)
            {
                response.links.extend(ids.iter().map(|id| (id.clone(), link(id))));
            }
        }
    }
}

fn link(operation: &str) -> RefOr<Link> {
    RefOr::T(Link::builder().operation_id(operation).parameter("id", "$response.body#/id").build())
}

fn operations(item: &PathItem) -> impl Iterator<Item = &Operation> {
    let PathItem { get, put, post, delete, options, head, patch, trace, .. } = item;
    [get, put, post, delete, options, head, patch, trace].into_iter().flatten()
}

fn answers_id(response: &Response, components: &Components) -> bool {
    let json = response.content.get("application/json");
    matches!(json, Some(RefOr::T(Content { schema: Some(schema), .. })) if has_id(schema, components))
}

fn has_id(schema: &RefOr<Schema>, components: &Components) -> bool {
    match schema {
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next().unwrap_or_default();
            matches!(components.schemas.get(name), Some(found @ RefOr::T(_)) if has_id(found, components))
        }
        RefOr::T(Schema::Object(object)) => object.properties.contains_key("id"),
        RefOr::T(Schema::AllOf(all)) => all.items.iter().any(|item| has_id(item, components)),
        RefOr::T(_) => false,
    }
}
