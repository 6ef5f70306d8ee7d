//! The types of the arguments of gallery images: names, regions, ids and enumerations.

use crate::cloud::azure::arm::id::{CUSTOM_LOCATION, STORAGE_CONTAINER, VIRTUAL_MACHINE};
use crate::cloud::azure::arm::{ResourceId, same_location};
use crate::tfplugin::attr::Text;

string_enum! {
    /// The values of `osType`.
    pub(crate) OsType = ["Windows", "Linux"];
    /// The values of `hyperVGeneration` that an image can be created with.
    pub(crate) HypervGeneration = ["V1", "V2"];
    /// The values of `cloudInitDataSource`.
    pub(crate) CloudInit = ["NoCloud", "Azure"];
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $forms:expr, $expected:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name;
        impl Text for $name {
            const EXPECTED: &'static str = $expected;
            fn parse(text: &str) -> std::result::Result<Self, String> {
                let read = ResourceId::parse_any(text, $forms);
                read.map(|_| Self).map_err(|error| format!("{}.", error.message))
            }
            fn same(a: &str, b: &str) -> bool {
                let read = |text| ResourceId::parse_any(text, $forms).ok();
                match (read(a), read(b)) {
                    (Some(a), Some(b)) => a == b,
                    _ => a.eq_ignore_ascii_case(b),
                }
            }
        }
    )+};
}

ids! {
    /// The id of a custom location.
    CustomLocation = &[CUSTOM_LOCATION], "the ARM id of a custom location";
    /// The id of a storage path.
    StoragePath = &[STORAGE_CONTAINER], "the ARM id of a storage container";
    /// The id of a virtual machine.
    VirtualMachine = VIRTUAL_MACHINE, "the ARM id of a virtual machine instance";
}

/// A region, in any spelling: `West US 2` is `westus2`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Location;

impl Text for Location {
    const EXPECTED: &'static str = "a region such as \"westeurope\"";
    fn parse(_text: &str) -> std::result::Result<Self, String> {
        Ok(Self)
    }
    fn same(a: &str, b: &str) -> bool {
        same_location(a, b)
    }
}

/// The name of a resource group, in any case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResourceGroup;

impl Text for ResourceGroup {
    const EXPECTED: &'static str = "the name of a resource group";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        let fits = |c: char| c.is_alphanumeric() || "-_.()".contains(c);
        let is_long_enough = (1..=90).contains(&text.chars().count());
        if is_long_enough && text.chars().all(fits) && !text.ends_with('.') {
            return Ok(Self);
        }
        Err(format!(
            "{text:?} is not the name of a resource group. Use 1 to 90 letters, digits, \
             underscores, hyphens, full stops and parentheses, but no full stop at the end."
        ))
    }
    fn same(a: &str, b: &str) -> bool {
        a.eq_ignore_ascii_case(b)
    }
}

/// A publisher, an offer or a SKU, in any case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MarketplaceName;

impl Text for MarketplaceName {
    const EXPECTED: &'static str = "a text";
    fn parse(_: &str) -> std::result::Result<Self, String> {
        Ok(Self)
    }
    fn same(a: &str, b: &str) -> bool {
        a.eq_ignore_ascii_case(b)
    }
}

/// The name of an image, in any case. How long it may be depends on the source of the image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name;

/// The longest name in the stable version of the API.
pub(crate) const LONGEST_NAME: usize = 80;

/// The longest name in later versions, which images of virtual machines need.
pub(crate) const LONGEST_NAME_OF_MACHINE: usize = 64;

/// Whether `name` is valid, with at most `longest` characters.
pub(crate) fn check_name(name: &str, longest: usize) -> std::result::Result<(), String> {
    let inner = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let fits = name.len() <= longest
        && name.chars().all(inner)
        && ends(name.chars().next())
        && ends(name.chars().last());
    if fits {
        return Ok(());
    }
    Err(format!(
        "{name:?} is not the name of an image. Use 1 to {longest} letters, digits, hyphens, full \
         stops and underscores, with a letter or digit at both ends."
    ))
}

impl Text for Name {
    const EXPECTED: &'static str = "the name of an image";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        check_name(text, LONGEST_NAME).map(|()| Self)
    }
    fn same(a: &str, b: &str) -> bool {
        a.eq_ignore_ascii_case(b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_resource_group_follows_the_rules_of_azure() {
        for name in ["a", "Rg-Edge_1.(x)", "größe", &"a".repeat(90)] {
            assert!(ResourceGroup::parse(name).is_ok(), "{name}");
        }
        for name in ["", "rg.", "a/b", "a b", &"a".repeat(91)] {
            let why = ResourceGroup::parse(name).err().unwrap();
            assert!(why.contains("no full stop at the end"), "{name}: {why}");
        }
    }
}
