use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use serde_json::json;

use super::{eventually, get, start};

#[tokio::test]
async fn a_task_that_panics_or_fails_is_started_again_and_health_says_so() {
    let runs = Arc::new(AtomicU32::new(0));
    let (counted, release) = (runs.clone(), Arc::new(tokio::sync::Semaphore::new(0)));
    let gate = release.clone();
    let running = start(async |service| {
        service.spawn_required("projector", move |shutdown| {
            let (run, gate) = (counted.fetch_add(1, Ordering::SeqCst), gate.clone());
            async move {
                match run {
                    0 => panic!("at the disco"),
                    1 => Err("the log said no"),
                    2 => {
                        let _permit = gate.acquire().await;
                        Err("once more")
                    }
                    _ => {
                        shutdown.requested().await;
                        Ok(())
                    }
                }
            }
        });
        Ok(())
    })
    .await;
    let reason = async || {
        let (status, report) = get(&running, "admin/healthz/readiness").await;
        let checks = report["checks"].as_array().unwrap().clone();
        let part = checks.into_iter().find(|part| part["name"] == "task projector").unwrap();
        (status, part["reason"].as_str().unwrap_or_default().to_owned())
    };
    let failed = eventually(async || Some(reason().await).filter(|(_, reason)| reason.contains("disco"))).await;
    assert_eq!(failed, (503, "failed 1 times: panicked: at the disco".to_owned()));
    eventually(async || (runs.load(Ordering::SeqCst) == 3).then_some(())).await;
    assert_eq!(reason().await, (200, String::new()));
    release.add_permits(1);
    eventually(async || (runs.load(Ordering::SeqCst) == 4).then_some(())).await;

    let metrics = running.service().metrics().encode().unwrap();
    assert!(metrics.contains("heimdall_task_restarts_total{task=\"projector\"} 3"), "{metrics}");
    running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_blocks_its_thread_is_not_alive() {
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let receiver = Arc::new(std::sync::Mutex::new(receiver));
    let running = start(async |service| {
        service.spawn("blocker", move |_| {
            let receiver = receiver.clone();
            async move {
                let _ = receiver.lock().unwrap().recv();
            }
        });
        Ok(())
    })
    .await;
    let liveness = async || get(&running, "admin/healthz/liveness").await;
    assert_eq!(liveness().await.0, 200);
    tokio::time::timeout(std::time::Duration::from_secs(30), async {
        while liveness().await.0 == 200 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    })
    .await
    .unwrap();
    assert!(liveness().await.1.to_string().contains("holds its thread"));
    drop(sender);
    eventually(async || (liveness().await == (200, json!(liveness().await.1))).then_some(())).await;
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_task_that_returns_has_finished_and_tasks_can_be_added_while_the_service_runs() {
    let runs = Arc::new(AtomicU32::new(0));
    let running = start(async |_| Ok(())).await;
    running.ready().await;
    let counted = runs.clone();
    running.service().spawn_required("once", move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        async {}
    });
    eventually(async || (runs.load(Ordering::SeqCst) == 1).then_some(())).await;
    assert_eq!(get(&running, "admin/healthz/readiness").await.0, 200);
    running.stop().await.unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}
