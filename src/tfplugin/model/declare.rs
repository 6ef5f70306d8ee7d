//! The macro that declares models.

/// Declares a struct whose fields are Terraform attributes.
///
/// A field's type gives the attribute's type and whether it is required, its doc comment the
/// description, and `#[tf(...)]` its flags; `#[tf(default = ...)]` what is used when the
/// configuration leaves it out, which makes it optional.
#[macro_export]
macro_rules! model {
    (
        $(#[doc = $model_doc:literal])*
        $(#[derive($($derive:ident),* $(,)?)])?
        $vis:vis struct $Model:ident {
            $(
                $(#[doc = $doc:literal])*
                $(#[tf($($flag:ident $(= $default:expr)?),+)])?
                $field_vis:vis $name:ident: $ty:ty
            ),* $(,)?
        }
    ) => {
        $(#[doc = $model_doc])*
        $(#[derive($($derive),*)])?
        $vis struct $Model { $( $(#[doc = $doc])* $field_vis $name: $ty, )* }

        #[allow(unused_variables, unused_imports, unreachable_code, reason = "a model may have no fields")]
        impl $crate::tfplugin::model::Model for $Model {
            const DOC: &'static str = concat!($($model_doc, "\n"),*);
            const LEN: usize = { const NAMES: &[&str] = &[$(stringify!($name)),*]; NAMES.len() };

            fn attributes() -> Vec<$crate::tfplugin::model::Attribute> {
                use $crate::tfplugin::model::{Attr, Attribute, Flag};
                vec![$({
                    const FLAGS: &[Flag] = &[$($(Flag::$flag),+)?];
                    let default = $crate::model!(@default $($($($default)?)+)?);
                    let required = <$ty as Attr>::REQUIRED && default().is_none();
                    let chosen = FLAGS.contains(&Flag::computed) || default().is_some();
                    Attribute {
                        name: stringify!($name),
                        doc: std::borrow::Cow::Borrowed(concat!($($doc, "\n"),*)),
                        shape: <$ty as Attr>::shape(),
                        required,
                        optional: !required,
                        // Terraform refuses a provider where one of the others is set as well.
                        computed: chosen && !required && !<$ty as Attr>::WRITE_ONLY,
                        sensitive: <$ty as Attr>::SENSITIVE,
                        write_only: <$ty as Attr>::WRITE_ONLY,
                        flags: FLAGS,
                        same: <$ty as Attr>::same,
                        adopts: <$ty as Attr>::adopts,
                        check: <$ty as Attr>::check,
                        default,
                    }
                }),*]
            }

            // Every field is tried before the first failure returns, so that one run shows all
            // the mistakes.
            fn decode_fields(
                object: &mut $crate::tfplugin::value::Object,
                at: &$crate::tfplugin::diagnostic::Path,
                problems: &mut Vec<$crate::tfplugin::diagnostic::Diagnostic>,
            ) -> Option<Self> {
                use $crate::tfplugin::model::decode_field;
                $(
                    let default = $crate::model!(@default $($($($default)?)+)?);
                    let $name = decode_field(object, stringify!($name), default, at, problems);
                )*
                Some(Self { $( $name: $name? ),* })
            }

            fn encode_field(&self, name: &str, out: &mut dyn $crate::tfplugin::value::Sink) -> bool {
                match name {
                    $( stringify!($name) => $crate::tfplugin::model::Attr::encode(&self.$name, out), )*
                    _ => return false,
                }
                true
            }

            fn encode_fields(&self, out: &mut dyn $crate::tfplugin::value::Sink) {
                $(
                    out.key(stringify!($name));
                    $crate::tfplugin::model::Attr::encode(&self.$name, out);
                )*
            }
        }
    };
    // What is used when the configuration leaves an attribute out.
    (@default) => {{
        fn none() -> Option<$crate::tfplugin::value::Value> {
            None
        }
        none as fn() -> Option<$crate::tfplugin::value::Value>
    }};
    (@default $default:expr) => {{
        fn some() -> Option<$crate::tfplugin::value::Value> {
            Some($crate::tfplugin::value::Value::from($default))
        }
        some as fn() -> Option<$crate::tfplugin::value::Value>
    }};
}
