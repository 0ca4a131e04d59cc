use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::world::{Client, TASKS, World, id, order, path};

fn names(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|task| task["parameters"]["name"].as_str().unwrap().to_owned()).collect()
}

async fn found(client: &Client<'_>, query: &str) -> Vec<String> {
    names(&client.get(&format!("{TASKS}?{query}")).await.ok())
}

#[tokio::test]
async fn paging_through_250_tasks_shows_each_once_newest_first() {
    let world = World::start().await;
    let ada = world.as_("ada");
    for number in 0..250 {
        // Several share a moment: the order must not hang on the time alone.
        if number % 7 == 0 {
            world.clock.advance(TimeDelta::seconds(1));
        }
        ada.draft(&format!("service-{number}")).await;
    }
    let (mut seen, mut cursor, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let after = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = ada.get(&format!("{TASKS}?limit=30{after}")).await.ok();
        seen.extend(page["items"].as_array().unwrap().iter().map(|task| id(task).to_owned()));
        pages += 1;
        if pages == 3 {
            // What is new meanwhile comes before the pages that follow, and so disturbs none.
            ada.draft("late").await;
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!((seen.len(), pages), (250, 9));
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 250);
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "ids grow with time, so newest first is descending");
    assert_eq!(ada.get(TASKS).await.ok()["items"].as_array().unwrap().len(), 20, "the default limit");
}

#[tokio::test]
async fn filters_choose_and_combine() {
    let world = World::start().await;
    world.as_("ada").draft("one").await;
    world.clock.advance(TimeDelta::hours(1));
    let two = world.as_("ada").request("two").await;
    world.clock.advance(TimeDelta::hours(1));
    let ada = world.as_("ada");
    let mut body = order("three");
    body["account"] = json!({"identifier": "123456789012"});
    ada.post(TASKS, &body).await.ok();
    world.as_("bob").draft("four").await;
    world.fail(id(&two)).await;

    assert_eq!(found(&ada, "status=draft").await, ["one"]);
    assert_eq!(found(&ada, "status=draft&status=failed").await, ["two", "one"]);
    assert_eq!(found(&ada, "status=draft,queued").await, ["three", "one"]);
    assert_eq!(found(&ada, "account=123456789012").await, ["three"]);
    assert_eq!(found(&ada, "template=service&limit=2").await, ["three", "two"]);
    assert_eq!(found(&ada, "template=nameless").await, [""; 0]);
    assert_eq!(found(&ada, "createdFrom=2026-01-01T13:00:00Z").await, ["three", "two"]);
    assert_eq!(found(&ada, "createdTo=2026-01-01T13:00:00Z").await, ["one"]);
    assert_eq!(found(&ada, "createdFrom=2026-01-01T14:00:00%2B01:00&createdTo=2026-01-01T14:00:00Z").await, ["two"]);
    assert_eq!(found(&world.admin(), "createdBy=bob").await, ["four"]);
}

#[tokio::test]
async fn entities_are_included_when_asked_for() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let task = ada.request("payments").await;
    world.complete(id(&task), b"archive").await;
    let plain = ada.get(TASKS).await.ok();
    assert!(plain["items"][0].get("entities").is_none());
    assert_eq!(plain["items"][0]["entityRefs"], json!(["component:default/payments"]));
    let with = ada.get(&format!("{TASKS}?include=entities")).await.ok();
    assert_eq!(with["items"][0]["entities"][0]["kind"], "Component");
}

#[tokio::test]
async fn what_no_filter_knows_is_refused_by_name() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let query = "status=gone&include=everything&limit=0&createdFrom=yesterday&colour=red&template=a&template=b";
    let mut wrong = ada.get(&format!("{TASKS}?{query}")).await.wrong(422, "invalid-request");
    wrong.sort();
    assert_eq!(wrong, ["?colour", "?createdFrom", "?include", "?limit", "?status", "?template"]);
    for query in [
        "limit=101",
        "limit=-1",
        "limit=ten",
        "limit=",
        "status=draft,gone",
        "status=",
        "cursor=rubbish",
        "template=%00",
        "template=",
        "account=",
        "createdBy=",
        "createdTo=2026-01-02T00:00:00Z&createdFrom=2026-01-02T00:00:00Z",
        "createdTo=2026-01-01T00:00:00Z&createdFrom=2026-01-02T00:00:00Z",
    ] {
        let wrong = ada.get(&format!("{TASKS}?{query}")).await.wrong(422, "invalid-request");
        assert_eq!(wrong, [format!("?{}", query.split('=').next().unwrap())], "{query}");
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_only() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let task = ada.draft("one").await;
    ada.draft("two").await;
    let next = ada.get(&format!("{TASKS}?limit=1&status=draft")).await.ok()["nextCursor"].as_str().unwrap().to_owned();
    assert_eq!(found(&ada, &format!("limit=5&status=draft&cursor={next}")).await, ["one"]);
    for list in [
        format!("{TASKS}?cursor={next}"),
        format!("{}/events?cursor={next}", path(&task)),
        format!("/api/v1/catalog/entities?cursor={next}"),
    ] {
        assert_eq!(ada.get(&list).await.wrong(422, "invalid-request"), ["?cursor"], "{list}");
    }
}
