//! StopProvider, and its effect on calls in flight.

use std::time::Duration;

use super::cloud::Order;
use super::*;

async fn stop(harness: &Harness, connection: u64) {
    let request = from(connection, pb::stop_provider::Request {});
    let answer = harness.service.stop_provider(request).await.unwrap().into_inner();
    assert_eq!(answer.error, "");
}

/// Runs `work`, stops it once it hangs, and checks that it ends soon.
async fn interrupted<T>(harness: &Harness, work: impl Future<Output = T>) -> T {
    let stopped = async {
        harness.cloud.hanging.notified().await;
        stop(harness, 0).await;
        std::future::pending::<()>().await;
    };
    let limit = Duration::from_secs(2);
    tokio::select! {
        () = stopped => unreachable!(),
        outcome = tokio::time::timeout(limit, work) => outcome.expect("it ends soon"),
    }
}

#[tokio::test]
async fn an_interrupted_creation_is_a_warning_and_keeps_the_object() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["create", "settle"]);
    harness.cloud.order("settle", Order::Hang);
    let config = machine(json!({}));
    let plan = harness.plan(&Remembered::default(), &config).await;
    let nothing = Remembered::default();
    let work = harness.apply(&nothing, plan, &config);
    let (machine, diagnostics) = interrupted(&harness, work).await;
    assert_eq!(summaries(&diagnostics), ["warning: Interrupted while waiting for the object"]);
    let state = machine.state.as_ref().unwrap();
    assert_eq!(state["id"], Value::from("m1"));
    assert_eq!(state["status"], Value::from("building"));
    let private: serde_json::Value = serde_json::from_slice(&machine.private).unwrap();
    assert_eq!(private["etag"], "settling");
    assert!(machine.identity.is_some());
    // Later calls are not affected: the next apply continues to wait, and creates no other.
    harness.cloud.obey_no_more();
    harness.cloud.allow(&["settle"]);
    let after = harness.resume(&machine, &config).await;
    assert_eq!(after.state.unwrap()["status"], Value::from("ready"));
}

#[tokio::test]
async fn a_stop_while_the_object_is_being_asked_for_waits_for_its_identity() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["create"]);
    harness.cloud.order("create", Order::Hang);
    let config = machine(json!({}));
    let plan = harness.plan(&Remembered::default(), &config).await;
    let nothing = Remembered::default();
    let mut work = Box::pin(harness.apply(&nothing, plan, &config));
    let early = async {
        harness.cloud.hanging.notified().await;
        stop(&harness, 0).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    tokio::select! {
        () = early => {}
        _ = &mut work => panic!("a request that creates something was cut off"),
    }
}

#[tokio::test]
async fn an_interrupted_update_is_a_warning_and_keeps_what_was_done() {
    let harness = Harness::new().await;
    let before = harness.machine(&machine(json!({}))).await;
    harness.cloud.allow(&["update", "settle"]);
    harness.cloud.order("settle", Order::Hang);
    let config = machine(json!({ "size": 9 }));
    let plan = harness.plan(&before, &config).await;
    let work = harness.apply(&before, plan, &config);
    let (after, diagnostics) = interrupted(&harness, work).await;
    assert_eq!(summaries(&diagnostics), ["warning: Interrupted while waiting for the object"]);
    assert_eq!(after.state.unwrap()["size"], Value::from(9));
}

#[tokio::test]
async fn an_interrupted_read_changes_nothing() {
    let harness = Harness::new().await;
    let before = harness.machine(&machine(json!({}))).await;
    harness.cloud.allow(&["read"]);
    harness.cloud.order("read", Order::Hang);
    let (after, diagnostics) = interrupted(&harness, harness.read(&before)).await;
    assert_eq!(summaries(&diagnostics), ["error: Interrupted"]);
    assert_eq!(after, before);
    harness.cloud.obey_no_more();
    assert_eq!(harness.read(&before).await, (before, vec![]));
}

#[tokio::test]
async fn an_interrupted_look_up_ends_and_later_ones_are_not_affected() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["machines"]);
    let look_up = async |connection: u64, order: Option<&str>| {
        let ty = &harness.service.offer().data_sources["alpha_machines"].ty;
        let request = pb::read_data_source::Request {
            type_name: "alpha_machines".to_owned(),
            config: Some(message(&typed(&json!({ "prefix": "a", "order": order }), ty))),
            ..Default::default()
        };
        let answer = harness.service.read_data_source(from(connection, request)).await;
        summaries(&answer.unwrap().into_inner().diagnostics)
    };
    harness.configure(1, json!({})).await;
    harness.configure(2, json!({})).await;
    let soon = async |connection: u64| {
        tokio::time::sleep(Duration::from_millis(50)).await;
        stop(&harness, connection).await;
    };
    let limit = Duration::from_secs(2);
    let hanging = tokio::time::timeout(limit, look_up(1, Some("hang")));
    let (found, ()) = tokio::join!(hanging, soon(1));
    assert_eq!(found.unwrap(), ["error: Interrupted"]);
    assert_eq!(look_up(1, None).await, [""; 0]);
    // A stop of another connection does not affect this one.
    let hanging = tokio::time::timeout(Duration::from_millis(200), look_up(1, Some("hang")));
    let (found, ()) = tokio::join!(hanging, soon(2));
    assert!(found.is_err());
}
