//! The rpc that calls a function. Its errors are not diagnostics: they point at an argument.

use crate::tfplugin::diagnostic::Failure;
use crate::tfplugin::provider::Provider;
use crate::tfplugin::value::Value;
use crate::tfplugin::wire::answer::{self, value, written};
use crate::tfplugin::wire::proto::tfplugin6 as pb;
use crate::tfplugin::wire::trace::About;

use super::Service;

impl<P: Provider> Service<P> {
    pub(super) async fn call(
        &self,
        _connection: u64,
        request: pb::call_function::Request,
    ) -> pb::call_function::Response {
        let name = request.name.clone();
        let work = async { (self.called(&request.name, request.arguments), Vec::new()) };
        let (result, problems) = self.run("CallFunction", About::Function(&name), work).await;
        let result = result.unwrap_or_else(|| {
            let text: String = problems.into_iter().map(|problem| problem.detail).collect();
            Err(error(&text, None))
        });
        match result {
            Ok(value) => {
                let result = Some(written(|sink| sink.value(&value)));
                pb::call_function::Response { result, error: None }
            }
            Err(error) => pb::call_function::Response { result: None, error: Some(error) },
        }
    }

    fn called(
        &self,
        name: &str,
        messages: Vec<pb::DynamicValue>,
    ) -> Result<Value, pb::FunctionError> {
        let error = |text: String, position: Option<usize>| {
            error(&text, position.and_then(|position| i64::try_from(position).ok()))
        };
        let function = self.offer().functions.get(name).ok_or_else(|| {
            let shown: String = name.chars().take(100).collect();
            error(format!("This provider has no function named {shown:?}."), None)
        })?;
        let parameters = function.parameters();
        if messages.len() != parameters.len() {
            return Err(error(format!("{name} takes {} arguments.", parameters.len()), None));
        }
        let mut arguments = Vec::with_capacity(messages.len());
        for (position, (message, parameter)) in messages.into_iter().zip(&parameters).enumerate() {
            let argument =
                value(Some(message), &parameter.shape.ty()).map_err(|Failure(problems)| {
                    let text = problems.into_iter().map(|problem| problem.detail).collect();
                    error(text, Some(position))
                })?;
            if !argument.is_wholly_known() {
                let text = format!("The argument `{}` is not known yet.", parameter.name);
                return Err(error(text, Some(position)));
            }
            arguments.push(argument);
        }
        function.call(arguments).map_err(|fault| self::error(&fault.text, fault.argument))
    }
}

/// The error of a function. Terraform puts the text into a sentence and a full stop behind it.
fn error(text: &str, function_argument: Option<i64>) -> pb::FunctionError {
    let text = answer::text(text);
    let text = text.strip_suffix('.').unwrap_or(&text).to_owned();
    pb::FunctionError { text, function_argument }
}
