use heimdall::routes::{ApiDescription, PublicApi};
use serde_json::{Value, json};

use super::{ABOUT, api, routes};

fn document() -> Value {
    serde_json::to_value(api().openapi()).unwrap()
}

#[test]
fn rules_are_security_and_what_goes_wrong() {
    let document = document();
    let operation = |method: &str, path: &str| document["paths"][path][method].clone();
    let security = |method, path| operation(method, path)["security"].clone();
    assert_eq!(security("get", "/things"), json!([{"bearer": ["things:read"]}]));
    assert_eq!(security("post", "/things"), json!([{"bearer": ["things:write"]}]));
    assert_eq!(security("get", "/who"), json!([{"bearer": []}]));
    assert_eq!(security("get", "/about"), Value::Null);
    let statuses = |method, path| {
        let responses = operation(method, path)["responses"].as_object().unwrap().clone();
        responses.keys().map(|status| status.parse().unwrap()).collect::<Vec<u16>>()
    };
    assert_eq!(statuses("get", "/things"), [200, 401, 403, 422, 429, 500, 503]);
    assert_eq!(statuses("post", "/things"), [201, 400, 401, 403, 409, 413, 415, 422, 429, 500, 503]);
    assert_eq!(statuses("get", "/things/{id}"), [200, 401, 403, 404, 429, 500, 503]);
    assert_eq!(statuses("get", "/who"), [200, 401, 429, 500, 503]);
    assert_eq!(statuses("get", "/about"), [200, 500, 503]);
    assert_eq!(operation("get", "/who")["responses"]["401"]["$ref"], "#/components/responses/Problem401");
    let conflict = &document["components"]["responses"]["Problem409"]["description"];
    assert!(conflict.as_str().unwrap().contains("`/problems/sold`: The thing is sold"), "{conflict}");
    let worded = &operation("post", "/things")["responses"]["409"];
    assert_eq!(worded["description"], "It is sold");
    assert!(worded["content"]["application/problem+json"].is_object());
    assert!(document["paths"].as_object().unwrap().keys().all(|path| !path.starts_with("/discovery")));
}

#[test]
fn what_a_post_makes_leads_on() {
    let created = &document()["paths"]["/things"]["post"]["responses"]["201"]["links"];
    assert_eq!(*created, json!({"show": {"operationId": "show", "parameters": {"id": "$response.body#/id"}}}));
}

#[test]
fn a_service_says_what_it_is_and_one_that_does_not_has_its_name() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let license = json!({"name": "Apache-2.0", "identifier": "Apache-2.0"});
    assert_eq!(document["info"], json!({"title": "Things & more", "version": "1.2.3", "license": license}));
    assert_eq!(document["tags"], json!([{"name": "Things", "description": "What there is"}]));

    let silent = serde_json::to_value(PublicApi::new("shop").routes(routes()).openapi()).unwrap();
    assert_eq!(silent["info"], json!({"title": "shop", "version": "unspecified"}));
    assert_eq!(silent["paths"], document["paths"], "the document needs no state");
}

#[test]
fn of_several_hosts_the_first_word_counts_and_the_rest_is_joined() {
    let other =
        ApiDescription { title: "Other", description: "More.", tags: &[("More", "")], ..ApiDescription::DEFAULT };
    let joined = PublicApi::<()>::new("shop").describe(ABOUT).describe(other).openapi();
    let joined = serde_json::to_value(joined).unwrap();
    assert_eq!((&joined["info"]["title"], &joined["info"]["description"]), (&json!("Things & more"), &json!("More.")));
    let tags: Vec<_> = joined["tags"].as_array().unwrap().iter().map(|tag| tag["name"].clone()).collect();
    assert_eq!(tags, ["Things", "More"]);
}
