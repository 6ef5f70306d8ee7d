//! Sets of texts that contradict each other.

use crate::tfplugin::config::Config;
use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::value::Value;

/// Reports texts that are both in the set `required` and in the set `excluded`, in any case: they
/// leave nothing.
pub(crate) fn refuse_contradiction(
    config: &Config<'_>,
    required: &'static str,
    excluded: &'static str,
    problems: &mut Vec<Diagnostic>,
) {
    let wanted = known(config, required);
    for text in known(config, excluded) {
        if wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(text)) {
            let detail = format!(
                "{text:?} is also in `{required}`, so that no image can match. Remove it from one \
                 of both."
            );
            let path = Path::attribute(excluded);
            problems.push(Diagnostic::error("Conflicting arguments", detail).at(path));
        }
    }
}

/// The elements of a set of texts that are known, even if others are not.
fn known<'a>(config: &'a Config<'_>, name: &str) -> Vec<&'a str> {
    let Some(Value::List(elements)) = config.0.get(name) else { return Vec::new() };
    let text = |element: &'a Value| match element {
        Value::String(text) => Some(text.as_str()),
        _ => None,
    };
    elements.iter().filter_map(text).collect()
}
