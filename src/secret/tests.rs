use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::*;

const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

const SAS: &str = "https://store.blob.example/vhds/Golden%20Image.vhdx?sv=2024&se=2027-01-01&sig=aB%2Fc%2B9xyz%3D";

/// A redactor that knows only `secrets`.
fn redactor<const N: usize>(secrets: [&str; N]) -> Redactor {
    let redactor = Redactor::new();
    secrets.iter().for_each(|secret| redactor.add(&Arc::from(*secret)));
    redactor
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap().trim_matches('"').to_owned()
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// The same escapes with small letters.
fn in_lower_case(encoded: &str) -> String {
    let mut pieces = encoded.split('%');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |all, piece| {
        let (digits, rest) = piece.split_at(2);
        format!("{all}%{}{rest}", digits.to_lowercase())
    })
}

/// A text in the spellings in which services and logs repeat it.
fn spellings(text: &str) -> Vec<String> {
    let component = utf8_percent_encode(text, COMPONENT).to_string();
    let form = url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    vec![
        text.to_owned(),
        encoded(text),
        in_lower_case(&encoded(text)),
        encoded(&encoded(text)),
        component.replace('~', "%7E"),
        component,
        form,
        json(text),
        json(&json(text)),
        text.replace('&', "\\u0026"),
        text.replace('&', "\\\\u0026").replace('=', "\\u003d"),
        text.replace('&', "&amp;"),
        text.replace('/', "\\/"),
        format!("{text:?}"),
        percent_decode_str(text).decode_utf8_lossy().into_owned(),
    ]
}

#[test]
fn every_encoding_of_a_known_secret_is_redacted() {
    let secrets = [
        "Made-Up~Secret.1_2",
        "a+b/\"c d",
        "pa55&word=<x>%y",
        r"C:\ClusterStorage\new\golden.vhdx",
        r"\\nas\images\golden.vhdx",
        "geheim-äöü-€",
    ];
    for secret in secrets {
        let redactor = redactor([secret]);
        for text in spellings(secret) {
            let clean = redactor.redact(&format!("cannot use <{text}>: 403")).into_owned();
            assert!(clean.starts_with("cannot use <") && clean.ends_with(">: 403"), "{clean}");
            let middle = &clean["cannot use <".len()..clean.len() - ">: 403".len()];
            let bare = middle.trim_matches('"');
            assert_eq!(bare, PLACEHOLDER, "{secret} as {text}");
        }
    }
}

#[test]
fn a_secret_in_base64_is_hidden_wherever_it_begins() {
    let redactor = redactor(["Made-Up~Secret.1_2"]);
    for before in ["", "u", "us", "usr"] {
        for after in ["", ":", "::"] {
            let text = STANDARD.encode(format!("{before}Made-Up~Secret.1_2{after}"));
            let clean = redactor.redact(&text).into_owned();
            assert!(clean.contains(PLACEHOLDER), "{text} -> {clean}");
            assert!(clean.len() < PLACEHOLDER.len() + 10, "{text} -> {clean}");
        }
    }
}

#[test]
fn no_part_of_a_known_url_survives() {
    let redactor = redactor([SAS]);
    let mut quoted = spellings(SAS);
    quoted.push("signature aB/c+9xyz= refused".to_owned());
    quoted.push(SAS.split_once('?').unwrap().1.to_owned());
    for text in quoted {
        let clean = redactor.redact(&format!("cannot read <{text}>: 403")).into_owned();
        for piece in ["sig=", "sig%3D", "aB%2Fc", "aB/c", "9xyz", "Golden"] {
            assert!(!clean.contains(piece), "{text} -> {clean}");
        }
        assert!(clean.contains("cannot read") && clean.ends_with(": 403"), "{clean}");
    }
}

#[test]
fn a_very_long_secret_is_hidden_as_well() {
    let path = format!(r"C:\{}\golden.vhdx", "folder\\".repeat(3000));
    let redactor = redactor([&path]);
    for text in [path.clone(), json(&path), encoded(&path)] {
        assert_eq!(redactor.redact(&format!("<{text}>")), "<(secret)>");
    }
}

