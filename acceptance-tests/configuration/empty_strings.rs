//! Empty strings: what a variable without a value gives must not pass for an argument that was left
//! out, in any cloud.

use crate::harness::Workspace;

/// One of each kind: at the top, inside of an object, in a set.
const MAIN: &str = r#"
data "cloudimages_ucloud_images" "all" {
  zone           = ""
  tag            = " "
  image_ids      = [""]
  name           = null
}

data "cloudimages_batch_supported_images" "all" {
  publisher        = ""
  sku              = ""
  account_endpoint = "acct.westeurope.batch.azure.com"
}

resource "cloudimages_horizon_catalog_import" "one" {
  name                 = ""
  os                   = "Windows 11"
  os_type              = "WINDOWS"
  provider_instance_id = "made-up"
  additional_data      = { anything = "" }
  shared_gallery = {
    tenant_id        = ""
    image_version_id = "made-up"
  }
  timeouts = { create = "0s" }
}
"#;

#[test]
fn an_empty_string_is_refused_where_it_is_written() {
    let workspace = Workspace::new(MAIN);
    let outcome = workspace.validate().fails();
    let leave_out = "is an empty string. Use null to leave it out.";
    for (argument, text) in [
        ("zone", format!("`zone` {leave_out}")),
        ("tag", format!("`tag` {leave_out}")),
        ("image_ids", "`image_ids` contains an empty string. Leave that element out.".to_owned()),
        ("publisher", format!("`publisher` {leave_out}")),
        ("sku", format!("`sku` {leave_out}")),
        ("name", "`name` is an empty string. Give it a value.".to_owned()),
        ("shared_gallery", "`shared_gallery.tenant_id` is an empty string. Give".to_owned()),
        ("timeouts", "`timeouts.create` must be longer than zero".to_owned()),
    ] {
        let said = outcome.errors().into_iter().find(|error| error.detail.contains(&text));
        let said = said.unwrap_or_else(|| panic!("{text}\n{outcome}"));
        // Terraform shows the outermost line that a path leads to.
        let line = said.code.split_whitespace().next().unwrap_or_default();
        let is_inner = matches!(line, "provider" | "data" | "resource");
        assert!(line == argument || is_inner, "{argument}: {said:?}");
    }
    assert_eq!(outcome.errors().len(), 8, "{outcome}");
}

/// Terraform prints the line that a message points at, so it must not be that of a key.
#[test]
fn an_empty_key_is_refused_without_pointing_at_its_line() {
    let workspace = Workspace::new(
        "provider \"cloudimages\" {\n  ucloud = {\n    region = \"\"\n    private_key = \"\"\n  }\n}\n\
         data \"cloudimages_ucloud_images\" \"all\" {}\n",
    );
    let outcome = workspace.validate().fails();
    let errors = outcome.errors();
    assert_eq!(errors.len(), 2, "{outcome}");
    assert_eq!(errors[0].code, "ucloud = {", "{outcome}");
    for (name, error) in ["private_key", "region"].into_iter().zip(&errors) {
        error.says(&[&format!("`ucloud.{name}` is an empty string. Use null to leave it out.")]);
        assert!(!error.code.contains(name), "{error:?}");
    }
}
