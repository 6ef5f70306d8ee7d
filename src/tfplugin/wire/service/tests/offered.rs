//! What the provider offers, and its errors about everything else.

use std::collections::BTreeSet;

use super::*;

const METADATA: pb::get_metadata::Request = pb::get_metadata::Request {};
const SCHEMAS: pb::get_provider_schema::Request = pb::get_provider_schema::Request {};

#[tokio::test]
async fn metadata_and_schemas_agree() {
    let service = Harness::unconfigured().service;
    let metadata = service.get_metadata(Request::new(METADATA)).await.unwrap().into_inner();
    let schemas = service.get_provider_schema(Request::new(SCHEMAS)).await.unwrap().into_inner();
    assert_eq!((&metadata.diagnostics, &schemas.diagnostics), (&vec![], &vec![]));
    assert_eq!(metadata.server_capabilities, schemas.server_capabilities);
    let resources: BTreeSet<_> = metadata.resources.into_iter().map(|r| r.type_name).collect();
    assert_eq!(resources, schemas.resource_schemas.keys().cloned().collect());
    let sources: BTreeSet<_> = metadata.data_sources.into_iter().map(|r| r.type_name).collect();
    assert_eq!(sources, schemas.data_source_schemas.keys().cloned().collect());
    let functions: BTreeSet<_> = metadata.functions.into_iter().map(|f| f.name).collect();
    assert_eq!(functions, schemas.functions.keys().cloned().collect());
    let request = Request::new(pb::get_functions::Request {});
    let signatures = service.get_functions(request).await.unwrap().into_inner();
    assert_eq!(signatures.functions, schemas.functions);
}

#[tokio::test]
async fn only_what_works_is_announced() {
    let service = Harness::unconfigured().service;
    let schemas = service.get_provider_schema(Request::new(SCHEMAS)).await.unwrap().into_inner();
    let expected = pb::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: true,
    };
    assert_eq!(schemas.server_capabilities, Some(expected));
}

