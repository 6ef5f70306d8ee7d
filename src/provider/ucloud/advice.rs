//! What to do about a failed call to UCloud.

use crate::cloud::Error;
use crate::tfplugin::diagnostic::{Failure, Path};

use super::arguments::Arguments;
use crate::provider::error::{Advice, advice, diagnostic};

/// What UCloud's RetCodes mean.
const CODES: [Advice; 11] = [
    Advice {
        codes: &["171"],
        text: "The signature does not match. Four causes are known: the private key \
               (`ucloud.private_key`, UCLOUD_PRIVATE_KEY) does not belong to the public key; \
               the keys belong to another gateway, such as the international site \
               (`ucloud.base_url`, UCLOUD_API_BASE_URL); a proxy on the way changes requests; a \
               bearer token is sent along.",
    },
    Advice {
        codes: &["170"],
        text: "The request reached the service without its signature: a proxy on the way may \
               have removed it.",
    },
    Advice {
        codes: &["172"],
        text: "No account has this public key (`ucloud.public_key`, UCLOUD_PUBLIC_KEY), or it \
               belongs to another gateway (`ucloud.base_url`, UCLOUD_API_BASE_URL).",
    },
    Advice {
        codes: &["174"],
        text: "The security token (`ucloud.security_token`, UCLOUD_SECURITY_TOKEN) is not valid \
               or has expired, or the keys belong to a dedicated channel of another gateway. \
               Get new temporary credentials, or remove the token if the keys are permanent.",
    },
    Advice {
        codes: &["230"],
        text: "The service does not know a value that it was sent. Check the argument it names: \
               `region` (UCLOUD_REGION), `zone`, `project_id` (UCLOUD_PROJECT_ID) and the \
               filters.",
    },
    Advice {
        codes: &["240", "293"],
        text: "The account has no access to this zone or resource. Check `zone` and `region`, \
               and the rights of the account.",
    },
    Advice {
        codes: &["292"],
        text: "There is no such project, or the account is not a member of it. Check \
               `project_id` (UCLOUD_PROJECT_ID).",
    },
    Advice {
        codes: &["294"],
        text: "The service does not take requests from this IP address. Add it to the list of \
               the key.",
    },
    Advice { codes: &["295"], text: "A safety lock is active on the account." },
    Advice {
        codes: &["299"],
        text: "The account lacks a permission. A sub-account has to name a project: set \
               `project_id` (UCLOUD_PROJECT_ID), and grant it DescribeImage.",
    },
    Advice { codes: &["153"], text: "The service limits the rate of requests. Try again later." },
];

/// A failed call to UCloud.
pub(super) fn failure(error: Error, arguments: &Arguments) -> Failure {
    let advice = advice(&CODES, &error, |name| format!("`ucloud.{name}`"));
    let mut diagnostic = diagnostic(&error, &advice.unwrap_or_default());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Kind;

    fn arguments() -> Arguments {
        let mut object = crate::tfplugin::value::Object::from([
            ("region".to_owned(), "cn-bj2".into()),
            ("project_id".to_owned(), "org-1".into()),
        ]);
        let path = Path::default();
        crate::tfplugin::model::Model::decode_fields(&mut object, &path, &mut Vec::new()).unwrap()
    }

    fn said(code: &str, message: &str) -> (String, String) {
        let error = Error::new(Kind::Failed, "DescribeImage", message).code(code);
        let Failure(said) = failure(error, &arguments());
        (said[0].detail.clone(), said[0].path.to_string())
    }

    #[test]
    fn each_code_has_its_advice() {
        for row in CODES {
            for code in row.codes {
                let (detail, _) = said(code, "No.");
                assert!(detail.ends_with(row.text), "{code}: {detail}");
            }
        }
        let codes: Vec<_> = CODES.iter().flat_map(|row| row.codes).collect();
        let distinct: std::collections::BTreeSet<_> = codes.iter().collect();
        assert_eq!(codes.len(), distinct.len());
        assert!(said("9999", "No.").0.ends_with("Code: 9999"));
    }

    #[test]
    fn the_argument_at_fault_is_pointed_at() {
        assert_eq!(said("230", "Params [Region] not available").1, "region");
        assert_eq!(said("230", "Params [Zone] not available").1, "");
        assert_eq!(said("292", "No project").1, "project_id");
    }
}
