//! Peculiarities of answers.

use crate::spelling::Spelling;

/// Peculiarities of answers, all off at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quirk {
    /// `West US2` where `westus2` was sent.
    DisplayLocation,
    /// Ids and types in lower case.
    LowerCaseIds,
    /// Ids that name another subscription, group and image, as in the official examples.
    StrangeIds,
    /// Unknown members.
    ExtraProperties,
    /// `imagePath` and missing `tags` as null instead of absent.
    Nulls,
    /// No `systemData`.
    NoSystemData,
    /// A tag keeps the case in which its name came first. Otherwise it gets the newest one.
    FirstTagNames,
    /// A UTF-8 byte order mark before every body.
    Bom,
    /// Every body has `\u0026` for `&` and `\/` for `/`, which means the same in JSON.
    EscapedJson,
    /// The messages of all errors quote the request's `Authorization` header. Several spellings
    /// can be on at the same time.
    QuoteAuthorization(Spelling),
    /// The messages of all errors quote the whole URL that was asked for, also those in the
    /// status of an operation that failed.
    QuoteAddress(Spelling),
}

/// How the links between the pages of a list look.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ListLink {
    /// Absolute, same host, absent on the last page.
    #[default]
    Normal,
    /// The first page is empty and has a link.
    EmptyPageFirst,
    /// To this origin instead (`http://127.0.0.1:1234`).
    OtherHost(String),
    /// From the second page on, every page links to itself.
    Cycle,
}
