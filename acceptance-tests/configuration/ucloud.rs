//! The argument `ucloud`: where keys, region, project and address come from.

use simulated_clouds::ucloud::{Account, Image, REGION, Simulation};

use crate::harness::{Workspace, ucloud};

/// A data source without arguments.
const ANY: &str = "data \"cloudimages_ucloud_images\" \"any\" {}\n";

/// A variable whose argument is set does not count, whatever it holds.
#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_matters_only_if_it_is_needed() {
    use std::os::unix::ffi::OsStringExt;
    let odd = || std::ffi::OsString::from_vec(vec![b'a', 0xff]);
    let cloud = Simulation::start();
    let main = ucloud::provider(&cloud) + ANY;
    let set = ["UCLOUD_PUBLIC_KEY", "UCLOUD_PRIVATE_KEY", "UCLOUD_REGION", "UCLOUD_API_BASE_URL"];
    let workspace = set.into_iter().fold(Workspace::new(&main), |all, name| all.env(name, odd()));
    workspace.plan().ok();
    let needed = Workspace::new(&main).env("UCLOUD_SECURITY_TOKEN", odd());
    let text = "The environment variable UCLOUD_SECURITY_TOKEN is not valid UTF-8.";
    needed.plan().error().says(&[text]);
}

#[test]
fn arguments_take_precedence_over_variables_and_variables_over_the_profile() {
    let own = Account::new("argument-public", "argument-private").project("org-argument");
    let env = Account::new("variable-public", "variable-private").project("org-variable");
    let file = Account::new("profile-public", "profile-private").project("org-profile");
    let cloud = Simulation::builder()
        .account(own.clone())
        .account(env.clone())
        .account(file.clone())
        .images_in("cn-variable", vec![Image::new("uimage-1")])
        .start();
    let url = format!("base_url = {:?}\n", cloud.url());
    let region = format!("region = {REGION:?}\nproject_id = \"org-argument\"");
    let mut workspace =
        Workspace::new(&(ucloud::block(&format!("{}{region}", ucloud::keys(&cloud, &own))) + ANY))
            .env("UCLOUD_PUBLIC_KEY", env.public_key())
            .env("UCLOUD_PRIVATE_KEY", env.private_key())
            .env("UCLOUD_REGION", "cn-variable")
            .env("UCLOUD_PROJECT_ID", "org-variable")
            .env("UCLOUD_API_BASE_URL", "https://unused.example");
    let profiles = format!(
        "[{{\"profile\": \"default\", \"public_key\": {:?}, \"private_key\": {:?}, \"cookie\": 1}}]",
        file.public_key(),
        file.private_key()
    );
    workspace.write_home(".ucloud/credential.json", &profiles);
    let asked = |workspace: &Workspace| {
        cloud.clear_requests();
        workspace.apply().ok();
        let request = cloud.requests().remove(0);
        ["PublicKey", "Region", "ProjectId"]
            .map(|name| request.parameter(name).unwrap_or("none").to_owned())
    };
    assert_eq!(asked(&workspace), ["argument-public", REGION, "org-argument"]);

    workspace.set("UCLOUD_API_BASE_URL", cloud.url());
    workspace.main(ANY);
    assert_eq!(asked(&workspace), ["variable-public", "cn-variable", "org-variable"]);

    // An argument names the profile, so the variables with keys do not count.
    workspace.main(&(ucloud::block("profile = \"default\"\nproject_id = \"org-profile\"") + ANY));
    assert_eq!(asked(&workspace), ["profile-public", "cn-variable", "org-profile"]);

    // Without any settings of keys, the file is used.
    for name in ["UCLOUD_PUBLIC_KEY", "UCLOUD_PRIVATE_KEY", "UCLOUD_PROJECT_ID"] {
        workspace.set(name, "");
    }
    workspace.main(&(ucloud::block(&url) + ANY));
    assert_eq!(asked(&workspace), ["profile-public", "cn-variable", "none"]);
}

