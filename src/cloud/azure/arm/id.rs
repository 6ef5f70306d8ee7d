//! Resource ids, which are compared case-insensitively, segment by segment.
//!
//! Resource Manager returns ids in another case than it received them: types in lower case,
//! group names in capitals. Ids that differ only in case name the same resource.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::cloud::{Error, Kind, Result};

/// The form of the ids of one kind of resource: `{...}` stands for a name, the rest is literal.
pub type Form = &'static str;

/// A custom location, to which a resource of Azure Local is deployed.
pub const CUSTOM_LOCATION: Form = "/subscriptions/{subscription}/resourceGroups/{resource group}\
     /providers/Microsoft.ExtendedLocation/customLocations/{name}";

/// A storage path of Azure Local.
pub const STORAGE_CONTAINER: Form = "/subscriptions/{subscription}/resourceGroups/{resource group}\
     /providers/Microsoft.AzureStackHCI/storageContainers/{name}";

/// The forms in which virtual machines of Azure Local are named: as the extension of a connected
/// machine, which is what the service returns, and as the API's own examples write it.
pub const VIRTUAL_MACHINE: &[Form] = &[
    "/subscriptions/{subscription}/resourceGroups/{resource group}\
     /providers/Microsoft.HybridCompute/machines/{machine}\
     /providers/Microsoft.AzureStackHCI/virtualMachineInstances/{name}",
    "/subscriptions/{subscription}/resourceGroups/{resource group}\
     /providers/Microsoft.AzureStackHCI/virtualMachineInstances/{name}",
    "/subscriptions/{subscription}/resourceGroups/{resource group}\
     /providers/Microsoft.AzureStackHCI/virtualMachineInstance/{name}",
];

/// The id of a resource, in the case of its form; names keep theirs.
#[derive(Clone)]
pub struct ResourceId {
    form: Form,
    segments: Vec<String>,
}

impl ResourceId {
    /// Reads an id in any case.
    ///
    /// # Errors
    /// [`Kind::Invalid`] with what is wrong and the expected form.
    pub fn parse(text: &str, form: Form) -> Result<Self> {
        Self::parse_any(text, &[form])
    }

    /// Reads an id that may have one of several forms; the first is the one to name in errors.
    ///
    /// # Errors
    /// As [`ResourceId::parse`].
    pub fn parse_any(text: &str, forms: &[Form]) -> Result<Self> {
        let mut first = None;
        for form in forms {
            match segments(text, form) {
                Ok(segments) => return Ok(Self { form, segments }),
                Err(why) => first = first.or(Some((why, *form))),
            }
        }
        let (why, form) = first.unwrap_or_default();
        Err(wrong(format!("{text:?} {why}; the expected form is {form}")))
    }

    /// Fills the placeholders of `form` with `names`, in order.
    ///
    /// # Errors
    /// [`Kind::Invalid`] if a name is empty, or contains a character that a path segment cannot.
    pub fn new(form: Form, names: &[&str]) -> Result<Self> {
        let mut names = names.iter();
        let mut segments = Vec::new();
        for expected in form.split('/').skip(1) {
            if !is_place(expected) {
                segments.push(expected.to_owned());
                continue;
            }
            let name = *names.next().unwrap_or(&"");
            if name.is_empty() {
                return Err(wrong(format!("{} is missing", called(expected))));
            }
            if let Some(why) = unfit(name) {
                let what = expected.trim_matches(['{', '}']);
                return Err(wrong(format!("the {what} {name:?} {why}")));
            }
            segments.push(name.to_owned());
        }
        Ok(Self { form, segments })
    }

    /// The form that it has.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// The name at a placeholder, such as `subscription`. Empty if there is no such placeholder.
    #[must_use]
    pub fn part(&self, place: &str) -> &str {
        let places = self.form.split('/').skip(1);
        let at = places
            .zip(&self.segments)
            .find(|(expected, _)| is_place(expected) && expected.trim_matches(['{', '}']) == place);
        at.map_or("", |(_, segment)| segment)
    }

    /// The subscription.
    #[must_use]
    pub fn subscription_id(&self) -> &str {
        self.part("subscription")
    }

    /// The resource group.
    #[must_use]
    pub fn resource_group_name(&self) -> &str {
        self.part("resource group")
    }

    /// The resource's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.part("name")
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.segments.iter().try_for_each(|segment| write!(f, "/{segment}"))
    }
}

impl fmt::Debug for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResourceId({self})")
    }
}

impl PartialEq for ResourceId {
    fn eq(&self, other: &Self) -> bool {
        self.segments.len() == other.segments.len()
            && self.segments.iter().zip(&other.segments).all(|(a, b)| a.eq_ignore_ascii_case(b))
    }
}

impl Eq for ResourceId {}

impl Hash for ResourceId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_string().to_ascii_lowercase().hash(state);
    }
}

