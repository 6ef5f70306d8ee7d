//! Answers `GET /supportedimages`.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::error::{CONTENT_TYPE, Problem, usual_code, usual_text};
use super::filter::Filter;
use super::paging::skip_token;
use super::shared_key;
use super::state::{PATH, Page, Query, State};
use crate::shared::{Refusal, Request, lock};
use crate::shared::{Reply, Service};

impl Service for State {
    fn label(&self, request: &Request) -> String {
        let token = skip_token(request);
        let page = token.map_or(Some(1), |t| lock(&self.links).get(&t).map(|p| p.number));
        page.map(|number| format!("page {number}")).unwrap_or_default()
    }

    fn answer(&self, request: &Request) -> Reply {
        let id = uuid::Uuid::new_v4().to_string();
        let reply = match self.list(request) {
            Ok(body) => Reply::new(200)
                .header("content-type", CONTENT_TYPE)
                .header("dataserviceversion", "3.0")
                .header("request-id", id.as_str())
                .body(body.to_string().into_bytes()),
            Err(problem) => problem.reply(&self.base(request), &id),
        };
        let wanted = request.header("return-client-request-id").unwrap_or_default();
        match request.header("client-request-id") {
            Some(client) if wanted.eq_ignore_ascii_case("true") && is_guid(client) => {
                reply.header("client-request-id", client)
            }
            _ => reply,
        }
    }

    fn refusal(
        &self,
        request: &Request,
        status: u16,
        code: Option<&str>,
        text: Option<&str>,
    ) -> Reply {
        let code = code.unwrap_or_else(|| usual_code(status));
        Problem::new(status, code, text.unwrap_or_else(|| usual_text(status)))
            .reply(&self.base(request), &uuid::Uuid::new_v4().to_string())
    }
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        })
}

impl State {
    fn list(&self, request: &Request) -> Result<Value, Problem> {
        if request.path() != PATH {
            let text = "The specified resource does not exist.";
            return Err(Problem::new(404, "ResourceNotFound", text));
        }
        if request.method != "GET" {
            let text = "The resource doesn't support the specified HTTP verb.";
            return Err(Problem::new(405, "UnsupportedHttpVerb", text));
        }
        check_headers(request)?;
        self.authenticate(request)?;
        let query = self.query(request)?;
        let page = match skip_token(request) {
            None => {
                let list = self.selected(query.filter.as_ref()).into();
                Page { number: 1, offset: 0, list, rest: Vec::new() }
            }
            Some(token) => self.continued(&token, request)?,
        };
        let size = query.max_results.unwrap_or(1000).min(*lock(&self.page_size));
        let end = (page.offset + size).min(page.list.len());
        let mut body = json!({
            "odata.metadata": format!("{}/$metadata#supportedimages", self.base(request)),
            "value": page.list[page.offset..end],
        });
        if let Some(link) = self.link(request, &query, &page, end, size) {
            body["odata.nextLink"] = json!(link);
        }
        Ok(body)
    }

    fn selected(&self, filter: Option<&Filter>) -> Vec<Value> {
        let ignore = *lock(&self.ignore_filter);
        let mut items: Vec<Value> = lock(&self.items)
            .iter()
            .filter(|image| ignore || filter.is_none_or(|f| f.accepts(image)))
            .cloned()
            .collect();
        if let Some(seed) = lock(&self.shuffle).as_mut() {
            for last in (1..items.len()).rev() {
                // Knuth's generator; only the order has to look random.
                *seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let pick = usize::try_from(*seed >> 33).unwrap_or_default() % (last + 1);
                items.swap(last, pick);
            }
        }
        items
    }

