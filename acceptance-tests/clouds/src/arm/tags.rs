//! Tags, whose names ignore case.

use serde_json::{Map, Value};

/// Everything wrong with the tags of a body.
pub(crate) fn problems(tags: &Value) -> Vec<String> {
    let Some(tags) = tags.as_object() else {
        return vec!["tags: expected an object".to_owned()];
    };
    let mut out = Vec::new();
    if tags.len() > 50 {
        out.push("tags: at most 50 are allowed".to_owned());
    }
    for (index, (name, value)) in tags.iter().enumerate() {
        if name.is_empty()
            || name.chars().count() > 512
            || name.contains(['<', '>', '%', '&', '\\', '?', '/'])
        {
            out.push(format!("tags.{name}: not a tag name"));
        }
        if value.as_str().is_none_or(|v| v.chars().count() > 256) {
            out.push(format!("tags.{name}: expected a string of at most 256 characters"));
        }
        if tags.keys().take(index).any(|earlier| same(earlier, name)) {
            out.push(format!("tags.{name}: the name is there already, in another case"));
        }
    }
    out
}

/// The tags of `new`, each under the name it has in `old` if it was there already.
pub(crate) fn with_names_of(old: &Value, new: &Value) -> Value {
    let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else { return new.clone() };
    let kept = |name: &String| old.keys().find(|known| same(known, name)).unwrap_or(name).clone();
    Value::Object(
        new.iter().map(|(name, value)| (kept(name), value.clone())).collect::<Map<_, _>>(),
    )
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lengths_are_counted_in_characters() {
        let good = json!({"ä".repeat(512): "字".repeat(256)});
        assert_eq!(problems(&good), Vec::<String>::new());
        assert_eq!(problems(&json!({"a".repeat(513): "b".repeat(257)})).len(), 2);
    }

    #[test]
    fn names_that_differ_in_case_are_one_name() {
        let twice = problems(&json!({"Team": "a", "team": "b"}));
        assert_eq!(twice, ["tags.team: the name is there already, in another case"]);
        let kept = with_names_of(&json!({"Team": "a"}), &json!({"TEAM": "b", "site": "c"}));
        assert_eq!(kept, json!({"Team": "b", "site": "c"}));
        assert_eq!(with_names_of(&Value::Null, &json!({"TEAM": "b"})), json!({"TEAM": "b"}));
    }
}
