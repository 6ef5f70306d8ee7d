//! Provider functions: pure, offline, with errors that point at an argument.

use super::diagnostic::{Diagnostic, Path, Step};
use super::model::{Attr, Attribute, Model, Shape, description};
use super::value::{Builder, Object, Value};

/// A function. Its parameters are the fields of a model, in order.
pub trait Function: Send + Sync + 'static {
    /// The name as written after `provider::<provider>::`.
    const NAME: &'static str;
    /// One line.
    const SUMMARY: &'static str;
    /// The parameters. Their doc comment describes the function.
    type Parameters: Model;
    /// What it returns.
    type Returns: Attr;

    /// Computes the result.
    ///
    /// # Errors
    /// A whole sentence, and the name of the parameter at fault if one is.
    fn call(&self, parameters: Self::Parameters) -> Result<Self::Returns, Fault>;
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub text: String,
    /// The position of the argument that is at fault.
    pub argument: Option<i64>,
}

/// A [`Function`] of any type, which is how the protocol holds them.
pub trait AnyFunction: Send + Sync {
    /// The name.
    fn name(&self) -> &'static str;
    /// One line.
    fn summary(&self) -> &'static str;
    /// What it does, at length.
    fn description(&self) -> String;
    /// The parameters in order.
    fn parameters(&self) -> Vec<Attribute>;
    /// What it returns.
    fn returns(&self) -> Shape;
    /// Computes the result.
    ///
    /// # Errors
    /// As [`Function::call`].
    fn call(&self, arguments: Vec<Value>) -> Result<Value, Fault>;
}

impl<F: Function> AnyFunction for F {
    fn name(&self) -> &'static str {
        F::NAME
    }
    fn summary(&self) -> &'static str {
        F::SUMMARY
    }
    fn description(&self) -> String {
        description(F::Parameters::DOC)
    }
    fn parameters(&self) -> Vec<Attribute> {
        F::Parameters::attributes()
    }
    fn returns(&self) -> Shape {
        F::Returns::shape()
    }
    fn call(&self, arguments: Vec<Value>) -> Result<Value, Fault> {
        let parameters = F::Parameters::attributes();
        if arguments.len() != parameters.len() {
            let text = format!("{} takes {} arguments.", F::NAME, parameters.len());
            return Err(Fault { text, argument: None });
        }
        let mut object: Object =
            parameters.iter().map(|p| p.name.to_owned()).zip(arguments).collect();
        let mut problems = Vec::new();
        let decoded = F::Parameters::decode_fields(&mut object, &Path::default(), &mut problems);
        match decoded {
            Some(decoded) => {
                let result = Function::call(self, decoded)?;
                Ok(Builder::build(|sink| result.encode(sink)))
            }
            None => Err(problems.first().map_or_else(
                || Fault { text: "The arguments are not known yet.".to_owned(), argument: None },
                |problem| fault(problem, &parameters),
            )),
        }
    }
}

fn fault(problem: &Diagnostic, parameters: &[Attribute]) -> Fault {
    let argument = match problem.path.0.first() {
        Some(Step::Attribute(name)) => parameters.iter().position(|p| p.name == name),
        _ => None,
    };
    let argument = argument.and_then(|position| i64::try_from(position).ok());
    Fault { text: problem.detail.clone(), argument }
}
