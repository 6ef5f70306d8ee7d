//! Functions of a provider.

use super::begin;

#[test]
fn a_function_computes_and_points_at_the_argument_that_is_wrong() {
    let call = |times: &str| {
        format!(
            "variable \"n\" {{\n  type = number\n  default = -2\n}}\noutput \"text\" {{\n  value \
             = provider::sketch::repeat(\"ab\", {times})\n}}\n"
        )
    };
    let setting = begin(&call("2"));
    assert_eq!(setting.workspace.step().output("text"), "abab");
    setting.workspace.main(&call("var.n"));
    let error = setting.workspace.plan().error();
    error.says(&[
        "Invalid function argument",
        "\"times\" parameter",
        "A text cannot be repeated -2 times.",
    ]);
    assert_eq!(error.code, "value = provider::sketch::repeat(\"ab\", var.n)");
    setting.workspace.main(&call("1.5"));
    setting.workspace.plan().error().says(&["whole number", "\"times\" parameter"]);
}