#[test]
fn the_signature_of_an_unknown_url_is_hidden_in_each_spelling() {
    let nobody = redactor([]);
    for text in spellings(SAS) {
        let clean = nobody.redact(&format!("cannot read \"{text}\", sorry")).into_owned();
        assert!(!clean.contains("9xyz"), "{text} -> {clean}");
        assert!(clean.contains("cannot read") && clean.ends_with(" sorry"), "{text} -> {clean}");
    }
    let text =
        "copy of https://a.example/v.vhdx?sv=1&SIG=abc%3D, then sig=def; https://b.example/?q=1";
    let clean = nobody.redact(text).into_owned();
    assert!(
        clean.starts_with("copy of https://a.example/v.vhdx?(secret) then (secret)"),
        "{clean}"
    );
    assert!(clean.ends_with("https://b.example/?q=1"), "{clean}");
    let signed = "GET https://management.example/op*1?api-version=1&t=63&c=MIIHlD&s=Abcdefghij-klmnop_q&h=x failed";
    let clean = nobody.redact(signed);
    assert_eq!(clean, "GET https://management.example/op*1?(secret) failed");
}

#[test]
fn tokens_and_passwords_are_told_by_their_form() {
    let nobody = redactor([]);
    for (text, clean) in [
        ("header Bearer abcdefghijklmnop123, refused", "header Bearer (secret), refused"),
        ("SharedKey acct:Zm9vYmFyYmF6cXV4MTIz= is wrong", "SharedKey (secret) is wrong"),
        ("got eyJhbGciOiJI.eyJzdWIiOiIx.c2ln here", "got (secret) here"),
        (r#"{"access_token":"abc","n":1}"#, r#"{"access_token":"(secret)","n":1}"#),
        (r#"{\"client_secret\": \"abc\"}"#, r#"{\"client_secret\": \"(secret)\"}"#),
        ("body client_id=a&client_secret=b%20c&x=1", "body client_id=a&(secret)&x=1"),
        ("\"https://shepherd:crook@sheep.example/\"", "\"https://(secret)@sheep.example/\""),
        ("shepherd:crook@sheep.example is odd", "(secret)@sheep.example is odd"),
    ] {
        assert_eq!(nobody.redact(text), clean);
    }
}

/// Java's `char[]`, in which Horizon Cloud takes passwords.
#[test]
fn a_password_in_single_characters_is_hidden() {
    let password = "päss\\w\"ord & 1";
    let letters: Vec<String> = password.chars().map(String::from).collect();
    let compact = serde_json::to_string(&letters).unwrap();
    let pretty = serde_json::to_string_pretty(&letters).unwrap();
    let unknown = Redactor::new();
    for text in [&compact, &pretty, &json(&compact), &json(&pretty)] {
        let text = format!("refused: {{\"chars\": {text}, \"sku\": \"b\"}}");
        let clean = unknown.redact(&text);
        assert!(!clean.contains('w') && clean.contains("sku"), "{clean}");
    }
    // The value of a name that is a secret's is hidden whole.
    for text in [&compact, &pretty, &json(&compact)] {
        let clean = unknown.redact(&format!("{{\"password\": {text}, \"sku\": 1}}")).into_owned();
        assert!(!clean.contains("\"o") && clean.contains("sku"), "{clean}");
    }
    assert_eq!(unknown.redact(r#"{"secret":["ab","cd"],"n":1}"#), r#"{"secret":[(secret)],"n":1}"#);
    let known = redactor([password]);
    for separator in [", ", ","] {
        let text = format!("java says [{}]", letters.join(separator));
        assert_eq!(known.redact(&text), "java says [(secret)]");
    }
    let clean = unknown.redact("it says [M, a, d, e,  , U, \", \\, ä] here");
    assert_eq!(clean, "it says [(secret)] here");
    let ordinary = "zones [1, 2, 3, 4, 5, 6, 7], rows [a, b, c], words [a, b, c, d, e, foo, g]";
    assert_eq!(unknown.redact(ordinary), ordinary);
    let ordinary = r#"sizes ["S","M","L"], lists ["a","b","c","long"], [[["x"]]], ["#;
    assert_eq!(unknown.redact(ordinary), ordinary);
}

#[test]
fn words_without_secrets_stay_as_they_are() {
    let nobody = redactor(["abc", "", "  "]);
    for text in [
        "signal lost at https://management.example/x?api-version=1",
        "a bearer of bad news, abcdef; mail me@example.com",
        "`azure.client_secret` (ARM_CLIENT_SECRET): is not set, 100 % sure & done \\o/",
        "The token is at 12:30 in C:\\temp\\new, s=1",
        "provider::cloudimages::parse(id) = \"x\"; Accepted? yes",
    ] {
        assert!(matches!(nobody.redact(text), Cow::Borrowed(same) if same == text), "{text}");
    }
}

#[test]
fn what_was_redacted_stays_as_it_is() {
    let redactor = redactor([SAS, "hush-hush"]);
    for text in [format!("\"{SAS}\""), "hush-hush, sig=1".to_owned(), encoded(SAS)] {
        let once = redactor.redact(&text).into_owned();
        assert_eq!(redactor.redact(&once), once);
    }
}

#[test]
fn a_longer_secret_is_redacted_completely() {
    assert_eq!(redactor(["abcd", "abcdef"]).redact("abcdef abcd"), "(secret) (secret)");
    assert_eq!(redactor(["pass"]).redact("pass, apassb"), "(secret), a(secret)b");
}

#[test]
fn truncation_never_leaves_half_a_secret() {
    let _known = Secret::from("excerpt-of-a-secret");
    for longest in 0..30 {
        let shown = excerpt("text excerpt-of-a-secret end", longest);
        assert!(!shown.contains("exc") && !shown.contains("a-s"), "{shown}");
    }
    assert_eq!(excerpt(&"ä".repeat(5), 5), "ä".repeat(5));
    assert_eq!(excerpt(&"ä".repeat(6), 5), format!("{} ...", "ä".repeat(5)));
}

#[test]
fn a_secret_prints_as_secret() {
    assert_eq!(format!("{:?}", Some(Secret::from("only-in-this-test"))), "Some((secret))");
    assert_eq!(redact("x only-in-this-test y"), "x (secret) y");
}

#[test]
fn a_secret_longer_than_what_is_searched_is_found_by_its_start() {
    let long: String = (0..90_000_u64).map(|n| char::from(b'a' + (n * n % 23) as u8)).collect();
    let _known = Secret::from(format!("a path {long}"));
    for text in [format!("see a%20path%20{long}"), format!("see a path {long} end")] {
        assert_eq!(excerpt(&text, 200), format!("see {PLACEHOLDER} ..."));
    }
}

#[test]
fn characters_that_html_names_by_number_are_read() {
    let nobody = Redactor::new();
    for text in [
        "https://b.example/a.vhdx?sv=1&#38;sig&#61;hidden-0123456789",
        "https://b.example/a.vhdx?sv=1&amp;sig&#x3D;hidden-0123456789",
        "https://b.example/a.vhdx?sv=1&#X26;sig&#x0003d;hidden-0123456789",
    ] {
        assert!(!nobody.redact(text).contains("hidden"), "{}", nobody.redact(text));
    }
    let known = Secret::from("entity/key+of==somebody");
    for text in
        ["entity&#x2F;key&#43;of&#x3D;&#61;somebody", "entity&#47;key&#x2b;of&#61;&#61;somebody"]
    {
        assert_eq!(redact(text), PLACEHOLDER, "{known:?}");
    }
    for text in ["&#", "&#;", "&#x;", "&#xD800;", "&#99999999999;", "R&#D"] {
        assert_eq!(nobody.redact(text), text);
    }
}

#[test]
fn a_text_made_to_be_searched_for_long_is_searched_once() {
    let nobody = Redactor::new();
    for piece in ["a=", "s=", "sig=", "@", "a@", ":@", "?s=", "\"sig\":", "bearer ", "//a:@", "eyj"]
    {
        let text = piece.repeat(200_000);
        let _ = nobody.redact(&text);
    }
}
