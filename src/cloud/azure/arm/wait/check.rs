//! One status check, at an operation's address or at the resource, and what it means.

use reqwest::{Method, Url};
use serde_json::Value;

use super::{ABSENT, GONE, GONE_PAUSE, LAG, MISSING, Step, Wait};
use crate::cloud::azure::arm::client::{Call, RequestClass};
use crate::cloud::azure::arm::error::{self, Reason, add, of_reasons, reasons};
use crate::cloud::azure::arm::operation::{Change, address_of, watched};
use crate::cloud::azure::arm::resource::{State, provisioning_state, status_error};
use crate::cloud::http::{Response, is_transient};
use crate::cloud::json::text;
use crate::cloud::{Error, Kind, Result};

impl<'a> Wait<'a> {
    pub(super) async fn check_operation(&mut self, address: &str, is_status: bool) -> Result<Step> {
        let Ok(url) = address_of(self.arm, address, &self.operation.api_version) else {
            // Kept by a process with another endpoint.
            return Ok(Step::Resource);
        };
        let call = self.call(url);
        let response = match self.arm.send(&call, RequestClass::Poll, self.deadline).await {
            Ok(response) => response,
            Err(error) => return Ok(Step::Unreadable(error, None)),
        };
        match response.status.as_u16() {
            401 => Ok(self.unreadable(&call, &response)),
            _ if is_transient(response.status) => Ok(self.unreadable(&call, &response)),
            404 if self.operation.change == Change::Delete => Ok(Step::Resource),
            404 if self.missing + 1 < MISSING => {
                self.missing += 1;
                Ok(Step::Running(response.retry_after()))
            }
            200..=299 => self.read_state(&call, &response, is_status).await,
            // It responds as the change itself would have.
            400 | 402 | 405..=499 if !is_status && is_service_error(&response) => {
                let reasons = reasons(&document(&response).unwrap_or_default());
                Err(self.failure(&call, &response, reasons, "refused").await)
            }
            // The resource does not tell whether a change in place was made.
            status if status != 403 && self.operation.change == Change::Patch => {
                Ok(self.unreadable(&call, &response))
            }
            status => {
                let said = self.arm.error(&call, &response);
                tracing::info!(
                    operation = self.operation.name,
                    status,
                    "no state can be read there, watching the resource: {}",
                    said.message
                );
                self.refused = Some(said.described());
                Ok(Step::Resource)
            }
        }
    }

    async fn read_state(
        &mut self,
        call: &Call<'a>,
        response: &Response,
        is_status: bool,
    ) -> Result<Step> {
        let body = match document(response) {
            Some(body) => body,
            None if response.body.is_empty() => Value::default(),
            // The page of a gateway says nothing.
            None => return Ok(self.unreadable(call, response)),
        };
        self.refused = None;
        let word = text(body.get("status")).or_else(|| provisioning_state(&body));
        let state = match (word, response.status.as_u16()) {
            (Some(word), _) => State::of(Some(word)),
            (None, _) if error::is_error_only(&body) => State::Failed,
            (None, 202) => State::Running,
            (None, _) if is_status && self.operation.change == Change::Patch => {
                return Ok(self.unreadable(call, response));
            }
            (None, _) => State::Succeeded,
        };
        match state {
            State::Succeeded => {
                self.succeeded = word.is_some();
                Ok(Step::Resource)
            }
            State::Failed => {
                let mut found = reasons(&body);
                let nested = body.get("operations").and_then(Value::as_array);
                for one in nested.into_iter().flatten() {
                    reasons(one).into_iter().for_each(|reason| add(&mut found, reason));
                }
                Err(self.failure(call, response, found, word.unwrap_or("Failed")).await)
            }
            State::Running => {
                // With a status, a Location only says where the result will be.
                let is_new = response.header("azure-asyncoperation").is_some()
                    || !(is_status && word.is_some());
                let version = &self.operation.api_version;
                if let Some(watch) = watched(self.arm, response, call, version).filter(|_| is_new) {
                    self.watch = watch;
                }
                if self.operation.change == Change::Put {
                    self.peek().await;
                }
                Ok(Step::Running(response.retry_after()))
            }
        }
    }

