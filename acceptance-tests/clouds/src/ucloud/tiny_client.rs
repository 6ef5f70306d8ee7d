//! A client of a few lines over a plain socket, so that the tests see the bytes themselves.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use super::{Account, Simulation, signature};

/// What came back before the connection was closed or fell silent.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
    /// The connection was still open when nothing more came.
    pub(super) silent: bool,
}

impl Reply {
    pub(super) fn status(&self) -> Option<u16> {
        self.head.split(' ').nth(1)?.parse().ok()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(super) fn code(&self) -> i64 {
        assert_eq!(self.status(), Some(200), "{}", self.head);
        self.json()["RetCode"].as_i64().unwrap()
    }

    pub(super) fn message(&self) -> String {
        self.json()["Message"].as_str().unwrap().to_owned()
    }

    pub(super) fn ids(&self) -> Vec<String> {
        let json = self.json();
        assert_eq!(json["RetCode"], 0, "{json}");
        let items = json["ImageSet"].as_array().unwrap();
        items.iter().map(|item| item["ImageId"].as_str().unwrap().to_owned()).collect()
    }

    pub(super) fn total(&self) -> i64 {
        self.json()["TotalCount"].as_i64().unwrap()
    }
}

pub(super) type Pairs<'a> = &'a [(&'a str, &'a str)];

/// `pairs` with action, region, key and signature. An empty value removes the parameter.
pub(super) fn signed(account: &Account, pairs: Pairs<'_>) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let usual = [
        ("Action", "DescribeImage"),
        ("Region", super::REGION),
        ("PublicKey", account.public_key()),
    ];
    for (name, value) in usual.iter().chain(pairs) {
        all.insert((*name).to_owned(), (*value).to_owned());
    }
    all.retain(|_, value| !value.is_empty());
    let signature = signature::sign(&all, account.private_key());
    all.insert("Signature".to_owned(), signature);
    all
}

/// The form encoding of parameters.
pub(super) fn form(parameters: &BTreeMap<String, String>) -> String {
    let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let pairs: Vec<_> = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect();
    pairs.join("&")
}

pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Sends a signed request of the example account.
pub(super) fn describe(cloud: &Simulation, pairs: Pairs<'_>) -> Reply {
    describe_as(cloud, &Account::example(), pairs)
}

/// Sends a signed request.
pub(super) fn describe_as(cloud: &Simulation, account: &Account, pairs: Pairs<'_>) -> Reply {
    post(cloud, "/", FORM, &form(&signed(account, pairs)))
}

pub(super) fn post(cloud: &Simulation, path: &str, content_type: &str, body: &str) -> Reply {
    let length = body.len();
    send(
        cloud,
        &format!(
            "POST {path} HTTP/1.1\r\nHost: simulated\r\nConnection: close\r\n\
             Content-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
    )
}

/// Sends text as it is and reads until the end, or until a second of silence.
pub(super) fn send(cloud: &Simulation, request: &str) -> Reply {
    let mut stream = TcpStream::connect(cloud.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut all = Vec::new();
    let silent = match stream.read_to_end(&mut all) {
        Ok(_) => false,
        Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    };
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(all.len());
    let body = all.get(end + 4..).unwrap_or_default().to_vec();
    Reply { head: String::from_utf8_lossy(&all[..end]).into_owned(), body, silent }
}
