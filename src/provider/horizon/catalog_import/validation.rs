//! Checks of a configuration that concern several arguments, or the elements of one.

use crate::tfplugin::config::Config;
use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::value::{Value, get};

/// User name and password belong together; a machine from the marketplace needs both.
pub(super) fn check_administrator(config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
    const PASSWORDS: [&str; 2] = ["admin_password", "admin_password_wo"];
    config.at_most_one(&PASSWORDS, problems);
    let missing = |name: &'static str, detail: String| {
        Diagnostic::error("Missing argument", detail).at(Path::attribute(name))
    };
    let has_password = PASSWORDS.iter().any(|name| config.is_given(name));
    let needs = match () {
        // One whose value is not known yet may be null.
        () if config.is_given("marketplace") && !config.is_unknown("marketplace") => "marketplace",
        () if config.is_given("admin_username") && !config.is_unknown("admin_username") => {
            "admin_username"
        }
        () if has_password => PASSWORDS[0],
        () => return,
    };
    if !config.is_given("admin_username") {
        let detail =
            format!("`{needs}` needs the name of an administrator as well: set `admin_username`.");
        problems.push(missing("admin_username", detail));
    }
    if !has_password {
        let detail = format!(
            "`{needs}` needs the password of the administrator as well: set `admin_password_wo` with \
             `admin_password_wo_version`, or `admin_password`."
        );
        problems.push(missing("admin_password", detail));
    }
}

/// A Linux machine with a public address is reached by SSH only.
pub(super) fn check_options(config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
    let Some(Value::Map(options)) = config.0.get("options") else { return };
    let is = |name, value: bool| *get(options, name) == Value::Bool(value);
    let is_linux = config.known::<String>("os_type").as_deref() == Some("LINUX");
    let is_open = is("open_ssh_port", true) || get(options, "open_ssh_port").is_unknown();
    if is_linux && is("create_public_ip", true) && !is_open {
        let detail = "`options.open_ssh_port` must be true for a Linux image with \
                      `options.create_public_ip = true`.";
        // Terraform shows the line of a path that exists.
        let path = Path::attribute("options");
        problems.push(Diagnostic::invalid(&path, detail));
    }
}
