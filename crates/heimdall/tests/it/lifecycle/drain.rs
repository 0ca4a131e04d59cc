use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Semaphore;

use super::{eventually, get, open, start};

#[tokio::test]
async fn running_requests_and_tasks_come_to_their_end() {
    let (arrived, answer, task_done) = (gate(), gate(), Arc::new(AtomicBool::new(false)));
    let (arriving, answering, done) = (arrived.clone(), answer.clone(), task_done.clone());
    let running = start(async |service| {
        let handler = async move || {
            arriving.add_permits(1);
            let _permit = answering.acquire().await;
            "\"late\""
        };
        service.routes(open("/slow", handler));
        service.spawn("worker", move |shutdown| {
            let done = done.clone();
            async move {
                shutdown.requested().await;
                tokio::task::yield_now().await;
                done.store(true, Ordering::SeqCst);
            }
        });
        Ok(())
    })
    .await;
    running.ready().await;
    let address = running.address().unwrap();
    let request = tokio::spawn(reqwest::get(format!("http://{address}/slow")));
    let _arrived = arrived.acquire().await.unwrap();

    running.service().shutdown().request();
    eventually(async || (get(&running, "admin/healthz/readiness").await.0 == 503).then_some(())).await;
    eventually(async || tokio::net::TcpStream::connect(address).await.is_err().then_some(())).await;
    let stopping = tokio::spawn(running.stop());
    assert!(!stopping.is_finished());

    answer.add_permits(1);
    assert_eq!(request.await.unwrap().unwrap().text().await.unwrap(), "\"late\"");
    stopping.await.unwrap().unwrap();
    assert!(task_done.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_preparation_under_way_does_not_hold_up_the_end() {
    let running = start(async |service| {
        service.prepare("never", std::future::pending);
        Ok(())
    })
    .await;
    tokio::time::timeout(std::time::Duration::from_secs(10), running.stop()).await.unwrap().unwrap();
}

fn gate() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(0))
}
