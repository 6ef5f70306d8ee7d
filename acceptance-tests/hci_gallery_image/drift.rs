//! Changes of an image since the last apply.

use serde_json::json;
use simulated_clouds::arm::{Fault, RESOURCE_GROUP, SUBSCRIPTION_ID, When};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, IMAGE, Image};

fn made() -> (Azure, Workspace) {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    workspace.apply().ok();
    azure.arm.forget_requests();
    (azure, workspace)
}

fn planned(action: &str) -> [(String, String); 1] {
    [(IMAGE.to_owned(), action.to_owned())]
}

#[test]
fn an_image_that_is_gone_is_created_again() {
    let (azure, workspace) = made();
    azure.arm.remove_image(RESOURCE_GROUP, "golden");
    assert_eq!(workspace.plan().exits(2).changes(), planned("create"));
    workspace.step();
    // So is one whose resource group is gone.
    azure.arm.remove_resource_group(RESOURCE_GROUP);
    assert_eq!(workspace.plan().exits(2).changes(), planned("create"));
    workspace.apply().error().says(&["ResourceGroupNotFound", "`resource_group_name`"]);
    // Deleting an image that does not exist is not an error.
    workspace.destroy().ok();
}

#[test]
fn only_a_not_found_of_the_service_removes_the_image() {
    let (azure, workspace) = made();
    let denied = Fault::status(403)
        .code("AuthorizationFailed")
        .message("The client does not have authorization to read.");
    let page = Fault::body(404, "text/html", "<html>gateway</html>");
    for (fault, fragments) in [
        (
            denied,
            &["Cannot read the gallery image: not allowed", "AuthorizationFailed", "role"][..],
        ),
        (page, &["GetGalleryImage", "404"]),
        (Fault::status(503), &["Cannot read the gallery image: service unavailable", "503"]),
    ] {
        azure.arm.fail(When::label("get"), 1000, fault);
        let image = Image::new().set("timeouts", "{ read = \"1s\" }");
        workspace.main(&azure.main(&image));
        workspace.run(&["plan", "-json", "-refresh=false"]);
        let outcome = workspace.plan();
        outcome.error().says(fragments);
        azure.arm.clear_faults();
        assert!(workspace.state().instance(IMAGE).is_some());
    }
    azure.arm.remove_subscription(SUBSCRIPTION_ID);
    workspace.plan().error().says(&["SubscriptionNotFound", "ARM_SUBSCRIPTION_ID"]);
    assert!(workspace.state().instance(IMAGE).is_some());
    assert_eq!(azure.writes(), 0);
}

#[test]
fn a_failed_image_is_reported_with_a_warning_and_replaced() {
    let (azure, workspace) = made();
    let status = json!({"errorCode": "StorageLost", "errorMessage": "The volume is offline."});
    let failed = json!({"properties": {"provisioningState": "Failed", "status": status}});
    azure.arm.change_image(RESOURCE_GROUP, "golden", &failed);
    let outcome = workspace.plan().exits(2);
    assert_eq!(outcome.changes(), planned("replace"));
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{outcome}");
    warnings[0].says(&["StorageLost: The volume is offline.", "Failed", "replaced"]);
    workspace.step();
    assert_eq!((azure.sent("DELETE").len(), azure.sent("PUT").len()), (1, 1));
}

#[test]
fn an_image_that_the_service_works_on_is_waited_for() {
    let (azure, workspace) = made();
    for word in ["InProgress", "Updating"] {
        let status = |word, percent| {
            json!({
            "provisioningStatus": {"status": word}, "progressPercentage": percent})
        };
        let busy = json!({"properties": {
            "provisioningState": word, "status": status("InProgress", 40)}});
        azure.arm.change_image(RESOURCE_GROUP, "golden", &busy);
        assert_eq!(workspace.plan().exits(2).changes(), planned("update"));
        let before = azure.arm.request_count();
        let mut run = workspace.start(&["apply", "-json", "-auto-approve"]);
        run.until("polls of the image", || azure.arm.request_count() > before + 3);
        let ready = json!({"properties": {
            "provisioningState": "Succeeded", "status": status("Succeeded", 100)}});
        azure.arm.change_image(RESOURCE_GROUP, "golden", &ready);
        run.finish().ok();
        workspace.is_settled();
    }
    // One that somebody else deletes is not waited for, and not an error.
    let deleting = json!({"properties": {"provisioningState": "Deleting"}});
    azure.arm.change_image(RESOURCE_GROUP, "golden", &deleting);
    workspace.plan().ok();
    assert_eq!(azure.writes(), 0);
}
