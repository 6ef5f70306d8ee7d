//! One look at an operation's address, or at the resource, and what it means.

use reqwest::{Method, Url};
use serde_json::Value;

use super::{ABSENT, LAG, MISSING, STALE, Step, Wait};
use crate::cloud::azure::arm::client::{Call, RequestClass};
use crate::cloud::azure::arm::error::{self, Reason, add, of_reasons, reasons};
use crate::cloud::azure::arm::operation::{Change, watched};
use crate::cloud::azure::arm::resource::{State, provisioning_state, status_error, text};
use crate::cloud::http::{Response, is_transient};
use crate::cloud::{Error, Kind, Result};

impl<'a> Wait<'a> {
    pub(super) async fn look_at_operation(
        &mut self,
        address: &str,
        is_status: bool,
    ) -> Result<Step> {
        let Ok(url) = self.arm.given(address, &self.operation.api_version) else {
            // Kept by a process with another endpoint.
            return Ok(Step::Resource);
        };
        let call = self.call(url);
        let response = match self.arm.send(&call, RequestClass::Look, self.deadline).await {
            Ok(response) => response,
            Err(error) => return self.unreadable(error),
        };
        match response.status.as_u16() {
            _ if is_transient(response.status) => Ok(self.put_off(&call, &response)),
            401 => Err(self.arm.error(&call, &response)),
            404 if self.operation.change == Change::Delete => Ok(Step::Resource),
            404 if self.missing + 1 < MISSING => {
                self.missing += 1;
                Ok(Step::Running(response.retry_after()))
            }
            200..=299 => self.read_state(&call, &response, is_status).await,
            // It answers as the change itself would have.
            400 | 402 | 405..=499 if !is_status => {
                let reasons = reasons(&document(&response).unwrap_or_default());
                Err(self.failure(&call, &response, reasons, "refused").await)
            }
            status => {
                let operation = self.operation.name;
                tracing::info!(
                    operation,
                    status,
                    "no state to be read there; watching the resource"
                );
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
        let body = document(response).unwrap_or_default();
        let word = text(body.get("status")).or_else(|| provisioning_state(&body));
        let state = match (word, response.status.as_u16()) {
            (Some(word), _) => State::of(Some(word)),
            (None, _) if error::is_error_only(&body) => State::Failed,
            (None, 202) => State::Running,
            (None, _) => State::Succeeded,
        };
        match state {
            State::Succeeded => Ok(Step::Resource),
            State::Failed => {
                let mut found = reasons(&body);
                let nested = body.get("operations").and_then(Value::as_array);
                for one in nested.into_iter().flatten() {
                    reasons(one).into_iter().for_each(|reason| add(&mut found, reason));
                }
                Err(self.failure(call, response, found, word.unwrap_or("Failed")).await)
            }
            State::Running => {
                // Beside a status, a Location only says where the result will be.
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

    pub(super) async fn look_at_resource(&mut self) -> Result<Step> {
        let call = self.call_resource();
        let response = match self.arm.send(&call, RequestClass::Look, self.deadline).await {
            Ok(response) => response,
            Err(error) => return self.unreadable(error),
        };
        let asked = response.retry_after();
        match response.status.as_u16() {
            _ if is_transient(response.status) => Ok(self.put_off(&call, &response)),
            200 => {
                let resource = self.arm.document(&call, &response)?;
                (self.on_look)(&resource);
                self.judge(&call, &response, resource)
            }
            404 => {
                let error = self.arm.error(&call, &response);
                let is_gone = error.kind == Kind::NotFound;
                if is_gone && self.operation.change == Change::Delete {
                    return Ok(Step::Over(None));
                }
                self.absent += 1;
                if !is_gone || self.absent >= ABSENT {
                    return Err(error);
                }
                let pause = LAG.min(self.arm.polling_interval());
                Ok(Step::Running(Some(asked.unwrap_or(pause))))
            }
            _ => Err(self.arm.error(&call, &response)),
        }
    }

    /// Decides by the resource.
    fn judge(&mut self, call: &Call<'a>, response: &Response, resource: Value) -> Result<Step> {
        let asked = response.retry_after();
        let word = provisioning_state(&resource);
        let is_deletion = self.operation.change == Change::Delete;
        match State::of(word) {
            State::Succeeded if is_deletion => Ok(Step::Running(asked)),
            State::Succeeded => Ok(Step::Over(Some(resource))),
            State::Running => {
                self.was_running = true;
                Ok(Step::Running(asked))
            }
            State::Failed if is_deletion && !self.was_running && self.stale < STALE => {
                self.stale += 1;
                Ok(Step::Running(asked))
            }
            State::Failed => {
                let mut found = reasons_of(&resource);
                if error::is_error_only(&resource) {
                    found = reasons(&resource);
                }
                Err(self.error(call, response, &found, word.unwrap_or("Failed")))
            }
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

    fn error(&self, call: &Call<'_>, response: &Response, found: &[Reason], word: &str) -> Error {
        let mut error = of_reasons(Kind::Failed, call.operation, found);
        if error.message.is_empty() {
            error.message =
                format!("the operation ended as {word}, and the service does not say why");
        }
        self.arm.traced(call, response, error)
    }

    /// The resource, if it can be had without ado.
    async fn peek(&mut self) -> Option<Value> {
        let call = self.call_resource();
        let resource = self.arm.read(&call, RequestClass::Look, self.deadline).await.ok()?;
        (self.on_look)(&resource);
        Some(resource)
    }

    /// Nothing was learnt. The operation goes on all the same.
    fn unreadable(&mut self, error: Error) -> Result<Step> {
        match error.kind {
            Kind::Unavailable | Kind::Throttled => {
                tracing::debug!(
                    operation = error.operation,
                    "looking again later: {}",
                    error.message
                );
                self.trouble = Some(error.message);
                Ok(Step::Running(None))
            }
            _ => Err(error),
        }
    }

    fn put_off(&mut self, call: &Call<'_>, response: &Response) -> Step {
        let error = self.arm.error(call, response);
        tracing::debug!(operation = error.operation, "looking again later: {}", error.message);
        self.trouble = Some(error.message);
        Step::Running(response.retry_after())
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
    serde_json::from_slice(response.json()).ok()
}

/// What a resource says about its own failure.
fn reasons_of(resource: &Value) -> Vec<Reason> {
    let (code, message) = status_error(resource);
    let (code, message) = (code.map(str::to_owned), message.map(str::to_owned));
    let mut found = Vec::new();
    add(&mut found, Reason { code, message, target: None });
    found
}