    pub(super) async fn check_resource(&mut self) -> Result<Step> {
        let call = self.call_resource();
        let response = match self.arm.send(&call, RequestClass::Poll, self.deadline).await {
            Ok(response) => response,
            Err(error) => return Ok(Step::Unreadable(error, None)),
        };
        let asked = response.retry_after();
        match response.status.as_u16() {
            200 => match self.arm.resource(&call, &response) {
                Ok(resource) => {
                    (self.absent, self.gone) = (0, 0);
                    self.saw(&resource);
                    self.judge(&call, &response, resource)
                }
                Err(error) => Ok(Step::Unreadable(error, asked)),
            },
            404 => {
                let error = self.arm.error(&call, &response);
                if error.kind != Kind::NotFound {
                    return Ok(Step::Unreadable(error, asked));
                }
                let every = self.arm.polling_interval();
                if self.operation.change == Change::Delete {
                    self.gone += 1;
                    return Ok(match self.gone {
                        GONE.. => Step::Over(None),
                        _ => Step::Running(Some(GONE_PAUSE.min(every))),
                    });
                }
                self.absent += 1;
                if self.absent >= ABSENT {
                    return Err(error);
                }
                Ok(Step::Running(Some(asked.unwrap_or(LAG.min(every)))))
            }
            _ => Ok(self.unreadable(&call, &response)),
        }
    }

    /// The error of an operation that failed, with what the resource says about it.
    async fn failure(
        &mut self,
        call: &Call<'a>,
        response: &Response,
        mut found: Vec<Reason>,
        word: &str,
    ) -> Error {
        let says_why = self.operation.change != Change::Delete || found.is_empty();
        if says_why && let Some(resource) = self.peek().await {
            reasons_of(&resource).into_iter().for_each(|reason| add(&mut found, reason));
        }
        self.error(call, response, &found, word)
    }

    pub(super) fn error(
        &self,
        call: &Call<'_>,
        response: &Response,
        found: &[Reason],
        word: &str,
    ) -> Error {
        let mut error = of_reasons(Kind::Failed, call.operation, found);
        if error.message.is_empty() {
            error.message =
                format!("the operation ended as {word}, and the service does not say why");
        }
        self.arm.traced(call, response, error)
    }

    /// The resource, if it can be read at once.
    async fn peek(&mut self) -> Option<Value> {
        let call = self.call_resource();
        let read = self.arm.read_resource(&call, RequestClass::Poll, self.deadline).await;
        let resource = read.ok()?;
        self.saw(&resource);
        Some(resource)
    }

    fn unreadable(&self, call: &Call<'_>, response: &Response) -> Step {
        Step::Unreadable(self.arm.error(call, response), response.retry_after())
    }

    pub(super) fn call_resource(&self) -> Call<'a> {
        let operation = self.operation;
        self.call(self.arm.url(&operation.resource, &operation.api_version))
    }

    fn call(&self, url: Url) -> Call<'a> {
        let operation = self.operation;
        Call {
            operation: operation.name,
            method: Method::GET,
            url,
            body: None,
            correlation: &operation.correlation,
            resource: &operation.resource,
        }
    }
}

fn document(response: &Response) -> Option<Value> {
    serde_json::from_slice(response.json()).ok().filter(Value::is_object)
}

fn is_service_error(response: &Response) -> bool {
    document(response).is_some_and(|document| error::is_service_error(&document))
}

/// What a resource says about its own failure.
pub(super) fn reasons_of(resource: &Value) -> Vec<Reason> {
    let (code, message) = status_error(resource);
    let (code, message) = (code.map(str::to_owned), message.map(str::to_owned));
    let mut found = Vec::new();
    add(&mut found, Reason { code, message, target: None });
    found
}
