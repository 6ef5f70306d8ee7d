//! Objects whose provider configuration is not known yet, for clients that can put them off and for
//! those that cannot.

use super::*;

const ALLOWED: pb::ClientCapabilities = pb::ClientCapabilities {
    deferral_allowed: true,
    write_only_attributes_allowed: true,
    store_planned_private: false,
    computed_blocks_allowed: false,
};

const REASON: pb::Deferred =
    pb::Deferred { reason: pb::deferred::Reason::ProviderConfigUnknown as i32 };

/// A provider whose endpoint is not known yet, and a machine from before.
async fn waiting() -> (Harness, Remembered) {
    let harness = Harness::new().await;
    let machine = harness.machine(&machine(json!({}))).await;
    assert_eq!(harness.configure(0, json!({ "endpoint": "?" })).await, []);
    harness.cloud.allow(&[]);
    (harness, machine)
}

/// What each rpc says to a client with these capabilities.
async fn ask(
    harness: &Harness,
    before: &Remembered,
    capabilities: Option<pb::ClientCapabilities>,
) -> [(Option<pb::Deferred>, Vec<String>); 4] {
    let s = &harness.service;
    let type_name = || TYPE.to_owned();
    let config = harness.object(&machine(json!({ "size": 4 })));
    let plan = pb::plan_resource_change::Request {
        type_name: type_name(),
        prior_state: Some(message(&nullable(before.state.clone()))),
        proposed_new_state: Some(message(&Value::Map(config.clone()))),
        config: Some(message(&Value::Map(config))),
        client_capabilities: capabilities,
        ..Default::default()
    };
    let plan = s.plan_resource_change(Request::new(plan)).await.unwrap().into_inner();
    assert!(plan.planned_state.is_some());
    let read = pb::read_resource::Request {
        type_name: type_name(),
        current_state: Some(message(&nullable(before.state.clone()))),
        private: before.private.clone(),
        current_identity: before.identity.clone(),
        client_capabilities: capabilities,
        ..Default::default()
    };
    let read = s.read_resource(Request::new(read)).await.unwrap().into_inner();
    let kept = harness.read_back(read.new_state.as_ref());
    assert_eq!((kept, &read.private), (before.state.clone(), &before.private));
    assert_eq!(read.new_identity, before.identity);
    let import = pb::import_resource_state::Request {
        type_name: type_name(),
        id: "m1".to_owned(),
        client_capabilities: capabilities,
        ..Default::default()
    };
    let import = s.import_resource_state(Request::new(import)).await.unwrap().into_inner();
    assert_eq!(import.imported_resources.len(), usize::from(import.deferred.is_some()));
    let ty = &s.offer().data_sources["alpha_machines"].ty;
    let look = pb::read_data_source::Request {
        type_name: "alpha_machines".to_owned(),
        config: Some(message(&typed(&json!({ "prefix": "a", "mode": "plain" }), ty))),
        client_capabilities: capabilities,
        ..Default::default()
    };
    let look = s.read_data_source(Request::new(look)).await.unwrap().into_inner();
    let found = look.state.map(|state| codec::decode(&state.msgpack, ty).unwrap());
    assert_eq!(found, look.deferred.map(|_| Value::unknown()));
    [
        (plan.deferred, summaries(&plan.diagnostics)),
        (read.deferred, summaries(&read.diagnostics)),
        (import.deferred, summaries(&import.diagnostics)),
        (look.deferred, summaries(&look.diagnostics)),
    ]
}

#[tokio::test]
async fn what_the_configuration_is_not_known_for_is_put_off() {
    let (harness, before) = waiting().await;
    for (deferred, said) in ask(&harness, &before, Some(ALLOWED)).await {
        assert_eq!((deferred, said), (Some(REASON), vec![]));
    }
}

#[tokio::test]
async fn a_client_that_cannot_put_it_off_gets_a_plan_and_errors() {
    let (harness, before) = waiting().await;
    for capabilities in [None, Some(pb::ClientCapabilities { deferral_allowed: false, ..ALLOWED })]
    {
        let [plan, others @ ..] = ask(&harness, &before, capabilities).await;
        assert_eq!(plan, (None, vec![]));
        for other in others {
            assert_eq!(other, (None, vec!["error: No endpoint yet".to_owned()]));
        }
    }
}

#[tokio::test]
async fn another_error_is_never_put_off() {
    let harness = Harness::new().await;
    assert_eq!(harness.configure(0, json!({ "endpoint": "unready" })).await, []);
    let import = pb::import_resource_state::Request {
        type_name: TYPE.to_owned(),
        id: "m1".to_owned(),
        client_capabilities: Some(ALLOWED),
        ..Default::default()
    };
    let answer = harness.service.import_resource_state(Request::new(import)).await;
    let answer = answer.unwrap().into_inner();
    assert_eq!((answer.deferred, answer.imported_resources), (None, vec![]));
    assert_eq!(summaries(&answer.diagnostics), ["error: No endpoint"]);
}
