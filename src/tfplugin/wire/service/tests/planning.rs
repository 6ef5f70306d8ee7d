//! PlanResourceChange.

use super::*;

/// Everything that can be written, at once.
fn full() -> Json {
    machine(json!({
        "size": 3, "rate": 39.9, "zone": "z7", "region": "r7", "mode": "fancy", "seed": "s",
        "source": "https://x/y?pass=1", "wait": true, "code": "abc", "password": "hushhush",
        "password_wo_version": 1, "tags": { "a": "b" }, "marks": ["x", "y"],
        "disk": { "kind": "ssd", "place": "North Europe", "gb": 20, "mode": "fast", "key_wo": "k" },
        "ports": [{ "number": 1, "place": "A b" }, { "number": 2 }],
        "timeouts": { "create": "60m" },
    }))
}

fn value(plan: &Plan, name: &str) -> Value {
    plan.planned.as_ref().unwrap()[name].clone()
}

#[tokio::test]
async fn a_new_object_is_planned_as_written_and_the_rest_is_unknown() {
    let harness = Harness::new().await;
    let plan = harness.plan(&Remembered::default(), &machine(json!({}))).await;
    assert_eq!(plan.diagnostics, []);
    let expected = machine(json!({
        "id": "?", "status": "?", "revision": "?", "zone": "?", "region": "?", "mode": "plain",
    }));
    let mut expected = harness.object(&expected);
    expected.insert("revision".to_owned(), Value::unknown());
    assert_eq!(plan.planned, Some(expected));
    assert_eq!(plan.replace, [""; 0]);
    assert_eq!((plan.private, plan.identity), (Vec::new(), None));
}

#[tokio::test]
async fn arguments_inside_of_objects_get_their_defaults_too() {
    let harness = Harness::new().await;
    let config = machine(json!({ "disk": { "kind": "ssd", "key_wo": "hidden" } }));
    let plan = harness.plan(&Remembered::default(), &config).await;
    let disk = value(&plan, "disk").as_map().unwrap().clone();
    assert_eq!(disk["mode"], Value::from("plain"));
    assert_eq!(disk["gb"], Value::unknown());
    assert_eq!(disk["key_wo"], Value::Null);
    let before = harness.machine(&config).await;
    let disk = before.state.as_ref().unwrap()["disk"].as_map().unwrap().clone();
    assert_eq!(disk["gb"], Value::from(10));
    let plan = harness.plan(&before, &config).await;
    assert_eq!(plan.planned, before.state);
}

#[tokio::test]
async fn nothing_changes_when_nothing_changed() {
    let harness = Harness::new().await;
    for config in [machine(json!({})), full()] {
        let before = harness.machine(&config).await;
        let plan = harness.plan(&before, &config).await;
        assert_eq!(plan.planned, before.state);
        assert_eq!(plan.replace, [""; 0]);
        assert_eq!((plan.private, plan.identity), (before.private, before.identity));
    }
}

#[tokio::test]
async fn an_update_in_place_keeps_what_is_stable() {
    let harness = Harness::new().await;
    let before = harness.machine(&full()).await;
    for (name, new) in [
        ("size", json!(4)),
        ("rate", json!(40)),
        ("mode", json!(null)),
        ("password", json!("other")),
        ("password_wo_version", json!(2)),
        ("tags", json!({ "a": "c" })),
        ("marks", json!(["y", "z"])),
        ("marks", json!([])),
        ("ports", json!([{ "number": 1, "place": "a B" }])),
        ("disk", json!({ "kind": "ssd", "place": "North Europe", "gb": 30, "mode": "fast" })),
    ] {
        let mut config = full();
        config[name] = new;
        let plan = harness.plan(&before, &config).await;
        assert_eq!(plan.replace, [""; 0], "{name}");
        assert_eq!(value(&plan, "id"), Value::from("m1"), "{name}");
        assert_eq!(value(&plan, "status"), Value::unknown(), "{name}");
        assert_eq!(value(&plan, "zone"), Value::from("z7"), "{name}");
    }
}

#[tokio::test]
async fn a_change_of_what_cannot_be_changed_replaces_and_says_why() {
    let harness = Harness::new().await;
    let before = harness.machine(&full()).await;
    for (name, new) in [
        ("name", json!("two")),
        ("name", json!("?")),
        ("location", json!("East US")),
        ("zone", json!("z8")),
        ("seed", json!("t")),
        ("seed", json!(null)),
        ("source", json!("https://x/z?pass=1")),
        ("disk", json!({ "kind": "hdd", "place": "North Europe", "gb": 20, "mode": "fast" })),
    ] {
        let mut config = full();
        config[name] = new;
        let plan = harness.plan(&before, &config).await;
        assert_eq!(plan.replace, [name]);
        assert_eq!(value(&plan, "id"), Value::unknown(), "{name}");
        // What Terraform does next: the same as a new object.
        let fresh = harness.plan(&Remembered::default(), &config).await;
        assert_eq!(value(&fresh, "id"), Value::unknown());
    }
}

#[tokio::test]
async fn what_is_left_to_the_service_stays_as_the_service_chose() {
    let harness = Harness::new().await;
    let before = harness.machine(&full()).await;
    let mut config = full();
    config["zone"] = json!(null);
    config["region"] = json!(null);
    config["disk"]["gb"] = json!(null);
    let plan = harness.plan(&before, &config).await;
    assert_eq!(plan.planned, before.state);
}

#[tokio::test]
async fn what_the_service_does_not_report_is_not_a_change() {
    let harness = Harness::new().await;
    let mut before = harness.machine(&machine(json!({}))).await;
    before.state.as_mut().unwrap().insert("zone".to_owned(), Value::Null);
    let plan = harness.plan(&before, &machine(json!({}))).await;
    assert_eq!(plan.planned, before.state);
}

