//! What to do about a failed call to UCloud.

use crate::cloud::ucloud::DEFAULT_BASE_URL;
use crate::cloud::{Error, Kind};
use crate::tfplugin::diagnostic::{Failure, Path};

use super::arguments::Arguments;
use crate::provider::error::{diagnostic, is_foreign};

/// What a RetCode of UCloud means.
struct Code {
    /// The codes of this meaning.
    codes: &'static [&'static str],
    /// The title of the error.
    title: &'static str,
    /// What to do. `{site}` is a site other than the one in use, and how to use it.
    advice: &'static str,
}

const CODES: [Code; 12] = [
    Code {
        codes: &["160", "161"],
        title: "Cannot list the images: unknown to the service",
        advice: "Set `ucloud.base_url` (UCLOUD_API_BASE_URL) to the address of the UCloud API, such \
                 as https://api.ucloud.cn: the service there does not know DescribeImage.",
    },
    Code {
        codes: &["170"],
        title: "Cannot log in to UCloud: the signature is missing",
        advice: "Check the proxy variables (HTTPS_PROXY, NO_PROXY): the request reached the service \
                 without its signature, which a proxy on the way may have removed.",
    },
    Code {
        codes: &["171"],
        title: "Cannot log in to UCloud: the signature does not match",
        advice: "Check that the private key (`ucloud.private_key`, UCLOUD_PRIVATE_KEY or the \
                 profile) belongs to the public key. If it does, the keys belong to another \
                 gateway: for an account of {site}. Otherwise, check the proxy \
                 variables (HTTPS_PROXY, NO_PROXY): a proxy on the way may change requests or add a \
                 bearer token.",
    },
    Code {
        codes: &["172"],
        title: "Cannot log in to UCloud: unknown public key",
        advice: "Check the public key (`ucloud.public_key`, UCLOUD_PUBLIC_KEY or the profile). If it \
                 is right, it belongs to another gateway: for an account of {site}.",
    },
    Code {
        codes: &["174"],
        title: "Cannot log in to UCloud: the security token is not valid",
        advice: "Get new temporary keys, and set `ucloud.security_token` (UCLOUD_SECURITY_TOKEN) to \
                 the token that came with them: the one in use is not valid or has expired. If the \
                 keys are permanent, remove the token. If they belong to a dedicated channel, set \
                 `ucloud.base_url` (UCLOUD_API_BASE_URL) to its gateway.",
    },
    Code {
        codes: &["230"],
        title: "Cannot list the images: invalid parameter",
        advice: "Check the argument that the message names: UCloud does not know its value. \
                 `region` and `project_id` come from the data source, or else from \
                 `ucloud.region` (UCLOUD_REGION) and `ucloud.project_id` (UCLOUD_PROJECT_ID).",
    },
    Code {
        codes: &["240", "293"],
        title: "Cannot list the images: no access to the zone",
        advice: "Check `zone` and `region`, and give the account access to them.",
    },
    Code {
        codes: &["292"],
        title: "Cannot list the images: project not found",
        advice: "Check `project_id` of the data source, or else `ucloud.project_id` \
                 (UCLOUD_PROJECT_ID): there is no such project, or the account is not a member of \
                 it.",
    },
    Code {
        codes: &["294"],
        title: "Cannot list the images: IP address not allowed",
        advice: "Add the IP address of this computer to those that may use the API key, in the \
                 console of UCloud.",
    },
    Code {
        codes: &["295"],
        title: "Cannot list the images: the account is locked",
        advice: "Remove the safety lock of the account in the console of UCloud.",
    },
    Code {
        codes: &["299"],
        title: "Cannot list the images: permission denied",
        advice: "Grant the account the permission DescribeImage. If it is a sub-account, also name a \
                 project of it: set `project_id` of the data source or `ucloud.project_id` \
                 (UCLOUD_PROJECT_ID).",
    },
    Code {
        codes: &["153"],
        title: "Cannot list the images: too many requests",
        advice: "Try again later, or raise `ucloud.max_retries` and `timeouts`.",
    },
];

const INTERNATIONAL: &str = "https://api.ucloud-global.com";

/// A site of UCloud other than the one that refused the keys, and how to use it.
fn other_site(error: &Error) -> String {
    let endpoint = error.facts.iter().find(|(name, _)| *name == "Endpoint");
    let is_international =
        endpoint.is_some_and(|(_, url)| url.trim_end_matches('/') == INTERNATIONAL);
    let (site, address) = match is_international {
        true => ("Chinese", DEFAULT_BASE_URL),
        false => ("international", INTERNATIONAL),
    };
    format!("the {site} site, set `ucloud.base_url` (UCLOUD_API_BASE_URL) to {address}")
}

