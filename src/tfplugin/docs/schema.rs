//! Attributes as lists: the required ones, the optional ones, the results, and what is in them.

use std::collections::BTreeMap;

use crate::tfplugin::model::{Attribute, Nesting, Shape};
use crate::tfplugin::value::Type;

const WRITE_ONLY: &str =
    "https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments";

/// The fields of an object type.
type Fields = BTreeMap<&'static str, Type>;

/// Whether an attribute belongs to a group.
type Belongs = fn(&Attribute) -> bool;

/// The groups of attributes, in the order of the page.
const GROUPS: [(&str, Belongs); 3] = [
    ("Required", |attribute| attribute.required),
    ("Optional", |attribute| attribute.optional && !attribute.required),
    ("Read-Only", |attribute| !attribute.optional && !attribute.required),
];

/// The attributes of a schema, and below them those of each nested object.
pub(super) fn attributes(attributes: &[Attribute], sections: &mut Vec<String>) {
    level(attributes, "", sections);
}

/// The attributes of an identity, one level lower.
pub(super) fn identity(attributes: &[Attribute], sections: &mut Vec<String>) {
    for (title, belongs) in GROUPS {
        group(attributes, belongs, &format!("#### {title}"), "", sections);
    }
}

/// The parameters of a function, in order.
pub(super) fn parameters(parameters: &[Attribute]) -> String {
    let lines = parameters.iter().enumerate().map(|(index, parameter)| {
        let ty = type_name(&parameter.shape.ty());
        let null = if parameter.required { "" } else { ", Nullable" };
        format!("{}. `{}` ({ty}{null}) {}", index + 1, parameter.name, parameter.description())
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The attributes of the object that a function returns, in their own order.
pub(super) fn results(attributes: &[Attribute]) -> String {
    attributes.iter().map(|attribute| line(attribute, "")).collect::<Vec<_>>().join("\n")
}

/// The name of a type in the pages.
pub(super) fn type_name(ty: &Type) -> String {
    match ty {
        Type::Bool => "Boolean".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::String => "String".to_owned(),
        Type::List(element) => format!("List of {}", type_name(element)),
        Type::Set(element) => format!("Set of {}", type_name(element)),
        Type::Map(element) => format!("Map of {}", type_name(element)),
        Type::Object(_) => "Object".to_owned(),
    }
}

/// The attributes of one object; `path` leads to it.
fn level(attributes: &[Attribute], path: &str, sections: &mut Vec<String>) {
    for (title, belongs) in GROUPS {
        let title = if path.is_empty() { format!("### {title}") } else { format!("{title}:") };
        group(attributes, belongs, &title, path, sections);
    }
    for (_, belongs) in GROUPS {
        for attribute in sorted(attributes, belongs) {
            nested(attribute, path, sections);
        }
    }
}

fn group(
    attributes: &[Attribute],
    belongs: Belongs,
    title: &str,
    path: &str,
    sections: &mut Vec<String>,
) {
    let members = sorted(attributes, belongs);
    if members.is_empty() {
        return;
    }
    sections.push(title.to_owned());
    if members.iter().any(|member| member.write_only) {
        sections.push(format!(
            "> **NOTE**: [Write-only arguments]({WRITE_ONLY}) are supported in Terraform 1.11 and \
             later."
        ));
    }
    sections
        .push(members.into_iter().map(|member| line(member, path)).collect::<Vec<_>>().join("\n"));
}

fn sorted(attributes: &[Attribute], belongs: Belongs) -> Vec<&Attribute> {
    let mut members: Vec<_> = attributes.iter().filter(|attribute| belongs(attribute)).collect();
    members.sort_by_key(|attribute| attribute.name);
    members
}

fn line(attribute: &Attribute, path: &str) -> String {
    let mut facts = match &attribute.shape {
        Shape::Plain(ty) => type_name(ty),
        Shape::Nested(Nesting::Single, _) => "Attributes".to_owned(),
        Shape::Nested(Nesting::List, _) => "Attributes List".to_owned(),
    };
    if attribute.sensitive {
        facts.push_str(", Sensitive");
    }
    if attribute.write_only {
        facts.push_str(&format!(", [Write-only]({WRITE_ONLY})"));
    }
    let below = match anchor(attribute, path) {
        Some(anchor) => format!(" (see [below for nested schema](#{anchor}))"),
        None => String::new(),
    };
    format!("- `{}` ({facts}) {}{below}", attribute.name, attribute.description())
}

/// The attributes in an attribute, under a separate anchor.
fn nested(attribute: &Attribute, path: &str, sections: &mut Vec<String>) {
    let Some(anchor) = anchor(attribute, path) else { return };
    let path = below(path, attribute.name);
    sections.push(format!("<a id=\"{anchor}\"></a>\n### Nested Schema for `{path}`"));
    match &attribute.shape {
        Shape::Nested(_, attributes) => level(attributes, &path, sections),
        Shape::Plain(ty) => {
            let title = GROUPS.iter().find(|(_, belongs)| belongs(attribute));
            sections.extend(title.map(|(title, _)| format!("{title}:")));
            sections.extend(object(ty).map(fields));
        }
    }
}

fn anchor(attribute: &Attribute, path: &str) -> Option<String> {
    let kind = match &attribute.shape {
        Shape::Nested(..) => "nestedatt",
        Shape::Plain(ty) => object(ty).map(|_| "nestedobjatt")?,
    };
    Some(format!("{kind}--{}", below(path, attribute.name).replace('.', "--")))
}

/// The fields of the objects in a value that contains objects without attributes of the provider.
fn object(ty: &Type) -> Option<&Fields> {
    match ty {
        Type::Object(fields) => Some(fields),
        Type::List(element) | Type::Set(element) | Type::Map(element) => object(element),
        Type::Bool | Type::Number | Type::String => None,
    }
}

fn fields(fields: &Fields) -> String {
    let lines = fields.iter().map(|(name, ty)| format!("- `{name}` ({})", type_name(ty)));
    lines.collect::<Vec<_>>().join("\n")
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
