//! A state of another resource type or provider, which a `moved` block gives to a resource.

/// The address of a provider, as far as it is known: OpenTofu sends a bare name in some versions, a
/// mirror has a host of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Vec<String>);

impl Address {
    /// Reads `registry.terraform.io/hashicorp/aws`, `hashicorp/aws` or `aws`, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self(text.split('/').map(str::to_ascii_lowercase).collect())
    }

    /// Whether the provider is called that, by whomever it is published.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        self.0.len() <= 3 && self.0.last().is_some_and(|last| last == name)
    }

    /// Whether it is the provider of that publisher, as far as the address says.
    #[must_use]
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        let by = self.0.iter().rev().nth(1);
        self.is_named(name) && by.is_none_or(|by| by == namespace)
    }
}

/// A state that somebody else has written.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The provider that has written it.
    pub provider: Address,
    /// The type of the resource: `azapi_resource`.
    pub type_name: String,
    /// The attributes, as they are stored.
    pub state: serde_json::Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_recognized_however_much_of_its_address_is_sent() {
        for (text, expected) in [
            ("azapi", true),
            ("azure/azapi", true),
            ("registry.terraform.io/azure/azapi", true),
            ("registry.opentofu.org/Azure/AzAPI", true),
            ("mirror.example:8443/azure/azapi", true),
            ("notazure/azapi", false),
            ("x/azapi/azure", false),
            ("a/b/azure/azapi", false),
            ("azure/azapi/", false),
            ("", false),
        ] {
            assert_eq!(Address::parse(text).is("azure", "azapi"), expected, "{text}");
        }
        assert!(Address::parse("mirror.example/fork/azapi").is_named("azapi"));
        assert!(!Address::parse("mirror.example/azapi/other").is_named("azapi"));
    }
}
