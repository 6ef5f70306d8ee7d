//! What to do about a failed call to UCloud.

use crate::cloud::Error;
use crate::tfplugin::diagnostic::{Failure, Path};

use super::arguments::Arguments;
use crate::provider::error::diagnostic;

/// A failed call to UCloud.
pub(super) fn failure(error: Error, arguments: &Arguments) -> Failure {
    let advice = match error.code.as_deref() {
        Some("171") => {
            "The signature does not match. Four causes are known: the private key \
             (`ucloud.private_key`, UCLOUD_PRIVATE_KEY) does not belong to the public key; the \
             keys belong to another gateway, such as the international site (`ucloud.base_url`, \
             UCLOUD_API_BASE_URL); a proxy on the way changes requests; a bearer token is sent \
             along."
        }
        Some("170") => {
            "The request reached the service without its signature: a proxy on the way \
             may have removed it."
        }
        Some("172") => {
            "No account has this public key (`ucloud.public_key`, UCLOUD_PUBLIC_KEY), \
             or it belongs to another gateway (`ucloud.base_url`, UCLOUD_API_BASE_URL)."
        }
        Some("174") => {
            "The security token (`ucloud.security_token`, UCLOUD_SECURITY_TOKEN) is bad \
             or has expired, or the keys belong to a dedicated channel of another gateway. Get \
             new temporary credentials, or remove the token if the keys are permanent."
        }
        Some("230") => {
            "The service does not know a value that it was sent. Check the argument it \
             names: `region` (UCLOUD_REGION), `zone`, `project_id` (UCLOUD_PROJECT_ID) and the \
             filters."
        }
        Some("240" | "293") => {
            "The account has no access to this zone or resource. Check `zone` \
             and `region`, and the rights of the account."
        }
        Some("292") => {
            "There is no such project, or the account is no member of it. Check \
             `project_id` (UCLOUD_PROJECT_ID)."
        }
        Some("294") => {
            "The service does not take requests from this IP address. Add it to the \
             list of the key."
        }
        Some("295") => "A safety lock is active on the account.",
        Some("299") => {
            "The account lacks a right. A sub-account has to name a project: set \
             `project_id` (UCLOUD_PROJECT_ID), and grant it DescribeImage."
        }
        Some("153") => "The service limits the rate of requests. Try again later.",
        _ => "",
    };
    let mut diagnostic = diagnostic(&error, advice);
    let blamed = match error.code.as_deref() {
        Some("230") => ["Region", "Zone", "ImageType", "OsType", "FuncType", "Tag"]
            .into_iter()
            .find(|name| error.message.contains(&format!("[{name}]"))),
        Some("292") => Some("ProjectId"),
        _ => None,
    };
    let attribute = match blamed {
        Some("Region") if arguments.region.is_some() => Some("region"),
        Some("Zone") if arguments.zone.is_some() => Some("zone"),
        Some("ImageType") if arguments.image_type.is_some() => Some("image_type"),
        Some("OsType") if arguments.os_type.is_some() => Some("os_type"),
        Some("FuncType") if arguments.func_type.is_some() => Some("func_type"),
        Some("Tag") if arguments.tag.is_some() => Some("tag"),
        Some("ProjectId") if arguments.project_id.is_some() => Some("project_id"),
        _ => None,
    };
    if let Some(attribute) = attribute {
        diagnostic = diagnostic.at(Path::attribute(attribute));
    }
    diagnostic.into()
}
