//! One declaration per attribute: the field, its schema, its documentation, its decoding.
//!
//! A struct inside [`model!`](crate::model!) is all there is to write. The field's Rust type says
//! what Terraform type it has, whether it is required and whether it is secret; its doc comment is
//! the description and the documentation page; `#[tf(...)]` says what a plan does with it. Decoding
//! is validation: a type that cannot hold a bad value needs no validator.

#[macro_use]
mod declare;
mod path;

use super::diagnostic::{Diagnostic, Path};
use super::value::{Object, Sink, Type, Value, get};

/// A Rust type that can hold one attribute.
pub trait Attr: Sized {
    /// Whether the configuration has to give a value.
    const REQUIRED: bool = true;
    /// Whether Terraform hides the value.
    const SENSITIVE: bool = false;
    /// Whether the value is never stored.
    const WRITE_ONLY: bool = false;

    /// The type that the schema states.
    fn shape() -> Shape;

    /// Reads a value. Mistakes go to `problems`, all of them.
    ///
    /// `None` without a problem means that the value is not known yet.
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self>;

    /// Writes the value.
    fn encode(&self, out: &mut dyn Sink);

    /// Whether two values mean the same, however they are spelled.
    fn same(a: &Value, b: &Value) -> bool {
        a == b
    }

    /// Whether a change from `prior` to `planned` only has to be stored, without any call.
    fn adopts(_prior: &Value, _planned: &Value) -> bool {
        false
    }

    /// Reports a value that a configuration must not have, although a state may: what a service
    /// sends is stored unchanged. Called for known values only.
    fn check(_value: &Value, _at: &Path, _problems: &mut Vec<Diagnostic>) {}
}

/// What the schema says about an attribute's type.
#[derive(Clone, Debug)]
pub enum Shape {
    /// One of Terraform's own types.
    Plain(Type),
    /// An object with attributes of the provider, or several of them.
    Nested(Nesting, Vec<Attribute>),
}

/// How many objects a nested attribute holds, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// One.
    Single,
    /// Several, in order.
    List,
}

impl Shape {
    /// The type of the values.
    #[must_use]
    pub fn ty(&self) -> Type {
        match self {
            Self::Plain(ty) => ty.clone(),
            Self::Nested(nesting, attributes) => {
                let object = object_type(attributes);
                match nesting {
                    Nesting::Single => object,
                    Nesting::List => Type::List(Box::new(object)),
                }
            }
        }
    }
}

/// The type of an object with these attributes.
#[must_use]
pub fn object_type(attributes: &[Attribute]) -> Type {
    Type::Object(attributes.iter().map(|a| (a.name, a.shape.ty())).collect())
}

/// What a plan does with an attribute beyond what its Rust type says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types, reason = "they are written as words inside #[tf(...)]")]
pub enum Flag {
    /// A change destroys the object and creates another.
    replace,
    /// The service chooses a value when the configuration does not.
    computed,
    /// The service never returns it: state keeps what the configuration said, and a first value
    /// after an import is only stored.
    create_only,
    /// An output that keeps its value through an update in place.
    stable,
    /// An output that changes only until the object is ready.
    settled,
    /// An input of the provider alone: a change is stored, no call is made.
    state_only,
    /// A value that is used when the configuration does not have one: `default = "NONE"`.
    default,
}

/// One attribute of a schema.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The name users write.
    pub name: &'static str,
    /// The field's doc comment, as rustc gives it.
    pub doc: std::borrow::Cow<'static, str>,
    /// Its type.
    pub shape: Shape,
    /// The configuration has to give a value.
    pub required: bool,
    /// The configuration may give a value.
    pub optional: bool,
    /// The provider may give a value.
    pub computed: bool,
    /// Terraform hides the value.
    pub sensitive: bool,
    /// The value is never stored.
    pub write_only: bool,
    /// What a plan does with it.
    pub flags: &'static [Flag],
    /// See [`Attr::same`].
    pub same: fn(&Value, &Value) -> bool,
    /// See [`Attr::adopts`].
    pub adopts: fn(&Value, &Value) -> bool,
    /// See [`Attr::check`].
    pub check: fn(&Value, &Path, &mut Vec<Diagnostic>),
    /// What is used when the configuration leaves it out.
    pub default: fn() -> Option<Value>,
}

impl Attribute {
    /// Whether a flag was declared.
    #[must_use]
    pub fn has(&self, flag: Flag) -> bool {
        self.flags.contains(&flag)
    }

    /// The description users read: the field's doc comment.
    #[must_use]
    pub fn description(&self) -> String {
        description(&self.doc)
    }

    /// Whether the configuration may or has to give a value.
    #[must_use]
    pub fn is_input(&self) -> bool {
        self.required || self.optional
    }

    /// The attribute as an output: only the provider sets it, and all that is in it.
    #[must_use]
    pub fn into_output(mut self) -> Self {
        (self.required, self.optional, self.computed) = (false, false, true);
        if let Shape::Nested(_, attributes) = &mut self.shape {
            *attributes = std::mem::take(attributes).into_iter().map(Self::into_output).collect();
        }
        self
    }
}

