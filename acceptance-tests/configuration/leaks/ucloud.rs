//! The keys of UCloud, the token that goes with temporary ones, and signatures.

use simulated_clouds::Spelling;
use simulated_clouds::ucloud::{Account, Fault, REGION, Simulation, When, ret_code};

use super::Outputs;
use crate::harness::Workspace;

const ANY: &str = "data \"cloudimages_ucloud_images\" \"any\" {}\n";
const PUBLIC: &str = "kP-shown";

fn private_key() -> String {
    "Pr~iv+ate/key%41\"x&y<z>'0123456789=".to_owned()
}

fn token() -> String {
    "To~ke+n/of%41\"x&y<z>'9876543210==".to_owned()
}

/// Where the keys come from: the arguments, the variables, the text of the credentials file.
type Source = (&'static str, String, Vec<(&'static str, String)>, String);

fn sources() -> [Source; 3] {
    let (private, token) = (private_key(), token());
    let arguments =
        format!("public_key = {PUBLIC:?}\nprivate_key = {private:?}\nsecurity_token = {token:?}\n");
    let variables = vec![
        ("UCLOUD_PUBLIC_KEY", PUBLIC.to_owned()),
        ("UCLOUD_PRIVATE_KEY", private.clone()),
        ("UCLOUD_SECURITY_TOKEN", token.clone()),
    ];
    let profiles = serde_json::json!([{
        "profile": "default", "public_key": PUBLIC, "private_key": private,
        "cookie": token, "security_token": token,
    }]);
    [
        ("arguments", arguments, Vec::new(), String::new()),
        ("variables", String::new(), variables, String::new()),
        (
            "file",
            "shared_credentials_file = \"credentials\"\n".to_owned(),
            vec![("UCLOUD_SECURITY_TOKEN", token)],
            profiles.to_string(),
        ),
    ]
}

#[test]
fn no_key_of_ucloud_leaks_however_it_is_repeated() {
    for (name, arguments, variables, file) in sources() {
        let account = Account::new(PUBLIC, private_key()).security_token(token());
        let cloud = Simulation::builder().account(account).start();
        let block = format!(
            "provider \"cloudimages\" {{\n  ucloud = {{\n{arguments}region = {REGION:?}\nbase_url = \
             {:?}\nmax_retries = 1\n}}\n}}\n",
            cloud.url()
        );
        let mut workspace = Workspace::new(&(block + ANY));
        workspace.write("credentials", &file);
        for (name, value) in variables {
            workspace.set(name, value);
        }
        let mut outputs = Outputs { about: name, ..Outputs::default() };
        outputs.through(&mut workspace);
        // The same request has the same signature each time.
        let signature = cloud.requests()[0].parameter("Signature").unwrap().to_owned();
        let secrets = [private_key(), token(), signature];
        for spelling in Spelling::ALL {
            let quoted = secrets.each_ref().map(|secret| spelling.spell(secret)).join(" and ");
            let page = format!("<html><title>{quoted}</title>{quoted}</html>");
            for fault in [
                ret_code(171, format!("Signature VerifyAC Error for {quoted}")),
                match spelling {
                    Spelling::Raw | Spelling::Percent | Spelling::Json => {
                        Fault::body(403, "text/plain", quoted.clone())
                    }
                    _ => Fault::body(503, "text/html", page),
                },
            ] {
                cloud.fail_always(When::any(), fault);
                let outcome = outputs.run(&mut workspace, &["plan", "-json"]).fails();
                assert_eq!(outcome.errors().len(), 1, "{name}: {outcome}");
                outcome.says(&["(secret)"]);
                cloud.clear_faults();
            }
        }
        cloud.fail_always(When::any(), ret_code(171, secrets.join(" ")));
        outputs.run(&mut workspace, &["plan", "-no-color"]).fails();
        cloud.clear_faults();
        assert!(cloud.requests().iter().all(|request| request.authentic), "{name}");
        let outputs = match name {
            // What stands in the configuration Terraform itself writes into plans.
            "arguments" => outputs.without(&["stdout of show -json saved.tfplan"]),
            _ => outputs,
        };
        outputs.hold_none_of(&secrets);
    }
}
