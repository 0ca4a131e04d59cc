//! The program of `docs/heimdall.md`: a useful service in forty lines, and its test.

use heimdall::prelude::*;

const TABLE: &str = "CREATE TABLE tally (item text PRIMARY KEY, sum bigint NOT NULL)";
const MIGRATIONS: Migrations = Migrations::portable("tally_migrations", &[Migration::portable("0001_tally", TABLE)]);
const ADD: &str = "INSERT INTO tally VALUES ($1, $2) ON CONFLICT (item) DO UPDATE SET sum = tally.sum + $2 RETURNING *";

/// Items came in.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
struct ItemsReceived {
    item: String,
    quantity: u32,
}

impl EventType for ItemsReceived {
    const TYPE: &'static str = "items.received.v1";
}

/// How many of an item have come in so far.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema, utoipa::ToSchema)]
struct Tally {
    item: String,
    sum: i64,
}

impl EventType for Tally {
    const TYPE: &'static str = "tally.changed.v1";
}

async fn received(Event { data, .. }: &Event<ItemsReceived>, work: &mut Work) -> Result<(), HandlerError> {
    let row = work.fetch_one(Query::new(ADD).bind(data.item.as_str()).bind(i64::from(data.quantity))).await?;
    Ok(work.publish("tally.tallies", &data.item, &Tally { item: data.item.clone(), sum: row.get("sum")? }).await?)
}

/// Look at the tally of an item.
#[utoipa::path(get, path = "/api/v1/tallies/{item}", params(("item", Path)), responses((status = 200, body = Tally)))]
async fn show(State(database): State<Database>, Path(item): Path<String>) -> Result<Json<Tally>, Problem> {
    let find = Query::new("SELECT sum FROM tally WHERE item = $1").bind(item.as_str());
    Ok(Json(Tally { sum: database.fetch_optional(find).await?.or_not_found()?.get("sum")?, item }))
}

async fn compose(service: &Service) -> Result<(), CompositionError> {
    let database = service.database(MIGRATIONS).await?;
    service.topic("items.received");
    service.topic("tally.tallies").partitions(3).carries::<Tally>();
    service.on("items.received", received);
    service.routes(Routes::new().with(permission("tallies:read"), routes!(show)).with_state(database));
    Ok(())
}

fn main() -> std::process::ExitCode {
    heimdall::run("tally", compose)
}

#[cfg(test)]
mod tests {
    use heimdall::testing::TestService;

    use super::*;

    fn items(item: &str, quantity: u32) -> ItemsReceived {
        ItemsReceived { item: item.to_owned(), quantity }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_comes_in_is_counted_told_and_shown() {
        let service = TestService::builder("tally").start(compose).await;
        service.publish("items.received", "bolt", &items("bolt", 2)).await;
        service.publish("items.received", "bolt", &items("bolt", 3)).await;
        service.settle().await;

        let told: Vec<i64> = service.published::<Tally>().await.iter().map(|event| event.data.sum).collect();
        assert_eq!(told, [2, 5]);
        let caller = service.caller(&["tallies:read"]);
        assert_eq!(caller.get("/api/v1/tallies/bolt").await.json::<Tally>().sum, 5);
        assert_eq!(caller.get("/api/v1/tallies/nut").await.status, 404);
        assert_eq!(service.anyone().get("/api/v1/tallies/bolt").await.status, 401);
        service.finish().await; // fails if anything was left unhandled
    }
}
