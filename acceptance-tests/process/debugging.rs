//! Debug mode: a provider that a developer starts, and any number of runs that use it.

use simulated_clouds::ucloud::{Account, Image, REGION, Simulation};

use crate::harness::{Run, Workspace, ucloud};

const ANY: &str = "data \"cloudimages_ucloud_image\" \"any\" {}\noutput \"id\" {\n  value = \
                   data.cloudimages_ucloud_image.any.id\n}\n";

/// Starts the provider and returns the variable that it asks to be set.
fn start(workspace: &Workspace) -> (Run, String) {
    let mut running = workspace.provider(&["-debug"]);
    let text = running.stdout_until("TF_REATTACH_PROVIDERS='");
    assert!(text.starts_with("Provider started. To attach Terraform CLI, set the"), "{text}");
    let line = text.lines().find(|line| line.contains("TF_REATTACH_PROVIDERS='")).unwrap();
    let value = line.trim().strip_prefix("TF_REATTACH_PROVIDERS='").unwrap();
    (running, value.strip_suffix('\'').unwrap().to_owned())
}

#[test]
fn one_process_serves_several_runs_and_does_not_mix_them_up() {
    let developer = Workspace::new("");
    let (running, variable) = start(&developer);
    let account = |name: &str| Account::new(format!("kP-{name}"), format!("sK-{name}"));
    let cloud = Simulation::builder()
        .account(account("one"))
        .account(account("two"))
        .images(vec![Image::new("uimage-one")])
        .images_in("hk", vec![Image::new("uimage-two")])
        .start();
    let main = |name: &str, region: &str| {
        let keys = ucloud::keys(&cloud, &account(name));
        ucloud::block(&format!("{keys}region = {region:?}")) + ANY
    };
    let one = Workspace::attached("cloudimages", &variable, &main("one", REGION));
    let two = Workspace::attached("cloudimages", &variable, &main("two", "hk"));
    // At the same time, and twice.
    for _ in 0..2 {
        let runs = [&one, &two]
            .map(|workspace| workspace.start(&["apply", "-json", "-input=false", "-auto-approve"]));
        runs.into_iter().for_each(|run| drop(run.finish().ok()));
        assert_eq!(one.state().output("id"), "uimage-one");
        assert_eq!(two.state().output("id"), "uimage-two");
    }
    running.interrupt();
    let outcome = running.finish().ok();
    assert_eq!(outcome.stderr, "");
    assert_eq!(developer.temporary().read_dir().unwrap().count(), 0, "a socket is left");
}

#[test]
fn a_client_without_tls_is_served_when_terraform_says_so() {
    let cloud = Simulation::start();
    let main = ucloud::provider(&cloud) + "data \"cloudimages_ucloud_images\" \"any\" {}\n";
    Workspace::new(&main).env("TF_DISABLE_PLUGIN_TLS", "1").step();
}
