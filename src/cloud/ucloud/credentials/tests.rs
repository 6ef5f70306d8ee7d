use super::*;

const FILE: &str = r#"[
    {"public_key": "pub-default", "private_key": "priv-default", "profile": "default"},
    {"public_key": "pub-work", "private_key": "priv-work", "profile": "work",
     "cookie": "c", "csrf_token": "t", "auth_mode": "aksk", "expires_at": 12},
    {"public_key": "pub-half", "private_key": "", "profile": "half"}
]"#;

/// A home directory with the shared file in it, and variables.
struct Home {
    folder: tempfile::TempDir,
    variables: Vec<(&'static str, &'static str)>,
}

impl Home {
    fn with(content: &str, variables: &[(&'static str, &'static str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".ucloud")).unwrap();
        std::fs::write(folder.path().join(".ucloud/credential.json"), content).unwrap();
        Self { folder, variables: variables.to_vec() }
    }

    fn empty(variables: &[(&'static str, &'static str)]) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), variables: variables.to_vec() }
    }

    fn resolve(&self, settings: &Settings) -> Result<Credentials> {
        let environment = |name: &str| match name {
            "HOME" => Some(self.folder.path().to_string_lossy().into_owned()),
            _ => {
                let found = self.variables.iter().find(|(other, _)| *other == name);
                found.map(|(_, value)| (*value).to_owned())
            }
        };
        let stop = tokio_util::sync::CancellationToken::new();
        let deadline = Deadline::within(std::time::Duration::from_secs(20), stop);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(settings.resolve(&environment, &deadline))
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn arguments() -> Settings {
    Settings {
        public_key: some("pub-arg"),
        private_key: Some("priv-arg".into()),
        ..Settings::default()
    }
}

const VARIABLES: [(&str, &str); 3] = [
    ("UCLOUD_PUBLIC_KEY", "pub-env"),
    ("UCLOUD_PRIVATE_KEY", "priv-env"),
    ("UCLOUD_PROFILE", "work"),
];

#[test]
fn keys_are_taken_from_the_first_of_the_five_places() {
    let profile = Settings { profile: some("work"), ..Settings::default() };
    let cases = [
        (arguments(), &VARIABLES[..], "pub-arg"),
        (profile.clone(), &VARIABLES[..2], "pub-work"),
        (Settings::default(), &VARIABLES[..], "pub-env"),
        (Settings::default(), &VARIABLES[2..], "pub-work"),
        (Settings::default(), &[], "pub-default"),
    ];
    for (settings, variables, expected) in cases {
        let found = Home::with(FILE, variables).resolve(&settings).unwrap();
        assert_eq!(found.public_key, expected);
        assert_eq!(found.private_key.expose(), expected.replace("pub", "priv"));
    }
}

#[test]
fn without_any_keys_the_error_names_all_four_sources() {
    let error = Home::empty(&[("UCLOUD_PUBLIC_KEY", "")]).resolve(&Settings::default());
    let error = error.unwrap_err();
    for way in ["`private_key`", "`profile`", "UCLOUD_PRIVATE_KEY", "UCLOUD_PROFILE", "`default`"] {
        assert!(error.message.contains(way), "{way}: {}", error.message);
    }
}

#[test]
fn half_a_pair_names_the_other_half() {
    let half = Settings { public_key: some("pub-arg"), ..Settings::default() };
    let error = Home::with(FILE, &VARIABLES[2..]).resolve(&half).unwrap_err();
    assert_eq!(error.setting, Some("private_key"));
    assert!(error.message.contains("UCLOUD_PRIVATE_KEY"), "{}", error.message);

    let error = Home::with(FILE, &VARIABLES[1..2]).resolve(&Settings::default()).unwrap_err();
    assert_eq!(error.setting, Some("public_key"));
}

#[test]
fn a_single_key_argument_is_completed_by_the_variable_of_the_other() {
    let half = Settings { public_key: some("pub-arg"), ..Settings::default() };
    let found = Home::empty(&VARIABLES).resolve(&half).unwrap();
    assert_eq!((&*found.public_key, found.private_key.expose()), ("pub-arg", "priv-env"));
}

#[test]
fn the_source_of_each_key_is_named() {
    let public = Settings { public_key: some("pub-arg"), ..Settings::default() };
    let private = Settings { private_key: Some("priv-arg".into()), ..Settings::default() };
    let profile = Settings { profile: some("work"), ..Settings::default() };
    for (settings, variables, source) in [
        (arguments(), &VARIABLES[..], "`public_key` and `private_key` of the configuration"),
        (public, &VARIABLES[..], "`public_key` of the configuration and UCLOUD_PRIVATE_KEY"),
        (private, &VARIABLES[..], "UCLOUD_PUBLIC_KEY and `private_key` of the configuration"),
        (Settings::default(), &VARIABLES[..], "UCLOUD_PUBLIC_KEY and UCLOUD_PRIVATE_KEY"),
        (profile, &[], "profile `work` of ~/.ucloud/credential.json"),
        (
            Settings::default(),
            &VARIABLES[2..],
            "profile `work` (UCLOUD_PROFILE) of ~/.ucloud/credential.json",
        ),
        (Settings::default(), &[], "profile `default` of ~/.ucloud/credential.json"),
    ] {
        let found = Home::with(FILE, variables).resolve(&settings).unwrap();
        assert_eq!(found.source(), source);
    }
}

#[test]
fn the_source_of_the_token_is_named_with_the_keys() {
    let home = Home::with(FILE, &[("UCLOUD_SECURITY_TOKEN", "tok-env")]);
    let found = home.resolve(&Settings::default()).unwrap();
    let profile = "profile `default` of ~/.ucloud/credential.json";
    assert_eq!(found.source(), format!("{profile}, security token: UCLOUD_SECURITY_TOKEN"));
    let settings = Settings { security_token: Some("tok-arg".into()), ..Settings::default() };
    let found = home.resolve(&settings).unwrap();
    assert_eq!(
        found.source(),
        format!("{profile}, security token: `security_token` of the configuration")
    );
}

#[test]
fn half_a_pair_says_where_the_one_half_is() {
    let half = Settings { public_key: some("pub-arg"), ..Settings::default() };
    let error = Home::empty(&[]).resolve(&half).unwrap_err();
    assert_eq!(
        error.message,
        "`public_key` of the configuration is set, but its private key is missing: set \
         `private_key` or UCLOUD_PRIVATE_KEY"
    );
    let error = Home::empty(&VARIABLES[1..2]).resolve(&Settings::default()).unwrap_err();
    assert_eq!(
        error.message,
        "UCLOUD_PRIVATE_KEY is set, but its public key is missing: set `public_key` or \
         UCLOUD_PUBLIC_KEY"
    );
}

#[test]
fn two_profiles_of_one_name_are_refused() {
    let content = r#"[
        {"profile": "default", "public_key": "pub-default", "private_key": "priv-default"},
        {"profile": "work", "public_key": "pub-1", "private_key": "priv-1"},
        {"profile": "work", "public_key": "pub-2", "private_key": "priv-2"}
    ]"#;
    let settings = Settings { profile: some("work"), ..Settings::default() };
    let error = Home::with(content, &[]).resolve(&settings).unwrap_err();
    assert_eq!(error.setting, Some("shared_credentials_file"));
    assert_eq!(
        error.message,
        "~/.ucloud/credential.json has 2 profiles `work`: remove or rename all but one"
    );
    // A profile that is not used does not matter.
    Home::with(content, &[]).resolve(&Settings::default()).unwrap();
}

