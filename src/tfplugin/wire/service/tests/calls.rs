//! Functions, data sources and the configuration of the provider.

use super::*;

async fn call(
    harness: &Harness,
    name: &str,
    arguments: &[Json],
) -> Result<Value, (String, Option<i64>)> {
    let arguments = arguments.iter().map(|argument| message(&typed(argument, &Type::String)));
    let request =
        pb::call_function::Request { name: name.to_owned(), arguments: arguments.collect() };
    let answer = harness.service.call_function(Request::new(request)).await.unwrap().into_inner();
    match (answer.result, answer.error) {
        (Some(result), None) => Ok(codec::decode(&result.msgpack, &Type::String).unwrap()),
        (None, Some(error)) => Err((error.text, error.function_argument)),
        other => panic!("{other:?}"),
    }
}

async fn look_up(
    harness: &Harness,
    connection: u64,
    config: &Json,
) -> (Option<Json>, Vec<pb::Diagnostic>) {
    let ty = &harness.service.offer().data_sources["alpha_machines"].ty;
    let request = pb::read_data_source::Request {
        type_name: "alpha_machines".to_owned(),
        config: Some(message(&typed(config, ty))),
        ..Default::default()
    };
    let answer = harness.service.read_data_source(from(connection, request)).await;
    let answer = answer.unwrap().into_inner();
    let state = answer.state.map(|state| codec::decode(&state.msgpack, ty).unwrap());
    (state.map(|state| plain(&state)), answer.diagnostics)
}

/// A known value as JSON, without what is null.
fn plain(value: &Value) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::Number(number) => json!(number.as_f64()),
        Value::String(text) => json!(text),
        Value::List(elements) => elements.iter().map(plain).collect(),
        Value::Map(pairs) => {
            let pairs = pairs.iter().filter(|(_, value)| !value.is_null());
            pairs.map(|(key, value)| (key.clone(), plain(value))).collect()
        }
        Value::Null | Value::Unknown(_) => panic!("{value:?}"),
    }
}

#[tokio::test]
async fn a_function_answers_or_says_which_argument_is_wrong() {
    let harness = Harness::unconfigured();
    let text = |text: &str| Ok(Value::from(text));
    assert_eq!(call(&harness, "join", &[json!("a"), json!("b")]).await, text("ab"));
    assert_eq!(call(&harness, "join", &[json!("a"), json!(null)]).await, text("a"));
    // Terraform adds the full stop.
    for (name, arguments, expected, position) in [
        ("split", vec![], "This provider has no function named \"split\"", None),
        ("join", vec![json!("a")], "join takes 2 arguments", None),
        ("join", vec![json!("a"); 3], "join takes 2 arguments", None),
        ("join", vec![json!("bad"), json!("b")], "It is bad", Some(0)),
        ("join", vec![json!("a"), json!("?")], "The argument `right` is not known yet", Some(1)),
        (
            "join",
            vec![json!(null), json!("b")],
            "The argument `left` is required: give it a string",
            Some(0),
        ),
    ] {
        let found = call(&harness, name, &arguments).await;
        assert_eq!(found, Err((expected.to_owned(), position)));
    }
    let (text, position) = call(&harness, "join", &[json!("panic"), json!("")]).await.unwrap_err();
    assert!(text.starts_with("CallFunction failed unexpectedly: cannot join ("), "{text}");
    assert_eq!(position, None);
}

#[tokio::test]
async fn an_argument_of_another_type_is_refused_with_its_position() {
    let harness = Harness::unconfigured();
    let arguments = vec![message(&"a".into()), message(&7.into())];
    let request = pb::call_function::Request { name: "join".to_owned(), arguments };
    let answer = harness.service.call_function(Request::new(request)).await.unwrap().into_inner();
    let error = answer.error.unwrap();
    assert_eq!(error.function_argument, Some(1));
    assert!(error.text.contains("expected a string, found a number"), "{}", error.text);
}

#[tokio::test]
async fn a_look_up_keeps_what_was_written_and_fills_in_the_rest() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["machines"]);
    let query =
        json!({ "prefix": "West Europe", "secret": "sesame", "timeouts": { "read": "9m" } });
    let (state, diagnostics) = look_up(&harness, 0, &query).await;
    assert_eq!(diagnostics, []);
    let machine = |name: &str| json!({ "name": name, "sizes": [1.0, 2.0] });
    let expected = json!({
        "prefix": "West Europe", "secret": "sesame", "timeouts": { "read": "9m" },
        "id": "default", "mode": "plain", "machines": [machine("a1"), machine("a2")],
    });
    assert_eq!(state, Some(expected));
}

