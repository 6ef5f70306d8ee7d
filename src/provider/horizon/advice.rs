//! What to do about a failed login to Horizon Cloud, or a failed call.

use crate::cloud::{Error, Kind, Stage};
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Path};

use super::settings::{argument, invalid};
use crate::provider::error::{Advice, advice, diagnostic, login_diagnostic};

/// What to do about a version that pools or templates use.
pub(crate) const IN_USE: &str = "Pools or templates use the version. Delete them or move them to \
                                 another version first, or set `force_delete = true` and apply before \
                                 the image is destroyed.";

/// What the codes of responses and of failed imports mean.
const CODES: [Advice; 13] = [
    Advice {
        codes: &["IMAGE_ALREADY_EXISTS", "RESOURCE_ALREADY_EXISTS"],
        text: "Choose another `name`, or import the image that has it.",
    },
    Advice {
        codes: &["AZURE_QUOTA_EXHAUSTED"],
        text: "The Azure subscription of the provider instance has no quota left for the size of \
               virtual machine in `vm_size`. Choose another size, or request more quota in Azure.",
    },
    Advice {
        codes: &["RBAC_ACCESS_REQUIRED", "PERMISSION_MISSING"],
        text: "The application with which Horizon Cloud accesses Azure lacks a role. Assign it to the \
               application of the provider instance, for a gallery on the source image as well.",
    },
    Advice {
        codes: &["AZURE_SUBNET_NOT_FOUND"],
        text: "Check `marketplace.subnet_id`: the subnet has to be in the subscription and region of \
               the provider instance.",
    },
    Advice {
        codes: &["AZURE_NETWORK_NOT_FOUND"],
        text: "Check `marketplace.vnet_id`: the network has to be in the subscription and region of \
               the provider instance.",
    },
    Advice {
        codes: &["AZURE_VM_GENERATION_NOT_SUPPORTED"],
        text: "The size of virtual machine does not support the generation of the image. Check \
               `vm_size` and `marketplace.generation_type`.",
    },
    Advice { codes: &["VERSION_IN_USE"], text: IN_USE },
    Advice {
        codes: &["VERSION_IN_USE_AS_CLONE_SOURCE"],
        text: "Another version is being cloned from this one. Try again when that is done.",
    },
    Advice {
        codes: &["MARKER_IN_USE"],
        text: "Pools follow the marker. Move them to another marker first.",
    },
    Advice {
        codes: &["BAD_FORMAT_AUTH_TOKEN"],
        text: "The access token is not one for Horizon Cloud. Check {csp_url} and {endpoint}: both \
               have to belong to the same environment.",
    },
    Advice {
        codes: &["SOURCE_TARGET_REGION_MISMATCH"],
        text: "The source image has no replica in the region of the provider instance. Replicate it \
               there, or choose another `provider_instance_id`.",
    },
    Advice {
        codes: &["ILLEGAL_SOURCE_TYPE_FOR_GIVEN_PROVIDER"],
        text: "The provider instance does not take this kind of source. Check `provider_label` and \
               `provider_instance_id`.",
    },
    Advice {
        codes: &["INVALID_ORG_ID"],
        text: "Check {org_id}: the login has to belong to that organization.",
    },
];

/// The arguments that the codes of a creation blame; `SOURCE` is the object of the source.
const BLAMED: [(&str, &str); 9] = [
    ("IMAGE_ALREADY_EXISTS", "name"),
    ("RESOURCE_ALREADY_EXISTS", "name"),
    ("AZURE_SUBNET_NOT_FOUND", SOURCE),
    ("AZURE_NETWORK_NOT_FOUND", SOURCE),
    ("AZURE_VM_GENERATION_NOT_SUPPORTED", SOURCE),
    ("AZURE_QUOTA_EXHAUSTED", SOURCE),
    ("SOURCE_TARGET_REGION_MISMATCH", "provider_instance_id"),
    ("ILLEGAL_SOURCE_TYPE_FOR_GIVEN_PROVIDER", "provider_instance_id"),
    ("PROVIDER_INSTANCE_NOT_OF_SAME_ORG", "provider_instance_id"),
];

const SOURCE: &str = "(source)";

/// A failed call to Horizon Cloud, or the login before it.
pub(crate) fn failure(error: Error) -> Failure {
    failure_with(error, "")
}

/// As [`failure`], with advice for failures that the table does not know.
pub(crate) fn failure_with(error: Error, otherwise: &str) -> Failure {
    explained(error, otherwise).into()
}

/// As [`failure`], for a creation from `source`, the name of its object: the argument to blame is
/// pointed at.
pub(crate) fn of_creation(error: Error, source: &'static str) -> Failure {
    let code = error.code.clone().unwrap_or_default();
    let mut explained = explained(error, "");
    if let Some((_, blamed)) = BLAMED.iter().find(|(known, _)| *known == code) {
        let argument = if *blamed == SOURCE { source } else { blamed };
        explained = explained.at(Path::attribute(argument));
    }
    explained.into()
}

fn explained(error: Error, otherwise: &str) -> Diagnostic {
    if error.stage == Stage::Settings {
        return invalid(error);
    }
    let known = advice(&CODES, &error, argument);
    let login = || match (error.kind, error.setting) {
        (Kind::Denied, Some(setting)) if error.stage == Stage::Login => Some(format!(
            "Check {}: it may have expired or been revoked. It has to belong to {}.",
            argument(setting),
            argument("csp_url")
        )),
        (Kind::Denied, Some(setting)) => Some(format!(
            "Horizon Cloud refuses what the login may do. Check {}: its user or application needs \
             the role Administrator in the organization ({}).",
            argument(setting),
            argument("org_id")
        )),
        (Kind::Unexpected | Kind::Invalid, _) if error.stage == Stage::Login => {
            Some(format!("Check {}.", argument("csp_url")))
        }
        _ => None,
    };
    let advice = known.or_else(login);
    let advice = advice.as_deref().unwrap_or(otherwise);
    match error.stage {
        Stage::Login => login_diagnostic("Horizon Cloud", &error, advice),
        _ => diagnostic(&error, advice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn said(error: Error) -> String {
        let Failure(said) = failure(error);
        said[0].detail.clone()
    }

    #[test]
    fn each_code_has_its_advice_once() {
        for row in &CODES {
            for code in row.codes {
                let detail =
                    said(Error::new(Kind::Failed, "CreateImageCatalog", "No.").code(*code));
                assert!(detail.ends_with('.') && detail.lines().count() > 4, "{code}: {detail}");
            }
        }
        let codes: Vec<_> = CODES.iter().flat_map(|row| row.codes).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
    }

    #[test]
    fn a_refused_login_names_the_credential_and_a_refused_call_the_role() {
        let refused = Error::new(Kind::Denied, "GetToken", "invalid");
        let refused = Error { setting: Some("api_token"), ..refused };
        assert!(
            said(refused.clone().of_login()).contains("`horizon.api_token` (HORIZON_API_TOKEN)")
        );
        assert!(said(refused).contains("Administrator"));
    }
}
