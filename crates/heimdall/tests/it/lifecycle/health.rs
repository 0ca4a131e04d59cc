use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
};
use heimdall::lifecycle::PrepareError;
use serde_json::json;

use super::{eventually, get, open, start};

#[tokio::test]
async fn nothing_is_served_and_no_task_runs_before_everything_is_prepared() {
    let [there, ran, seen] = [(); 3].map(|()| Arc::new(AtomicBool::new(false)));
    let (database, task, layer) = (there.clone(), ran.clone(), seen.clone());
    let running = start(async |service| {
        // What a service puts around its routes may need its tables, too.
        let note = move |request: Request, next: Next| {
            layer.store(true, Ordering::SeqCst);
            next.run(request)
        };
        service.routes(open("/", async || "1").route_layer(from_fn(note)));
        service.prepare("migrations", move || {
            let there = database.load(Ordering::SeqCst);
            async move { if there { Ok(()) } else { Err(PrepareError::transient("the database is away")) } }
        });
        service.spawn("worker", move |shutdown| {
            task.store(true, Ordering::SeqCst);
            async move { shutdown.requested().await }
        });
        Ok(())
    })
    .await;

    let reason = eventually(async || {
        let (status, report) = get(&running, "admin/healthz/readiness").await;
        assert_eq!((status, &report["status"]), (503, &json!("not ready")));
        let checks = report["checks"].as_array().unwrap().clone();
        let check = checks.into_iter().find(|check| check["name"] == "migrations").unwrap();
        (check["reason"] != "not done yet").then_some(check)
    })
    .await;
    assert_eq!(reason["reason"], "the database is away");
    assert_eq!(get(&running, "/healthz/readiness").await, (503, json!({"status": "not ready"})));
    assert_eq!(get(&running, "/healthz/startup").await, (503, json!({"status": "starting"})));
    assert_eq!(get(&running, "/healthz/liveness").await, (200, json!({"status": "alive"})));
    let (status, problem) = get(&running, "/").await;
    assert_eq!((status, &problem["detail"]), (503, &json!("the service is starting")));
    assert!(!ran.load(Ordering::SeqCst) && !seen.load(Ordering::SeqCst));

    there.store(true, Ordering::SeqCst);
    eventually(async || (get(&running, "/healthz/readiness").await.0 == 200).then_some(())).await;
    assert_eq!(get(&running, "/healthz/startup").await, (200, json!({"status": "started"})));
    assert_eq!(get(&running, "/").await.0, 200);
    assert!(seen.load(Ordering::SeqCst));
    eventually(async || ran.load(Ordering::SeqCst).then_some(())).await;
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_preparation_that_can_never_succeed_ends_the_service() {
    let running = start(async |service| {
        service.prepare("migrations", || async { Err(PrepareError::permanent("the schema is newer")) });
        Ok(())
    })
    .await;
    let ended = tokio::time::timeout(Duration::from_secs(10), running.finished()).await.unwrap();
    assert_eq!(ended.unwrap_err().to_string(), "the schema is newer");
}

#[tokio::test]
async fn a_required_check_decides_readiness_and_a_detail_does_not() {
    let (database, log) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (asked, also) = (database.clone(), log.clone());
    let running = start(async |service| {
        let answer = |well: bool| if well { Ok(()) } else { Err("away".into()) };
        service.health().readiness("database", move || std::future::ready(answer(asked.load(Ordering::SeqCst))));
        service.health().detail("log", move || std::future::ready(answer(also.load(Ordering::SeqCst))));
        service.health().detail("slow", std::future::pending);
        Ok(())
    })
    .await;
    let state = async |name: &str| {
        let (status, report) = get(&running, "admin/healthz/readiness").await;
        let part = report["checks"].as_array().unwrap().iter().find(|part| part["name"] == name).unwrap().clone();
        (status, part["state"].clone(), part["reason"].clone())
    };
    assert_eq!(state("database").await, (503, json!("failed"), json!("away")));
    database.store(true, Ordering::SeqCst);
    eventually(async || (state("log").await == (200, json!("failed"), json!("away"))).then_some(())).await;
    assert_eq!(state("slow").await, (200, json!("failed"), json!("no answer within 2s")));
    database.store(false, Ordering::SeqCst);
    eventually(async || (state("database").await.0 == 503).then_some(())).await;
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_pulse_that_stops_fails_liveness() {
    let mut pulse = None;
    let running = start(async |service| {
        pulse = Some(service.pulse("relay", Duration::from_millis(50)));
        Ok(())
    })
    .await;
    let pulse = pulse.unwrap();
    let liveness = async || get(&running, "admin/healthz/liveness").await;
    assert_eq!(liveness().await.0, 200, "nothing is expected before the first beat");
    pulse.beat();
    let report = eventually(async || Some(liveness().await).filter(|(status, _)| *status == 503)).await.1;
    assert_eq!(report["status"], "stuck");
    assert!(report["checks"].to_string().contains("no sign of life"), "{report}");
    pulse.rest();
    assert_eq!(liveness().await.0, 200);
    running.stop().await.unwrap();
}
