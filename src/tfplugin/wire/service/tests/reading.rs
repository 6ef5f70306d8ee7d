//! ReadResource and ImportResourceState, and the identity in all responses.

use super::cloud::Order;
use super::*;

async fn import(
    harness: &Harness,
    id: &str,
    identity: Option<Json>,
) -> pb::import_resource_state::Response {
    let ty = &harness.service.offer().resources[TYPE].identity;
    let identity = identity.map(|identity| pb::ResourceIdentityData {
        identity_data: Some(message(&typed(&identity, ty))),
    });
    let request = pb::import_resource_state::Request {
        type_name: TYPE.to_owned(),
        id: id.to_owned(),
        identity,
        ..Default::default()
    };
    harness.service.import_resource_state(Request::new(request)).await.unwrap().into_inner()
}

#[tokio::test]
async fn a_read_brings_the_state_up_to_date_and_keeps_the_spelling() {
    let harness = Harness::new().await;
    let config = machine(json!({ "ports": [{ "number": 1, "place": "A b" }] }));
    let before = harness.machine(&config).await;
    harness.cloud.allow(&["read"]);
    assert_eq!(harness.read(&before).await, (before.clone(), vec![]));
    harness.cloud.set_status("stopped");
    let (after, _) = harness.read(&before).await;
    assert_eq!(after.state.as_ref().unwrap()["status"], Value::from("stopped"));
    assert_eq!((after.private, after.identity), (before.private, before.identity));
}

#[tokio::test]
async fn an_object_that_is_gone_is_null_without_an_error() {
    let harness = Harness::new().await;
    let before = harness.machine(&machine(json!({}))).await;
    harness.cloud.allow(&["read"]);
    harness.cloud.lose_it();
    let (after, said) = harness.read(&before).await;
    assert_eq!((after, said.len()), (Remembered::default(), 1));
    assert_eq!(said[0].summary, "The object was deleted");
}

#[tokio::test]
async fn a_read_that_fails_changes_nothing() {
    let harness = Harness::new().await;
    let before = harness.machine(&machine(json!({}))).await;
    harness.cloud.allow(&["read"]);
    for (order, summary) in
        [(Order::Fail, "error: read failed"), (Order::Panic, "error: The provider has a bug")]
    {
        harness.cloud.order("read", order);
        let (after, diagnostics) = harness.read(&before).await;
        assert_eq!(summaries(&diagnostics), [summary]);
        assert_eq!(after, before);
        harness.cloud.obey_no_more();
    }
    harness.configure(0, json!({ "endpoint": "unready" })).await;
    let (after, diagnostics) = harness.read(&before).await;
    assert_eq!(summaries(&diagnostics), ["error: No endpoint"]);
    assert_eq!(after, before);
}

#[tokio::test]
async fn reading_nothing_gives_nothing() {
    let harness = Harness::new().await;
    let nothing = Remembered::default();
    assert_eq!(harness.read(&nothing).await, (nothing, vec![]));
}

#[tokio::test]
async fn an_identity_that_was_never_stored_is_set_by_a_read_and_then_never_changes() {
    let harness = Harness::new().await;
    let complete = harness.machine(&machine(json!({}))).await;
    harness.cloud.allow(&["read"]);
    let mut before = complete.clone();
    before.identity = None;
    assert_eq!(harness.read(&before).await.0.identity, complete.identity);
    let ty = &harness.service.offer().resources[TYPE].identity;
    let another = |id: &str| pb::ResourceIdentityData {
        identity_data: Some(message(&typed(&json!({ "id": id }), ty))),
    };
    before.identity = Some(another("M1"));
    assert_eq!(harness.read(&before).await.0.identity, before.identity);
    // An unknown one and an empty one count as none.
    for unusable in [another("?"), pb::ResourceIdentityData::default()] {
        before.identity = Some(unusable);
        assert_eq!(harness.read(&before).await.0.identity, complete.identity);
    }
}

#[tokio::test]
async fn an_object_is_imported_by_id_and_by_identity() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["import", "read"]);
    for (id, identity) in [("m1", None), ("", Some(json!({ "id": "m1" })))] {
        let answer = import(&harness, id, identity).await;
        assert_eq!(answer.diagnostics, []);
        let [imported] = <[_; 1]>::try_from(answer.imported_resources).unwrap();
        assert_eq!(imported.type_name, TYPE);
        let imported = Remembered {
            state: harness.read_back(imported.state.as_ref()),
            private: imported.private,
            identity: imported.identity,
        };
        assert_eq!(imported.private, br#"{"etag":"imported"}"#);
        let (read, diagnostics) = harness.read(&imported).await;
        assert_eq!((&read, diagnostics), (&imported, vec![]));
        // What the service never returns is kept, and another spelling is not a change.
        let config = machine(json!({ "size": 3, "seed": "s" }));
        let plan = harness.plan(&read, &config).await;
        assert_eq!(plan.replace, [""; 0]);
        let planned = plan.planned.as_ref().unwrap();
        assert_eq!(planned["status"], Value::from("ready"));
        assert_eq!(planned["location"], Value::from("westeurope"));
        let calls = harness.cloud.calls();
        harness.apply(&read, plan, &config).await;
        assert_eq!(harness.cloud.calls(), calls);
    }
}

#[tokio::test]
async fn an_import_that_fails_says_why_and_brings_nothing() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["import"]);
    for (id, identity, summary) in [
        ("m2", None, "error id: Bad id"),
        ("", None, "error id: Bad id"),
        ("", Some(json!({ "project": "p1" })), "error id: Missing `id`"),
        ("", Some(json!({ "id": "?" })), "error: Unreadable identity"),
    ] {
        let answer = import(&harness, id, identity).await;
        assert_eq!(summaries(&answer.diagnostics), [summary]);
        assert_eq!(answer.imported_resources, []);
    }
}