    fn query(&self, request: &Request) -> Result<Query, Problem> {
        let pairs = request.query();
        for (index, (name, value)) in pairs.iter().enumerate() {
            if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                let reason = "The query parameter is given more than once";
                return Err(Problem::query("InvalidQueryParameterValue", name, value, reason));
            }
        }
        let version = request.query_value("api-version").filter(|v| !v.is_empty());
        let version = version.ok_or_else(|| {
            Problem::new(
                400,
                "MissingRequiredQueryParameter",
                "A query parameter that's mandatory for this request is not specified.",
            )
            .value("QueryParameterName", "api-version")
        })?;
        if !self.versions.contains(&version) {
            return Err(Problem::new(
                400,
                "UnsupportedRequestVersion",
                "The specified api version string is not supported.",
            )
            .value("QueryParameterName", "api-version")
            .value("QueryParameterValue", version));
        }
        let mut query = Query { version, filter: None, max_results: None };
        for (name, value) in &pairs {
            match name.as_str() {
                "api-version" | "$skiptoken" => {}
                "$filter" => {
                    query.filter = Some(Filter::parse(value).map_err(|reason| {
                        Problem::query("InvalidQueryParameterValue", name, value, &reason)
                    })?);
                }
                "maxresults" => {
                    query.max_results =
                        Some(number(name, value, "MaxResults cannot be less than 1", 1000)?);
                }
                // Above 30 the service silently takes 30. Newer versions call it `timeOut`.
                "timeout" | "timeOut" if name == "timeout" || query.version.as_str() >= "2025" => {
                    number(name, value, "Timeout cannot be less than 1", usize::MAX)?;
                }
                _ => {
                    let reason = "The query parameter is not known for this operation";
                    return Err(Problem::query("UnsupportedQueryParameter", name, value, reason));
                }
            }
        }
        Ok(query)
    }

    fn authenticate(&self, request: &Request) -> Result<(), Problem> {
        let Some(authorization) = request.header("authorization") else {
            return Err(Problem::authentication(401, "The Authorization header is missing."));
        };
        let (scheme, credential) = authorization.split_once(' ').unwrap_or((authorization, ""));
        match scheme {
            "SharedKey" => self.check_shared_key(credential, request),
            "Bearer" => self.check_token(credential),
            _ => Err(Problem::new(
                400,
                "InvalidAuthenticationInfo",
                "The authentication information was not provided in the correct format.",
            )),
        }
    }

    fn check_token(&self, token: &str) -> Result<(), Problem> {
        self.tokens.check(token, &self.audiences).map_err(|refusal| {
            let detail = match refusal {
                Refusal::Unknown => "The access token is not valid.".to_owned(),
                Refusal::Revoked => "The access token has been revoked.".to_owned(),
                Refusal::Expired(at) => {
                    format!("The access token expiry UTC time '{}' is earlier than current UTC time.", httpdate::fmt_http_date(at))
                }
                Refusal::WrongAudience(audience) => format!(
                    "The access token has been obtained from wrong audience or resource '{audience}'. It should exactly match (including forward slash) with one of the allowed audiences '{}'",
                    self.audiences.join("', '")
                ),
            };
            Problem::authentication(401, detail)
        })
    }

    fn check_shared_key(&self, credential: &str, request: &Request) -> Result<(), Problem> {
        if !*lock(&self.shared_key_allowed) {
            let detail =
                "The specified type of authentication SharedKey is not allowed for this account.";
            return Err(Problem::authentication(403, detail));
        }
        let Some((account, signature)) = credential.split_once(':') else {
            return Err(Problem::new(
                400,
                "InvalidAuthenticationInfo",
                "The authentication information was not provided in the correct format.",
            ));
        };
        if account != self.account {
            let detail = format!("The account name '{account}' does not belong to this endpoint.");
            return Err(Problem::authentication(403, detail));
        }
        let date = request.header("ocp-date").or_else(|| request.header("date"));
        let date = date.and_then(|d| httpdate::parse_http_date(d).ok());
        let near = date.is_some_and(|date| {
            let now = SystemTime::now();
            let apart = now.duration_since(date).or_else(|_| date.duration_since(now));
            apart.is_ok_and(|apart| apart <= Duration::from_secs(15 * 60))
        });
        if !near {
            let detail = "The Date header in the request is incorrect: a request must arrive within 15 minutes of the time it was created.";
            return Err(Problem::authentication(403, detail));
        }
        let text = shared_key::string_to_sign(&self.account, request);
        if shared_key::matches(&lock(&self.key), &text, signature) {
            return Ok(());
        }
        let shown = text.replace('\n', "\\n");
        let signature = lock(&self.quoted).spell(signature);
        Err(Problem::authentication(
            403,
            format!(
                "The MAC signature found in the HTTP request '{signature}' is not the same as any computed signature. Server used following string to sign: '{shown}'."
            ),
        ))
    }
}

fn check_headers(request: &Request) -> Result<(), Problem> {
    let check = |name: &str, good: &dyn Fn(&str) -> bool| match request.header(name) {
        Some(value) if !good(value) => Err(Problem::header(name, value)),
        _ => Ok(()),
    };
    check("client-request-id", &is_guid)?;
    check("return-client-request-id", &|v| {
        v.eq_ignore_ascii_case("true") || v.eq_ignore_ascii_case("false")
    })?;
    check("ocp-date", &|v| v.ends_with(" GMT") && httpdate::parse_http_date(v).is_ok())
}

fn number(name: &str, value: &str, too_small: &str, max: usize) -> Result<usize, Problem> {
    let Ok(parsed) = value.parse::<i32>() else {
        let reason = "The value is not an integer";
        return Err(Problem::query("InvalidQueryParameterValue", name, value, reason));
    };
    let Some(good) = usize::try_from(parsed).ok().filter(|n| *n >= 1) else {
        return Err(Problem::query("InvalidQueryParameterValue", name, value, too_small));
    };
    if good > max {
        let reason = format!("The value must be between 1 and {max}");
        return Err(Problem::query("OutOfRangeQueryParameterValue", name, value, &reason)
            .value("MinimumAllowed", "1")
            .value("MaximumAllowed", max.to_string()));
    }
    Ok(good)
}