#[tokio::test]
async fn another_spelling_of_the_same_is_not_a_change() {
    let harness = Harness::new().await;
    let before = harness.machine(&full()).await;
    let state = before.state.as_ref().unwrap();
    // The state has the user's spelling, not the service's.
    assert_eq!(state["location"], Value::from("West Europe"));
    assert_eq!(state["disk"].as_map().unwrap()["place"], Value::from("North Europe"));
    let mut config = full();
    config["location"] = json!("westeurope");
    config["disk"]["place"] = json!("NORTH EUROPE");
    config["ports"][0]["place"] = json!("ab");
    config["marks"] = json!(["y", "x"]);
    config["rate"] = json!(39.900);
    let plan = harness.plan(&before, &config).await;
    assert_eq!(nullable(plan.planned.clone()), nullable(before.state.clone()));
    // With a real change it is not one either.
    config["ports"][1]["number"] = json!(5);
    let plan = harness.plan(&before, &config).await;
    let ports = match value(&plan, "ports") {
        Value::List(ports) => ports,
        _ => unreachable!(),
    };
    assert_eq!(ports[0].as_map().unwrap()["place"], Value::from("A b"));
    assert_eq!(plan.replace, [""; 0]);
    assert_eq!(value(&plan, "location"), Value::from("West Europe"));
}

#[tokio::test]
async fn a_change_of_the_state_only_leaves_the_outputs_alone() {
    let harness = Harness::new().await;
    let mut before = harness.machine(&full()).await;
    before.state.as_mut().unwrap().insert("seed".to_owned(), Value::Null);
    for (name, new) in [
        ("seed", json!("anything")),
        ("seed", json!("?")),
        ("source", json!("https://x/y?pass=2")),
        ("wait", json!(false)),
        ("timeouts", json!({ "create": "2h" })),
        ("timeouts", json!(null)),
    ] {
        let mut config = full();
        config["seed"] = json!(null);
        config[name] = new;
        let plan = harness.plan(&before, &config).await;
        assert_eq!(plan.replace, [""; 0], "{name}");
        for output in ["id", "status", "revision"] {
            assert_eq!(value(&plan, output), before.state.as_ref().unwrap()[output], "{name}");
        }
        assert_ne!(plan.planned, before.state, "{name}");
    }
}

#[tokio::test]
async fn unknown_values_pass_through_with_what_is_known_about_them() {
    use crate::tfplugin::value::Refinement;
    let harness = Harness::new().await;
    let before = harness.machine(&full()).await;
    let refined = Value::Unknown(Refinement(Some([0x81, 1, 0xc2].into())));
    let mut config = harness.object(&full());
    config.insert("size".to_owned(), refined.clone());
    config.insert("marks".to_owned(), Value::List(vec!["x".into(), refined.clone()]));
    config.insert("disk".to_owned(), refined.clone());
    let request = pb::plan_resource_change::Request {
        type_name: TYPE.to_owned(),
        prior_state: Some(message(&nullable(before.state.clone()))),
        proposed_new_state: Some(message(&Value::Map(config.clone()))),
        config: Some(message(&Value::Map(config.clone()))),
        ..Default::default()
    };
    let answer = harness.service.plan_resource_change(Request::new(request)).await;
    let planned = harness.read_back(answer.unwrap().into_inner().planned_state.as_ref()).unwrap();
    for name in ["size", "marks", "disk"] {
        assert_eq!(planned[name], config[name]);
    }
    assert_eq!(planned["status"], Value::unknown());
}

#[tokio::test]
async fn unknown_arguments_inside_of_objects_are_planned_as_unknown() {
    let harness = Harness::new().await;
    let before = harness.machine(&full()).await;
    let mut config = full();
    config["disk"]["place"] = json!("?");
    config["ports"][0]["number"] = json!("?");
    config["tags"]["a"] = json!("?");
    for before in [Remembered::default(), before] {
        let plan = harness.plan(&before, &config).await;
        assert_eq!(plan.diagnostics, []);
        assert_eq!(value(&plan, "disk").as_map().unwrap()["place"], Value::unknown());
    }
}

#[tokio::test]
async fn a_resource_may_add_to_the_plan() {
    let harness = Harness::new().await;
    let mut before = harness.machine(&full()).await;
    let state = before.state.as_mut().unwrap();
    state.insert("status".to_owned(), "building".into());
    let plan = harness.plan(&before, &full()).await;
    assert_eq!(plan.replace, [""; 0]);
    assert_eq!(value(&plan, "status"), Value::unknown());
    assert_eq!(value(&plan, "id"), Value::from("m1"));
    before.state.as_mut().unwrap().insert("status".to_owned(), "broken".into());
    let plan = harness.plan(&before, &full()).await;
    assert_eq!(plan.replace, ["status"]);
    assert_eq!(value(&plan, "id"), Value::unknown());
}

#[tokio::test]
async fn a_destruction_is_planned_without_a_call() {
    let harness = Harness::new().await;
    let before = harness.machine(&full()).await;
    let plan = harness.plan_destroy(&before).await;
    assert_eq!(plan.diagnostics, []);
    assert_eq!(plan.private, before.private);
    assert_eq!(harness.cloud.calls(), [""; 0]);
}

#[tokio::test]
async fn what_the_configuration_of_the_provider_lacks_is_reported_when_planning() {
    let harness = Harness::new().await;
    harness.configure(0, json!({ "endpoint": "unready" })).await;
    let plan = harness.plan(&Remembered::default(), &full()).await;
    assert_eq!(summaries(&plan.diagnostics), ["error: No endpoint"]);
    assert_eq!(plan.planned, None);
}
