//! Paths that lead Terraform to no line with a secret in it.

use super::{Attribute, Shape};
use crate::tfplugin::diagnostic::{Path, Step};

impl Path {
    /// The path in a form for which Terraform prints no line with a secret in it.
    ///
    /// Terraform prints all lines of the argument that a path points at, and later versions only the
    /// line of the inner one. Of an object it prints the first line alone when the path leads to a key
    /// that the object does not have.
    #[must_use]
    pub fn outside_secrets(&self, mut attributes: &[Attribute]) -> Self {
        for (depth, step) in self.0.iter().enumerate() {
            let Step::Attribute(name) = step else { continue };
            let Some(attribute) = attributes.iter().find(|known| known.name == *name) else {
                break;
            };
            let Shape::Nested(_, inner) = &attribute.shape else { break };
            let rest = &self.0[depth + 1..];
            let leads_to_secret = match rest.iter().find(|step| matches!(step, Step::Attribute(_)))
            {
                Some(Step::Attribute(next)) => {
                    inner.iter().any(|inner| inner.name == *next && inner.sensitive)
                }
                _ => has_secrets(inner),
            };
            if leads_to_secret {
                return Self(self.0[..=depth].to_vec()).step(Step::Key(String::new()));
            }
            attributes = inner;
        }
        self.clone()
    }
}

fn has_secrets(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.shape {
        _ if attribute.sensitive => true,
        Shape::Nested(_, inner) => has_secrets(inner),
        Shape::Plain(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tfplugin::model::Model;

    model! {
        /// An object with a secret in it.
        struct Account {
            /// Its keys.
            keys: Option<Keys>,
        }
    }

    model! {
        /// Keys.
        struct Keys {
            /// Known to everybody.
            public: String,
            /// Not for the eyes of others.
            private: crate::secret::Secret,
        }
    }

    #[test]
    fn a_path_never_points_at_the_line_of_a_secret_inside_of_an_object() {
        let shown = |path: Path| path.outside_secrets(&Account::attributes()).to_string();
        let keys = Path::attribute("keys");
        assert_eq!(shown(keys.then("public")), "keys.public");
        assert_eq!(shown(keys.then("private")), "keys[\"\"]");
        assert_eq!(shown(keys), "keys[\"\"]");
        assert_eq!(shown(Path::attribute("other").then("private")), "other.private");
    }
}
