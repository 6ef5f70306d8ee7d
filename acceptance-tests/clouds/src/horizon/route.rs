//! The paths of the service, and the query parameters each operation takes.

use super::errors::Problem;
use crate::shared::{Request, decode};

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Images,
    Image(String),
    Versions(String),
    Version(String, String),
    Copies(String, String),
    Copy(String, String, String),
    Markers(String),
    Marker(String, String),
    ResetPassword(String, String),
    ImageSources,
    /// In the definition, but not simulated.
    Other,
}

impl Target {
    /// What the path names, and whether it is a path of the read-only copy of the service.
    pub(crate) fn of(path: &str) -> Option<(Self, bool)> {
        let (rest, read_only) = match path.strip_prefix("/imagemgmt/v1/") {
            Some(rest) => (rest, false),
            None => (path.strip_prefix("/ims-catalog/v1/")?, true),
        };
        let segments: Vec<String> = rest.split('/').map(decode).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        if segments.iter().any(|segment| segment.is_empty()) {
            return None;
        }
        let own = str::to_owned;
        let target = match segments.as_slice() {
            ["image-sources"] if !read_only => Self::ImageSources,
            ["image-copies" | "custom-vms"] => Self::Other,
            ["images"] => Self::Images,
            ["images", image] => Self::Image(own(image)),
            ["images", image, "versions"] => Self::Versions(own(image)),
            ["images", image, "markers"] => Self::Markers(own(image)),
            ["images", image, "markers", marker] => Self::Marker(own(image), own(marker)),
            ["images", image, "versions", version] => Self::Version(own(image), own(version)),
            ["images", image, "versions", version, "copies"] => {
                Self::Copies(own(image), own(version))
            }
            ["images", image, "versions", version, "copies", copy] => {
                Self::Copy(own(image), own(version), own(copy))
            }
            ["images", image, "versions", version, "reset-vm-password"] => {
                Self::ResetPassword(own(image), own(version))
            }
            [
                "images",
                _,
                "versions",
                _,
                "clone" | "optimize-vm" | "publish" | "republish" | "shrink" | "validate",
            ] => Self::Other,
            _ => return None,
        };
        Some((target, read_only))
    }

    /// The id of the image in the path.
    pub(crate) fn image(&self) -> Option<&str> {
        match self {
            Self::Image(image)
            | Self::Versions(image)
            | Self::Version(image, _)
            | Self::Copies(image, _)
            | Self::Copy(image, _, _)
            | Self::Markers(image)
            | Self::Marker(image, _)
            | Self::ResetPassword(image, _) => Some(image),
            Self::Images | Self::ImageSources | Self::Other => None,
        }
    }

    /// The id of the version in the path.
    pub(crate) fn version(&self) -> Option<&str> {
        match self {
            Self::Version(_, version)
            | Self::Copies(_, version)
            | Self::Copy(_, version, _)
            | Self::ResetPassword(_, version) => Some(version),
            _ => None,
        }
    }

    /// The operation; `None` if the path does not take the method.
    pub(crate) fn operation(&self, method: &str, read_only: bool) -> Option<Operation> {
        use Operation as Op;
        if read_only && method != "GET" {
            return None;
        }
        Some(match (self, method) {
            (Self::Images, "POST") => Op::Create,
            (Self::Images, "GET") => Op::List,
            (Self::Image(_), "GET") => Op::Get,
            (Self::Versions(_), "GET") => Op::Versions,
            (Self::Versions(_), "POST") => Op::AddVersion,
            (Self::Version(..), "GET") => Op::GetVersion,
            (Self::Version(..), "PATCH") => Op::Patch,
            (Self::Version(..), "DELETE") => Op::Delete,
            (Self::Version(..), "POST") => Op::Publish,
            (Self::Copies(..), "GET") => Op::Copies,
            (Self::Copy(..), "GET") => Op::GetCopy,
            (Self::Markers(_), "GET") => Op::Markers,
            (Self::Marker(..), "GET") => Op::GetMarker,
            (Self::Marker(..), "DELETE") => Op::DeleteMarker,
            (Self::ResetPassword(..), "POST") => Op::ResetPassword,
            (Self::ImageSources, "GET") => Op::ImageSources,
            (Self::Other, _) => Op::Other,
            _ => return None,
        })
    }
}

/// One operation of the definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    List,
    Get,
    Versions,
    AddVersion,
    GetVersion,
    Patch,
    Delete,
    Publish,
    Copies,
    GetCopy,
    Markers,
    GetMarker,
    DeleteMarker,
    ResetPassword,
    ImageSources,
    Other,
}

impl Operation {
    /// For `When::label`.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::List => "list",
            Self::Get => "get",
            Self::Versions => "versions",
            Self::AddVersion => "add-version",
            Self::GetVersion => "get-version",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::Publish => "publish",
            Self::Copies => "copies",
            Self::GetCopy => "get-copy",
            Self::Markers => "markers",
            Self::GetMarker => "get-marker",
            Self::DeleteMarker => "delete-marker",
            Self::ResetPassword => "reset-password",
            Self::ImageSources => "image-sources",
            Self::Other => "other",
        }
    }

    /// The query parameters, and how many of them, from the first, are required.
    fn parameters(self) -> (&'static [&'static str], usize) {
        match self {
            Self::Create => (&["action"], 0),
            Self::Publish => (&["action"], 1),
            Self::AddVersion | Self::ResetPassword | Self::Other => (&[], 0),
            Self::Get
            | Self::GetVersion
            | Self::Patch
            | Self::GetCopy
            | Self::GetMarker
            | Self::DeleteMarker => (&["org_id"], 0),
            Self::Delete => (&["org_id", "force"], 0),
            Self::List => (&["org_id", "os", "os_type", "page", "size", "search", "sort"], 0),
            Self::Versions => (&["org_id", "page", "size", "search", "sort"], 0),
            Self::Markers => {
                (&["org_id", "page", "size", "search", "sort", "include_template_info"], 0)
            }
            Self::Copies => {
                (&["org_id", "page", "size", "search", "sort", "provider_instance_id"], 0)
            }
            Self::ImageSources => (
                &[
                    "provider_instance_id",
                    "provider_type",
                    "source_stream",
                    "os_type",
                    "page",
                    "size",
                    "sort",
                    "org_id",
                ],
                3,
            ),
        }
    }

    /// Whether the operation has a JSON body.
    pub(crate) fn has_body(self) -> bool {
        matches!(
            self,
            Self::Create | Self::AddVersion | Self::Patch | Self::Publish | Self::ResetPassword
        )
    }

    /// Refuses parameters that are unknown, given twice, empty or missing.
    pub(crate) fn check_query(self, request: &Request) -> Result<(), Problem> {
        let (known, required) = self.parameters();
        let query = request.form_query();
        for (index, (name, value)) in query.iter().enumerate() {
            let problem = if !known.contains(&name.as_str()) {
                "is not known"
            } else if query[..index].iter().any(|(earlier, _)| earlier == name) {
                "is given more than once"
            } else if value.is_empty() {
                "is empty"
            } else {
                continue;
            };
            return Err(Problem::bad(format!("The query parameter '{name}' {problem}.")));
        }
        match known[..required].iter().find(|name| request.form_value(name).is_none()) {
            Some(name) => Err(Problem::bad(format!("The query parameter '{name}' is required."))),
            None => Ok(()),
        }
    }
}
