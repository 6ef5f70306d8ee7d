//! ApplyResourceChange, except its interruption.

use super::cloud::Order;
use super::*;

/// A configuration whose update takes a call.
fn larger() -> Json {
    machine(json!({ "size": 9 }))
}

fn state<'a>(machine: &'a Remembered, name: &str) -> &'a Value {
    &machine.state.as_ref().unwrap()[name]
}

async fn created(harness: &Harness, config: &Json) -> (Remembered, Vec<pb::Diagnostic>) {
    let plan = harness.plan(&Remembered::default(), config).await;
    harness.apply(&Remembered::default(), plan, config).await
}

#[tokio::test]
async fn a_created_object_is_waited_for_and_stored() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["create", "settle"]);
    let (machine, diagnostics) = created(&harness, &machine(json!({}))).await;
    assert_eq!(diagnostics, []);
    assert_eq!(harness.cloud.calls(), ["create", "settle"]);
    assert_eq!(state(&machine, "status"), &Value::from("ready"));
    assert_eq!(state(&machine, "zone"), &Value::from("z1"));
    assert_eq!(state(&machine, "region"), &Value::from("r1"));
    assert_eq!(machine.private, br#"{"etag":"e1"}"#);
    let identity = typed(
        &json!({ "id": "m1", "project": "p1" }),
        &harness.service.offer().resources[TYPE].identity,
    );
    assert_eq!(machine.identity.unwrap().identity_data, Some(message(&identity)));
}

#[tokio::test]
async fn nothing_is_stored_of_an_object_that_could_not_be_created() {
    let harness = Harness::new().await;
    for order in [Order::Fail, Order::Panic] {
        harness.cloud.allow(&["create"]);
        harness.cloud.order("create", order);
        let (machine, diagnostics) = created(&harness, &machine(json!({}))).await;
        assert_eq!((machine, diagnostics.len()), (Remembered::default(), 1));
        harness.cloud.obey_no_more();
    }
}

#[tokio::test]
async fn an_object_that_never_gets_ready_is_stored() {
    let harness = Harness::new().await;
    for (order, summary) in
        [(Order::Fail, "error: settle failed"), (Order::Panic, "error: The provider has a bug")]
    {
        harness.cloud.allow(&["create", "settle"]);
        harness.cloud.order("settle", order);
        let (machine, diagnostics) = created(&harness, &machine(json!({}))).await;
        assert_eq!(summaries(&diagnostics), [summary]);
        assert_eq!(state(&machine, "id"), &Value::from("m1"));
        assert_eq!(state(&machine, "status"), &Value::from("building"));
        assert_eq!(machine.private, br#"{"etag":"settling"}"#);
        assert!(machine.identity.is_some());
        harness.cloud.obey_no_more();
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_at_the_time_limit() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["create", "settle"]);
    harness.cloud.order("settle", Order::Hang);
    let config = machine(json!({ "timeouts": { "create": "90s" } }));
    let started = tokio::time::Instant::now();
    let (machine, diagnostics) = created(&harness, &config).await;
    assert_eq!(started.elapsed().as_secs(), 92);
    assert_eq!(summaries(&diagnostics), ["error: Timed out"]);
    assert!(diagnostics[0].detail.contains("within 1m30s"), "{diagnostics:?}");
    assert_eq!(state(&machine, "id"), &Value::from("m1"));
}

#[tokio::test]
async fn write_only_arguments_reach_the_service_and_no_state() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["create", "settle", "key"]);
    let config = machine(json!({
        "password_wo": "weak", "password_wo_version": 1, "disk": { "kind": "ssd", "key_wo": "k" },
    }));
    let (machine, diagnostics) = created(&harness, &config).await;
    // Its value was in a message, and is a secret.
    assert_eq!(summaries(&diagnostics), ["warning: Weak"]);
    assert_eq!(diagnostics[0].detail, "The password (secret) is (secret).");
    assert_eq!(harness.cloud.calls(), ["create", "key", "settle"]);
    assert_eq!(state(&machine, "password_wo"), &Value::Null);
    assert_eq!(state(&machine, "disk").as_map().unwrap()["key_wo"], Value::Null);
}

