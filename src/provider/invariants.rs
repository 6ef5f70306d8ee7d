//! Tests of rules for the schema of every type.

use crate::tfplugin::docs::entries;
use crate::tfplugin::model::{Attribute, Shape};

use super::CloudImages;

/// Calls `check` with each attribute of each schema, nested ones too, and its full name.
fn each_attribute(mut check: impl FnMut(&Attribute, &str)) {
    fn walk(attributes: &[Attribute], path: &str, check: &mut impl FnMut(&Attribute, &str)) {
        for attribute in attributes {
            let path = format!("{path}.{}", attribute.name);
            check(attribute, &path);
            if let Shape::Nested(_, inner) = &attribute.shape {
                walk(inner, &path, check);
            }
        }
    }
    for entry in entries(&CloudImages) {
        walk(&entry.attributes, &entry.name, &mut check);
        walk(&entry.identity, &format!("{} (identity)", entry.name), &mut check);
    }
}

#[test]
fn every_attribute_has_a_description_of_one_paragraph_that_ends_in_a_full_stop() {
    let mut found = Vec::new();
    each_attribute(|attribute, path| {
        let text = attribute.description();
        // In the lists of a page, an empty line would end the entry.
        if !text.ends_with('.') || text.contains("\n\n") {
            found.push(format!("{path}: {text:?}"));
        }
    });
    let entries = entries(&CloudImages).into_iter();
    let descriptions = entries.map(|entry| (entry.name, entry.description));
    found.extend(
        descriptions
            .filter(|(_, text)| !text.ends_with('.'))
            .map(|(name, text)| format!("{name}: {text:?}")),
    );
    assert!(found.is_empty(), "{found:#?}");
}

/// Terraform refuses a provider with one such attribute altogether, whatever it is used for.
#[test]
fn every_attribute_is_one_that_terraform_accepts() {
    /// Reserved by Terraform: they have a meaning in every block.
    const RESERVED: [&str; 7] =
        ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];
    let mut found = Vec::new();
    each_attribute(|attribute, path| {
        let &Attribute { name, required, optional, computed, write_only, .. } = attribute;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let reserved = RESERVED.contains(&name) && path.matches('.').count() == 1;
        let sound = name.chars().all(fits)
            && !reserved
            && (required || optional || computed)
            && !(required && (optional || computed))
            && !(write_only && computed);
        if !sound {
            found.push(path.to_owned());
        }
    });
    assert!(found.is_empty(), "{found:#?}");
}
