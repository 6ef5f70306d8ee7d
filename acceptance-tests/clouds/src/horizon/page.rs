//! Lists: paging, search and sorting.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::errors::Problem;
use super::quirks::{EmptyList, Quirk};
use super::settings::Settings;
use crate::shared::{Reply, Request};

/// What can be searched and sorted, and what is said when nothing is found.
pub(crate) struct List {
    pub(crate) searchable: &'static [&'static str],
    pub(crate) sortable: &'static [&'static str],
    pub(crate) none: &'static str,
}

pub(crate) const IMAGES: List = List {
    searchable: &[
        "name",
        "os",
        "multiSession",
        "osType",
        "sourceType",
        "gpuType",
        "sourceStreamId",
        "sourceVersionId",
        "status",
        "projectId",
    ],
    sortable: &["id", "name", "os", "osType", "sourceType", "status", "createdAt", "updatedAt"],
    none: "Streams are not found for the requested org",
};

pub(crate) const VERSIONS: List = List {
    searchable: &["id", "name", "state", "status", "sourceVersionId", "lastTriggeredAction"],
    sortable: &["id", "name", "status", "createdAt", "updatedAt"],
    none: "Versions are not found for requested imageId",
};

pub(crate) const COPIES: List = List {
    searchable: &["id", "providerInstanceId", "providerLabel", "status", "state"],
    sortable: &["id", "status", "createdAt", "updatedAt"],
    none: "Copies are not found for versionId and imageId",
};

pub(crate) const MARKERS: List = List {
    searchable: &["id", "name", "versionId", "status"],
    sortable: &["id", "name", "createdAt", "updatedAt"],
    none: "Markers are not found for the image",
};

pub(crate) const IMAGE_SOURCES: List =
    List { searchable: &[], sortable: &["id", "displayName"], none: "Image sources are not found" };

/// A request for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    page: usize,
    size: usize,
    search: Option<(String, String)>,
    sort: Option<(String, bool)>,
}

impl Wanted {
    pub(crate) fn read(request: &Request, list: &List, most: usize) -> Result<Self, Problem> {
        let page = number(request, "page")?.unwrap_or(0);
        let size = number(request, "size")?.unwrap_or(10);
        if size == 0 {
            return Err(Problem::bad("The size of a page must be at least 1."));
        }
        let search = request.form_value("search").map(|text| search(&text, list)).transpose()?;
        let sort = request.form_value("sort").map(|text| sort(&text, list)).transpose()?;
        Ok(Self { page, size: size.min(most), search, sort })
    }
}

fn number(request: &Request, name: &str) -> Result<Option<usize>, Problem> {
    let Some(text) = request.form_value(name) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| Problem::bad(format!("'{name}' is not a valid number.")))
}

/// `field $eq value`, with exactly one space on each side of the operator.
fn search(text: &str, list: &List) -> Result<(String, String), Problem> {
    let bad = |detail: String| {
        Problem::new(400, "INVALID_SEARCH_USAGE", "The search is not valid.").detail(detail)
    };
    let (field, value) = text
        .split_once(" $eq ")
        .ok_or_else(|| bad(format!("'{text}' has not the form 'field $eq value'.")))?;
    if !list.searchable.contains(&field) {
        return Err(bad(format!("The field '{field}' cannot be searched.")));
    }
    if value.is_empty() || value.trim() != value || value.contains('$') {
        return Err(bad(format!("The value '{value}' cannot be searched.")));
    }
    Ok((field.to_owned(), value.to_owned()))
}

/// `property` or `property,asc` or `property,desc`.
fn sort(text: &str, list: &List) -> Result<(String, bool), Problem> {
    let (property, direction) = text.split_once(',').unwrap_or((text, "asc"));
    let descending = match direction {
        "asc" => false,
        "desc" => true,
        _ => return Err(Problem::bad(format!("The direction '{direction}' is not known."))),
    };
    if !list.sortable.contains(&property) {
        return Err(Problem::bad(format!("The property '{property}' cannot be sorted.")));
    }
    Ok((property.to_owned(), descending))
}

/// The page that is wanted of these documents.
pub(crate) fn page(
    mut items: Vec<Value>,
    wanted: &Wanted,
    list: &List,
    settings: &Settings,
) -> Result<Reply, Problem> {
    if let Some((field, value)) = &wanted.search
        && !settings.has(Quirk::SearchIgnored)
    {
        items.retain(|item| matches(&item[field], value, settings.has(Quirk::SearchContains)));
    }
    if let Some((property, descending)) = &wanted.sort {
        items.sort_by(|a, b| {
            let order = compare(&a[property], &b[property]);
            if *descending { order.reverse() } else { order }
        });
    }
    let total = items.len();
    let pages = total.div_ceil(wanted.size);
    let start = wanted.page.saturating_mul(wanted.size).min(total);
    let content = &items[start..(start + wanted.size).min(total)];
    if content.is_empty() {
        match settings.empty_list {
            EmptyList::NotFound => return Err(Problem::not_found(list.none)),
            EmptyList::NoContent => return Ok(Reply::new(204)),
            EmptyList::EmptyPage => {}
        }
    }
    let sorted = wanted.sort.is_some();
    let order = json!({"sorted": sorted, "unsorted": !sorted, "empty": !sorted});
    let claimed = settings.claimed_pages.unwrap_or(i64::try_from(pages).unwrap_or(i64::MAX));
    Ok(Reply::json(
        200,
        &json!({
            "content": content,
            "pageable": {
                "paged": true,
                "unpaged": false,
                "pageNumber": wanted.page,
                "pageSize": wanted.size,
                "offset": start,
                "sort": order,
            },
            "totalElements": total,
            "totalPages": claimed,
            "last": wanted.page + 1 >= pages,
            "first": wanted.page == 0,
            "number": wanted.page,
            "size": wanted.size,
            "numberOfElements": content.len(),
            "sort": order,
            "empty": content.is_empty(),
        }),
    ))
}

fn matches(found: &Value, wanted: &str, contains: bool) -> bool {
    let text = match found {
        Value::String(text) => text.clone(),
        Value::Null => return false,
        other => other.to_string(),
    };
    if contains { text.to_lowercase().contains(&wanted.to_lowercase()) } else { text == wanted }
}

fn compare(a: &Value, b: &Value) -> Ordering {
    a.as_str().unwrap_or_default().cmp(b.as_str().unwrap_or_default())
}
