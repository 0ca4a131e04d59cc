use axum::body::Body;
use axum::http::Method;
use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};

use crate::world::{World, id, path};

#[tokio::test]
async fn a_finished_service_is_fetched_whole() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let task = ada.request("payments").await;
    // More than fits into one piece.
    let archive: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).take(3_000_000).collect();
    world.complete(id(&task), &archive).await;

    let at = format!("{}/artifact", path(&task));
    let answer = ada.get(&at).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.body == archive, "the bytes are those that the worker kept");
    assert_eq!(answer.header("content-type"), "application/gzip");
    assert_eq!(answer.header("content-length"), "3000000");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"payments.tar.gz\"");
    let digest = Sha256::digest(&archive);
    assert_eq!(answer.header("etag"), format!("\"{}\"", hex::encode(digest)));
    assert!(answer.header("repr-digest").starts_with("sha-256=:"));
    let shown = &ada.get(&path(&task)).await.ok()["artifact"];
    assert_eq!((&shown["size"], &shown["sha256"]), (&3_000_000.into(), &hex::encode(digest).into()));

    let known = ada.send(Method::GET, &at, &[("if-none-match", answer.header("etag"))], Body::empty()).await;
    assert_eq!((known.status.as_u16(), known.body.len()), (304, 0));
}

#[tokio::test]
async fn there_is_none_before_and_none_after() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let task = ada.request("payments").await;
    let at = format!("{}/artifact", path(&task));
    ada.get(&at).await.refused(404, "no-artifact");
    world.complete(id(&task), b"archive").await;
    assert_eq!(ada.get(&at).await.body, b"archive");
    world.clock.advance(TimeDelta::days(7));
    world.as_("ada").get(&at).await.refused(404, "no-artifact");
}
