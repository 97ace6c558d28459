//! A contract engine without Wasm. All codes are the same *puppet*, which does what its messages tell it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use supercloud_chain::vm::{
    Analysis, Backend, CheckError, CheckLayer, CodeKey, CodeRules, EntryPoint, FunctionRef, HeldCode, MeteringVersion,
    Order, Vm, VmCall, VmError, VmReport,
};

/// What a message tells the puppet; in this order.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Script {
    /// Stored under `<key>`.
    set: BTreeMap<String, String>,
    remove: Vec<String>,
    /// Asked; the answer is stored under `answer`.
    query: Option<Value>,
    /// Keys of a scan over everything are stored, comma separated, under `keys`; `true` is descending.
    scan: Option<bool>,
    /// What `reply` will do from now on.
    on_reply: Option<Value>,
    /// CW gas to use.
    gas: u64,
    fail: Option<String>,
    trap: bool,
    /// Fields of the response that are not empty.
    attributes: Vec<Value>,
    events: Vec<Value>,
    messages: Vec<Value>,
    data: Option<String>,
    /// Uses all gas.
    run_out: bool,
    /// Version that a channel is opened with.
    version: Option<String>,
    /// Printed.
    debug: Option<String>,
    /// Answers with this instead of a response.
    raw: Option<String>,
}

#[derive(Default)]
pub(crate) struct FakeVm {
    loaded: Mutex<BTreeSet<CodeKey>>,
    pinned: Mutex<BTreeSet<CodeKey>>,
    /// How often a code was lent.
    lent: AtomicUsize,
    held: Mutex<BTreeMap<CodeKey, Weak<CodeKey>>>,
    /// Whether codes are there only as long as somebody holds them.
    forgetful: AtomicBool,
}

/// Bytes that the fake takes for Wasm; a version gives the code a migrate version.
pub(crate) fn puppet(name: &str, migrate_version: Option<u64>) -> Vec<u8> {
    format!(
        "puppet {name} {}",
        migrate_version.map(|version| version.to_string()).unwrap_or_default()
    )
    .into_bytes()
}

impl FakeVm {
    /// As if the process had been started anew.
    pub(crate) fn forget(&self) {
        self.loaded.lock().unwrap().clear();
        self.pinned.lock().unwrap().clear();
    }

    /// From now on every code is gone as soon as nobody holds it, as if other threads needed all room.
    pub(crate) fn be_forgetful(&self) {
        self.forget();
        self.forgetful.store(true, Ordering::SeqCst);
    }

    /// How many codes are there for good.
    pub(crate) fn loaded(&self) -> usize {
        self.loaded.lock().unwrap().len()
    }

    /// How many codes were there for a while; all of them are gone.
    pub(crate) fn lent(&self) -> usize {
        let held = self.held.lock().unwrap();
        assert!(held.values().all(|code| code.upgrade().is_none()));
        self.lent.load(Ordering::SeqCst)
    }

    fn hold(&self, wasm: &[u8], metering: MeteringVersion) -> Result<HeldCode, CheckError> {
        let checksum = self.check(wasm, &CodeRules::default())?.checksum;
        let code = Arc::new(CodeKey { checksum, metering });
        self.held.lock().unwrap().insert(*code, Arc::downgrade(&code));
        Ok(HeldCode::new(*code, code))
    }

    fn is_callable(&self, code: &CodeKey) -> bool {
        let is_held = |held: &Weak<CodeKey>| held.upgrade().is_some();
        let is_there = |codes: &Mutex<BTreeSet<CodeKey>>| codes.lock().unwrap().contains(code);
        is_there(&self.loaded) || is_there(&self.pinned) || self.held.lock().unwrap().get(code).is_some_and(is_held)
    }

    /// Codes that must stay in memory.
    pub(crate) fn pinned(&self) -> BTreeSet<CodeKey> {
        self.pinned.lock().unwrap().clone()
    }
}

impl Vm for FakeVm {
    fn check(&self, wasm: &[u8], rules: &CodeRules) -> Result<Analysis, CheckError> {
        let refuse = |layer, reason: &str| CheckError {
            layer,
            function: None,
            reason: reason.to_owned(),
        };
        let text = String::from_utf8_lossy(wasm);
        if !text.starts_with("puppet ") {
            return Err(refuse(CheckLayer::Parse, "not a puppet"));
        }
        if !rules.capabilities.contains("iterator") {
            return Err(refuse(CheckLayer::Capability, "puppets need the iterator"));
        }
        Ok(Analysis {
            checksum: Sha256::digest(wasm).into(),
            entry_points: BTreeSet::new(),
            required_capabilities: BTreeSet::from(["iterator".to_owned()]),
            migrate_version: text.rsplit(' ').next().unwrap().parse().ok(),
            has_ibc_entry_points: text.starts_with("puppet ibc"),
        })
    }