/// Whether two texts name the same resource, whatever its type.
#[must_use]
pub fn same_id(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// A region's name as the service compares it: `West US2` is `westus2`.
#[must_use]
pub fn normal_location(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Whether two texts name the same region.
#[must_use]
pub fn same_location(one: &str, other: &str) -> bool {
    normal_location(one) == normal_location(other)
}

fn wrong(message: String) -> Error {
    Error::new(Kind::Invalid, "ParseResourceId", message)
}

fn is_place(expected: &str) -> bool {
    expected.starts_with('{')
}

/// The segments of `text` in the case of `form`, or why they do not match.
fn segments(text: &str, form: Form) -> std::result::Result<Vec<String>, String> {
    let Some(rest) = text.strip_prefix('/') else {
        return Err("does not start with a slash".to_owned());
    };
    if rest.ends_with('/') {
        return Err("ends in a slash".to_owned());
    }
    let found: Vec<&str> = rest.split('/').collect();
    let expected: Vec<&str> = form.split('/').skip(1).collect();
    let mut segments = Vec::with_capacity(expected.len());
    for (&segment, &expected) in found.iter().zip(&expected) {
        let fits = is_place(expected) || segment.eq_ignore_ascii_case(expected);
        if !fits {
            return Err(format!("has {segment:?} where {expected:?} belongs"));
        }
        if segment.is_empty() {
            return Err(format!("is missing {}", called(expected)));
        }
        if let Some(why) = unfit(segment) {
            return Err(format!("has a segment {segment:?} that {why}"));
        }
        segments.push(if is_place(expected) { segment } else { expected }.to_owned());
    }
    match found.len().cmp(&expected.len()) {
        std::cmp::Ordering::Less => Err("is too short".to_owned()),
        std::cmp::Ordering::Greater => Err("is too long".to_owned()),
        std::cmp::Ordering::Equal => Ok(segments),
    }
}

/// What stands at a placeholder, in a sentence.
fn called(place: &str) -> String {
    match place.trim_matches(['{', '}']) {
        "subscription" => "the subscription id".to_owned(),
        "name" => "the name at its end".to_owned(),
        other => format!("the {other} name"),
    }
}

/// Why a name cannot be a path segment of a URL as it is.
fn unfit(name: &str) -> Option<&'static str> {
    if matches!(name, "." | "..") {
        return Some("is a step in a path, not a name");
    }
    let odd =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '\\' | '?' | '#' | '%');
    name.contains(odd).then_some("holds a space or one of / \\ ? # %")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: Form = "/subscriptions/{subscription}/resourceGroups/{resource group}\
         /providers/Microsoft.AzureStackHCI/galleryImages/{name}";
    const GOOD: &str = "/subscriptions/s-1/resourceGroups/Group/providers\
         /Microsoft.AzureStackHCI/galleryImages/Golden";

    #[test]
    fn any_case_is_read_and_the_form_is_restored() {
        for text in [GOOD.to_lowercase(), GOOD.to_uppercase(), GOOD.to_owned()] {
            let id = ResourceId::parse(&text, FORM).unwrap();
            assert_eq!(id, ResourceId::parse(GOOD, FORM).unwrap());
            assert!(id.to_string().contains("/providers/Microsoft.AzureStackHCI/galleryImages/"));
        }
        let id = ResourceId::parse(&GOOD.to_uppercase(), FORM).unwrap();
        assert_eq!((id.subscription_id(), id.resource_group_name()), ("S-1", "GROUP"));
        assert_eq!(id.name(), "GOLDEN");
    }

    #[test]
    fn a_wrong_id_is_told_what_is_wrong_and_the_expected_form() {
        for (text, why) in [
            (format!("{GOOD}/"), "ends in a slash"),
            (GOOD[1..].to_owned(), "does not start with a slash"),
            (GOOD.replace("galleryImages", "images"), "\"images\" where \"galleryImages\""),
            (GOOD.replace("s-1", ""), "is missing the subscription id;"),
            (GOOD.replace("/Group/", "//"), "is missing the resource group name;"),
            (GOOD.replace("/galleryImages/Golden", ""), "too short"),
            (format!("{GOOD}/versions/1"), "too long"),
            (format!("{GOOD}?x=1"), "holds a space or one of"),
            (GOOD.replace("Golden", ".."), "a step in a path"),
            (String::new(), "does not start"),
        ] {
            let error = ResourceId::parse(&text, FORM).unwrap_err();
            assert_eq!(error.kind, Kind::Invalid);
            assert!(error.message.contains(why), "{text}: {}", error.message);
            assert!(error.message.contains(FORM), "{}", error.message);
        }
    }

    #[test]
    fn names_are_put_into_their_places_unless_they_do_not_fit() {
        let id = ResourceId::new(FORM, &["s-1", "Group", "Golden"]).unwrap();
        assert_eq!(id.to_string(), GOOD);
        let error = ResourceId::new(FORM, &["s-1", "", "Golden"]).unwrap_err();
        assert_eq!(error.message, "the resource group name is missing");
        let error = ResourceId::new(FORM, &["s-1", "Gro/up", "Golden"]).unwrap_err();
        assert!(error.message.starts_with("the resource group \"Gro/up\" holds"));
    }

    #[test]
    fn a_virtual_machine_may_be_named_in_every_form_the_service_uses() {
        let machine = "/subscriptions/s/resourceGroups/g/providers/Microsoft.HybridCompute\
             /machines/vm/providers/Microsoft.AzureStackHCI/virtualMachineInstances/default";
        let plain = "/subscriptions/s/resourcegroups/g/providers/microsoft.azurestackhci\
             /virtualmachineinstance/vm";
        for text in [machine, plain] {
            ResourceId::parse_any(text, VIRTUAL_MACHINE).unwrap();
        }
        let id = ResourceId::parse_any(machine, VIRTUAL_MACHINE).unwrap();
        assert_eq!((id.part("machine"), id.name()), ("vm", "default"));
        ResourceId::parse_any(GOOD, VIRTUAL_MACHINE).unwrap_err();
    }

    #[test]
    fn regions_are_compared_without_case_and_spaces() {
        assert_eq!(normal_location("West US2"), "westus2");
        assert!(same_location("East  US", "eastus"));
        assert!(!same_location("East US", "East US 2"));
    }
}
