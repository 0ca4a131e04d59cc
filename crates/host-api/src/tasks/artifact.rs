use application::domain::{Artifact, TaskState};
use application::ports::ArtifactReader;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::task_at::TaskAt;
use crate::errors::ApiError;

/// Fetch the finished service.
///
/// A `.tar.gz` archive, for as long as the task's `artifact.expiresAt` says.
#[utoipa::path(
    get,
    path = "/api/v1/scaffold-tasks/{id}/artifact",
    tag = "Scaffold tasks",
    params(
        ("id" = Uuid, Path, description = "The task"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of an archive that is there already"),
    ),
    responses(
        (status = 200, description = "The archive", content((Vec<u8> = "application/gzip")), headers(
            ("ETag" = String, description = "The archive's SHA-256 in hexadecimal digits, quoted"),
            ("Repr-Digest" = String, description = "The archive's SHA-256, as in RFC 9530"),
            ("Content-Disposition" = String, description = "Suggests a file name: the service's, with `.tar.gz`"))),
        (status = 304, description = "The archive is the one that `If-None-Match` names"),
    ),
)]
pub(super) async fn fetch_scaffold_task_artifact(
    TaskAt { api, caller, id }: TaskAt,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (task, reader) = api.tasks.artifact(&caller.viewer, id).await?;
    let described = describe(&task);
    let etag = described.get(header::ETAG).map(HeaderValue::as_bytes);
    let known = headers.get_all(header::IF_NONE_MATCH).iter().any(|value| Some(value.as_bytes()) == etag);
    if known {
        return Ok((StatusCode::NOT_MODIFIED, described).into_response());
    }
    let size = task.artifact.map(|Artifact { size, .. }| [(header::CONTENT_LENGTH, size)]);
    let size = size.map(|[(name, size)]| [(name, HeaderValue::from(size))]);
    let content_type = [(header::CONTENT_TYPE, "application/gzip")];
    Ok((described, content_type, size, body(reader)).into_response())
}

/// Streams the archive; should the database go away halfway, the connection breaks, so that nobody takes a part for the whole.
fn body(reader: Box<dyn ArtifactReader>) -> Body {
    Body::from_stream(futures::stream::try_unfold(reader, |mut reader| async move {
        let piece = reader.next().await;
        piece.map(|piece| piece.map(|piece| (piece, reader))).inspect_err(|error| {
            tracing::warn!(%error, "an artifact could not be sent to its end");
        })
    }))
}

/// What the headers say about an archive.
fn describe(task: &TaskState) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name, text: String| {
        // Names and digests are plain ASCII.
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    };
    let name = task.name.as_ref().map_or_else(|| task.id.to_string(), ToString::to_string);
    put(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.tar.gz\""));
    if let Some(Artifact { sha256, .. }) = &task.artifact {
        put(header::ETAG, format!("\"{sha256}\""));
        if let Ok(bytes) = hex::decode(sha256) {
            put(header::HeaderName::from_static("repr-digest"), format!("sha-256=:{}:", STANDARD.encode(bytes)));
        }
    }
    headers
}