    fn load(&self, wasm: &[u8], metering: MeteringVersion) -> Result<HeldCode, CheckError> {
        let code = self.hold(wasm, metering)?;
        if !self.forgetful.load(Ordering::SeqCst) {
            self.loaded.lock().unwrap().insert(code.key);
        }
        Ok(code)
    }

    fn lend(&self, wasm: &[u8], metering: MeteringVersion) -> Result<HeldCode, CheckError> {
        self.lent.fetch_add(1, Ordering::SeqCst);
        self.hold(wasm, metering)
    }

    fn pin(&self, code: &CodeKey) -> bool {
        let loaded = self.is_callable(code);
        if loaded {
            self.pinned.lock().unwrap().insert(*code);
        }
        loaded
    }

    fn unpin(&self, code: &CodeKey) {
        self.pinned.lock().unwrap().remove(code);
    }

    fn symbolise(&self, _: &[u8], functions: &[u32]) -> Vec<FunctionRef> {
        let name = |index: &u32| FunctionRef {
            index: *index,
            name: Some(format!("puppet_{index}")),
        };
        functions.iter().map(name).collect()
    }

    fn call(&self, call: VmCall<'_>, backend: &mut dyn Backend) -> VmReport {
        if !self.is_callable(&call.code) {
            return VmReport {
                gas_internal: 0,
                gas_external: 0,
                result: Err(VmError::NotLoaded),
                trace: Vec::new(),
            };
        }
        let mut play = Play {
            backend,
            left: call.gas_limit,
            internal: 0,
            external: 0,
        };
        let result = play.run(&call);
        let trace = match result {
            Err(VmError::Trap(_)) => vec![7, 3],
            _ => Vec::new(),
        };
        VmReport {
            gas_internal: play.internal,
            gas_external: play.external,
            result,
            trace,
        }
    }
}

struct Play<'a> {
    backend: &'a mut dyn Backend,
    left: u64,
    internal: u64,
    external: u64,
}