/// A doc comment as prose: rustc puts a space in front of each line.
#[must_use]
pub fn description(doc: &str) -> String {
    let lines = doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// A struct declared with [`model!`](crate::model!).
pub trait Model: Send + Sync + Sized + 'static {
    /// The struct's doc comment.
    const DOC: &'static str;
    /// How many attributes it has.
    const LEN: usize;
    /// Its attributes, in the order of declaration, as inputs.
    fn attributes() -> Vec<Attribute>;
    /// Reads all attributes, taking them out of `object`. All mistakes go to `problems`.
    fn decode_fields(
        object: &mut Object,
        at: &Path,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Self>;
    /// Writes one attribute's value; false when none has that name.
    fn encode_field(&self, name: &str, out: &mut dyn Sink) -> bool;
    /// Writes all attributes as pairs of name and value.
    fn encode_fields(&self, out: &mut dyn Sink);
}

/// The attributes of inputs and outputs as one schema, sorted by name.
///
/// One that is declared in both is an argument that the provider fills in when it is left out, if
/// it may be left out at all.
#[must_use]
pub fn schema<I: Model, O: Model>() -> Vec<Attribute> {
    let mut attributes = I::attributes();
    for output in O::attributes() {
        match attributes.iter_mut().find(|input| input.name == output.name) {
            Some(input) => input.computed |= !input.required,
            None => attributes.push(output.into_output()),
        }
    }
    attributes.sort_by_key(|attribute| attribute.name);
    attributes
}

/// Reads an attribute of `object`. For the code that [`model!`] writes.
#[doc(hidden)]
pub fn decode_field<T: Attr>(
    object: &mut Object,
    name: &'static str,
    default: fn() -> Option<Value>,
    at: &Path,
    problems: &mut Vec<Diagnostic>,
) -> Option<T> {
    let value = object.remove(name).unwrap_or(Value::Null);
    // In the state of an imported object, an argument that may be left out has no value.
    if value.is_null()
        && T::REQUIRED
        && let Some(default) = default()
    {
        return T::decode(default, &at.then(name), problems);
    }
    T::decode(value, &at.then(name), problems)
}

/// Reports a value of the wrong kind, and a missing one, but not an unknown one.
pub(crate) fn unexpected<T>(
    expected: &str,
    found: &Value,
    at: &Path,
    problems: &mut Vec<Diagnostic>,
) -> Option<T> {
    match found {
        Value::Unknown(_) => {}
        Value::Null => problems.push(
            Diagnostic::error(
                format!("Missing `{at}`"),
                format!("The argument `{at}` is required: give it {expected}."),
            )
            .at(at.clone()),
        ),
        other => problems.push(Diagnostic::invalid(
            at,
            format!("`{at}` must be {expected}, found {}.", other.kind()),
        )),
    }
    None
}

/// Two models side by side, for arguments that several types share. The second one describes
/// the type.
impl<A: Model, B: Model> Model for (A, B) {
    const DOC: &'static str = B::DOC;
    const LEN: usize = A::LEN + B::LEN;

    fn attributes() -> Vec<Attribute> {
        let mut attributes = A::attributes();
        attributes.extend(B::attributes());
        attributes
    }

    fn decode_fields(
        object: &mut Object,
        at: &Path,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let first = A::decode_fields(object, at, problems);
        let second = B::decode_fields(object, at, problems);
        Some((first?, second?))
    }

    fn encode_field(&self, name: &str, out: &mut dyn Sink) -> bool {
        self.0.encode_field(name, out) || self.1.encode_field(name, out)
    }

    fn encode_fields(&self, out: &mut dyn Sink) {
        self.0.encode_fields(out);
        self.1.encode_fields(out);
    }
}

impl<M: Model> Attr for M {
    fn shape() -> Shape {
        Shape::Nested(Nesting::Single, M::attributes())
    }

    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        match value {
            Value::Map(mut object) => M::decode_fields(&mut object, at, problems),
            other => unexpected("an object", &other, at, problems),
        }
    }

    fn encode(&self, out: &mut dyn Sink) {
        out.map(M::LEN);
        self.encode_fields(out);
    }

    fn same(a: &Value, b: &Value) -> bool {
        let each = |a: &Object, b: &Object| {
            M::attributes().iter().all(|x| (x.same)(get(a, x.name), get(b, x.name)))
        };
        a == b || matches!((a, b), (Value::Map(a), Value::Map(b)) if each(a, b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    model! {
        /// Arguments.
        struct Inputs {
            /// Has to be given.
            name: String,
            /// May be left out.
            sku: Option<String>,
        }
    }

    model! {
        /// Results.
        struct Outputs {
            /// Has to be given.
            name: String,
            /// May be left out.
            sku: String,
            /// Only a result.
            id: String,
        }
    }

    #[test]
    fn only_what_may_be_left_out_is_filled_in() {
        let attributes = schema::<Inputs, Outputs>();
        let found: Vec<_> =
            attributes.iter().map(|a| (a.name, a.required, a.optional, a.computed)).collect();
        // Terraform refuses a provider with an attribute that is both required and computed.
        let expected =
            [("id", false, false, true), ("name", true, false, false), ("sku", false, true, true)];
        assert_eq!(found, expected);
    }
}
