//! The provider's logs, as its parent and as people read them.

use serde_json::Value;
use simulated_clouds::ucloud::{Account, REGION, Simulation};

use crate::harness::{Workspace, ucloud};

const ANY: &str = "data \"cloudimages_ucloud_images\" \"any\" {}\n";

/// The lines that Terraform's own log has of the provider.
fn of_provider(log: &str) -> Vec<Value> {
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .filter(|line| {
            line["@module"].as_str().is_some_and(|module| module.contains("cloudimages"))
        })
        .collect()
}

#[test]
fn terraform_parses_every_line_and_a_successful_run_logs_no_error() {
    let cloud = Simulation::start();
    let workspace = Workspace::new(&(ucloud::provider(&cloud) + ANY)).env("TF_LOG", "JSON");
    let outcome = workspace.plan().ok();
    let lines = of_provider(&outcome.stderr);
    assert!(lines.iter().all(|line| line["@level"] != "error"), "{outcome}");
    let calls: Vec<_> = lines.iter().filter_map(|line| line["tf_rpc"].as_str()).collect();
    for rpc in ["GetProviderSchema", "ConfigureProvider", "ReadDataSource"] {
        assert!(calls.contains(&rpc), "{calls:?}");
    }
    let read: Vec<_> = lines.iter().filter(|line| line["tf_rpc"] == "ReadDataSource").collect();
    for line in &read {
        assert_eq!(line["tf_data_source_type"], "cloudimages_ucloud_images", "{line}");
        assert_eq!(line["tf_provider_addr"], "registry.terraform.io/cloudimages/cloudimages");
        assert_eq!(line["tf_req_id"], read[0]["tf_req_id"], "{line}");
        assert_eq!(line["tf_req_id"].as_str().unwrap().len(), 36, "{line}");
    }
    let says = |fragment: &str| read.iter().any(|line| line.to_string().contains(fragment));
    assert!(says("POST"), "no request is logged\n{outcome}");
    assert!(says("tf_req_duration_ms"), "{outcome}");
    // Libraries have shown secrets in their own logs.
    for library in ["hyper", "h2::", "rustls", "reqwest"] {
        assert!(!lines.iter().any(|line| line["@module"].as_str().unwrap().contains(library)));
    }
}

#[test]
fn each_line_of_the_process_is_one_json_object() {
    let cloud = Simulation::start();
    let developer = Workspace::new("").env("TF_LOG", "TRACE");
    let mut running = developer.provider(&["-debug"]);
    let text = running.stdout_until("TF_REATTACH_PROVIDERS='");
    let variable = text.split('\'').nth(1).unwrap();
    let wrong = Account::new(Account::example().public_key(), "mistyped");
    let main = ucloud::block(&format!("{}region = {REGION:?}", ucloud::keys(&cloud, &wrong))) + ANY;
    let workspace = Workspace::new(&main).env("TF_REATTACH_PROVIDERS", variable);
    workspace.plan().fails();
    running.interrupt();
    let outcome = running.finish().ok();
    let mut levels = std::collections::BTreeSet::new();
    for line in outcome.stderr.lines() {
        let read: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        for field in ["@level", "@message", "@module", "@timestamp"] {
            assert!(read[field].is_string(), "{field} in {line}");
        }
        assert_eq!(read["@module"], "cloudimages");
        let timestamp = read["@timestamp"].as_str().unwrap();
        assert_eq!(timestamp.len(), "2026-01-02T03:04:05.000006Z".len(), "{line}");
        levels.insert(read["@level"].as_str().unwrap().to_owned());
        if read["@level"] == "error" {
            assert_eq!(read["diagnostic_severity"], "ERROR", "{line}");
            assert!(read["diagnostic_detail"].as_str().unwrap().contains("171"), "{line}");
        }
    }
    assert!(levels.contains("error") && levels.contains("trace"), "{levels:?}");
}

#[test]
fn the_providers_own_variable_sets_its_level() {
    let cloud = Simulation::start();
    let workspace = Workspace::new(&(ucloud::provider(&cloud) + ANY))
        .env("TF_LOG", "JSON")
        .env("TF_LOG_PROVIDER_CLOUDIMAGES", "WARN");
    let outcome = workspace.plan().ok();
    let lines = of_provider(&outcome.stderr);
    assert!(!lines.iter().any(|line| line["tf_rpc"].is_string()), "{outcome}");
}