#[test]
fn missing_keys_or_region_are_an_error_with_all_ways_to_set_them() {
    let cloud = Simulation::start();
    let base = format!("base_url = {:?}\n", cloud.url());
    let workspace = Workspace::new(&(ucloud::block(&base) + ANY));
    workspace.validate().ok();
    // Everything missing is reported at once.
    workspace.plan().error().says(&[
        "Missing region",
        "`region` here",
        "`ucloud.region` in the provider block",
        "UCLOUD_REGION",
        "UCLOUD_PRIVATE_KEY",
        "UCLOUD_PROFILE",
    ]);
    workspace.main(&(ucloud::block(&format!("{base}region = {REGION:?}")) + ANY));
    workspace.validate().ok();
    workspace.plan().error().says(&[
        "`public_key` and `private_key`",
        "`profile`",
        "UCLOUD_PUBLIC_KEY and UCLOUD_PRIVATE_KEY",
        "UCLOUD_PROFILE",
        "profile `default`",
        "~/.ucloud/credential.json does not exist",
    ]);
    assert_eq!(cloud.request_count(), 0);
}

#[test]
fn an_unusable_shared_file_is_named_before_anything_is_sent() {
    let cloud = Simulation::start();
    let common = format!("base_url = {:?}\nregion = {REGION:?}\n", cloud.url());
    let workspace = Workspace::new("");
    let good = "[{\"profile\": \"ci\", \"public_key\": \"kP\", \"private_key\": \"s3cr3t-9\"},
                 {\"profile\": \"half\", \"public_key\": \"kP\", \"private_key\": \"\"}]";
    workspace.write("good.json", good);
    let twice = "[{\"profile\": \"ci\", \"public_key\": \"kP\", \"private_key\": \"s3cr3t-9\"},
                  {\"profile\": \"ci\", \"public_key\": \"kQ\", \"private_key\": \"s3cr3t-9\"}]";
    workspace.write("twice.json", twice);
    workspace.write("broken.json", "[{\"profile\": \"ci\", \"private_key\": s3cr3t-9}]");
    for (file, profile, fragments) in [
        ("good.json", "prod", &["good.json has no profile `prod`", "it has ci, half"][..]),
        ("good.json", "half", &["Profile `half` of good.json has no private_key", "ci, half"]),
        ("twice.json", "ci", &["twice.json has 2 profiles `ci`"]),
        ("broken.json", "ci", &["broken.json cannot be read", "line 1"]),
        ("absent.json", "ci", &["absent.json cannot be read"]),
    ] {
        let arguments =
            format!("{common}shared_credentials_file = {file:?}\nprofile = {profile:?}");
        workspace.main(&(ucloud::block(&arguments) + ANY));
        let outcome = workspace.plan();
        outcome.error().says(fragments).says(&["No usable UCloud credentials", "`ucloud."]);
        assert!(!outcome.stdout.contains("s3cr3t-9"), "{outcome}");
    }
    assert_eq!(cloud.request_count(), 0);
}

#[test]
fn each_key_is_named_with_its_source() {
    let cloud = Simulation::start();
    let common = format!("base_url = {:?}\nregion = {REGION:?}\n", cloud.url());
    let mut workspace =
        Workspace::new(&(ucloud::block(&format!("{common}public_key = \"kP\"")) + ANY))
            .env("UCLOUD_SECURITY_TOKEN", "token-9");
    workspace.plan().error().says(&[
        "`public_key` of the configuration is set, but its private key is missing",
        "`ucloud.private_key`",
        "UCLOUD_PRIVATE_KEY",
    ]);
    workspace.set("UCLOUD_PRIVATE_KEY", "s3cr3t-9");
    workspace.plan().error().says(&[
        "Cannot log in to UCloud: unknown public key",
        "Keys: `public_key` of the configuration and UCLOUD_PRIVATE_KEY, security token: \
         UCLOUD_SECURITY_TOKEN",
    ]);
}

#[test]
fn errors_in_the_block_are_found_by_validate_and_named_in_full() {
    let workspace = Workspace::new(
        &(ucloud::block(
            "profile = \"ci\"\npublic_key = \"kP\"\nprivate_key = \"s3cr3t-9\"\nmax_retries = 1000\n\
         base_url = \"http://gateway.example\"",
        ) + ANY),
    );
    let outcome = workspace.validate().fails();
    let mut found: Vec<_> = outcome.errors().iter().map(|error| error.text()).collect();
    found.sort();
    let expected = [
        "Conflicting arguments: `ucloud.private_key` cannot be given together with \
         `ucloud.profile`",
        "Conflicting arguments: `ucloud.public_key` cannot be given together with \
         `ucloud.profile`",
        "Invalid value for `ucloud.base_url`: \"http://gateway.example\" uses plain http, which is \
         accepted for loopback hosts only",
        "Invalid value for `ucloud.max_retries`: `ucloud.max_retries` must be between 0 and 100",
    ];
    assert_eq!(found.len(), expected.len(), "{outcome}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}");
    }
    assert!(!outcome.stdout.contains("s3cr3t-9"), "{outcome}");
}

#[test]
fn a_base_url_in_the_environment_follows_the_same_rules() {
    let workspace = Workspace::new(ANY)
        .env("UCLOUD_PUBLIC_KEY", "kP")
        .env("UCLOUD_PRIVATE_KEY", "sK")
        .env("UCLOUD_REGION", REGION)
        .env("UCLOUD_API_BASE_URL", "http://api.ucloud.cn");
    workspace.plan().error().says(&["UCLOUD_API_BASE_URL", "loopback hosts only"]);
}

#[test]
fn a_cloud_that_nothing_uses_needs_no_configuration() {
    let workspace = Workspace::new("provider \"cloudimages\" {}\noutput \"x\" { value = 1 }\n");
    workspace.step();
}

#[test]
fn configuration_that_is_known_only_after_apply_is_never_treated_as_missing() {
    let cloud = Simulation::start();
    let access = ucloud::access(&cloud);
    let main = ucloud::block(&format!("{access}region = terraform_data.region.output"))
        + &format!("resource \"terraform_data\" \"region\" {{ input = {REGION:?} }}\n")
        + ANY;
    let workspace = Workspace::new(&main).env("UCLOUD_REGION", "cn-elsewhere");
    workspace.plan().error().says(&["`ucloud.region`", "has not been applied yet"]);
    assert_eq!(cloud.request_count(), 0);
    let first = ["apply", "-json", "-auto-approve", "-target=terraform_data.region"];
    workspace.run(&first).ok();
    workspace.step();
    assert_eq!(cloud.requests()[0].parameter("Region"), Some(REGION));
}

#[test]
fn aliases_and_many_data_sources_in_one_plan_do_not_mix() {
    let (east, west) = (Account::new("east-key", "east-secret"), Account::new("west-key", "sK"));
    let cloud = Simulation::builder()
        .account(east.clone())
        .account(west.clone())
        .region("cn-east")
        .images((0..5).map(|n| Image::new(&format!("uimage-east-{n}"))).collect())
        .images_in("cn-west", (0..5).map(|n| Image::new(&format!("uimage-west-{n}"))).collect())
        .start();
    let mut main = String::new();
    for (name, account) in [("east", &east), ("west", &west)] {
        let keys = ucloud::keys(&cloud, account);
        main += &ucloud::aliased(name, &format!("{keys}region = \"cn-{name}\""));
        for number in 0..5 {
            main += &format!(
                "data \"cloudimages_ucloud_image\" \"{name}{number}\" {{\n  provider = \
                 cloudimages.{name}\n  name = \"uimage-{name}-{number}\"\n}}\n"
            );
        }
    }
    let state = Workspace::new(&main).step();
    for name in ["east", "west"] {
        for number in 0..5 {
            let found = state.attributes(&format!("data.cloudimages_ucloud_image.{name}{number}"));
            assert_eq!(found["id"], format!("uimage-{name}-{number}"));
        }
    }
    for request in cloud.requests() {
        let expected = request.parameter("PublicKey").unwrap().replace("-key", "");
        assert_eq!(request.parameter("Region"), Some(&*format!("cn-{expected}")));
        assert_eq!(request.ret_code, Some(0));
    }
}
