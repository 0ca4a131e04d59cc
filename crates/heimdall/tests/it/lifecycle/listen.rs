use axum::{Router, routing::get as route};
use heimdall::{
    lifecycle::{CompositionError, Host, Service},
    routes::ApiDescription,
    server::HttpConfig,
};
use serde_json::{Value, json};

use super::{config, get, open, start};

async fn compose(service: &Service) -> Result<(), CompositionError> {
    service.routes(open("/", async || "\"hello\""));
    Ok(())
}

#[tokio::test]
async fn it_serves_on_a_free_port_and_says_which() {
    let running = start(async |service| {
        let url = service.public_url()?;
        service.routes(open("/url", async move || format!("{url:?}")));
        Ok(())
    })
    .await;
    running.ready().await;
    assert_eq!(get(&running, "/url").await.1, format!("http://{}", running.address().unwrap()));
    assert_ne!(running.address(), running.admin_address());
    let metrics = reqwest::get(format!("http://{}/metrics", running.admin_address().unwrap())).await.unwrap();
    assert!(metrics.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    assert!(metrics.text().await.unwrap().ends_with("# EOF\n"));
    assert_eq!(get(&running, "/nowhere").await.0, 401, "without a token nobody learns what there is");
    assert_eq!(get(&running, "/metrics").await.0, 401, "metrics are for the admin listener");
    running.stop().await.unwrap();
}

#[tokio::test]
async fn the_document_of_a_service_is_there_before_it_runs_and_while_it_does() {
    let mut composed = Value::Null;
    let running = start(async |service| {
        compose(service).await?;
        service.describe(ApiDescription { version: "1.2.3", ..ApiDescription::DEFAULT });
        composed = serde_json::to_value(service.openapi()).map_err(CompositionError::other)?;
        Ok(())
    })
    .await;
    assert_eq!(composed["info"], json!({"title": "shop", "version": "1.2.3"}));
    assert_eq!(
        get(&running, "/discovery/v1/openapi/schema.json").await,
        (200, composed.clone()),
        "also before it is ready"
    );
    running.ready().await;
    assert_eq!(serde_json::to_value(running.service().openapi()).unwrap(), composed);
    assert_eq!(get(&running, "/problems").await.0, 200);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_taken_port_is_named_with_its_setting() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let host = Host::new(config().argument("--port", "http.port", port.to_string()));
    let error = host.start(compose).await.err().unwrap().to_string();
    assert!(error.contains(&format!("127.0.0.1:{port}")) && error.contains("taken by another program"), "{error}");
    assert!(error.contains("`http.port` (--port)"), "{error}");
}

#[tokio::test]
async fn a_shared_listener_serves_everything() {
    let host = Host::new(config()).shared_listener();
    let running = host.start(compose).await.unwrap();
    running.ready().await;
    assert_eq!(running.address(), running.admin_address());
    assert_eq!(get(&running, "/").await.1, "hello");
    assert_eq!(get(&running, "/metrics").await.0, 200);
    assert!(get(&running, "/healthz/readiness").await.1["checks"].is_array());
    running.stop().await.unwrap();
}

#[tokio::test]
async fn several_services_are_composed_in_one_process() {
    let running = start(async |service| {
        compose(service).await?;
        service.serve_admin(Router::new().route("/work", route(async || "\"worker\"")));
        Ok(())
    })
    .await;
    running.ready().await;
    assert_eq!((get(&running, "/").await.1, get(&running, "admin/work").await.1), ("hello".into(), "worker".into()));
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_service_without_public_routes_has_only_the_admin_listener() {
    let running = start(async |_| Ok(())).await;
    running.ready().await;
    assert_eq!(running.address(), None);
    assert_eq!(get(&running, "admin/healthz/readiness").await.0, 200);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_section_that_nobody_knows_is_refused_once_the_service_is_composed() {
    let host = Host::new(config().default("shop.size", 3));
    let error = host.start(compose).await.err().unwrap();
    assert!(matches!(&error, CompositionError::Config(error) if error.to_string().contains("shop.size")), "{error}");
}

#[tokio::test]
async fn the_public_url_is_the_one_that_is_set() {
    let url = |config| async {
        let running = Host::new(config).start(async |_| Ok(())).await.unwrap();
        let url = running.service().public_url().unwrap();
        running.stop().await.unwrap();
        url
    };
    assert_eq!(url(config().default("http.public_url", "https://shop.example/")).await, "https://shop.example");
    assert_eq!(url(config().default("http.port", 7100)).await, "http://127.0.0.1:7100");
    assert_eq!(config().load().unwrap().section::<HttpConfig>().unwrap().public_url, None);
}
