//! The three rpcs that validate.

use super::*;

async fn validate(harness: &Harness, config: &Json, allowed: bool) -> Vec<pb::Diagnostic> {
    let client_capabilities =
        pb::ClientCapabilities { write_only_attributes_allowed: allowed, ..Default::default() };
    let request = pb::validate_resource_config::Request {
        type_name: TYPE.to_owned(),
        config: Some(message(&typed(config, harness.ty()))),
        client_capabilities: Some(client_capabilities),
    };
    let answer = harness.service.validate_resource_config(Request::new(request)).await;
    answer.unwrap().into_inner().diagnostics
}

#[tokio::test]
async fn a_valid_configuration_has_no_problems() {
    let harness = Harness::unconfigured();
    let config = machine(json!({
        "password_wo": "p", "disk": { "kind": "ssd", "key_wo": "k" }, "timeouts": { "create": "1h" },
    }));
    assert_eq!(validate(&harness, &config, true).await, []);
}

#[tokio::test]
async fn all_mistakes_are_reported_at_once_each_at_its_place() {
    let harness = Harness::unconfigured();
    let config = json!({
        "id": "m1", "size": 1.5, "code": "toolong", "location": null,
        "disk": { "gb": 1.5 }, "ports": [{ "number": 1, "code": "long" }, { "number": null }],
        "tags": { "a": null }, "marks": ["x", null], "timeouts": { "create": "soon" },
        "password": "abcd", "password_wo": "efgh",
    });
    let found = validate(&harness, &config, true).await;
    assert_eq!(
        summaries(&found),
        [
            "error id: Read-only attribute",
            "error timeouts.create: Invalid value for `timeouts.create`",
            "error ports[0].code: Invalid value for `ports[0].code`",
            "error name: Missing `name`",
            "error location: Missing `location`",
            "error size: Invalid value for `size`",
            "error code: Invalid value for `code`",
            "error disk.kind: Missing `disk.kind`",
            "error disk.gb: Invalid value for `disk.gb`",
            "error ports[1].number: Missing `ports[1].number`",
            "error tags[\"a\"]: Invalid value for `tags[\"a\"]`",
            "error marks: Invalid value for `marks`",
            "error password: Conflicting arguments",
            "error password_wo: Conflicting arguments",
        ]
    );
}

#[tokio::test]
async fn unknown_values_are_not_validated() {
    let harness = Harness::unconfigured();
    for config in [
        json!({ "name": "?", "location": "?", "size": "?", "code": "?", "disk": "?" }),
        machine(json!({ "disk": { "kind": "?", "gb": "?" }, "ports": "?", "tags": { "a": "?" } })),
        machine(json!({ "ports": ["?"], "marks": ["?", "a"], "timeouts": { "create": "?" } })),
        machine(json!({ "password": "?", "password_wo": "abcd", "timeouts": "?" })),
    ] {
        assert_eq!(validate(&harness, &config, true).await, [], "{config}");
    }
}

#[tokio::test]
async fn a_null_configuration_lacks_what_is_required() {
    let harness = Harness::unconfigured();
    let found = validate(&harness, &json!(null), true).await;
    assert_eq!(
        summaries(&found),
        ["error name: Missing `name`", "error location: Missing `location`"]
    );
}

#[tokio::test]
async fn write_only_arguments_need_a_client_that_supports_them() {
    let harness = Harness::unconfigured();
    let config = machine(json!({
        "password_wo": "p", "disk": { "kind": "ssd", "key_wo": "?" },
    }));
    assert_eq!(
        summaries(&validate(&harness, &config, false).await),
        [
            "error disk.key_wo: Write-only argument not allowed",
            "error password_wo: Write-only argument not allowed",
        ]
    );
    assert_eq!(validate(&harness, &machine(json!({})), false).await, []);
}

#[tokio::test]
async fn a_data_source_is_validated() {
    let harness = Harness::unconfigured();
    let ty = &harness.service.offer().data_sources["alpha_machines"].ty;
    let validate = async |config: Json| {
        let request = pb::validate_data_resource_config::Request {
            type_name: "alpha_machines".to_owned(),
            config: Some(message(&typed(&config, ty))),
        };
        let answer = harness.service.validate_data_resource_config(Request::new(request)).await;
        summaries(&answer.unwrap().into_inner().diagnostics)
    };
    assert_eq!(validate(json!({ "prefix": "a", "span": "?" })).await, [""; 0]);
    assert_eq!(
        validate(json!({ "machines": [], "span": "1d", "order": "warn", "codes": ["abc", "d"] }))
            .await,
        [
            "error machines: Read-only attribute",
            "error codes: Invalid value for `codes`",
            "error prefix: Missing `prefix`",
            "error span: Invalid value for `span`",
            "warning: Old",
        ]
    );
}

#[tokio::test]
async fn the_configuration_of_the_provider_is_validated() {
    let harness = Harness::unconfigured();
    let validate = async |config: Json| {
        let config = Some(message(&typed(&config, &harness.service.offer().config)));
        let request = pb::validate_provider_config::Request { config };
        let answer = harness.service.validate_provider_config(Request::new(request)).await;
        summaries(&answer.unwrap().into_inner().diagnostics)
    };
    for valid in [json!(null), json!({}), json!({ "endpoint": "?", "zone": "?", "token": "?" })] {
        assert_eq!(validate(valid).await, [""; 0]);
    }
    assert_eq!(
        validate(json!({ "token": "abcd", "zone": { "pause": "1d" } })).await,
        ["error zone.pause: Invalid value for `zone.pause`", "warning: Token without endpoint",]
    );
}
