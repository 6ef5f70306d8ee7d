//! The rpcs of list resources.

use tokio_stream::StreamExt as _;

use super::*;

type Event = pb::list_resource::Event;

fn request(harness: &Harness, config: Json) -> pb::list_resource::Request {
    let ty = &harness.service.offer().list_resources[TYPE].ty;
    pb::list_resource::Request {
        type_name: TYPE.to_owned(),
        config: Some(message(&typed(&config, ty))),
        ..Default::default()
    }
}

async fn list(harness: &Harness, request: pb::list_resource::Request) -> Vec<Event> {
    let events = harness.service.list_resource(Request::new(request)).await.unwrap().into_inner();
    events.map(|event| event.unwrap()).collect().await
}

fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.display_name.as_str()).collect()
}

#[tokio::test]
async fn each_object_is_named_and_identified_and_shown_if_asked_for() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["machine"]);
    let events = list(&harness, request(&harness, json!({ "count": 2 }))).await;
    assert_eq!(names(&events), ["machine 1", "machine 2"]);
    let ty = &harness.service.offer().resources[TYPE].identity;
    for (event, id) in events.iter().zip(["m1", "m2"]) {
        assert_eq!((&event.resource_object, event.diagnostic.as_slice()), (&None, &[][..]));
        let expected = message(&typed(&json!({ "id": id, "project": "p1" }), ty));
        assert_eq!(event.identity.clone().unwrap().identity_data, Some(expected));
    }
    let whole = pb::list_resource::Request {
        include_resource_object: true,
        ..request(&harness, json!({ "count": 1 }))
    };
    let events = list(&harness, whole).await;
    let object = harness.read_back(events[0].resource_object.as_ref()).unwrap();
    assert_eq!((&object["id"], &object["name"]), (&"m1".into(), &"one".into()));
}

#[tokio::test]
async fn no_more_are_looked_for_than_wanted() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["machine"]);
    for (limit, expected) in [(3, 3), (0, 100), (-1, 100), (200, 100)] {
        let request =
            pb::list_resource::Request { limit, ..request(&harness, json!({ "count": 100 })) };
        let before = harness.cloud.calls().len();
        assert_eq!(list(&harness, request).await.len(), expected, "{limit}");
        assert_eq!(harness.cloud.calls().len() - before, expected, "{limit}");
    }
}

#[tokio::test]
async fn an_error_is_said_after_what_came_before_it() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["machine"]);
    for (order, summary) in [("fail", "error: Refused"), ("panic", "error: The provider has a bug")]
    {
        let config = json!({ "count": 40, "order": order });
        let events = list(&harness, request(&harness, config)).await;
        assert_eq!(events.len(), 41);
        assert_eq!(events[39].display_name, "machine 40");
        assert_eq!(summaries(&events[40].diagnostic), [summary]);
        assert_eq!(events[40].identity, None);
    }
}

#[tokio::test]
async fn objects_are_found_only_as_fast_as_they_are_read() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["machine"]);
    let request = request(&harness, json!({ "count": 100_000 }));
    let events = harness.service.list_resource(Request::new(request)).await.unwrap();
    let mut events = events.into_inner();
    for _ in 0..10 {
        events.next().await.unwrap().unwrap();
    }
    assert!(harness.cloud.calls().len() < 100, "{}", harness.cloud.calls().len());
    // Whoever stops reading ends the list.
    drop(events);
}

#[tokio::test]
async fn a_list_can_be_stopped() {
    let harness = Harness::new().await;
    harness.cloud.allow(&["machine"]);
    let request = request(&harness, json!({ "count": 1, "order": "hang" }));
    let stopped = async {
        harness.cloud.hanging.notified().await;
        let request = Request::new(pb::stop_provider::Request {});
        harness.service.stop_provider(request).await.unwrap();
    };
    let (events, ()) = tokio::join!(list(&harness, request), stopped);
    assert_eq!(names(&events), ["machine 1", ""]);
    assert_eq!(summaries(&events[1].diagnostic), ["error: Interrupted"]);
}

#[tokio::test]
async fn arguments_of_a_list_are_checked() {
    let harness = Harness::unconfigured();
    let wrong = json!({ "count": null, "order": "" });
    let ty = &harness.service.offer().list_resources[TYPE].ty;
    let validate = pb::validate_list_resource_config::Request {
        type_name: TYPE.to_owned(),
        config: Some(message(&typed(&wrong, ty))),
        ..Default::default()
    };
    let answer = harness.service.validate_list_resource_config(Request::new(validate)).await;
    let expected = ["error order: Invalid value for `order`", "error count: Missing `count`"];
    assert_eq!(summaries(&answer.unwrap().into_inner().diagnostics), expected);
    let events = list(&harness, request(&harness, json!({ "count": 1 }))).await;
    assert_eq!(summaries(&events[0].diagnostic), ["error: Provider not configured"]);
    assert_eq!(events.len(), 1);
}
