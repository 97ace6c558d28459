//! Child processes: run, capture, and say which command failed and what it wrote.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

/// How often a command with a time limit is looked at.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Runs a command and returns its stdout; what it wrote to stderr is part of the error.
pub fn capture(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{shown}`"))?;
    if !output.status.success() {
        bail!(
            "`{shown}` ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{shown}` wrote text that is not UTF-8"))
}

/// Runs a command whose output the user should see; its stdout goes to our stderr, since stdout is for data.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    let status = command
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status()
        .with_context(|| format!("cannot start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// Like [`run`], but ends the command when it takes longer than `limit`.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let shown = show(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .spawn()
        .with_context(|| format!("cannot start `{shown}`"))?;
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().with_context(|| format!("cannot wait for `{shown}`"))? {
            return if status.success() {
                Ok(())
            } else {
                Err(anyhow!("`{shown}` ended with {status}"))
            };
        }
        if Instant::now() >= deadline {
            child.kill().with_context(|| format!("cannot end `{shown}`"))?;
            child.wait().with_context(|| format!("cannot wait for `{shown}`"))?;
            bail!("`{shown}` took longer than {} s", limit.as_secs());
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}

/// The cargo that runs us, or the one on the path.
#[must_use]
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn show(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy().into_owned()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_command_reports_its_stderr() {
        let error = capture(Command::new("sh").args(["-c", "echo broken >&2; exit 4"])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`sh -c echo broken >&2; exit 4` ended with exit status: 4: broken"
        );
    }

    #[test]
    fn command_over_its_time_is_ended() {
        let error = run_within(Command::new("sleep").arg("60"), Duration::ZERO).unwrap_err();
        assert_eq!(error.to_string(), "`sleep 60` took longer than 0 s");
    }

    #[test]
    fn command_within_its_time_passes() {
        run_within(&mut Command::new("true"), Duration::from_secs(60)).unwrap();
    }
}