#[tokio::test]
async fn a_schema_says_what_the_rust_types_say() {
    let service = Harness::unconfigured().service;
    let schemas = service.get_provider_schema(Request::new(SCHEMAS)).await.unwrap().into_inner();
    let schema = &schemas.resource_schemas[TYPE];
    assert_eq!(schema.version, 1);
    let block = schema.block.as_ref().unwrap();
    let names: Vec<_> = block.attributes.iter().map(|a| a.name.as_str()).collect();
    assert!(names.is_sorted(), "{names:?}");
    let flags = |name: &str| {
        let a = block.attributes.iter().find(|attribute| attribute.name == name).unwrap();
        let flags = [
            (a.required, "required"),
            (a.optional, "optional"),
            (a.computed, "computed"),
            (a.sensitive, "sensitive"),
            (a.write_only, "write-only"),
        ];
        let flags = flags.into_iter().filter(|(set, _)| *set).map(|(_, name)| name);
        let ty = String::from_utf8(a.r#type.clone()).unwrap();
        (flags.collect::<Vec<_>>().join(" "), ty)
    };
    for (name, expected, ty) in [
        ("name", "required", r#""string""#),
        ("size", "optional", r#""number""#),
        ("zone", "optional computed", r#""string""#),
        ("region", "optional computed", r#""string""#),
        ("mode", "optional computed", r#""string""#),
        ("id", "computed", r#""string""#),
        ("password", "optional sensitive", r#""string""#),
        ("password_wo", "optional sensitive write-only", r#""string""#),
        ("marks", "optional", r#"["set","string"]"#),
        ("tags", "optional", r#"["map","string"]"#),
        ("disk", "optional", ""),
        ("timeouts", "optional", ""),
    ] {
        assert_eq!(flags(name), (expected.to_owned(), ty.to_owned()), "{name}");
    }
    for attribute in &block.attributes {
        assert!(!attribute.description.is_empty(), "{}", attribute.name);
        assert_eq!(attribute.r#type.is_empty(), attribute.nested_type.is_some());
    }
}

/// What Terraform finds wrong with attributes: it would refuse the whole provider.
fn refusals(attributes: &[pb::schema::Attribute]) -> Vec<String> {
    let mut found = Vec::new();
    for a in attributes {
        let wrong = !(a.required || a.optional || a.computed)
            || a.required && (a.optional || a.computed)
            || a.write_only && (a.computed || !(a.required || a.optional))
            || a.r#type.is_empty() != a.nested_type.is_some();
        found.extend(wrong.then(|| a.name.clone()));
        found.extend(a.nested_type.iter().flat_map(|nested| refusals(&nested.attributes)));
    }
    found
}

#[tokio::test]
async fn every_schema_is_one_that_terraform_accepts() {
    let service = Harness::unconfigured().service;
    let schemas = service.get_provider_schema(Request::new(SCHEMAS)).await.unwrap().into_inner();
    let all = schemas.resource_schemas.values().chain(schemas.data_source_schemas.values());
    for schema in all.chain(&schemas.provider) {
        assert_eq!(refusals(&schema.block.as_ref().unwrap().attributes), [""; 0]);
    }
}

#[tokio::test]
async fn every_resource_has_an_identity_that_can_be_imported() {
    let service = Harness::unconfigured().service;
    let request = Request::new(pb::get_resource_identity_schemas::Request {});
    let answer = service.get_resource_identity_schemas(request).await.unwrap().into_inner();
    assert_eq!(answer.diagnostics, []);
    let attributes = &answer.identity_schemas[TYPE].identity_attributes;
    let flags = attributes.iter().map(|a| (&*a.name, a.required_for_import, a.optional_for_import));
    assert_eq!(flags.collect::<Vec<_>>(), [("id", true, false), ("project", false, true)]);
}

/// Calls an rpc with an otherwise empty request, and returns the summaries of its response.
macro_rules! refused {
    ($service:ident, $rpc:ident, $message:ident, $name:ident) => {{
        #[allow(clippy::needless_update, reason = "some requests have more to them")]
        let request = pb::$message::Request { $name: "alpha_x".to_owned(), ..Default::default() };
        let answer = $service.$rpc(Request::new(request)).await.unwrap().into_inner();
        (stringify!($rpc), summaries(&answer.diagnostics))
    }};
}

#[tokio::test]
async fn an_unknown_type_is_an_error_in_every_rpc_that_takes_one() {
    let s = Harness::new().await.service;
    let mut answers = Vec::new();
    for (kind, found) in [
        ("Resource", refused!(s, validate_resource_config, validate_resource_config, type_name)),
        ("Resource", refused!(s, upgrade_resource_state, upgrade_resource_state, type_name)),
        ("Resource", refused!(s, upgrade_resource_identity, upgrade_resource_identity, type_name)),
        ("Resource", refused!(s, read_resource, read_resource, type_name)),
        ("Resource", refused!(s, plan_resource_change, plan_resource_change, type_name)),
        ("Resource", refused!(s, apply_resource_change, apply_resource_change, type_name)),
        ("Resource", refused!(s, import_resource_state, import_resource_state, type_name)),
        ("Resource", refused!(s, move_resource_state, move_resource_state, target_type_name)),
        ("Resource", refused!(s, generate_resource_config, generate_resource_config, type_name)),
        (
            "Data Source",
            refused!(s, validate_data_resource_config, validate_data_resource_config, type_name),
        ),
        ("Data Source", refused!(s, read_data_source, read_data_source, type_name)),
        (
            "List Resource",
            refused!(s, validate_list_resource_config, validate_list_resource_config, type_name),
        ),
        (
            "Ephemeral Resource",
            refused!(
                s,
                validate_ephemeral_resource_config,
                validate_ephemeral_resource_config,
                type_name
            ),
        ),
        (
            "Ephemeral Resource",
            refused!(s, open_ephemeral_resource, open_ephemeral_resource, type_name),
        ),
        (
            "Ephemeral Resource",
            refused!(s, renew_ephemeral_resource, renew_ephemeral_resource, type_name),
        ),
        (
            "Ephemeral Resource",
            refused!(s, close_ephemeral_resource, close_ephemeral_resource, type_name),
        ),
        ("State Store", refused!(s, validate_state_store_config, validate_state_store, type_name)),
        ("State Store", refused!(s, configure_state_store, configure_state_store, type_name)),
        ("State Store", refused!(s, lock_state, lock_state, type_name)),
        ("State Store", refused!(s, unlock_state, unlock_state, type_name)),
        ("State Store", refused!(s, get_states, get_states, type_name)),
        ("State Store", refused!(s, delete_state, delete_state, type_name)),
        ("Action", refused!(s, validate_action_config, validate_action_config, type_name)),
        ("Action", refused!(s, plan_action, plan_action, action_type)),
    ] {
        let (rpc, summaries) = found;
        assert_eq!(summaries, [format!("error: {kind} Type Not Found")], "{rpc}");
        answers.push(rpc);
    }
    // Together with those that take no type and those that stream, these are all.
    assert_eq!(answers.len() + 12, 36);
}

#[tokio::test]
async fn a_stream_of_an_unknown_type_is_one_event_with_the_error() {
    use pb::invoke_action::event::Type;
    use tokio_stream::StreamExt as _;
    let service = Harness::new().await.service;
    let name = || "alpha_x".to_owned();
    let request = pb::list_resource::Request { type_name: name(), ..Default::default() };
    let mut events = service.list_resource(Request::new(request)).await.unwrap().into_inner();
    let event = events.next().await.unwrap().unwrap();
    assert_eq!(summaries(&event.diagnostic), ["error: List Resource Type Not Found"]);
    assert!(events.next().await.is_none());
    let request = pb::read_state_bytes::Request { type_name: name(), ..Default::default() };
    let mut events = service.read_state_bytes(Request::new(request)).await.unwrap().into_inner();
    let event = events.next().await.unwrap().unwrap();
    assert_eq!(summaries(&event.diagnostics), ["error: State Store Type Not Found"]);
    let request = pb::invoke_action::Request { action_type: name(), ..Default::default() };
    let mut events = service.invoke_action(Request::new(request)).await.unwrap().into_inner();
    match events.next().await.unwrap().unwrap().r#type.unwrap() {
        Type::Completed(end) => {
            assert_eq!(summaries(&end.diagnostics), ["error: Action Type Not Found"]);
        }
        Type::Progress(_) => panic!("it should have ended"),
    }
}