impl Play<'_> {
    fn run(&mut self, call: &VmCall<'_>) -> Result<Vec<u8>, VmError> {
        let msg = match call.entry_point {
            EntryPoint::Instantiate | EntryPoint::Execute => call.args[2],
            EntryPoint::Sudo | EntryPoint::Migrate => call.args[1],
            EntryPoint::Query => return self.query(call.args[0], call.args[1]),
            EntryPoint::Reply => return self.reply(call.args[1]),
            _ => return self.ibc(call),
        };
        self.set("env", call.args[0])?;
        match call.entry_point {
            EntryPoint::Migrate => self.set("migrate_info", call.args[2])?,
            EntryPoint::Sudo => self.set("sudo", b"yes")?,
            _ => self.set("info", call.args[1])?,
        }
        self.play(serde_json::from_slice(msg).unwrap())
    }

    /// Keeps what it was told under the name of the entry point and plays what was prepared under `on_<name>`.
    fn ibc(&mut self, call: &VmCall<'_>) -> Result<Vec<u8>, VmError> {
        let name = call.entry_point.export_name();
        self.set(name, call.args[1])?;
        let script: Script = self
            .get(&format!("on_{name}"))?
            .map(|bytes| serde_json::from_slice(&bytes).unwrap())
            .unwrap_or_default();
        let version = script.version.clone();
        let answer = self.play(script)?;
        let mut json: Value = serde_json::from_slice(&answer).unwrap();
        let Some(ok) = json.get_mut("ok") else {
            return Ok(answer);
        };
        match call.entry_point {
            EntryPoint::IbcChannelOpen => *ok = version.map_or(Value::Null, |version| json!({ "version": version })),
            EntryPoint::IbcPacketReceive | EntryPoint::Ibc2PacketReceive => ok["acknowledgement"] = ok["data"].take(),
            _ => {}
        }
        Ok(json.to_string().into_bytes())
    }

    fn play(&mut self, script: Script) -> Result<Vec<u8>, VmError> {
        if let Some(line) = &script.debug {
            self.backend.debug(line);
        }
        for (key, value) in &script.set {
            self.set(key, value.as_bytes())?;
        }
        for key in &script.remove {
            let outcome = self.backend.remove(key.as_bytes(), self.left);
            self.pay(outcome)?;
        }
        if let Some(query) = script.query {
            let outcome = self.backend.query(&serde_json::to_vec(&query).unwrap(), self.left);
            let answer = self.pay(outcome)?;
            self.set("answer", &answer)?;
        }
        if let Some(descending) = script.scan {
            self.scan(descending)?;
        }
        if let Some(on_reply) = script.on_reply {
            self.set("on_reply", &serde_json::to_vec(&on_reply).unwrap())?;
        }
        self.burn(if script.run_out { u64::MAX } else { script.gas })?;
        if script.trap {
            return Err(VmError::Trap("unreachable"));
        }
        if let Some(raw) = script.raw {
            return Ok(raw.into_bytes());
        }
        Ok(match script.fail {
            Some(text) => json!({ "error": text }),
            None => json!({ "ok": {
                "messages": script.messages,
                "attributes": script.attributes,
                "events": script.events,
                "data": script.data.map(|data| BASE64_STANDARD.encode(data)),
            }}),
        }
        .to_string()
        .into_bytes())
    }

    /// Appends the reply to the list under `replies` and plays what was prepared for it.
    fn reply(&mut self, reply: &[u8]) -> Result<Vec<u8>, VmError> {
        let mut replies: Vec<Value> = match self.get("replies")? {
            Some(bytes) => serde_json::from_slice(&bytes).unwrap(),
            None => Vec::new(),
        };
        replies.push(serde_json::from_slice(reply).unwrap());
        self.set("replies", &serde_json::to_vec(&replies).unwrap())?;
        let script = self
            .get("on_reply")?
            .map(|bytes| serde_json::from_slice(&bytes).unwrap())
            .unwrap_or_default();
        self.play(script)
    }

    /// `{"get": key}`, `{"env": {}}`, `{"fail": text}`, `{"trap": {}}`, `{"ask": request}` or `{"run_out": {}}`.
    fn query(&mut self, env: &[u8], msg: &[u8]) -> Result<Vec<u8>, VmError> {
        let msg: Value = serde_json::from_slice(msg).unwrap();
        let (name, value) = msg.as_object().unwrap().iter().next().unwrap();
        let data = match name.as_str() {
            "get" => self.get(value.as_str().unwrap())?.unwrap_or_default(),
            "env" => env.to_vec(),
            "fail" => return Ok(json!({ "error": value }).to_string().into_bytes()),
            "trap" => return Err(VmError::Trap("unreachable")),
            "ask" => {
                let outcome = self.backend.query(&serde_json::to_vec(value).unwrap(), self.left);
                self.pay(outcome)?
            }
            "run_out" => {
                self.burn(u64::MAX)?;
                Vec::new()
            }
            other => panic!("unknown query {other}"),
        };
        Ok(json!({ "ok": BASE64_STANDARD.encode(data) }).to_string().into_bytes())
    }

    fn scan(&mut self, descending: bool) -> Result<(), VmError> {
        let order = if descending {
            Order::Descending
        } else {
            Order::Ascending
        };
        let outcome = self.backend.scan(None, None, order, self.left);
        let iterator = self.pay(outcome)?;
        let mut keys = Vec::new();
        loop {
            let outcome = self.backend.next(iterator, self.left);
            let Some((key, _)) = self.pay(outcome)? else { break };
            keys.push(String::from_utf8(key).unwrap());
        }
        self.set("keys", keys.join(",").as_bytes())
    }

    fn get(&mut self, key: &str) -> Result<Option<Vec<u8>>, VmError> {
        let outcome = self.backend.read(key.as_bytes(), self.left);
        self.pay(outcome)
    }

    fn set(&mut self, key: &str, value: &[u8]) -> Result<(), VmError> {
        let outcome = self.backend.write(key.as_bytes(), value, self.left);
        self.pay(outcome)
    }

    fn burn(&mut self, gas: u64) -> Result<(), VmError> {
        if gas > self.left {
            self.internal += self.left;
            self.left = 0;
            return Err(VmError::OutOfGas);
        }
        self.internal += gas;
        self.left -= gas;
        Ok(())
    }

    fn pay<T>(&mut self, (result, cost): (Result<T, supercloud_chain::vm::BackendError>, u64)) -> Result<T, VmError> {
        use supercloud_chain::vm::BackendError;
        self.external += cost.min(self.left);
        if cost > self.left {
            self.left = 0;
            return Err(VmError::OutOfGas);
        }
        self.left -= cost;
        result.map_err(|error| match error {
            BackendError::OutOfGas => VmError::OutOfGas,
            other => VmError::Backend(other.to_string()),
        })
    }
}
