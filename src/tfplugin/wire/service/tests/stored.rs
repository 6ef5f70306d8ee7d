//! The rpcs about states and identities that were stored before.

use super::*;

async fn upgrade(harness: &Harness, version: i64, json: &str) -> (Option<Value>, Vec<String>) {
    let request = pb::upgrade_resource_state::Request {
        type_name: TYPE.to_owned(),
        version,
        raw_state: Some(pb::RawState { json: json.to_owned().into(), ..Default::default() }),
    };
    let answer = harness.service.upgrade_resource_state(Request::new(request)).await;
    let answer = answer.unwrap().into_inner();
    let state = answer.upgraded_state;
    let state = state.map(|state| codec::decode(&state.msgpack, harness.ty()).unwrap());
    (state, summaries(&answer.diagnostics))
}

#[tokio::test]
async fn a_state_of_this_version_is_accepted_unchanged() {
    let harness = Harness::unconfigured();
    let json = r#"{"id":"m1","name":"one","rate":39.90,"gone":[{}],"marks":["a"],"disk":{"kind":"ssd","old":1}}"#;
    let (state, problems) = upgrade(&harness, 1, json).await;
    let expected = json!({
        "id": "m1", "name": "one", "rate": 39.9, "marks": ["a"], "disk": { "kind": "ssd" },
    });
    assert_eq!(state, Some(Value::Map(harness.object(&expected))));
    assert_eq!(problems, [""; 0]);
}

#[tokio::test]
async fn an_older_state_is_rewritten() {
    let harness = Harness::unconfigured();
    let (state, problems) = upgrade(&harness, 0, r#"{"id":"m1","place":"here"}"#).await;
    let expected = harness.object(&json!({ "id": "m1", "location": "here" }));
    assert_eq!((state, problems), (Some(Value::Map(expected)), vec![]));
}

#[tokio::test]
async fn a_state_that_cannot_be_read_is_refused() {
    let harness = Harness::unconfigured();
    for (version, json, expected) in [
        (2, "{}", "error: The state was written by a newer provider"),
        (-1, "{}", "error: Unknown state version"),
        (0, "{", "error: Unreadable state"),
        (0, "[]", "error: The provider has a bug"),
        (1, "", "error: Unreadable value"),
        (1, "{", "error: Unreadable value"),
        (1, "[]", "error: Unreadable value"),
        (1, r#"{"name":1}"#, "error name: Unreadable value"),
        (1, r#"{"ports":[{"number":[]}]}"#, "error ports[0].number: Unreadable value"),
        (1, r#"{"tags":{"a":true}}"#, "error tags[\"a\"]: Unreadable value"),
    ] {
        let (state, problems) = upgrade(&harness, version, json).await;
        assert_eq!((state, problems), (None, vec![expected.to_owned()]), "{json}");
    }
}

#[tokio::test]
async fn an_identity_is_accepted_unchanged_unless_it_is_newer() {
    let harness = Harness::unconfigured();
    let ty = &harness.service.offer().resources[TYPE].identity;
    for (version, json, expected) in [
        (0, r#"{"id":"m1","gone":1}"#, Ok(json!({ "id": "m1" }))),
        (1, r#"{"id":"m1"}"#, Err("error: The identity was written by a newer provider")),
        (0, r#"{"id":1}"#, Err("error id: Unreadable value")),
    ] {
        let request = pb::upgrade_resource_identity::Request {
            type_name: TYPE.to_owned(),
            version,
            raw_identity: Some(pb::RawState { json: json.into(), ..Default::default() }),
        };
        let answer = harness.service.upgrade_resource_identity(Request::new(request)).await;
        let answer = answer.unwrap().into_inner();
        let found = match answer.upgraded_identity {
            Some(found) => Ok(found.identity_data),
            None => Err(summaries(&answer.diagnostics).concat()),
        };
        let expected = expected.map(|expected| Some(message(&typed(&expected, ty))));
        assert_eq!(found, expected.map_err(str::to_owned));
    }
}

#[tokio::test]
async fn a_generated_configuration_has_only_what_may_be_written() {
    let harness = Harness::new().await;
    let config = machine(json!({ "tags": { "a": "b" }, "timeouts": { "create": "2h" } }));
    let before = harness.machine(&config).await;
    let request = pb::generate_resource_config::Request {
        type_name: TYPE.to_owned(),
        state: Some(message(&nullable(before.state.clone()))),
    };
    let answer = harness.service.generate_resource_config(Request::new(request)).await;
    let answer = answer.unwrap().into_inner();
    assert_eq!(answer.diagnostics, []);
    let expected = machine(json!({
        "tags": { "a": "b" }, "mode": "plain", "zone": "z1", "region": "r1",
    }));
    let generated = harness.read_back(answer.config.as_ref());
    assert_eq!(generated, Some(harness.object(&expected)));
    // It is a configuration, and one that changes nothing but the time limits.
    let plan = harness.plan(&before, &expected).await;
    assert_eq!(plan.planned.unwrap()["status"], Value::from("ready"));
}
