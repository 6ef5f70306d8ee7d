//! The paths of the service.

use crate::shared::decode;

/// What a path points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Image {
        subscription: String,
        group: String,
        name: String,
    },
    Group {
        subscription: String,
        group: String,
    },
    Subscription(String),
    /// The subscription itself, not what is in it.
    Account(String),
    Accounts,
    /// The endpoints of the cloud.
    Metadata,
    /// A type that the namespace does not have.
    Unknown {
        subscription: String,
        kind: String,
    },
    Status {
        subscription: Option<String>,
        results: bool,
        id: String,
    },
}

impl Target {
    pub(crate) fn of(path: &str) -> Option<Self> {
        let parts: Vec<String> = path.strip_prefix('/')?.split('/').map(decode).collect();
        let lower: Vec<String> = parts.iter().map(|p| p.to_lowercase()).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        let part = |index: usize| parts[index].clone();
        const RP: &str = "microsoft.azurestackhci";
        match lower.as_slice() {
            ["subscriptions", _, "resourcegroups", _, "providers", RP, "galleryimages", _] => {
                Some(Self::Image { subscription: part(1), group: part(3), name: part(7) })
            }
            ["subscriptions", _, "resourcegroups", _, "providers", RP, "galleryimages"] => {
                Some(Self::Group { subscription: part(1), group: part(3) })
            }
            ["subscriptions", _, "providers", RP, "galleryimages"] => {
                Some(Self::Subscription(part(1)))
            }
            [
                "subscriptions",
                _,
                "providers",
                RP,
                "locations",
                _,
                kind @ ("operationstatuses" | "operationresults"),
                _,
            ] => Some(Self::Status {
                subscription: Some(part(1)),
                results: *kind == "operationresults",
                id: part(7),
            }),
            [
                "providers",
                RP,
                "locations",
                _,
                kind @ ("operationstatuses" | "operationresults"),
                _,
            ] => Some(Self::Status {
                subscription: None,
                results: *kind == "operationresults",
                id: part(5),
            }),
            ["subscriptions", _, "resourcegroups", _, "providers", RP, _, ..] => {
                Some(Self::Unknown { subscription: part(1), kind: part(6) })
            }
            ["subscriptions", _, "providers", RP, _, ..] => {
                Some(Self::Unknown { subscription: part(1), kind: part(4) })
            }
            ["subscriptions", _] => Some(Self::Account(part(1))),
            ["subscriptions"] => Some(Self::Accounts),
            ["metadata", "endpoints"] => Some(Self::Metadata),
            _ => None,
        }
    }

    /// The subscription, where the path names one.
    pub(crate) fn subscription(&self) -> Option<&str> {
        match self {
            Self::Image { subscription, .. }
            | Self::Group { subscription, .. }
            | Self::Unknown { subscription, .. }
            | Self::Account(subscription)
            | Self::Subscription(subscription) => Some(subscription),
            Self::Accounts | Self::Metadata => None,
            Self::Status { subscription, .. } => subscription.as_deref(),
        }
    }
}
