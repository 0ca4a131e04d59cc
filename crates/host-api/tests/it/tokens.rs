use std::sync::Arc;

use axum::http::Method;
use heimdall::testing::{FakeKey, KeyKind};

use crate::world::{DEVELOPER, TASKS, World, order, path};

/// Every route that needs a token, with the permission that it needs.
fn routes(task: &str) -> Vec<(Method, String, &'static str)> {
    let of = |method, path: &str, permission| (method, path.to_owned(), permission);
    vec![
        of(Method::GET, TASKS, "scaffold-tasks:read"),
        of(Method::POST, TASKS, "scaffold-tasks:write"),
        of(Method::GET, task, "scaffold-tasks:read"),
        of(Method::PATCH, task, "scaffold-tasks:write"),
        of(Method::DELETE, task, "scaffold-tasks:write"),
        of(Method::POST, &format!("{task}/queue"), "scaffold-tasks:write"),
        of(Method::POST, &format!("{task}/cancel"), "scaffold-tasks:write"),
        of(Method::POST, &format!("{task}/retry"), "scaffold-tasks:write"),
        of(Method::GET, &format!("{task}/events"), "scaffold-tasks:read"),
        of(Method::GET, &format!("{task}/log"), "scaffold-tasks:read"),
        of(Method::GET, &format!("{task}/artifact"), "scaffold-tasks:read"),
        of(Method::GET, "/api/v1/templates", "templates:read"),
        of(Method::GET, "/api/v1/templates/service", "templates:read"),
        of(Method::POST, "/api/v1/templates/service/dry-run", "templates:read"),
        of(Method::GET, "/api/v1/catalog/entities", "catalog:read"),
        of(Method::GET, "/api/v1/catalog/entities/by-name/component/default/a", "catalog:read"),
        of(Method::GET, "/api/v1/catalog/removals", "scaffold-tasks:admin"),
        of(Method::POST, "/api/v1/catalog/removals/confirm", "scaffold-tasks:admin"),
        of(Method::POST, "/api/v1/catalog/removals/discard", "scaffold-tasks:admin"),
    ]
}

#[tokio::test]
async fn every_route_needs_a_token_and_the_list_above_is_complete() {
    let world = World::start().await;
    let task = path(&world.as_("ada").draft("payments").await);
    for (method, path, _) in routes(&task) {
        let answer = world.nobody().send(method, &path, &[], axum::body::Body::empty()).await;
        answer.refused(401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    let described: usize = host_api::openapi().paths.paths.values().map(operations).sum();
    assert_eq!(routes(&task).len(), described);
}

fn operations(item: &utoipa::openapi::PathItem) -> usize {
    [&item.get, &item.put, &item.post, &item.patch, &item.delete].into_iter().flatten().count()
}

#[tokio::test]
async fn a_valid_token_without_the_permission_is_403_before_anything_is_read() {
    let world = World::start().await;
    let task = path(&world.as_("ada").draft("payments").await);
    for (method, path, permission) in routes(&task) {
        let all = DEVELOPER.split(' ').chain(["scaffold-tasks:admin", "openid"]);
        let others: Vec<_> = all.filter(|scope| *scope != permission).collect();
        let caller = world.with("ada", &others.join(" "));
        let answer = caller.send(method, &path, &[("if-match", "*")], axum::body::Body::from("{")).await;
        assert_eq!(answer.refused(403, "forbidden").extensions["permission"], permission, "{path}");
    }
}

#[tokio::test]
async fn roles_grant_what_the_table_says() {
    let world = World::start().await;
    let roles = |role: &str| {
        let token = world.token("ada").claim("realm_access", serde_json::json!({"roles": [role]})).sign().unwrap();
        world.bearing(&token)
    };
    for role in ["valkyrie-admin", "valkyrie-developer", "scaffold-tasks:write"] {
        assert_eq!(
            roles(role).post(TASKS, &order(&format!("by-{}", role.replace(':', "-")))).await.status,
            202,
            "{role}"
        );
    }
    roles("valkyrie-reader").post(TASKS, &order("payments")).await.refused(403, "forbidden");
    assert_eq!(roles("valkyrie-reader").get(TASKS).await.status, 200);
    roles("scaffold-tasks:write").get(TASKS).await.refused(403, "forbidden");
    roles("nobody").get(TASKS).await.refused(403, "forbidden");
}

#[tokio::test]
async fn tokens_that_do_not_hold_are_401() {
    let world = World::start().await;
    let right = || world.token("ada").scope(DEVELOPER);
    let other = Arc::new(FakeKey::generate(KeyKind::Es256, "other").unwrap());
    let public = world.issuer.key().unwrap().public_pem().unwrap();
    let now = right().sign().unwrap();
    let (head, signature) = now.rsplit_once('.').unwrap();
    let wrong = [
        right().claim("exp", 1_700_000_000).sign().unwrap(),
        right().claim("aud", "another-service").sign().unwrap(),
        right().claim("iss", "https://elsewhere.example").sign().unwrap(),
        right().key(other).sign().unwrap(),
        right().unsigned("none"),
        right().unsigned("None"),
        right().header("alg", "HS256").sign_with_secret(public.as_bytes()),
        format!("{head}x.{signature}"),
        format!("{head}."),
        "rubbish".to_owned(),
    ];
    for token in wrong {
        let answer = world.bearing(&token).get(TASKS).await;
        answer.refused(401, "unauthenticated");
        assert!(answer.header("www-authenticate").starts_with("Bearer error=\"invalid_token\""), "{token}");
    }
    assert_eq!(world.bearing(&now).get(TASKS).await.status, 200);
}
