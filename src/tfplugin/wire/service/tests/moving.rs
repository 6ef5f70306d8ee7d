//! The rpc behind `moved` blocks.

use super::*;

async fn moved(
    harness: &Harness,
    request: pb::move_resource_state::Request,
) -> pb::move_resource_state::Response {
    harness.service.move_resource_state(Request::new(request)).await.unwrap().into_inner()
}

fn request(address: &str, kind: &str, state: &str) -> pb::move_resource_state::Request {
    pb::move_resource_state::Request {
        source_provider_address: address.to_owned(),
        source_type_name: kind.to_owned(),
        source_schema_version: 1,
        source_state: Some(pb::RawState { json: state.to_owned().into(), ..Default::default() }),
        source_private: b"{\"etag\":\"e7\"}".to_vec(),
        target_type_name: TYPE.to_owned(),
        ..Default::default()
    }
}

/// A whole state of the type itself.
const STATE: &str = r#"{"id":"m1","name":"one","location":"here","mode":"plain","status":"ready",
    "revision":3,"tags":{"a":"b"},"gone":true}"#;

#[tokio::test]
async fn a_state_from_another_address_of_the_provider_is_taken_unchanged() {
    let harness = Harness::unconfigured();
    for address in ["alpha", "mirror.example/test/alpha", "registry.opentofu.org/fork/Alpha"] {
        let answer = moved(&harness, request(address, TYPE, STATE)).await;
        assert_eq!(answer.diagnostics, []);
        let state = codec::decode(&answer.target_state.unwrap().msgpack, harness.ty()).unwrap();
        let expected = harness.object(&json!({
            "id": "m1", "name": "one", "location": "here", "mode": "plain", "status": "ready",
            "revision": 3, "tags": { "a": "b" },
        }));
        assert_eq!(state, Value::Map(expected));
        assert_eq!(answer.target_private, b"{\"etag\":\"e7\"}");
        let ty = &harness.service.offer().resources[TYPE].identity;
        let expected = message(&typed(&json!({ "id": "m1", "project": "p1" }), ty));
        assert_eq!(answer.target_identity.unwrap().identity_data, Some(expected));
    }
}

#[tokio::test]
async fn an_identity_moves_with_the_state() {
    let harness = Harness::unconfigured();
    let identity = r#"{"id":"m1","project":"p9"}"#;
    let request = pb::move_resource_state::Request {
        source_identity: Some(pb::RawState { json: identity.into(), ..Default::default() }),
        ..request("alpha", TYPE, STATE)
    };
    let answer = moved(&harness, request).await;
    let ty = &harness.service.offer().resources[TYPE].identity;
    let expected = message(&typed(&json!({ "id": "m1", "project": "p9" }), ty));
    assert_eq!(answer.target_identity.unwrap().identity_data, Some(expected));
}

#[tokio::test]
async fn an_older_state_is_rewritten_when_it_moves() {
    let harness = Harness::unconfigured();
    let older = pb::move_resource_state::Request {
        source_schema_version: 0,
        ..request("alpha", TYPE, r#"{"id":"m1","place":"here"}"#)
    };
    let answer = moved(&harness, older).await;
    let state = codec::decode(&answer.target_state.unwrap().msgpack, harness.ty()).unwrap();
    assert_eq!(state, Value::Map(harness.object(&json!({ "id": "m1", "location": "here" }))));
    let newer = pb::move_resource_state::Request {
        source_schema_version: 2,
        ..request("alpha", TYPE, STATE)
    };
    let answer = moved(&harness, newer).await;
    let expected = ["error: The state was written by a newer provider"];
    assert_eq!(summaries(&answer.diagnostics), expected);
    assert_eq!(answer.target_state, None);
}

#[tokio::test]
async fn a_resource_takes_over_what_it_knows_and_nothing_else() {
    let harness = Harness::unconfigured();
    let answer = moved(&harness, request("beta", "beta_machine", r#"{"number":"m4"}"#)).await;
    assert_eq!(answer.diagnostics, []);
    let state = codec::decode(&answer.target_state.unwrap().msgpack, harness.ty()).unwrap();
    assert_eq!(state.as_map().unwrap()["id"], "m4".into());
    assert!(answer.target_identity.is_some());
    for (address, kind) in [
        ("beta", "beta_disk"),
        ("other/beta", "beta_machine"),
        ("alphabet", TYPE),
        ("x/alpha/beta", TYPE),
    ] {
        let answer = moved(&harness, request(address, kind, "{}")).await;
        assert_eq!(summaries(&answer.diagnostics), ["error: Unable to move resource state"]);
        let detail = &answer.diagnostics[0].detail;
        assert!(detail.contains(kind) && detail.contains(TYPE), "{detail}");
        assert_eq!(answer.target_state, None);
    }
}
