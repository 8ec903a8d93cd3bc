use crate::run::{passport, run};

#[tokio::test]
async fn each_shell_gets_a_script_that_names_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let mut command = passport();
        command.args(["completions", shell]);
        let ran = run(command).await;
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{shell}");
        for command in ["collect", "ingest"] {
            assert!(ran.out.contains(command), "{shell}");
        }
    }
}

#[tokio::test]
async fn a_form_that_a_command_does_not_have_is_wrong_usage() {
    let mut command = passport();
    command.args(["completions", "bash", "--output", "json"]);
    let ran = run(command).await;
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("leave --output out"));
}
