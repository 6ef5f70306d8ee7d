//! Tags of an image.

use super::*;

fn patch(arm: &Simulation, tags: &Value) -> Answer {
    call(arm, "PATCH", &image_at("a"), &json!({"tags": tags})).unwrap()
}

#[test]
fn the_same_name_in_another_case_is_refused() {
    let arm = Simulation::builder().create_style(Lro::synchronous()).start();
    assert_eq!(put(&arm, "a").status, 201);
    let refused = patch(&arm, &json!({"Team": "a", "team": "b"}));
    assert_eq!(code(&refused), (400, "InvalidRequestContent".to_owned()));
    assert!(refused.body.contains("in another case"), "{}", refused.body);
}

#[test]
fn a_name_gets_the_newest_case_or_keeps_the_first() {
    let arm = Simulation::builder().create_style(Lro::synchronous()).start();
    assert_eq!(put(&arm, "a").status, 201);
    assert_eq!(patch(&arm, &json!({"Team": "x"})).json()["tags"], json!({"Team": "x"}));
    arm.set_quirk(Quirk::FirstTagNames, true);
    let kept = patch(&arm, &json!({"TEAM": "y", "Site": "z"}));
    assert_eq!(kept.json()["tags"], json!({"Team": "y", "Site": "z"}));
}
