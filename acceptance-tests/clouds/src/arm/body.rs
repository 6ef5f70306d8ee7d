//! What request bodies may hold, according to the official definition.

use serde_json::{Map, Value};

use super::{tags, version};

const PROVIDER: &str = "microsoft.azurestackhci";

/// Everything wrong with the body of a PUT.
pub(crate) fn put_problems(body: &Value, version: &str, custom_location: bool) -> Vec<String> {
    let mut out = Vec::new();
    let Some(body) = body.as_object() else {
        return vec!["the body is not a JSON object".to_owned()];
    };
    let known = ["location", "tags", "extendedLocation", "properties"];
    members(body, "", &known, &["id", "name", "type", "systemData"], &mut out);
    text(body, "", "location", true, &mut out);
    if let Some(tags) = body.get("tags") {
        out.extend(tags::problems(tags));
    }
    extended_location(body, custom_location, &mut out);
    match body.get("properties") {
        Some(Value::Object(properties)) => check_properties(properties, version, &mut out),
        Some(_) => out.push("properties: expected an object".to_owned()),
        None => out.push("properties.osType: required".to_owned()),
    }
    out
}

/// Everything wrong with the body of a PATCH, which is tags and nothing else.
pub(crate) fn patch_problems(body: &Value) -> Vec<String> {
    let Some(body) = body.as_object() else {
        return vec!["the body is not a JSON object".to_owned()];
    };
    let mut out: Vec<String> = body
        .keys()
        .filter(|name| *name != "tags")
        .map(|name| format!("{name}: cannot be changed, only tags can"))
        .collect();
    out.extend(body.get("tags").map_or(vec!["tags: required".to_owned()], tags::problems));
    out
}

fn at(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn members(
    object: &Map<String, Value>,
    path: &str,
    known: &[&str],
    read_only: &[&str],
    out: &mut Vec<String>,
) {
    for (name, value) in object {
        if read_only.contains(&name.as_str()) {
            out.push(format!("{}: read-only", at(path, name)));
        } else if !known.contains(&name.as_str()) {
            out.push(format!("{}: unknown property", at(path, name)));
        } else if value.is_null() {
            out.push(format!("{}: null is not a value", at(path, name)));
        }
    }
}

fn text<'a>(
    object: &'a Map<String, Value>,
    path: &str,
    name: &str,
    required: bool,
    out: &mut Vec<String>,
) -> Option<&'a str> {
    match object.get(name) {
        Some(Value::String(value)) if !value.is_empty() => Some(value),
        Some(Value::Null) => None,
        Some(_) => {
            out.push(format!("{}: expected a string that is not empty", at(path, name)));
            None
        }
        None => {
            if required {
                out.push(format!("{}: required", at(path, name)));
            }
            None
        }
    }
}

fn one_of(
    object: &Map<String, Value>,
    name: &str,
    allowed: &[&str],
    required: bool,
    out: &mut Vec<String>,
) {
    if let Some(value) = text(object, "properties", name, required, out)
        && !allowed.contains(&value)
    {
        out.push(format!("properties.{name}: '{value}' is not one of {}", allowed.join(", ")));
    }
}

/// Whether this is the id of a resource of one type; ids ignore case.
pub(crate) fn is_id_of(id: &str, provider: &str, kind: &str) -> bool {
    let parts: Vec<String> = id.split('/').map(str::to_ascii_lowercase).collect();
    matches!(
        parts.as_slice(),
        [empty, subscriptions, s, groups, g, providers, p, k, name]
            if empty.is_empty()
                && subscriptions == "subscriptions"
                && groups == "resourcegroups"
                && providers == "providers"
                && p == provider
                && *k == kind.to_ascii_lowercase()
                && [s, g, name].iter().all(|part| !part.is_empty())
    )
}

/// The instance of a machine, which extends the machine's own resource; or the form of the official
/// example, where it stands for itself.
fn is_machine(id: &str) -> bool {
    let extension = "/providers/microsoft.azurestackhci/virtualmachineinstances/default";
    let lower = id.to_ascii_lowercase();
    match lower.strip_suffix(extension) {
        Some(machine) => is_id_of(machine, "microsoft.hybridcompute", "machines"),
        None => ["virtualMachineInstance", "virtualMachineInstances"]
            .iter()
            .any(|kind| is_id_of(id, PROVIDER, kind)),
    }
}

