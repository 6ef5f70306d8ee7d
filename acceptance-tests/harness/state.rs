//! The state file after a run.

use serde_json::Value;

/// A state file.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// The file's text, to look for what must not be there.
    pub(crate) text: String,
    read: Value,
}

impl State {
    pub(crate) fn new(text: String) -> Self {
        let read = serde_json::from_str(&text).unwrap();
        Self { text, read }
    }

    /// The record of an object such as `data.cloudimages_ucloud_image.a`, if there is one.
    pub(crate) fn instance(&self, address: &str) -> Option<&Value> {
        let (mode, rest) = match address.strip_prefix("data.") {
            Some(rest) => ("data", rest),
            None => ("managed", address),
        };
        let (kind, name) = rest.split_once('.').unwrap();
        let resources = self.read["resources"].as_array()?;
        let resource = resources
            .iter()
            .find(|one| one["mode"] == mode && one["type"] == kind && one["name"] == name)?;
        resource["instances"].get(0)
    }

    /// The attributes of an object.
    #[track_caller]
    pub(crate) fn attributes(&self, address: &str) -> &Value {
        match self.instance(address) {
            Some(instance) => &instance["attributes"],
            None => panic!("{address} is not in the state\n{}", self.text),
        }
    }

    /// Whether the object is tainted.
    #[track_caller]
    pub(crate) fn is_tainted(&self, address: &str) -> bool {
        self.instance(address).unwrap()["status"] == "tainted"
    }

    /// The value of an output.
    #[track_caller]
    pub(crate) fn output(&self, name: &str) -> &Value {
        let output = &self.read["outputs"][name];
        assert!(!output.is_null(), "there is no output {name}\n{}", self.text);
        &output["value"]
    }
}