#[test]
fn keys_and_a_profile_exclude_each_other() {
    let both = Settings { profile: some("work"), ..arguments() };
    let error = Home::with(FILE, &[]).resolve(&both).unwrap_err();
    assert_eq!(error.setting, Some("profile"));
}

#[test]
fn an_empty_key_is_refused_before_any_request() {
    let settings = Settings { private_key: Some(" ".into()), ..arguments() };
    let error = Home::empty(&[]).resolve(&settings).unwrap_err();
    assert_eq!(error.setting, Some("private_key"));

    let settings = Settings { profile: some("half"), ..Settings::default() };
    let error = Home::with(FILE, &[]).resolve(&settings).unwrap_err();
    assert!(error.message.contains("no private_key"), "{}", error.message);
    assert!(error.message.contains("default, work, half"), "{}", error.message);
}

#[test]
fn a_missing_profile_names_the_file_and_what_it_has() {
    let settings = Settings { profile: some("wrok"), ..Settings::default() };
    let error = Home::with(FILE, &[]).resolve(&settings).unwrap_err();
    assert_eq!(
        error.message,
        "~/.ucloud/credential.json has no profile `wrok`; it has default, work, half"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let settings =
        Settings { shared_credentials_file: some("~/nowhere.json"), ..Settings::default() };
    let error = Home::with(FILE, &[]).resolve(&settings).unwrap_err();
    assert_eq!(error.setting, Some("shared_credentials_file"));
    assert!(error.message.contains("~/nowhere.json cannot be read"), "{}", error.message);
}

#[test]
fn a_broken_file_is_named_but_not_quoted() {
    for content in [r#"["hunter2"]"#, r#"{"private_key": "hunter2"}"#, r#"[{"private_key": "hun"#] {
        let error = Home::with(content, &[]).resolve(&Settings::default()).unwrap_err();
        assert!(error.message.contains("credential.json"), "{}", error.message);
        assert!(!error.message.contains("hun"), "{}", error.message);
    }
}

#[test]
fn a_byte_order_mark_and_a_line_end_after_a_key_do_no_harm() {
    let content = format!("\u{feff}{FILE}");
    let found = Home::with(&content, &[]).resolve(&Settings::default()).unwrap();
    assert_eq!(found.public_key, "pub-default");

    let settings = Settings { private_key: Some("priv-arg\n".into()), ..arguments() };
    assert_eq!(Home::empty(&[]).resolve(&settings).unwrap().private_key, "priv-arg".into());
}

#[test]
fn a_token_comes_from_its_setting_or_else_from_its_variable() {
    let home = Home::empty(&[("UCLOUD_SECURITY_TOKEN", "tok-env")]);
    assert_eq!(home.resolve(&arguments()).unwrap().security_token, Some("tok-env".into()));
    let settings = Settings { security_token: Some("tok-arg".into()), ..arguments() };
    assert_eq!(home.resolve(&settings).unwrap().security_token, Some("tok-arg".into()));
    let settings = Settings { security_token: Some("".into()), ..arguments() };
    assert_eq!(home.resolve(&settings).unwrap().security_token, None);
}

#[test]
fn secrets_are_not_in_the_debug_text() {
    let settings = Settings { security_token: Some("tok-arg".into()), ..arguments() };
    let found = Home::empty(&[]).resolve(&settings).unwrap();
    for text in [format!("{settings:?}"), format!("{found:?}")] {
        assert!(!text.contains("priv-arg") && !text.contains("tok-arg"), "{text}");
    }
}