fn extended_location(body: &Map<String, Value>, required: bool, out: &mut Vec<String>) {
    let place = match body.get("extendedLocation") {
        Some(Value::Object(place)) => place,
        Some(_) => return out.push("extendedLocation: expected an object".to_owned()),
        None if required => return out.push("extendedLocation: required".to_owned()),
        None => return,
    };
    members(place, "extendedLocation", &["name", "type"], &[], out);
    if text(place, "extendedLocation", "type", true, out).is_some_and(|t| t != "CustomLocation") {
        out.push("extendedLocation.type: expected CustomLocation".to_owned());
    }
    let name = text(place, "extendedLocation", "name", true, out);
    if name.is_some_and(|n| !is_id_of(n, "microsoft.extendedlocation", "customLocations")) {
        out.push("extendedLocation.name: not the id of a custom location".to_owned());
    }
}

fn check_properties(properties: &Map<String, Value>, version: &str, out: &mut Vec<String>) {
    let mut known = vec![
        "containerId",
        "imagePath",
        "osType",
        "cloudInitDataSource",
        "hyperVGeneration",
        "identifier",
        "version",
    ];
    let from_machine = version::has_source_machine(version);
    if from_machine {
        known.push("sourceVirtualMachineId");
    }
    members(properties, "properties", &known, &["provisioningState", "status"], out);
    one_of(properties, "osType", &["Windows", "Linux"], true, out);
    one_of(properties, "cloudInitDataSource", &["NoCloud", "Azure"], false, out);
    one_of(properties, "hyperVGeneration", version::generations(version), false, out);
    if let Some(value) = text(properties, "properties", "containerId", false, out)
        && !is_id_of(value, PROVIDER, "storageContainers")
    {
        out.push(format!("properties.containerId: '{value}' is not the id of a storage container"));
    }
    text(properties, "properties", "imagePath", false, out);
    if from_machine
        && let Some(value) = text(properties, "properties", "sourceVirtualMachineId", false, out)
        && !is_machine(value)
    {
        let name = "properties.sourceVirtualMachineId";
        out.push(format!("{name}: '{value}' is not the id of a virtual machine instance"));
    }
    let sources = ["imagePath", "sourceVirtualMachineId"];
    let given = sources.iter().filter(|name| properties.contains_key(**name)).count();
    if given != 1 {
        out.push(format!("properties: exactly one of {} is needed", sources.join(" and ")));
    }
    match properties.get("identifier") {
        Some(Value::Object(identifier)) => {
            let names = ["publisher", "offer", "sku"];
            members(identifier, "properties.identifier", &names, &[], out);
            for name in names {
                text(identifier, "properties.identifier", name, true, out);
            }
        }
        Some(Value::Null) | None => {}
        Some(_) => out.push("properties.identifier: expected an object".to_owned()),
    }
    match properties.get("version") {
        Some(Value::Object(version)) => check_version(version, out),
        Some(Value::Null) | None => {}
        Some(_) => out.push("properties.version: expected an object".to_owned()),
    }
}

fn check_version(version: &Map<String, Value>, out: &mut Vec<String>) {
    let path = "properties.version";
    members(version, path, &["name", "properties"], &[], out);
    text(version, path, "name", false, out);
    let Some(properties) = version.get("properties") else { return };
    let path = "properties.version.properties";
    let Some(profile) = object(properties, path, &["storageProfile"], &[], out) else { return };
    let Some(profile) = profile.get("storageProfile") else {
        return out.push(format!("{path}.storageProfile: required"));
    };
    let path = "properties.version.properties.storageProfile";
    let disk = object(profile, path, &["osDiskImage"], &[], out).and_then(|p| p.get("osDiskImage"));
    if let Some(disk) = disk {
        object(disk, &format!("{path}.osDiskImage"), &[], &["sizeInMB"], out);
    }
}

/// The value as an object whose members are known.
fn object<'a>(
    value: &'a Value,
    path: &str,
    known: &[&str],
    read_only: &[&str],
    out: &mut Vec<String>,
) -> Option<&'a Map<String, Value>> {
    match value.as_object() {
        Some(object) => {
            members(object, path, known, read_only, out);
            Some(object)
        }
        None => {
            out.push(format!("{path}: expected an object"));
            None
        }
    }
}

/// What is wrong with the name of an image, for the given api-version.
pub(crate) fn name_problem(name: &str, version: &str) -> Option<String> {
    let longest = version::longest_name(version);
    let end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let good = (1..=longest).contains(&name.len())
        && end(name.chars().next())
        && end(name.chars().last())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
    (!good).then(|| {
        format!("The name '{name}' must have 1 to {longest} letters, digits, '-', '.' or '_' and start and end with a letter or digit.")
    })
}

/// Whether a resource group name has a form that can exist.
pub(crate) fn group_name_is_possible(name: &str) -> bool {
    (1..=90).contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || "-_.()".contains(c))
}

#[cfg(test)]
mod tests;
