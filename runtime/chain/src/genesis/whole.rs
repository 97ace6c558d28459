//! A whole state in a genesis: every entry as it is stored, by module. A chain that begins with it has the same root and
//! goes on at the next height, whatever modules there are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::config::Config;
use crate::machine::Machine;
use crate::state_key::chain as key;
use crate::store::{Changes, Direction, MAX_KEY_BYTES, RootHash};

use super::wasm::{Base64, Model, UpperHex};
use super::{Genesis, GenesisError, GenesisFees, GenesisGov, GenesisWasm, apply_last_block};

/// Every entry of a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WholeState {
    /// Root of the entries.
    app_hash: UpperHex,
    /// Module -> its entries in ascending order, keys without `<module>/`.
    modules: BTreeMap<String, Vec<Model>>,
}

/// The genesis of an export: the state says all the rest.
#[derive(Serialize)]
struct Exported<'a> {
    chain_id: &'a str,
    genesis_time: &'a str,
    initial_height: u64,
    bech32_prefix: &'a str,
    whole_state: &'a WholeState,
}

fn refused(place: impl Into<String>, reason: impl Into<String>) -> GenesisError {
    GenesisError::WholeState {
        place: place.into(),
        reason: reason.into(),
    }
}

fn join(module: &str, rest: &[u8]) -> Vec<u8> {
    [module.as_bytes(), b"/", rest].concat()
}

impl WholeState {
    /// Entries of the state.
    pub fn entry_count(&self) -> usize {
        self.modules.values().map(Vec::len).sum()
    }

    fn get(&self, full_key: &[u8]) -> Option<&[u8]> {
        let slash = full_key.iter().position(|byte| *byte == b'/')?;
        let models = self.modules.get(std::str::from_utf8(&full_key[..slash]).ok()?)?;
        let rest = &full_key[slash + 1..];
        let found = models.binary_search_by(|model| model.key.0.as_slice().cmp(rest)).ok()?;
        Some(&models[found].value.0)
    }

    pub(super) fn assert_valid(&self) -> Result<(), GenesisError> {
        if self.app_hash.0.len() != size_of::<RootHash>() {
            return Err(refused(
                "app_hash",
                format!("has {} bytes, not 32", self.app_hash.0.len()),
            ));
        }
        for (module, models) in &self.modules {
            if module.contains('/') {
                return Err(refused(module, "a module's name has no slash"));
            }
            for model in models {
                let len = join(module, &model.key.0).len();
                if len > MAX_KEY_BYTES {
                    return Err(refused(
                        module,
                        format!("a key has {len} bytes, at most {MAX_KEY_BYTES}"),
                    ));
                }
            }
            let unordered = models.windows(2).find(|pair| pair[0].key.0 >= pair[1].key.0);
            if let Some([_, second]) = unordered {
                let key = hex::encode_upper(&second.key.0);
                return Err(refused(module, format!("key {key} is not above the one before")));
            }
        }
        Ok(())
    }

    /// The configuration in the state, under the genesis' own name of the chain.
    pub(crate) fn config(&self, genesis: &Genesis) -> Result<Config, GenesisError> {
        let stored = self.get(key::CONFIG);
        let stored = stored.ok_or_else(|| refused("chain", "there is no configuration"))?;
        let mut config: Config =
            serde_json::from_slice(stored).map_err(|error| refused("chain", format!("configuration: {error}")))?;
        if config.bech32_prefix != genesis.bech32_prefix {
            let (ours, theirs) = (&genesis.bech32_prefix, &config.bech32_prefix);
            return Err(refused(
                "bech32_prefix",
                format!("is {ours:?}, the state has {theirs:?}"),
            ));
        }
        config.chain_id.clone_from(&genesis.chain_id);
        Ok(config)
    }

    /// The root that a state with these entries must have; none when it is meant to be another chain.
    pub(crate) fn expected_root(&self, entries: &Changes) -> Option<RootHash> {
        let is_same = |full_key: &[u8]| entries.get(full_key).and_then(Option::as_deref) == self.get(full_key);
        if !is_same(key::CONFIG) || !is_same(key::LAST_BLOCK) {
            return None;
        }
        self.app_hash.0.as_slice().try_into().ok()
    }
}

