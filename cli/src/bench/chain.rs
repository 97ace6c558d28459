//! The node under load: one that is started here, as a process of its own with a home on disk and fsync at every block,
//! or one that runs already.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use supercloud_client::Key;
use supercloud_node::{DevGenesis, Home, HomeInit, offline};
use supercloud_schema::money::{UACT, UAKT};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::process::{self, Usage};
use crate::dev::HRP;

/// The chain that is started here.
const CHAIN_ID: &str = "supercloud-bench-1";
/// What each account owns, in uakt and in uact.
const FUNDS: u128 = 1_000_000_000_000;
/// Least gas price of the chain, in uakt.
pub(crate) const MIN_GAS_PRICE: &str = "0.0025";
/// A node is idle that uses less processor time than this from one look to the next.
const IDLE_CPU_SECONDS: f64 = 0.1;
const SETTLE_LOOK: Duration = Duration::from_millis(500);
const SETTLE_LOOKS: u32 = 60;
/// How long the node may take to end.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// A node.
pub(crate) struct Node {
    pub(crate) url: String,
    pub(crate) pid: Option<u32>,
    own: Option<OwnNode>,
}

struct OwnNode {
    child: Child,
    home: PathBuf,
    _dir: TempDir,
}

/// What is wanted of an own node.
pub(crate) struct OwnPlan<'a> {
    /// Folder below which the home is made; the system's folder for temporary files when absent.
    pub(crate) dir: Option<&'a Path>,
    /// The only voter.
    pub(crate) council: &'a Key,
    /// Who is funded.
    pub(crate) accounts: &'a [Key],
    /// Memory for states in MiB, when not the default.
    pub(crate) cache_mib: Option<u32>,
    /// Changes of the state that gather before they are written, in MiB, when not the default.
    pub(crate) write_buffer_mib: Option<u32>,
}

#[derive(Deserialize)]
struct Ready {
    rpc: String,
}

impl Node {
    /// A node that runs; its process is known only if its id is.
    pub(crate) fn running(url: &str, pid: Option<u32>) -> Self {
        Self {
            url: url.to_owned(),
            pid,
            own: None,
        }
    }