#[tokio::test]
async fn an_update_changes_the_object_in_place() {
    let harness = Harness::new().await;
    let before = harness.machine(&machine(json!({}))).await;
    harness.cloud.allow(&["update", "settle"]);
    let after = harness.bring(&before, &larger()).await;
    assert_eq!(harness.cloud.calls(), ["update", "settle"]);
    assert_eq!(state(&after, "revision"), &Value::from(2));
    assert_eq!(after.private, br#"{"etag":"e2"}"#);
    assert_eq!(after.identity, before.identity);
    let plan = harness.plan(&after, &larger()).await;
    assert_eq!(plan.planned, after.state);
}

#[tokio::test]
async fn a_failed_update_keeps_what_it_had_done() {
    let harness = Harness::new().await;
    let config = machine(json!({ "timeouts": { "update": "1h" }, "mode": "old" }));
    let before = harness.machine(&config).await;
    for order in [Order::Fail, Order::Panic] {
        harness.cloud.allow(&["update"]);
        harness.cloud.order("update", order);
        let config = machine(json!({ "size": 9, "timeouts": { "update": "2h" }, "mode": "new" }));
        let plan = harness.plan(&before, &config).await;
        let (after, diagnostics) = harness.apply(&before, plan, &config).await;
        assert!(is_error(&diagnostics[0]));
        assert_eq!(state(&after, "size"), &Value::from(9));
        assert_eq!(state(&after, "mode"), &Value::from("old"));
        assert_eq!(state(&after, "location"), &Value::from("West Europe"));
        assert_eq!(state(&after, "timeouts"), state(&before, "timeouts"));
        assert_eq!((&after.identity, &after.private), (&before.identity, &before.private));
        harness.cloud.obey_no_more();
    }
}

#[tokio::test]
async fn a_change_of_the_state_only_makes_no_call() {
    let harness = Harness::new().await;
    let config = machine(json!({ "source": "https://x/y?pass=1" }));
    let before = harness.machine(&config).await;
    let config = machine(json!({
        "source": "https://x/y?pass=2", "wait": true, "seed": "s", "timeouts": { "create": "2h" },
    }));
    let after = harness.bring(&before, &config).await;
    assert_eq!(harness.cloud.calls(), [""; 0]);
    assert_eq!(state(&after, "source"), &Value::from("https://x/y?pass=2"));
    assert_eq!(state(&after, "seed"), &Value::from("s"));
    assert_eq!(after.private, before.private);
}

#[tokio::test]
async fn an_interrupted_creation_continues_without_a_second_one() {
    let harness = Harness::new().await;
    let mut before = harness.machine(&machine(json!({}))).await;
    before.state.as_mut().unwrap().insert("status".to_owned(), "building".into());
    harness.cloud.allow(&["settle"]);
    let after = harness.resume(&before, &machine(json!({}))).await;
    assert_eq!(harness.cloud.calls(), ["settle"]);
    assert_eq!(state(&after, "status"), &Value::from("ready"));
}

#[tokio::test]
async fn a_deleted_object_is_forgotten_and_one_that_stays_is_kept() {
    let harness = Harness::new().await;
    let before = harness.machine(&machine(json!({}))).await;
    harness.cloud.allow(&["delete"]);
    harness.cloud.order("delete", Order::Fail);
    let plan = harness.plan_destroy(&before).await;
    let (after, diagnostics) = harness.apply(&before, plan, &json!(null)).await;
    assert_eq!(summaries(&diagnostics), ["error: delete failed"]);
    assert_eq!(after, before);
    harness.cloud.obey_no_more();
    harness.cloud.order("delete", Order::Panic);
    let plan = harness.plan_destroy(&before).await;
    let (after, _) = harness.apply(&before, plan, &json!(null)).await;
    assert_eq!(after, before);
    harness.cloud.obey_no_more();
    let plan = harness.plan_destroy(&before).await;
    let (after, diagnostics) = harness.apply(&before, plan, &json!(null)).await;
    assert_eq!((after, diagnostics), (Remembered::default(), vec![]));
}

#[tokio::test]
async fn a_provider_that_is_not_ready_leaves_everything_as_it_is() {
    let harness = Harness::new().await;
    let before = harness.machine(&machine(json!({}))).await;
    let (update, destroy) =
        (harness.plan(&before, &larger()).await, harness.plan_destroy(&before).await);
    let create = harness.plan(&Remembered::default(), &larger()).await;
    harness.configure(0, json!({ "endpoint": "unready" })).await;
    for (before, plan) in
        [(before.clone(), update), (before, destroy), (Remembered::default(), create)]
    {
        let (after, diagnostics) = harness.apply(&before, plan, &larger()).await;
        assert_eq!(summaries(&diagnostics), ["error: No endpoint"]);
        assert_eq!(after, before);
    }
    assert_eq!(harness.cloud.calls(), [""; 0]);
}

#[tokio::test]
async fn a_state_that_cannot_be_read_is_kept() {
    let harness = Harness::new().await;
    let mut before = harness.machine(&machine(json!({}))).await;
    let plan = harness.plan(&before, &larger()).await;
    before.state.as_mut().unwrap().insert("id".to_owned(), Value::Null);
    let (after, diagnostics) = harness.apply(&before, plan, &larger()).await;
    assert_eq!(summaries(&diagnostics), ["error id: Missing `id`"]);
    assert_eq!(after, before);
}

#[tokio::test]
async fn private_data_that_cannot_be_read_counts_as_none() {
    let harness = Harness::new().await;
    let mut before = harness.machine(&machine(json!({}))).await;
    before.private = b"{".to_vec();
    harness.cloud.allow(&["update", "settle"]);
    let after = harness.bring(&before, &larger()).await;
    assert_eq!(after.private, br#"{"etag":"e2"}"#);
}
