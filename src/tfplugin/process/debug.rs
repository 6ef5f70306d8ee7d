//! Debug mode: a provider that a developer starts, in a debugger for instance, and that Terraform
//! is then pointed to. See <https://developer.hashicorp.com/terraform/plugin/debugging>.

use super::handshake::PROTOCOL_VERSION;
use super::listener::Address;
use serde::Serialize;
use std::collections::BTreeMap;

/// What Terraform has to know about a running provider, under the provider's address.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reattach<'a> {
    protocol: &'static str,
    /// Terraform takes a missing version for 5.
    protocol_version: u32,
    pid: u32,
    /// Terraform does not end the process: it serves one run after another.
    test: bool,
    addr: Addr<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Addr<'a> {
    network: &'static str,
    string: &'a str,
}

/// The host of Terraform's registry, in addresses of providers.
const TERRAFORM: &str = "registry.terraform.io/";
/// The host of OpenTofu's registry.
const OPENTOFU: &str = "registry.opentofu.org/";

/// The instructions for the developer.
pub(super) fn instructions(
    provider: &str,
    pid: u32,
    address: &Address,
) -> Result<String, serde_json::Error> {
    let reattach = Reattach {
        protocol: "grpc",
        protocol_version: PROTOCOL_VERSION,
        pid,
        test: true,
        addr: Addr { network: address.network, string: &address.name },
    };
    // OpenTofu looks for the provider under the host of its own registry.
    let also = provider.strip_prefix(TERRAFORM).map(|rest| format!("{OPENTOFU}{rest}"));
    let names = [Some(provider), also.as_deref()].into_iter().flatten();
    let providers: BTreeMap<&str, &Reattach<'_>> = names.map(|name| (name, &reattach)).collect();
    let json = serde_json::to_string(&providers)?;
    let commands = if cfg!(windows) {
        format!(
            "\tCommand Prompt:\tset \"TF_REATTACH_PROVIDERS={json}\"\n\
             \tPowerShell:\t$env:TF_REATTACH_PROVIDERS='{}'\n",
            json.replace('\'', "''")
        )
    } else {
        format!("\tTF_REATTACH_PROVIDERS='{}'\n", json.replace('\'', r#"'"'"'"#))
    };
    Ok(format!(
        "Provider started. To attach Terraform CLI, set the TF_REATTACH_PROVIDERS environment \
         variable with the following:\n\n{commands}\n"
    ))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_variable_is_ready_to_be_pasted_into_a_shell() {
        let address = Address { network: "unix", name: "/tmp/it's/plugin1".to_owned() };
        let text = instructions("example.com/acme/thing", 123, &address).unwrap();
        assert_eq!(
            text,
            "Provider started. To attach Terraform CLI, set the TF_REATTACH_PROVIDERS environment \
             variable with the following:\n\n\
             \tTF_REATTACH_PROVIDERS='{\"example.com/acme/thing\":{\"Protocol\":\"grpc\",\
             \"ProtocolVersion\":6,\"Pid\":123,\"Test\":true,\"Addr\":{\"Network\":\"unix\",\
             \"String\":\"/tmp/it'\"'\"'s/plugin1\"}}}'\n\n"
        );
    }

    #[test]
    fn a_provider_of_the_registry_is_found_by_opentofu_too() {
        let address = Address { network: "unix", name: "/tmp/plugin1".to_owned() };
        let text = instructions("registry.terraform.io/acme/thing", 123, &address).unwrap();
        let json = text.split_once("='").unwrap().1.split_once('\'').unwrap().0;
        let found: BTreeMap<String, serde_json::Value> = serde_json::from_str(json).unwrap();
        let names: Vec<_> = found.keys().map(String::as_str).collect();
        assert_eq!(names, ["registry.opentofu.org/acme/thing", "registry.terraform.io/acme/thing"]);
        assert_eq!(found[names[0]], found[names[1]]);
    }
}