    /// Makes a home and starts its node.
    pub(crate) async fn start(plan: &OwnPlan<'_>) -> Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("supercloud-bench-");
        let dir = match plan.dir {
            Some(dir) => builder.tempdir_in(dir),
            None => builder.tempdir(),
        };
        let dir = dir.context("no folder for the node's home")?;
        let home = dir.path().join("home");
        make_home(&home, plan)?;
        let program = std::env::current_exe().context("where this program is")?;
        let mut child = Command::new(program)
            .args(["node", "start", "--json", "--rpc-port", "0", "--home"])
            .arg(&home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("the node was not started")?;
        let pid = child.id().context("the node ended at once")?;
        let stdout = child.stdout.take().context("the node has no stdout")?;
        let line = BufReader::new(stdout).lines().next_line().await?;
        let line = line.context("the node ended before it was ready; it said why above")?;
        let ready: Ready = serde_json::from_str(&line).with_context(|| format!("the node says {line:?}"))?;
        Ok(Self {
            url: ready.rpc,
            pid: Some(pid),
            own: Some(OwnNode { child, home, _dir: dir }),
        })
    }

    /// Whether it was started here.
    pub(crate) fn is_own(&self) -> bool {
        self.own.is_some()
    }

    /// What its process used so far.
    pub(crate) fn usage(&self) -> Option<Usage> {
        self.pid.and_then(Usage::of)
    }

    /// The home of an own node.
    pub(crate) fn home(&self) -> Option<PathBuf> {
        self.own.as_ref().map(|own| own.home.clone())
    }

    /// Bytes that its home takes on the disk.
    pub(crate) fn disk_bytes(&self) -> Option<u64> {
        let own = self.own.as_ref()?;
        process::disk_bytes(&own.home).ok()
    }

    /// Waits until the node has compiled what it compiles in the background, as well as that shows from its use.
    pub(crate) async fn settle(&self) {
        let mut before = self.usage();
        for _ in 0..SETTLE_LOOKS {
            tokio::time::sleep(SETTLE_LOOK).await;
            let now = self.usage();
            let idle = before
                .zip(now)
                .is_none_or(|(before, now)| now.cpu_seconds - before.cpu_seconds < IDLE_CPU_SECONDS);
            if idle {
                return;
            }
            before = now;
        }
    }

    /// Ends an own node as an operator does; one that does not end well is an error.
    pub(crate) async fn stop(self) -> Result<()> {
        let Some(mut own) = self.own else { return Ok(()) };
        terminate(&mut own.child).await?;
        let status = tokio::time::timeout(STOP_TIMEOUT, own.child.wait())
            .await
            .with_context(|| format!("the node did not end within {STOP_TIMEOUT:?}"))??;
        if !status.success() {
            bail!("the node ended with {status}");
        }
        Ok(())
    }
}

/// A signal by the system's own tool: nothing here may call into the system unsafely.
async fn terminate(child: &mut Child) -> Result<()> {
    let Some(pid) = child.id() else {
        return Ok(());
    };
    if cfg!(unix) {
        let sent = Command::new("kill").args(["-TERM", &pid.to_string()]).status().await;
        if sent.is_ok_and(|status| status.success()) {
            return Ok(());
        }
    }
    child.kill().await.context("the node cannot be ended")
}

fn make_home(path: &Path, plan: &OwnPlan<'_>) -> Result<()> {
    let council = plan.council.address(HRP)?;
    let mut genesis = DevGenesis::new()
        .chain_id(CHAIN_ID)
        .prefix(HRP)
        .voting_period(1)
        .timelock(0)
        .min_gas_price(MIN_GAS_PRICE, UAKT)
        .council_member(&council, 1)
        .fund(&council, &[(FUNDS, UAKT)]);
    for key in plan.accounts {
        genesis = genesis.fund(&key.address(HRP)?, &[(FUNDS, UACT), (FUNDS, UAKT)]);
    }
    let genesis = genesis.build();
    offline::assert_genesis(&genesis).context("the genesis is refused")?;
    let home = Home::new(path);
    home.init(&HomeInit {
        moniker: "bench".to_owned(),
        genesis_json: genesis.to_json(),
        validator_key: None,
    })?;
    let file = home.config_file();
    let text = std::fs::read_to_string(&file)?;
    let text = configure(&text, plan.cache_mib, plan.write_buffer_mib)?;
    std::fs::write(&file, text)?;
    Ok(())
}

/// The written configuration without the servers that the load does not use.
fn configure(text: &str, cache_mib: Option<u32>, write_buffer_mib: Option<u32>) -> Result<String> {
    let mut changes = vec![
        ("rest_address = ", "\"off\"".to_owned()),
        ("grpc_address = ", "\"off\"".to_owned()),
    ];
    changes.extend(cache_mib.map(|mib| ("cache_mib = ", mib.to_string())));
    changes.extend(write_buffer_mib.map(|mib| ("write_buffer_mib = ", mib.to_string())));
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (key, value) in changes {
        let line = lines
            .iter_mut()
            .find(|line| line.starts_with(key))
            .with_context(|| format!("the configuration of a new home has no {key:?}"))?;
        *line = format!("{key}{value}");
    }
    Ok(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_keeps_fsync_and_loses_what_is_not_used() {
        let text = "[rpc]\nrest_address = \"a\"\ngrpc_address = \"b\"\n[state]\nfsync = \"every-block\"\ncache_mib = 256\nwrite_buffer_mib = 256\n";
        let off = text.replace("\"a\"", "\"off\"").replace("\"b\"", "\"off\"");
        assert_eq!(configure(text, None, None).unwrap(), off);
        let small = off
            .replace("\ncache_mib = 256", "\ncache_mib = 16")
            .replace("write_buffer_mib = 256", "write_buffer_mib = 32");
        assert_eq!(configure(text, Some(16), Some(32)).unwrap(), small);
        assert!(configure("moniker = 'x'", None, None).is_err());
    }
}
