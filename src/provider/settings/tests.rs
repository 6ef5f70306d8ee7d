use std::env::VarError;

use super::*;
use crate::cloud::azure::auth::Settings;
use crate::provider::azure::settings::Azure;
use crate::provider::ucloud::settings::Ucloud;

fn environment<const N: usize>(variables: [(&'static str, &'static str); N]) -> Environment {
    Arc::new(move |name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned()).ok_or(VarError::NotPresent)
    })
}

fn details<T>(result: Result<T>) -> Vec<String> {
    match result {
        Ok(_) => Vec::new(),
        Err(Failure(problems)) => problems.into_iter().map(|problem| problem.detail).collect(),
    }
}

fn filled<const N: usize>(variables: [(&'static str, &'static str); N]) -> Settings {
    Azure::default().fill(&environment(variables)).unwrap()
}

#[test]
fn each_variable_fills_its_setting() {
    let mut count = 0;
    for (setting, variables) in Azure::VARIABLES {
        for variable in *variables {
            let value = match *setting {
                setting if setting.starts_with("use_") => "true",
                "environment" => "china",
                "subscription_id" => "00000000-0000-4000-8000-000000000001",
                setting if setting.ends_with("_host") || setting.ends_with("_endpoint") => {
                    "https://wool.example"
                }
                _ => "wool",
            };
            let text = format!("{:?}", filled([(variable, value)]));
            let shown = [
                format!("{setting}: Some({value:?})"),
                format!("{setting}: Some((secret))"),
                format!("{setting}: Some(true)"),
            ];
            assert!(shown.iter().any(|shown| text.contains(shown)), "{variable}: {text}");
            assert_eq!(text.matches("Some(").count(), 1, "{variable}: {text}");
            count += 1;
        }
    }
    assert!(count > 25, "{count}");
}

#[test]
fn an_argument_takes_precedence_over_a_variable_and_an_earlier_variable_over_a_later_one() {
    let given = Azure { tenant_id: Setting::Set("meadow".to_owned()), ..Azure::default() };
    let variables = environment([
        ("ARM_TENANT_ID", "alp"),
        ("ARM_CLIENT_ID", ""),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://second.example"),
        ("SYSTEM_OIDCREQUESTURI", "https://third.example"),
        ("ARM_OIDC_REQUEST_URL", " "),
    ]);
    let settings = given.fill(&variables).unwrap();
    assert_eq!(settings.tenant_id.as_deref(), Some("meadow"));
    assert_eq!(settings.client_id, None);
    assert_eq!(settings.oidc_request_url.as_deref(), Some("https://second.example"));
}

#[test]
fn switches_are_read_in_the_usual_spellings() {
    for (value, expected) in [
        ("TRUE", Some(true)),
        ("1", Some(true)),
        ("False", Some(false)),
        ("0", Some(false)),
        ("", None),
    ] {
        assert_eq!(filled([("ARM_USE_MSI", value)]).use_msi, expected, "{value}");
    }
    let maybe = environment([("ARM_USE_CLI", "maybe")]);
    let wrong = details(Azure::default().fill(&maybe));
    let expected =
        "The environment variable ARM_USE_CLI is \"maybe\", which is neither true nor false.";
    assert_eq!(wrong, [expected]);
    let given = Azure { use_cli: Setting::Set(false), ..Azure::default() };
    assert_eq!(given.fill(&maybe).unwrap().use_cli, Some(false));
}

#[test]
fn all_errors_are_reported_at_once() {
    let given =
        Azure { client_id: Setting::Unknown, client_secret: Setting::Unknown, ..Azure::default() };
    let odd: Environment = Arc::new(|name| match name {
        "ARM_TENANT_ID" => Err(VarError::NotUnicode("odd".into())),
        "ARM_ENVIRONMENT" => Ok("mars".to_owned()),
        "ARM_RESOURCE_MANAGER_ENDPOINT" => Ok("http://arm.example".to_owned()),
        "ARM_USE_OIDC" => Ok("perhaps".to_owned()),
        _ => Err(VarError::NotPresent),
    });
    let found = details(given.fill(&odd));
    for part in [
        "`azure.client_id` depends on",
        "`azure.client_secret` depends on",
        "The environment variable ARM_TENANT_ID is not valid UTF-8.",
        "ARM_ENVIRONMENT: \"mars\" is not one of",
        "ARM_RESOURCE_MANAGER_ENDPOINT: \"http://arm.example\" uses plain http",
        "ARM_USE_OIDC is \"perhaps\", which is neither",
    ] {
        assert!(found.iter().any(|detail| detail.contains(part)), "{part} is not in {found:#?}");
    }
    assert_eq!(found.len(), 6, "{found:#?}");
}

#[test]
fn a_variable_that_is_not_text_is_an_error_for_those_who_use_it() {
    let odd: Environment = Arc::new(|_| Err(VarError::NotUnicode("odd".into())));
    let found = details(readable("ucloud", Ucloud::VARIABLES, &odd));
    assert_eq!(found.len(), 8, "{found:#?}");
    assert!(details(Ucloud::default().region(&odd))[0].contains("UCLOUD_REGION"));
}

#[test]
fn both_are_read_or_all_problems_are_kept() {
    let wrong = |text: &str| -> Result<()> { Err(Diagnostic::error(text, "").into()) };
    assert_eq!(both(Ok(1), Ok(2)), Ok((1, 2)));
    let Err(Failure(problems)) = both(wrong("a"), both(wrong("b"), wrong("a"))) else {
        panic!("it is wrong")
    };
    let summaries: Vec<_> = problems.iter().map(|problem| &*problem.summary).collect();
    assert_eq!(summaries, ["a", "b"]);
}

#[test]
fn what_is_missing_is_one_message() {
    let missing = |text: &str| -> Result<()> { Err(Diagnostic::error(text, "Set it.").into()) };
    let Err(Failure(problems)) = together(missing("No keys"), missing("No region")) else {
        panic!("it is missing")
    };
    let expected = Diagnostic::error("No keys", "Set it.\n\nNo region: Set it.");
    assert_eq!(problems, [expected]);
    assert_eq!(together(Ok(1), Ok(2)), Ok((1, 2)));
}
