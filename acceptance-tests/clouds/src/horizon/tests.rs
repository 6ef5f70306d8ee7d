//! The service over a socket.

mod conformance;
mod creation;
mod deletion;
mod faults;
mod lists;
mod progress;
mod refusals;
mod tokens;
mod updates;

use serde_json::{Value, json};

use super::*;
use crate::shared::client::{Answer, send};

const API_TOKEN_PATH: &str = "/csp/gateway/am/api/auth/api-tokens/authorize";
const CLIENT_PATH: &str = "/csp/gateway/am/api/auth/authorize";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("Content-Type", "application/json");
const IMAGES: &str = "/imagemgmt/v1/images";

/// A client that has logged in.
struct Client<'a> {
    horizon: &'a Simulation,
    authorization: String,
}

impl<'a> Client<'a> {
    fn new(horizon: &'a Simulation) -> Self {
        let body = format!("refresh_token={API_TOKEN}");
        let answer = send(&horizon.csp_url(), "POST", API_TOKEN_PATH, &[FORM], &body).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        Self { horizon, authorization: format!("Bearer {token}") }
    }

    fn try_call(&self, method: &str, target: &str, body: Option<&Value>) -> Option<Answer> {
        let mut headers = vec![("Authorization", self.authorization.as_str())];
        headers.extend(body.map(|_| JSON));
        let body = body.map(Value::to_string).unwrap_or_default();
        send(&self.horizon.url(), method, target, &headers, &body)
    }

    fn call(&self, method: &str, target: &str, body: Option<&Value>) -> Answer {
        self.try_call(method, target, body).unwrap()
    }

    fn get(&self, target: &str) -> Answer {
        self.call("GET", target, None)
    }

    fn post(&self, target: &str, body: &Value) -> Answer {
        self.call("POST", target, Some(body))
    }

    /// Imports a marketplace image.
    fn create(&self, name: &str) -> Value {
        let answer = self.post(&format!("{IMAGES}?action=import"), &marketplace(name));
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()
    }

    /// The status of an image by a read that counts as a poll; the HTTP status if it is not 200.
    fn poll(&self, image: &str) -> String {
        let answer = self.get(&format!("{IMAGES}/{image}"));
        match answer.status {
            200 => text(&answer.json()["status"]),
            status => status.to_string(),
        }
    }

    fn polls<const N: usize>(&self, image: &str) -> [String; N] {
        std::array::from_fn(|_| self.poll(image))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The code of the first error of a refusal, which has to be complete.
fn code(answer: &Answer) -> String {
    let body = answer.json();
    assert_eq!(body["status"], answer.status, "{}", answer.body);
    assert_eq!(body["traceId"].as_str().map(str::len), Some(24), "{}", answer.body);
    assert!(body["resource"].is_string(), "{}", answer.body);
    let error = &body["errors"][0];
    assert!(error["message"].is_string() && error["timestampInUtc"].is_string());
    text(&error["code"])
}

fn detail(answer: &Answer) -> String {
    text(&answer.json()["errors"][0]["detail"])
}

/// A request that is in order.
fn marketplace(name: &str) -> Value {
    json!({
        "orgId": ORG_ID,
        "streamName": name,
        "sourceStreamType": "AZURE_MARKET_PLACE",
        "versionSource": "0.0",
        "versionType": "MAJOR",
        "versionDescription": "first",
        "providerLabel": "AZURE",
        "providerInstanceId": PROVIDER_INSTANCE,
        "os": "Windows 11 Enterprise, 22H2",
        "osType": "WINDOWS",
        "gpuType": "NONE",
        "markers": [{"name": "default"}],
        "assetDetails": {
            "type": "AZURE_VM_IN_RG",
            "data": {
                "licenseType": "Windows_Client",
                "publisher": "microsoftwindowsdesktop",
                "offer": "windows-11",
                "sku": "win11-22h2-ent",
                "vNet": "/subscriptions/S/n",
                "subNet": "/subscriptions/S/n/subnets/d",
                "vmSize": "Standard_DS2_v2",
            },
            "vmInfo": {"username": "admin1", "password": ["p", "ä", "\"", "s"]},
        },
    })
}

/// A request that copies a gallery image.
fn gallery(name: &str) -> Value {
    let mut body = marketplace(name);
    body["sourceStreamType"] = json!("AZURE_SIG");
    body["assetDetails"] = json!({
        "type": "AZURE_IMAGE_IN_SIG",
        "data": {
            "galleryAzureADTenantId": "t",
            "galleryImageResourceId": "/subscriptions/s/versions/1.0.0",
            "multiSession": true,
        },
    });
    body
}

/// A request that imports a virtual machine.
fn custom_vm(name: &str) -> Value {
    let mut body = marketplace(name);
    body["sourceStreamType"] = json!("AZURE_CUSTOM_VM");
    let data = body["assetDetails"]["data"].as_object_mut().unwrap();
    data.retain(|key, _| !key.ends_with("Net"));
    data.insert("vmName".to_owned(), json!("vm-1"));
    data.insert("resourceGroupName".to_owned(), json!("group-1"));
    body
}

/// Sets the member that a JSON pointer names, or removes it.
fn with(mut body: Value, pointer: &str, value: Option<Value>) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => parent.insert(name.to_owned(), value),
        None => parent.remove(name),
    };
    body
}
