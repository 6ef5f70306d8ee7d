//! What `terraform validate` finds, without keys and without a network.

use crate::harness::{Workspace, batch};

#[test]
fn all_errors_are_shown_at_once_each_at_its_line() {
    let workspace = Workspace::new(&batch::one(
        "one",
        "account_endpoint       = \"https://acct.westeurope.batch.azure.com/pools\"
         api_version            = \" \"
         filter                 = \"\"
         os_type                = \"linus\"
         verification_type      = \"veryfied\"
         sku_regex              = \"22_04(?!-gen2)\"
         supported_until        = \"2027-06-31\"
         min_support_days       = -1
         max_results            = 1001
         server_timeout_seconds = 31
         timeouts               = { read = \"1 minute\" }",
    ));
    let outcome = workspace.validate().fails();
    let errors = outcome.errors();
    for (argument, fragments) in [
        ("account_endpoint", &["must not contain a path"][..]),
        ("api_version", &["is an empty string"]),
        ("filter", &["is an empty string"]),
        ("os_type", &["\"linus\" is not one of \"linux\", \"windows\". Did you mean \"linux\"?"]),
        ("verification_type", &["Did you mean \"verified\"?"]),
        ("sku_regex", &["look-around"]),
        ("supported_until", &["\"2027-06-31\"", "2027-06-30T00:00:00Z"]),
        ("min_support_days", &["must be between 0 and"]),
        ("max_results", &["must be between 1 and 1000"]),
        ("server_timeout_seconds", &["must be between 1 and 30"]),
        // Terraform does not show the line inside of an object, so the text names the attribute.
        ("data", &["`timeouts.read`: \"1 minute\" is not a duration"]),
    ] {
        let of_line: Vec<_> = errors
            .iter()
            .filter(|error| error.code.split_whitespace().next() == Some(argument))
            .filter(|error| error.summary != "Conflicting arguments")
            .collect();
        assert_eq!(of_line.len(), 1, "{argument}\n{outcome}");
        of_line[0].says(fragments);
    }
    let conflicts: Vec<_> =
        errors.iter().filter(|error| error.summary == "Conflicting arguments").collect();
    assert_eq!((conflicts.len(), errors.len()), (2, 13), "{outcome}");
    conflicts[0].says(&["`min_support_days`", "`supported_until`"]);
}

#[test]
fn arguments_that_contradict_each_other_are_refused() {
    let main = batch::one("sku", "sku = \"server\"\nsku_regex = \"^server\"")
        + &batch::all(
            "capabilities",
            "required_capabilities = [\"DockerCompatible\", \"A\"]\n\
             excluded_capabilities = [\"dockercompatible\", \"B\"]",
        )
        + &batch::all("architecture", "architecture = \"amd64\"");
    let outcome = Workspace::new(&main).validate().fails();
    let errors = outcome.errors();
    assert_eq!(errors.len(), 4, "{outcome}");
    for (argument, fragments) in [
        ("sku", &["`sku` cannot be given together with `sku_regex`."][..]),
        ("sku_regex", &["`sku_regex` cannot be given together with `sku`."]),
        ("excluded_capabilities", &["\"dockercompatible\" is also in `required_capabilities`"]),
        ("architecture", &["\"amd64\" is not one of \"x64\", \"arm64\"", "Did you mean"]),
    ] {
        let of_line: Vec<_> = errors
            .iter()
            .filter(|error| error.code.split_whitespace().next() == Some(argument))
            .collect();
        assert_eq!(of_line.len(), 1, "{argument}\n{outcome}");
        of_line[0].says(fragments);
    }
}

#[test]
fn an_address_is_https_or_local_and_contains_only_host_and_port() {
    let cases = [
        ("plain", "http://acct.westeurope.batch.azure.com", "loopback hosts only"),
        ("query", "acct.westeurope.batch.azure.com?x=1", "query"),
        (
            "user",
            "https://me:s3cr3t-9@acct.westeurope.batch.azure.com",
            "must not contain a user name",
        ),
        ("scheme", "ftp://acct.westeurope.batch.azure.com", "ftp"),
        ("empty", "", "is an empty string"),
        (
            "label",
            "acct",
            "\"acct\" is a name without a domain, not the endpoint of a Batch account",
        ),
        ("portal", "https://portal.azure.com", "the Azure portal"),
        ("manager", "https://management.azure.com", "Azure Resource Manager"),
    ];
    let mut main: String = cases
        .iter()
        .map(|(name, address, _)| batch::all(name, &format!("account_endpoint = {address:?}")))
        .collect();
    // All of these are valid.
    for (number, address) in [
        "acct.westeurope.batch.azure.com",
        "https://acct.westeurope.batch.azure.com/",
        "acct.westeurope.batch.azure.com:443",
        "http://127.0.0.1:4001",
        "localhost:4001",
        "my-batch.example.com",
        "10.0.0.7",
    ]
    .into_iter()
    .enumerate()
    {
        main += &batch::all(&format!("good{number}"), &format!("account_endpoint = {address:?}"));
    }
    let outcome = Workspace::new(&main).validate().fails();
    assert_eq!(outcome.errors().len(), cases.len(), "{outcome}");
    for (name, _, expected) in cases {
        let errors =
            outcome.errors_about(&format!("data.cloudimages_batch_supported_images.{name}"));
        assert_eq!(errors.len(), 1, "{name}\n{outcome}");
        errors[0].says(&["account_endpoint", expected]);
        // Terraform shows the line; what we say about it must not repeat a password.
        assert!(!errors[0].text().contains("s3cr3t-9"), "{outcome}");
    }
}

#[test]
fn results_cannot_be_set_and_the_list_has_no_most_recent() {
    let main = batch::one("one", "id = \"1\"\nurn = \"a:b:c:d\"\nversion = \"latest\"")
        + &batch::all("all", "most_recent = true");
    let outcome = Workspace::new(&main).validate().fails();
    outcome.says(&["id = \\\"1\\\"", "urn = ", "version = ", "most_recent", "not expected here"]);
}

#[test]
fn a_correct_configuration_is_valid_without_a_login_and_without_a_network() {
    Workspace::new(
        &("variable \"any\" {\n  type = string\n}\n".to_owned()
            + &batch::one(
                "one",
                "account_endpoint = var.any\nos_type = \"LINUX\"\nverification_type = \
                 var.any\nsku_regex = var.any\nsupported_until = \"2027-06-30\"\n\
                 min_support_days = var.any == \"\" ? 30 : null\nmax_results = 1000\n\
                 server_timeout_seconds = 1\ntimeouts = { read = \"1m30s\" }",
            )),
    )
    .validate()
    .ok();
}
