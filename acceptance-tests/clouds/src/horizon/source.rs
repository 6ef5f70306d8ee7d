//! The rules that bind the fields of a creation to each other.

use serde_json::{Map, Value};

use super::errors::Problem;

/// The parts of a body that say where the image comes from.
pub(crate) struct Origin<'a> {
    pub(crate) action: &'a str,
    pub(crate) source: &'a str,
    pub(crate) provider: &'a str,
    pub(crate) os_type: &'a str,
    pub(crate) asset: &'a Value,
}

struct Rule {
    source: &'static str,
    action: &'static str,
    asset_type: &'static str,
    providers: &'static [&'static str],
    data: &'static [&'static str],
}

/// The combinations that the definition documents. Of the keys it lists as required for a
/// marketplace image, `version` is missing here, since the vendor's own client leaves it out; and
/// `vNet` and `subNet` are spelled as in its example, not as in its prose.
const RULES: &[Rule] = &[
    Rule {
        source: "AZURE_MARKET_PLACE",
        action: "import",
        asset_type: "AZURE_VM_IN_RG",
        providers: &["AZURE"],
        data: &["licenseType", "publisher", "offer", "sku", "vNet", "subNet", "vmSize"],
    },
    Rule {
        source: "AZURE_SIG",
        action: "copy-existing-image",
        asset_type: "AZURE_IMAGE_IN_SIG",
        providers: &["AZURE"],
        data: &["galleryAzureADTenantId", "galleryImageResourceId"],
    },
    Rule {
        source: "AZURE_CUSTOM_VM",
        action: "import-custom-vm",
        asset_type: "AZURE_VM_IN_RG",
        providers: &["AZURE"],
        data: &[
            "licenseType",
            "publisher",
            "offer",
            "sku",
            "vmSize",
            "vmName",
            "resourceGroupName",
        ],
    },
    Rule {
        source: "VIEW_IMAGES",
        action: "import",
        asset_type: "VIEW_VM",
        providers: &["VIEW", "VSPHERE"],
        data: &["sourceVmOrTemplateName", "vsphereOsType", "imageDeployType", "vmMoValue"],
    },
];

/// Checks where an image comes from; for a new version without the action.
pub(crate) fn check(origin: &Origin<'_>, with_action: bool) -> Result<(), Problem> {
    let Origin { action, source, provider, os_type, asset } = origin;
    if with_action && !RULES.iter().any(|rule| rule.action == *action) {
        return Err(Problem::bad(format!("The action '{action}' is not known.")));
    }
    let rule = RULES.iter().find(|rule| rule.source == *source).ok_or_else(|| {
        let text = "The source type is not supported by this operation.";
        Problem::new(405, "UNSUPPORTED_OPERATION", text).parameter("sourceStreamType", source)
    })?;
    if with_action && rule.action != *action {
        let text = format!("{source} needs action={}, not {action}.", rule.action);
        return Err(Problem::bad(text));
    }
    if !rule.providers.contains(provider) {
        let text = "The source type does not fit the provider.";
        let code = "ILLEGAL_SOURCE_TYPE_FOR_GIVEN_PROVIDER";
        return Err(Problem::new(400, code, text).parameter("providerLabel", provider));
    }
    if asset["type"] != rule.asset_type {
        let text = format!("{source} needs the asset type {}.", rule.asset_type);
        return Err(Problem::bad(text));
    }
    let empty = Map::new();
    check_data(rule, asset["data"].as_object().unwrap_or(&empty))?;
    if rule.source == "AZURE_MARKET_PLACE" && asset.get("vmInfo").is_none() {
        return Err(Problem::bad("assetDetails.vmInfo is required for this source type."));
    }
    check_options(&asset["options"], os_type, provider)
}

fn check_data(rule: &Rule, data: &Map<String, Value>) -> Result<(), Problem> {
    let is_text =
        |name: &str| data.get(name).and_then(Value::as_str).is_some_and(|t| !t.is_empty());
    let bad = |name: &str| {
        Problem::bad(format!(
            "assetDetails.data.{name} must be there, as a string that is not empty."
        ))
    };
    if let Some(name) = rule.data.iter().find(|name| !is_text(name)) {
        return Err(bad(name));
    }
    if data.get("multiSession").is_some_and(|value| !value.is_boolean()) {
        return Err(Problem::bad("assetDetails.data.multiSession must be a boolean."));
    }
    if let Some(kind) = data.get("imageDeployType").filter(|_| rule.source == "VIEW_IMAGES") {
        if kind != "TEMPLATE" && kind != "SNAPSHOT" {
            return Err(Problem::bad("imageDeployType must be TEMPLATE or SNAPSHOT."));
        }
        if kind == "SNAPSHOT" && !is_text("snapshotMoValue") {
            return Err(bad("snapshotMoValue"));
        }
    }
    Ok(())
}

fn check_options(options: &Value, os_type: &str, provider: &str) -> Result<(), Problem> {
    let is_on = |name: &str| options[name] == true;
    let linux_on_azure = os_type == "LINUX" && provider == "AZURE";
    if is_on("createPublicIp") && provider != "AZURE" {
        return Err(Problem::bad("createPublicIp is not for vSphere providers."));
    }
    if linux_on_azure && is_on("createPublicIp") && !is_on("openSSHPort") {
        return Err(Problem::bad("openSSHPort must be true when createPublicIp is true."));
    }
    if is_on("openSSHPort") && !linux_on_azure {
        return Err(Problem::bad("openSSHPort is for Linux on Azure only."));
    }
    Ok(())
}