#[tokio::test]
async fn a_look_up_that_fails_shows_no_secret() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["machines"]);
    let query = json!({ "prefix": "a", "order": "fail", "secret": "open-sesame" });
    let (state, diagnostics) = look_up(&harness, 0, &query).await;
    assert_eq!(state, None);
    assert_eq!(diagnostics[0].detail, "The service does not know (secret).");
}

#[tokio::test]
async fn warnings_of_a_validation_are_not_repeated_by_the_look_up() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["machines"]);
    let query = json!({ "prefix": "a", "order": "warn" });
    let (state, diagnostics) = look_up(&harness, 0, &query).await;
    assert_eq!(summaries(&diagnostics), ["warning: Few"]);
    assert!(state.is_some());
}

#[tokio::test]
async fn a_look_up_needs_all_its_arguments() {
    let harness = Harness::new().await;
    for (query, summary) in [
        (json!({ "prefix": "?" }), "error: Arguments not known yet"),
        (json!({}), "error prefix: Missing `prefix`"),
    ] {
        let (state, diagnostics) = look_up(&harness, 0, &query).await;
        assert_eq!((state, summaries(&diagnostics)), (None, vec![summary.to_owned()]));
    }
}

#[tokio::test]
async fn a_panic_is_reported_and_other_calls_continue() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["machines"]);
    let (broken, fine) = (json!({ "prefix": "a", "order": "panic" }), json!({ "prefix": "a" }));
    let ((nothing, diagnostics), (found, _)) =
        tokio::join!(look_up(&harness, 0, &broken), look_up(&harness, 0, &fine));
    assert_eq!(nothing, None);
    assert_eq!(summaries(&diagnostics), ["error: The provider has a bug"]);
    assert!(diagnostics[0].detail.contains("no machines at all"));
    assert!(found.is_some());
}

#[tokio::test]
async fn nothing_works_before_the_configuration() {
    let harness = Harness::unconfigured();
    let (state, diagnostics) = look_up(&harness, 0, &json!({ "prefix": "a" })).await;
    assert_eq!(
        (state, summaries(&diagnostics)),
        (None, vec!["error: Provider not configured".to_owned()])
    );
    let plan = harness.plan(&Remembered::default(), &machine(json!({}))).await;
    assert_eq!(summaries(&plan.diagnostics), ["error: Provider not configured"]);
}

#[tokio::test]
async fn a_configuration_replaces_the_one_before_and_keeps_to_its_connection() {
    let harness = Harness::unconfigured();
    harness.cloud.allow(&["machines"]);
    let id = async |connection: u64| {
        let (state, _) = look_up(&harness, connection, &json!({ "prefix": "a" })).await;
        state.unwrap()["id"].as_str().unwrap().to_owned()
    };
    harness.configure(1, json!({ "endpoint": "one" })).await;
    harness.configure(2, json!({ "endpoint": "two" })).await;
    assert_eq!((id(1).await, id(2).await), ("one".to_owned(), "two".to_owned()));
    harness.configure(1, json!({ "endpoint": "three" })).await;
    assert_eq!((id(1).await, id(2).await), ("three".to_owned(), "two".to_owned()));
}

#[tokio::test]
async fn a_configuration_is_refused_only_for_errors() {
    let harness = Harness::unconfigured();
    harness.cloud.allow(&["machines"]);
    for (config, expected) in [
        (json!({ "endpoint": "refuse" }), "error: Refused"),
        (json!({ "endpoint": "panic" }), "error: The provider has a bug"),
        (json!({ "zone": { "pause": "1d" } }), "error zone.pause: Invalid value for `zone.pause`"),
        (json!({ "strict": "?" }), "error: Provider configuration not known yet"),
    ] {
        let found = harness.configure(1, config).await;
        assert_eq!(summaries(&found), [expected]);
        assert_eq!(look_up(&harness, 1, &json!({ "prefix": "a" })).await.0, None);
    }
    // A warning is not an error, and validation has reported it.
    assert_eq!(harness.configure(1, json!({ "token": "abcd" })).await, []);
    assert!(look_up(&harness, 1, &json!({ "prefix": "a" })).await.0.is_some());
    for unknown in [json!({ "endpoint": "?" }), json!({ "zone": { "name": "?" } })] {
        assert_eq!(harness.configure(1, unknown).await, []);
    }
}
