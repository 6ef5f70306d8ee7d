//! Messages that no Terraform sends, and very large ones.

use super::*;

async fn validate(harness: &Harness, config: pb::DynamicValue) -> Vec<pb::Diagnostic> {
    let request = pb::validate_resource_config::Request {
        type_name: TYPE.to_owned(),
        config: Some(config),
        ..Default::default()
    };
    let answer = harness.service.validate_resource_config(Request::new(request)).await;
    answer.unwrap().into_inner().diagnostics
}

fn msgpack(bytes: &[u8]) -> pb::DynamicValue {
    pb::DynamicValue { msgpack: bytes.to_vec().into(), ..Default::default() }
}

#[tokio::test]
async fn garbage_is_an_error() {
    let harness = Harness::new().await;
    let deep = [0x81, 0xa4, b'd', b'i', b's', b'k'].repeat(100_000);
    for bytes in [
        &b"\xc1"[..],
        b"\x93\x01\x02",
        b"\xdf\xff\xff\xff\xff\xa4name",
        b"\x81\xa4tags\xdf\xff\xff\xff\xff",
        b"\x81\xa5ports\xdd\xff\xff\xff\xff",
        b"\x81\xa4name\xdb\xff\xff\xff\xffx",
        b"\x81\xa4name\xc9\xff\xff\xff\xff\x0c",
        b"\xd4\x00\x00",
        &deep,
    ] {
        let found = validate(&harness, msgpack(bytes)).await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].summary, "Unreadable value");
    }
}

#[tokio::test]
async fn garbage_in_a_state_is_an_error_and_the_state_is_kept() {
    let harness = Harness::new().await;
    let state = Some(msgpack(b"\xc1"));
    let request = pb::read_resource::Request {
        type_name: TYPE.to_owned(),
        current_state: state.clone(),
        private: b"p".to_vec(),
        ..Default::default()
    };
    let read = harness.service.read_resource(Request::new(request)).await.unwrap().into_inner();
    assert_eq!(summaries(&read.diagnostics), ["error: Unreadable value"]);
    assert_eq!((read.new_state, read.private), (state.clone(), b"p".to_vec()));
    let request = pb::apply_resource_change::Request {
        type_name: TYPE.to_owned(),
        prior_state: state.clone(),
        planned_private: b"p".to_vec(),
        ..Default::default()
    };
    let answer = harness.service.apply_resource_change(Request::new(request)).await;
    let applied = answer.unwrap().into_inner();
    assert_eq!(summaries(&applied.diagnostics), ["error: Unreadable value"]);
    assert_eq!((applied.new_state, applied.private), (state, b"p".to_vec()));
}

#[tokio::test]
async fn json_is_accepted_and_msgpack_returned() {
    let harness = Harness::new().await;
    let json = |text: &str| pb::DynamicValue { json: text.to_owned().into(), ..Default::default() };
    assert_eq!(validate(&harness, json(r#"{"name":"a","location":"b"}"#)).await, []);
    let found = validate(&harness, json(r#"{"name":"a","location":"b","x":1}"#)).await;
    assert_eq!(summaries(&found), ["error: Unreadable value"]);
    let config = json(r#"{"name":"a","location":"b","size":12345678901234567890}"#);
    let request = pb::plan_resource_change::Request {
        type_name: TYPE.to_owned(),
        proposed_new_state: Some(config.clone()),
        config: Some(config),
        ..Default::default()
    };
    let answer = harness.service.plan_resource_change(Request::new(request)).await;
    let planned = answer.unwrap().into_inner().planned_state.unwrap();
    assert!(planned.json.is_empty());
    let planned = harness.read_back(Some(&planned)).unwrap();
    let exact = Number::parse("12345678901234567890").unwrap();
    assert_eq!(planned["size"], Value::Number(exact));
}

#[tokio::test]
async fn large_texts_pass_through_and_are_not_quoted_at_length() {
    let harness = Harness::new().await;
    let large = "x".repeat(5_000_000);
    let config = machine(json!({ "tags": { "large": large } }));
    let machine = harness.machine(&config).await;
    assert_eq!(machine.state.unwrap()["tags"].as_map().unwrap()["large"], Value::from(&*large));
    let config = json!({ "name": "a", "location": "b", "code": large });
    let found = validate(&harness, message(&typed(&config, harness.ty()))).await;
    assert_eq!(summaries(&found), ["error code: Invalid value for `code`"]);
    assert!(found[0].detail.len() < 20_000);
}

#[tokio::test]
async fn errors_come_before_warnings_in_the_order_in_which_they_were_found() {
    use crate::tfplugin::diagnostic::Diagnostic;
    let (error, warning) = (Diagnostic::error, Diagnostic::warning);
    let found = vec![warning("1", "w"), error("2", "e"), warning("3", "w"), error("4", "e")];
    let order = summaries(&crate::tfplugin::wire::answer::diagnostics(found));
    assert_eq!(order, ["error: 2", "error: 4", "warning: 1", "warning: 3"]);
}
