//! The block of a resource, argument by argument.

use std::marker::PhantomData;

/// A type of resource.
pub(crate) trait Kind: Clone + std::fmt::Debug {
    /// Its full name.
    const TYPE: &'static str;
}

/// The arguments of a resource.
#[derive(Clone, Debug)]
pub(crate) struct Block<K>(Vec<(String, String)>, PhantomData<K>);

impl<K: Kind> Block<K> {
    /// No arguments.
    pub(crate) fn empty() -> Self {
        Self(Vec::new(), PhantomData)
    }

    /// With a text as the value of an argument.
    pub(crate) fn with(self, name: &str, text: &str) -> Self {
        let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
        self.set(name, &format!("\"{quoted}\""))
    }

    /// With an expression as the value of an argument.
    pub(crate) fn set(mut self, name: &str, expression: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), expression.to_owned()));
        self
    }

    /// Without an argument.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    /// The block as it is written.
    pub(crate) fn text(&self, label: &str) -> String {
        let arguments = self.0.iter().map(|(name, value)| format!("  {name} = {value}\n"));
        let arguments: String = arguments.collect();
        format!("resource {:?} {label:?} {{\n{arguments}}}\n", K::TYPE)
    }
}
