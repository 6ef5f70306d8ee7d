//! The pages of a list, and the links from one to the next.

use super::error::Problem;
use super::next_link::NextLink;
use super::state::{PATH, Page, Query, State};
use crate::shared::{Request, decode, lock, raw_pairs};

/// The continuation token. The link has some of its characters encoded and others not; clients
/// send it back as it is, or take the query apart and encode all of it.
pub(crate) fn skip_token(request: &Request) -> Option<String> {
    request.query_value("$skiptoken")
}

/// What a link has beside its token and the api-version, which clients set to their own.
fn rest_of_link(query: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut rest = query;
    rest.retain(|(name, _)| !["$skiptoken", "api-version"].contains(&name.as_str()));
    rest.sort();
    rest
}

impl State {
    /// The page that a link leads to, which has to come back as a whole.
    pub(crate) fn continued(&self, token: &str, request: &Request) -> Result<Page, Problem> {
        let refuse =
            |reason| Problem::query("InvalidQueryParameterValue", "$skiptoken", token, reason);
        let page = lock(&self.links)
            .get(token)
            .cloned()
            .ok_or_else(|| refuse("The continuation token was not issued by this account"))?;
        if rest_of_link(request.query()) == page.rest {
            Ok(page)
        } else {
            Err(refuse("The continuation token belongs to a link with other parameters"))
        }
    }

    /// The link to the page after `page`, which ends at `end`.
    pub(crate) fn link(
        &self,
        request: &Request,
        query: &Query,
        page: &Page,
        end: usize,
        size: usize,
    ) -> Option<String> {
        let style = lock(&self.next_link).clone();
        let last = end >= page.list.len();
        match style {
            NextLink::EmptyOnLastPage if last => return Some(String::new()),
            NextLink::Endless => {}
            _ if last => return None,
            _ => {}
        }
        let same = skip_token(request).filter(|_| page.number > 1);
        let token = same.filter(|_| matches!(style, NextLink::Cycle)).unwrap_or_else(|| {
            let random = uuid::Uuid::new_v4().simple().to_string();
            let (a, b) = random.split_at(16);
            format!("WATV2:{a}^{b}/{}==:1${}", page.number, page.number + 1)
        });
        let mut fields = vec![format!("maxresults={size}")];
        let pairs = raw_pairs(request.raw_query());
        let filters = pairs.into_iter().filter(|(name, _)| decode(name) == "$filter");
        fields.extend(filters.map(|(name, value)| format!("{name}={value}")));
        if !matches!(style, NextLink::Cycle) || page.number == 1 {
            let decoded = |(name, value)| (decode(name), decode(value));
            let rest = raw_pairs(&fields.join("&")).into_iter().map(decoded).collect();
            let offset = if matches!(style, NextLink::Endless) && last { 0 } else { end };
            let (number, list) = (page.number + 1, page.list.clone());
            let next = Page { number, offset, list, rest: rest_of_link(rest) };
            lock(&self.links).insert(token.clone(), next);
        }
        if !matches!(style, NextLink::WithoutApiVersion) {
            fields.insert(0, format!("api-version={}", query.version));
        }
        // This one character is encoded at the real service, and no other.
        fields.push(format!("$skiptoken={}", token.replace('^', "%5E")));
        let base = style.base(self.base(request));
        Some(format!("{base}{PATH}?{}", fields.join("&")))
    }
}
