//! Schemas as Terraform's messages.

use serde_json::json;

use crate::tfplugin::function::AnyFunction;
use crate::tfplugin::model::{Attribute, Nesting, Shape};
use crate::tfplugin::value::Type;

use super::proto::tfplugin6 as pb;

/// A type in the JSON form of Terraform's type system.
#[must_use]
pub fn type_json(ty: &Type) -> serde_json::Value {
    match ty {
        Type::Bool => json!("bool"),
        Type::Number => json!("number"),
        Type::String => json!("string"),
        Type::List(element) => json!(["list", type_json(element)]),
        Type::Set(element) => json!(["set", type_json(element)]),
        Type::Map(element) => json!(["map", type_json(element)]),
        Type::Object(attributes) => {
            let attributes: serde_json::Map<_, _> =
                attributes.iter().map(|(name, ty)| ((*name).to_owned(), type_json(ty))).collect();
            json!(["object", attributes])
        }
    }
}

fn type_bytes(ty: &Type) -> Vec<u8> {
    type_json(ty).to_string().into_bytes()
}

/// A schema with these attributes.
#[must_use]
pub fn schema(version: i64, description: String, attributes: &[Attribute]) -> pb::Schema {
    pb::Schema {
        version,
        block: Some(pb::schema::Block {
            version,
            attributes: attributes.iter().map(attribute).collect(),
            description,
            description_kind: pb::StringKind::Markdown.into(),
            ..Default::default()
        }),
    }
}

fn attribute(attribute: &Attribute) -> pb::schema::Attribute {
    let (ty, nested_type) = match &attribute.shape {
        Shape::Plain(ty) => (type_bytes(ty), None),
        Shape::Nested(nesting, attributes) => (Vec::new(), Some(object(*nesting, attributes))),
    };
    pb::schema::Attribute {
        name: attribute.name.to_owned(),
        r#type: ty,
        nested_type,
        description: attribute.description(),
        required: attribute.required,
        optional: attribute.optional,
        computed: attribute.computed,
        sensitive: attribute.sensitive,
        write_only: attribute.write_only,
        description_kind: pb::StringKind::Markdown.into(),
        ..Default::default()
    }
}

fn object(nesting: Nesting, attributes: &[Attribute]) -> pb::schema::Object {
    let nesting = match nesting {
        Nesting::Single => pb::schema::object::NestingMode::Single,
        Nesting::List => pb::schema::object::NestingMode::List,
    };
    pb::schema::Object {
        attributes: attributes.iter().map(attribute).collect(),
        nesting: nesting.into(),
        ..Default::default()
    }
}

/// A function's signature.
#[must_use]
pub fn function(function: &dyn AnyFunction) -> pb::Function {
    let parameter = |parameter: &Attribute| pb::function::Parameter {
        name: parameter.name.to_owned(),
        r#type: type_bytes(&parameter.shape.ty()),
        allow_null_value: !parameter.required,
        allow_unknown_values: false,
        description: parameter.description(),
        description_kind: pb::StringKind::Markdown.into(),
    };
    pb::Function {
        parameters: function.parameters().iter().map(parameter).collect(),
        variadic_parameter: None,
        r#return: Some(pb::function::Return { r#type: type_bytes(&function.returns().ty()) }),
        summary: function.summary().to_owned(),
        description: function.description(),
        description_kind: pb::StringKind::Markdown.into(),
        deprecation_message: String::new(),
    }
}

/// The schema of an identity.
#[must_use]
pub fn identity(attributes: &[Attribute]) -> pb::ResourceIdentitySchema {
    let attribute = |attribute: &Attribute| pb::resource_identity_schema::IdentityAttribute {
        name: attribute.name.to_owned(),
        r#type: type_bytes(&attribute.shape.ty()),
        required_for_import: attribute.required,
        optional_for_import: attribute.optional,
        description: attribute.description(),
    };
    pb::ResourceIdentitySchema {
        version: 0,
        identity_attributes: attributes.iter().map(attribute).collect(),
    }
}
