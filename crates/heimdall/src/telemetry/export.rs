use async_trait::async_trait;
use bytes::Bytes;
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{SdkTracerProvider, TracerProviderBuilder},
};
use tokio::runtime::Handle;

use super::{TelemetryConfig, TelemetryError};

/// Sends spans to a collector, if one is set.
pub(super) fn provider(name: &str, config: &TelemetryConfig) -> Result<Option<SdkTracerProvider>, TelemetryError> {
    let Some(url) = config.traces_url() else { return Ok(None) };
    let builder = SdkTracerProvider::builder().with_resource(resource(name));
    Ok(Some(with_exporter(builder, &url)?.build()))
}

/// What `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say, over the service's own name.
fn resource(name: &str) -> Resource {
    let key = opentelemetry::Key::from_static_str("service.name");
    let said = Resource::builder().build();
    let named = said.get(&key).is_some_and(|name| !name.as_str().starts_with("unknown_service"));
    if named { said } else { Resource::builder().with_service_name(name.to_owned()).build() }
}

fn with_exporter(builder: TracerProviderBuilder, url: &str) -> Result<TracerProviderBuilder, TelemetryError> {
    let client = OnRuntime { client: reqwest::Client::builder().build()?, runtime: Handle::current() };
    let exporter = SpanExporter::builder().with_http().with_endpoint(url).with_http_client(client).build()?;
    Ok(builder.with_batch_exporter(exporter))
}

/// The exporter has a thread of its own without a runtime: requests are made on ours.
#[derive(Debug)]
struct OnRuntime {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for OnRuntime {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        self.runtime.spawn(async move { client.send_bytes(request).await }).await?
    }
}