/// Refuses a state whose root is not the one that its export names.
pub(crate) fn assert_root(expected: Option<RootHash>, got: RootHash) -> Result<(), GenesisError> {
    match expected.filter(|expected| *expected != got) {
        None => Ok(()),
        Some(expected) => {
            let [expected, got] = [expected, got].map(hex::encode_upper);
            Err(refused("app_hash", format!("is {expected}, the entries give {got}")))
        }
    }
}

/// Writes all entries. Only the chain's name and the position in time are the genesis' own.
pub(crate) fn apply_state(machine: &mut Machine<'_>, state: &WholeState) {
    for (module, models) in &state.modules {
        for model in models {
            machine.state.set(join(module, &model.key.0), model.value.0.clone());
        }
    }
    let config: &Config = &machine.env.config;
    let is_stored = state
        .get(key::CONFIG)
        .and_then(|stored| serde_json::from_slice::<Config>(stored).ok())
        .is_some_and(|stored| stored == *config);
    if !is_stored {
        let config = serde_json::to_vec(config).expect("a configuration has only text keys");
        machine.state.set(key::CONFIG.to_vec(), config);
    }
    apply_last_block(machine, machine.block);
    machine.state.seal();
}

/// The machine's state as a genesis.
pub(crate) fn export_state(machine: &Machine<'_>) -> Result<Genesis, GenesisError> {
    let mut modules: BTreeMap<String, Vec<Model>> = BTreeMap::new();
    for (full_key, value) in machine.state.range(None, None, Direction::Ascending) {
        let slash = full_key.iter().position(|byte| *byte == b'/');
        let module = slash.and_then(|slash| std::str::from_utf8(&full_key[..slash]).ok());
        let (Some(slash), Some(module)) = (slash, module) else {
            return Err(refused(hex::encode_upper(&full_key), "the key belongs to no module"));
        };
        let model = Model {
            key: UpperHex(full_key[slash + 1..].to_vec()),
            value: Base64(value),
        };
        match modules.get_mut(module) {
            Some(models) => models.push(model),
            None => drop(modules.insert(module.to_owned(), vec![model])),
        }
    }
    machine.state.check()?;
    let time = OffsetDateTime::from_unix_timestamp_nanos(machine.block.time_nanos.into())
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .ok_or_else(|| refused("genesis_time", format!("{} ns is not a time", machine.block.time_nanos)))?;
    let config = &machine.env.config;
    Ok(Genesis {
        initial_height: machine.block.height + 1,
        bech32_prefix: config.bech32_prefix.clone(),
        whole_state: Some(WholeState {
            app_hash: UpperHex(machine.state.base_root().to_vec()),
            modules,
        }),
        ..Genesis::new(config.chain_id.clone(), time)
    })
}

impl Genesis {
    /// The genesis as JSON that people read; of an exported state without the parts that it replaces. The same genesis
    /// gives the same bytes.
    pub fn to_json(&self) -> String {
        let json = match &self.whole_state {
            Some(state) => serde_json::to_string_pretty(&Exported {
                chain_id: &self.chain_id,
                genesis_time: &self.genesis_time,
                initial_height: self.initial_height,
                bech32_prefix: &self.bech32_prefix,
                whole_state: state,
            }),
            None => serde_json::to_string_pretty(self),
        };
        let mut json = json.expect("a genesis has only text keys");
        json.push('\n');
        json
    }

    pub(super) fn assert_only_state(&self) -> Result<(), GenesisError> {
        let others = [
            ("balances", self.balances.is_empty()),
            ("denoms", self.denoms.is_empty()),
            ("send_restrictions", self.send_restrictions.is_empty()),
            ("tokenfactory", self.tokenfactory.is_empty()),
            ("gov", self.gov == GenesisGov::default()),
            ("wasm", self.wasm == GenesisWasm::default()),
            ("fees", self.fees == GenesisFees::default()),
        ];
        match others.iter().find(|(_, is_default)| !is_default) {
            Some((place, _)) => Err(GenesisError::BesideState { place }),
            None => Ok(()),
        }
    }
}
