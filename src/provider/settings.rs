//! How the arguments of the provider block are read: from the configuration, or else from the
//! environment.
//!
//! An argument is one line of `settings!`: its type, its environment variables, and a doc comment
//! for users. Everything that is wrong or missing is reported at once.

use std::sync::Arc;

use crate::secret::Secret;
use crate::tfplugin::attr::{Setting, Text, Verbatim};
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Path, Result};
use crate::tfplugin::model::{Attr, Shape};
use crate::tfplugin::string_enum::{CaseInsensitive, StringEnum};
use crate::tfplugin::value::{Builder, Number, Type, Value};

/// How an environment variable is read.
pub(crate) type Environment =
    Arc<dyn Fn(&str) -> std::result::Result<String, std::env::VarError> + Send + Sync>;

/// Declares the argument of a cloud: each of its arguments with its environment variables, of which
/// the first that is set counts when the argument is null.
///
/// For each argument there is a method of its name that reads it. With `fills`, those of the first
/// block become the fields of that struct.
macro_rules! settings {
    (
        $(#[doc = $model_doc:literal])*
        $vis:vis struct $Model:ident as $cloud:literal $(fills $Target:path)? {
            $( $(#[doc = $doc:literal])* $name:ident: $ty:ty = [$($variable:literal),*]; )*
        }
        $(and {
            $( $(#[doc = $more_doc:literal])* $more:ident: $more_ty:ty = [$($more_variable:literal),*]; )*
        })?
    ) => {
        model! {
            $(#[doc = $model_doc])*
            #[derive(Clone, Debug, Default, PartialEq)]
            $vis struct $Model {
                $( $(#[doc = $doc])* pub $name: $crate::tfplugin::attr::Setting<$ty>, )*
                $($( $(#[doc = $more_doc])* pub $more: $crate::tfplugin::attr::Setting<$more_ty>, )*)?
            }
        }

        #[allow(dead_code, reason = "not every argument is read by itself")]
        impl $Model {
            /// The environment variables of each argument.
            pub(crate) const VARIABLES: &'static [(&'static str, &'static [&'static str])] = &[
                $( (stringify!($name), &[$($variable),*]), )*
                $($( (stringify!($more), &[$($more_variable),*]), )*)?
            ];

            settings!(@read $cloud $($name: $ty = [$($variable),*];)*);
            $( settings!(@read $cloud $($more: $more_ty = [$($more_variable),*];)*); )?
        }

        settings!(@fill $Model [$($Target)?] $($name)*);
    };
    (@read $cloud:literal $($name:ident: $ty:ty = [$($variable:literal),*];)*) => {$(
        pub(crate) fn $name(
            &self,
            env: &$crate::provider::settings::Environment,
        ) -> $crate::tfplugin::diagnostic::Result<Option<$ty>> {
            let place = ($cloud, stringify!($name));
            $crate::provider::settings::resolve(&self.$name, place, &[$($variable),*], env)
        }
    )*};
    (@fill $Model:ident [] $($name:ident)*) => {};
    (@fill $Model:ident [$Target:path] $($name:ident)*) => {
        impl $Model {
            /// What the client takes. All mistakes are reported.
            pub(crate) fn fill(
                &self,
                env: &$crate::provider::settings::Environment,
            ) -> $crate::tfplugin::diagnostic::Result<$Target> {
                let mut target = <$Target>::default();
                let mut problems = Vec::new();
                $(
                    match self.$name(env) {
                        Ok(value) => {
                            target.$name = value.map($crate::provider::settings::Plain::plain);
                        }
                        Err($crate::tfplugin::diagnostic::Failure(found)) => problems.extend(found),
                    }
                )*
                if problems.is_empty() { Ok(target) } else { Err(problems.into()) }
            }
        }
    };
}

/// A value as a client takes it, without the spelling in the configuration.
pub(crate) trait Plain {
    /// What the client takes.
    type Plain;
    /// The value.
    fn plain(self) -> Self::Plain;
}

impl Plain for String {
    type Plain = Self;
    fn plain(self) -> Self {
        self
    }
}

impl Plain for Secret {
    type Plain = Self;
    fn plain(self) -> Self {
        self
    }
}

impl Plain for bool {
    type Plain = Self;
    fn plain(self) -> Self {
        self
    }
}

impl<T: Text> Plain for Verbatim<T> {
    type Plain = String;
    fn plain(self) -> String {
        self.text().to_owned()
    }
}

impl<W: StringEnum> Plain for CaseInsensitive<W> {
    type Plain = String;
    fn plain(self) -> String {
        self.as_str().to_owned()
    }
}

/// The value of an argument, or else of the first of its variables that is set. Blank variables
/// count as unset. For the code that `settings!` writes.
pub(crate) fn resolve<T: Attr + Clone>(
    argument: &Setting<T>,
    (cloud, name): (&'static str, &'static str),
    variables: &[&'static str],
    env: &Environment,
) -> Result<Option<T>> {
    match argument {
        Setting::Set(value) => return Ok(Some(value.clone())),
        Setting::Unknown => return Err(unknown(cloud, name)),
        Setting::Null => {}
    }
    let at = path(cloud, name);
    for variable in variables {
        let wrong = |why: &str| invalid(cloud, name, variable, why);
        let text = match env(variable) {
            Ok(text) if text.trim().is_empty() => continue,
            Err(std::env::VarError::NotPresent) => continue,
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(wrong("is not valid UTF-8").into());
            }
            Ok(text) => text,
        };
        let value = read::<T>(&text).map_err(|why| wrong(&why))?;
        let mut problems = Vec::new();
        if let Some(decoded) = T::decode(value, &at, &mut problems) {
            return Ok(Some(decoded));
        }
        for problem in &mut problems {
            problem.detail = format!("{variable}: {}", problem.detail);
            problem.path = Path::attribute(cloud);
        }
        return Err(problems.into());
    }
    Ok(None)
}

/// Refuses variables that cannot be read as text: they must not pass for unset.
pub(crate) fn readable(
    cloud: &'static str,
    variables: &[(&'static str, &[&'static str])],
    env: &Environment,
) -> Result<()> {
    let mut problems: Vec<Diagnostic> = Vec::new();
    for (name, variables) in variables {
        for variable in *variables {
            if let Err(std::env::VarError::NotUnicode(_)) = env(variable) {
                problems.push(invalid(cloud, name, variable, "is not valid UTF-8"));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

fn invalid(cloud: &'static str, name: &'static str, variable: &str, why: &str) -> Diagnostic {
    let detail = format!("The environment variable {variable} {why}.");
    let summary = format!("Invalid value for `{}`", path(cloud, name));
    Diagnostic::error(summary, detail).at(Path::attribute(cloud))
}

/// The text of a variable as a value of the type that the argument has.
fn read<T: Attr>(text: &str) -> std::result::Result<Value, String> {
    match T::shape() {
        Shape::Plain(Type::Bool) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(Value::Bool(true)),
            "false" | "0" => Ok(Value::Bool(false)),
            _ => Err(format!("is {text:?}, which is neither true nor false")),
        },
        Shape::Plain(Type::Number) => match Number::parse(text.trim()) {
            Ok(number) => Ok(Value::Number(number)),
            Err(_) => Err(format!("is {text:?}, which is not a number")),
        },
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// Both, or all errors of either.
pub(crate) fn both<A, B>(one: Result<A>, other: Result<B>) -> Result<(A, B)> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(Failure(mut problems)), Err(Failure(mut more))) => {
            more.retain(|new| !problems.contains(new));
            problems.extend(more);
            Err(problems.into())
        }
        (Err(problems), _) | (_, Err(problems)) => Err(problems),
    }
}

/// Both, or one message about everything that is missing, for users without any configuration.
pub(crate) fn together<A, B>(one: Result<A>, other: Result<B>) -> Result<(A, B)> {
    match (one, other) {
        (Err(Failure(mut problems)), Err(Failure(mut more))) => {
            more.retain(|also| !problems.contains(also));
            if let Some(last) = problems.last_mut() {
                for also in more {
                    last.detail = format!("{}\n\n{}: {}", last.detail, also.summary, also.detail);
                }
            }
            Err(problems.into())
        }
        (one, other) => both(one, other),
    }
}

/// The error for an argument that is needed now but not known yet. `*` stands for all
/// arguments of the cloud.
pub(crate) fn unknown(cloud: &'static str, name: &str) -> Failure {
    let argument = if name == "*" { cloud.to_owned() } else { format!("{cloud}.{name}") };
    Diagnostic::error(
        "Provider configuration not known yet",
        format!(
            "`{argument}` depends on a resource that has not been applied yet, but is needed \
             now. Apply that resource first (terraform apply -target=...), or write the value \
             into the configuration."
        ),
    )
    .deferrable()
    .into()
}

/// What a configuration waits for that is not wholly known. What else is wrong with it may turn out
/// to be right.
pub(crate) fn awaited(checked: Result<()>, cloud: &'static str) -> Failure {
    let mut problems = checked.err().map_or(Vec::new(), |Failure(problems)| problems);
    problems.retain(|problem| problem.is_deferrable);
    if problems.is_empty() { unknown(cloud, "*") } else { problems.into() }
}

/// The arguments of a cloud, as far as any are given.
pub(crate) fn given<M: Clone + Default>(config: &Setting<M>, cloud: &'static str) -> Result<M> {
    match config {
        Setting::Set(config) => Ok(config.clone()),
        Setting::Null => Ok(M::default()),
        Setting::Unknown => Err(unknown(cloud, "*")),
    }
}

/// Whether nothing about a cloud depends on what is not known yet.
pub(crate) fn is_known<M: Attr>(config: &Setting<M>) -> bool {
    match config {
        Setting::Unknown => false,
        Setting::Null => true,
        Setting::Set(config) => Builder::build(|sink| config.encode(sink)).is_wholly_known(),
    }
}

/// An argument with its environment variables: `azure.tenant_id` (ARM_TENANT_ID).
pub(crate) fn argument(
    cloud: &str,
    name: &str,
    variables: &[(&'static str, &'static [&'static str])],
) -> String {
    match variables.iter().find(|(known, _)| *known == name) {
        Some((_, variables)) if !variables.is_empty() => {
            format!("`{cloud}.{name}` ({})", variables.join(", "))
        }
        _ => format!("`{cloud}.{name}`"),
    }
}

/// The path of an argument of a cloud.
pub(crate) fn path(cloud: &'static str, name: &'static str) -> Path {
    Path::attribute(cloud).then(name)
}

/// Several words in a sentence.
pub(crate) fn in_words(words: &[&str]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        words => words.concat(),
    }
}

/// Text with a capital letter and a full stop. A file name at its start is not changed.
pub(crate) fn sentence(text: &str) -> String {
    let word = text.split_whitespace().next().unwrap_or_default();
    let mut letters = text.chars();
    let first = letters.next().filter(|_| word.chars().all(char::is_alphabetic));
    let text = match first {
        Some(first) => format!("{}{}", first.to_uppercase(), letters.as_str()),
        None => text.to_owned(),
    };
    if text.ends_with('.') { text } else { format!("{text}.") }
}

#[cfg(test)]
mod tests;