/// What to do about a response that no RetCode explains.
fn otherwise(error: &Error) -> &'static str {
    match (error.kind, error.status) {
        _ if is_foreign(error) => {
            "Check `ucloud.base_url` (UCLOUD_API_BASE_URL) and the proxy variables (HTTPS_PROXY, \
             NO_PROXY): the response is not one of the UCloud API."
        }
        (Kind::Unexpected, None) => {
            "Try again later. If that does not help, set `zone`, `image_type`, `os_type` or \
             `image_ids` to read fewer images."
        }
        _ => "",
    }
}

/// A failed call to UCloud.
pub(super) fn failure(error: Error, arguments: &Arguments) -> Failure {
    let code = error.code.as_deref();
    let row = CODES.iter().find(|row| code.is_some_and(|code| row.codes.contains(&code)));
    let advice = row.map_or_else(|| otherwise(&error), |row| row.advice);
    let mut diagnostic = diagnostic(&error, &advice.replace("{site}", &other_site(&error)));
    if let Some(row) = row {
        diagnostic.summary = row.title.to_owned();
    }
    let blamed = match error.code.as_deref() {
        Some("230") => ["Region", "Zone", "ImageType", "OsType", "FuncType", "Tag"]
            .into_iter()
            .find(|name| error.message.contains(&format!("[{name}]"))),
        Some("240" | "293") => Some("Zone"),
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
    use crate::tfplugin::diagnostic::Diagnostic;

    fn arguments() -> Arguments {
        let mut object = crate::tfplugin::value::Object::from([
            ("region".to_owned(), "cn-bj2".into()),
            ("project_id".to_owned(), "org-1".into()),
        ]);
        let path = Path::default();
        crate::tfplugin::model::Model::decode_fields(&mut object, &path, &mut Vec::new()).unwrap()
    }

    fn said(error: Error) -> Diagnostic {
        let Failure(said) = failure(error, &arguments());
        said.into_iter().next().unwrap()
    }

    fn coded(code: &str, message: &str) -> Diagnostic {
        said(Error::new(Kind::Failed, "DescribeImage", message).code(code))
    }

    #[test]
    fn each_code_has_its_title_and_its_advice() {
        for row in CODES {
            for code in row.codes {
                let Diagnostic { summary, detail, .. } = coded(code, "No.");
                assert_eq!(summary, row.title, "{code}");
                let start = row.advice.split("{site}").next().unwrap();
                assert!(detail.contains(start) && !detail.contains('{'), "{code}: {detail}");
            }
        }
        let codes: Vec<_> = CODES.iter().flat_map(|row| row.codes).collect();
        let distinct: std::collections::BTreeSet<_> = codes.iter().collect();
        assert_eq!(codes.len(), distinct.len());
        assert!(coded("9999", "No.").detail.ends_with("Code: 9999"));
    }

    #[test]
    fn the_site_that_refused_the_keys_is_not_offered_again() {
        let (chinese, international) = ("https://api.ucloud.cn", "https://api.ucloud-global.com");
        for (endpoint, offered) in [
            ("https://api.ucloud.cn/", international),
            ("https://gateway.example/", international),
            ("https://api.ucloud-global.com/", chinese),
        ] {
            for code in ["171", "172"] {
                let error = Error::new(Kind::Denied, "DescribeImage", "No.").code(code);
                let detail = said(error.fact("Endpoint", endpoint)).detail;
                let expected = format!("(UCLOUD_API_BASE_URL) to {offered}.");
                assert!(detail.contains(&expected), "{detail}");
            }
        }
    }

    #[test]
    fn advice_says_what_to_do_before_why() {
        let verbs = ["Add", "Check", "Get", "Grant", "Remove", "Set", "Try"];
        for row in CODES {
            let verb = row.advice.split(' ').next().unwrap();
            assert!(verbs.contains(&verb), "{}", row.advice);
            assert!(row.advice.ends_with('.') && row.title.contains(": "), "{}", row.title);
        }
    }

    #[test]
    fn a_page_that_is_not_from_the_api_leads_to_the_address() {
        let page = "the answer is not what the API sends: HTTP 200 OK (text/html): <html>";
        let error = Error::new(Kind::Unexpected, "DescribeImage", page).status(200);
        let detail = said(error).detail;
        assert!(detail.contains("Check `ucloud.base_url` (UCLOUD_API_BASE_URL)"), "{detail}");
        let part = Error::new(Kind::Unexpected, "DescribeImage", "the list is not complete");
        let detail = said(part).detail;
        assert!(detail.contains("Try again later"), "{detail}");
    }

    #[test]
    fn the_argument_at_fault_is_pointed_at() {
        let path = |code, message| coded(code, message).path.to_string();
        assert_eq!(path("230", "Params [Region] not available"), "region");
        assert_eq!(path("230", "Params [Zone] not available"), "");
        assert_eq!(path("292", "No project"), "project_id");
    }
}
