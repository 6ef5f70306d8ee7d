//! Each service over https, with a private certification authority in `SSL_CERT_FILE`.

use std::time::Duration;

use simulated_clouds::arm::SUBSCRIPTION_ID;
use simulated_clouds::{Authority, Controls, batch, ucloud};

use crate::harness::hci::{Azure, IMAGE, Image};
use crate::harness::{batch as batch_blocks, horizon, https, ucloud as ucloud_blocks};

/// Far less than several attempts with pauses between them take.
const SOON: Duration = Duration::from_secs(8);

/// Asserts that `services` were asked, and only over TLS.
#[track_caller]
fn all_secure(services: &[&Controls]) {
    for service in services {
        let requests = service.requests();
        assert!(!requests.is_empty());
        assert!(requests.iter().all(|request| request.secure), "{}", service.journal_text());
    }
}

#[test]
fn ucloud_images_are_listed_over_https() {
    let cloud = ucloud::Simulation::start();
    let main = ucloud_blocks::provider(&cloud) + "data \"cloudimages_ucloud_images\" \"all\" {}\n";
    let workspace = https::workspace(&main, &[&cloud], &Authority::new());
    let state = workspace.step();
    let images = &state.attributes("data.cloudimages_ucloud_images.all")["images"];
    assert!(!images.as_array().unwrap().is_empty());
    all_secure(&[&cloud]);
}

#[test]
fn batch_images_are_listed_over_https_with_a_key_and_with_a_login() {
    let azure = Azure::start();
    let cloud = batch::Simulation::builder().tokens(&azure.entra.tokens()).page_size(40).start();
    let login = batch_blocks::secret(&azure.entra);
    let main = batch_blocks::aliased("key", "", &batch_blocks::access(&cloud))
        + &batch_blocks::aliased("login", &login, &batch_blocks::endpoint(&cloud))
        + &batch_blocks::all_by("key", "")
        + &batch_blocks::all_by("login", "");
    let services: [&Controls; 2] = [&cloud, &azure.entra];
    let workspace = https::workspace(&main, &services, &Authority::new());
    let state = workspace.step();
    for alias in ["key", "login"] {
        let list = state.attributes(&format!("data.cloudimages_batch_supported_images.{alias}"));
        assert_eq!(list["images"].as_array().unwrap().len(), 62);
    }
    // A link goes back as it came, with this one character encoded and no other.
    let targets: Vec<String> = cloud.requests().into_iter().map(|r| r.target).collect();
    let continued: Vec<_> = targets.iter().filter(|t| t.contains("&$skiptoken=WATV2:")).collect();
    assert_eq!(continued.len() * 2, targets.len());
    assert!(continued.iter().all(|t| t.contains("%5E") && t.ends_with("==:1$2")), "{continued:?}");
    all_secure(&services);
}

#[test]
fn a_gallery_image_is_created_and_destroyed_over_https() {
    let azure = Azure::start();
    let services: [&Controls; 2] = [&azure.arm, &azure.entra];
    let workspace = https::workspace(&azure.main(&Image::new()), &services, &Authority::new());
    let state = workspace.step();
    assert!(state.attributes(IMAGE)["id"].as_str().unwrap().contains(SUBSCRIPTION_ID));
    assert!(!azure.polls().is_empty());
    workspace.destroy().ok();
    assert_eq!(azure.arm.image_count(), 0);
    all_secure(&services);
}

#[test]
fn an_image_is_imported_into_the_catalog_over_https() {
    let cloud = horizon::start();
    let main = horizon::main(&cloud, &horizon::Image::new());
    let services: [&Controls; 2] = [&cloud, cloud.csp()];
    let workspace = https::workspace(&main, &services, &Authority::new());
    workspace.step();
    assert_eq!(cloud.images_created(), 1);
    workspace.destroy().ok();
    assert_eq!(cloud.image_count(), 0);
    all_secure(&services);
}

#[test]
fn the_certificate_of_an_unknown_authority_is_named_soon_and_nothing_is_sent() {
    let azure = Azure::start();
    let listed = ucloud::Simulation::start();
    let keyed = batch::Simulation::builder().start();
    let catalog = horizon::start();
    let read = "timeouts = { read = \"60s\" }\n";
    let ucloud = ucloud_blocks::provider(&listed)
        + &format!("data \"cloudimages_ucloud_images\" \"all\" {{\n{read}}}\n");
    let batch = batch_blocks::provider(&keyed) + &batch_blocks::all("all", read);
    let create = "{ create = \"60s\", read = \"60s\" }";
    let arm = azure.main(&Image::new().set("timeouts", create));
    let horizon = horizon::main(&catalog, &horizon::Image::new().set("timeouts", create));
    let cases: [(&str, &str, Vec<&Controls>); 4] = [
        ("ucloud", &ucloud, vec![&listed]),
        ("batch", &batch, vec![&keyed]),
        ("arm", &arm, vec![&azure.arm, &azure.entra]),
        ("horizon", &horizon, vec![&catalog, catalog.csp()]),
    ];
    // At the same time, as each of them may try more than once.
    std::thread::scope(|scope| {
        for (name, main, services) in cases {
            scope.spawn(move || {
                let workspace = https::workspace(main, &services, &Authority::new());
                workspace.write("authority.pem", &Authority::new().pem());
                let outcome = workspace.apply();
                outcome.error().says(&["certificate"]);
                assert!(outcome.took < SOON, "{name}: {:?}", outcome.took);
                assert!(services.iter().all(|service| service.request_count() == 0), "{name}");
            });
        }
    });
}
