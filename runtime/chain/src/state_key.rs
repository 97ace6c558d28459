//! Every key of the state. A key is `<module>/` and then bytes of the module's own; gas counts only the latter.
//!
//! The bytes of `wasm/` and `bank/` are wasmd's and the Cosmos SDK's, so raw store queries find them where tools look.

use crate::address::Address;
use crate::authz::GrantId;

/// Length of the part of a key that gas counts: all after the module's name.
pub(crate) fn compute_metered_len(key: &[u8]) -> usize {
    key.iter()
        .position(|byte| *byte == b'/')
        .map_or(key.len(), |slash| key.len() - slash - 1)
}

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// What the chain knows of itself.
pub(crate) mod chain {
    /// Configuration as JSON: see `config.rs`.
    pub(crate) const CONFIG: &[u8] = b"chain/config";
    /// Height and time of the last block, as JSON.
    pub(crate) const LAST_BLOCK: &[u8] = b"chain/last_block";
}

pub(crate) mod auth {
    use super::{Address, join};

    /// `01 ‖ address` -> account as protobuf `Any`.
    pub(crate) const ACCOUNTS: &[u8] = b"acc/\x01";
    /// Next account number, big endian.
    pub(crate) const NEXT_NUMBER: &[u8] = b"acc/\x02";

    /// `03 ‖ account number` -> address.
    pub(crate) fn by_number(number: u64) -> Vec<u8> {
        join(&[b"acc/\x03", &number.to_be_bytes()])
    }

    pub(crate) fn account(address: &Address) -> Vec<u8> {
        join(&[ACCOUNTS, address.as_bytes()])
    }
}

pub(crate) mod bank {
    use super::{Address, join};

    /// `00 ‖ denom` -> amount as text.
    pub(crate) const SUPPLY: &[u8] = b"bank/\x00";
    /// `01 ‖ denom` -> metadata as protobuf.
    pub(crate) const METADATA: &[u8] = b"bank/\x01";
    /// `02 ‖ len ‖ address ‖ denom` -> amount as text; absent when zero.
    pub(crate) const BALANCES: &[u8] = b"bank/\x02";
    /// `03 ‖ denom ‖ 00 ‖ len ‖ address` -> nothing: the holders of a denom.
    pub(crate) const HOLDERS: &[u8] = b"bank/\x03";
    /// `04 ‖ denom` -> `01` or `00`: the denom's own rule whether it may be sent.
    pub(crate) const SEND_ENABLED: &[u8] = b"bank/\x04";
    /// `05` -> `01` or `00`: the rule of all other denoms; absent: `01`.
    pub(crate) const DEFAULT_SEND_ENABLED: &[u8] = b"bank/\x05";
    /// `80 ‖ denom` -> nothing: the denom's transfers are restricted.
    pub(crate) const RESTRICTED: &[u8] = b"bank/\x80";
    /// `81 ‖ denom ‖ 00 ‖ len ‖ address` -> nothing: may send and receive the restricted denom.
    pub(crate) const ALLOWED: &[u8] = b"bank/\x81";

    pub(crate) fn supply(denom: &str) -> Vec<u8> {
        join(&[SUPPLY, denom.as_bytes()])
    }

    pub(crate) fn metadata(denom: &str) -> Vec<u8> {
        join(&[METADATA, denom.as_bytes()])
    }

    pub(crate) fn balances(address: &Address) -> Vec<u8> {
        join(&[BALANCES, &address.length_prefixed()])
    }

    pub(crate) fn balance(address: &Address, denom: &str) -> Vec<u8> {
        join(&[BALANCES, &address.length_prefixed(), denom.as_bytes()])
    }

    pub(crate) fn holders(denom: &str) -> Vec<u8> {
        join(&[HOLDERS, denom.as_bytes(), &[0]])
    }

    pub(crate) fn holder(denom: &str, address: &Address) -> Vec<u8> {
        join(&[HOLDERS, denom.as_bytes(), &[0], &address.length_prefixed()])
    }

    pub(crate) fn send_enabled(denom: &str) -> Vec<u8> {
        join(&[SEND_ENABLED, denom.as_bytes()])
    }

    pub(crate) fn restricted(denom: &str) -> Vec<u8> {
        join(&[RESTRICTED, denom.as_bytes()])
    }

    pub(crate) fn all_allowed(denom: &str) -> Vec<u8> {
        join(&[ALLOWED, denom.as_bytes(), &[0]])
    }

    pub(crate) fn allowed(denom: &str, address: &Address) -> Vec<u8> {
        join(&[ALLOWED, denom.as_bytes(), &[0], &address.length_prefixed()])
    }
}

pub(crate) mod wasm {
    use super::{Address, join};

    /// `01 ‖ code id` -> `CodeInfo`.
    pub(crate) const CODES: &[u8] = b"wasm/\x01";
    /// `03 ‖ address ‖ key` -> a contract's own storage.
    pub(crate) const STORAGE: &[u8] = b"wasm/\x03";
    /// `04 ‖ "lastCodeId"` -> next code id, big endian.
    pub(crate) const NEXT_CODE_ID: &[u8] = b"wasm/\x04lastCodeId";
    /// `04 ‖ "lastContractId"` -> next classic instance id, big endian.
    pub(crate) const NEXT_INSTANCE_ID: &[u8] = b"wasm/\x04lastContractId";
    /// `07 ‖ code id` -> `01`: pinned.
    pub(crate) const PINNED: &[u8] = b"wasm/\x07";
    /// `10` -> `Params`.
    pub(crate) const PARAMS: &[u8] = b"wasm/\x10";
    /// `20 ‖ checksum` -> Wasm bytes, uncompressed. wasmd keeps them in files; here the state is all there is.
    const BLOB: &[u8] = b"wasm/\x20";

    /// `21 ‖ checksum` -> migrate version of the code, big endian; absent when it states none.
    const MIGRATE_VERSION: &[u8] = b"wasm/\x21";

    /// `22 ‖ checksum` -> version of the metering rule that the code was stored under, big endian.
    const METERING: &[u8] = b"wasm/\x22";

    /// `23` -> the rules for uploads as JSON; absent: the default.
    pub(crate) const CODE_RULES: &[u8] = b"wasm/\x23";

    /// `24 ‖ checksum` -> nothing: the code has all of the classic IBC entry points.
    const IBC_CODE: &[u8] = b"wasm/\x24";

    /// `25` -> `HostParams`; absent: the default.
    pub(crate) const HOST_PARAMS: &[u8] = b"wasm/\x25";

    /// `02 ‖ address` -> `ContractInfo`.
    pub(crate) const CONTRACTS: &[u8] = b"wasm/\x02";

    /// The key as wasmd has it.
    pub(crate) fn without_module(key: &[u8]) -> &[u8] {
        key.strip_prefix(b"wasm/").unwrap_or(key)
    }

    pub(crate) fn code(id: u64) -> Vec<u8> {
        join(&[CODES, &id.to_be_bytes()])
    }

    pub(crate) fn contract(address: &Address) -> Vec<u8> {
        join(&[CONTRACTS, address.as_bytes()])
    }

    pub(crate) fn storage(address: &Address) -> Vec<u8> {
        join(&[STORAGE, address.as_bytes()])
    }

    /// `05 ‖ address ‖ number` -> `ContractCodeHistoryEntry`.
    pub(crate) fn history(address: &Address) -> Vec<u8> {
        join(&[b"wasm/\x05", address.as_bytes()])
    }

    /// `06 ‖ code id ‖ height ‖ tx index ‖ address` -> nothing.
    pub(crate) fn by_code(code_id: u64) -> Vec<u8> {
        join(&[b"wasm/\x06", &code_id.to_be_bytes()])
    }

    pub(crate) fn pinned(id: u64) -> Vec<u8> {
        join(&[PINNED, &id.to_be_bytes()])
    }

    /// `09 ‖ len ‖ creator ‖ height ‖ tx index ‖ address` -> nothing.
    pub(crate) fn by_creator(creator: &Address) -> Vec<u8> {
        join(&[b"wasm/\x09", &creator.length_prefixed()])
    }

    pub(crate) fn blob(checksum: &[u8]) -> Vec<u8> {
        join(&[BLOB, checksum])
    }

    pub(crate) fn metering(checksum: &[u8]) -> Vec<u8> {
        join(&[METERING, checksum])
    }

    pub(crate) fn ibc_code(checksum: &[u8]) -> Vec<u8> {
        join(&[IBC_CODE, checksum])
    }

    /// IBC packets that wait for their acknowledgement.
    pub(crate) const ASYNC_PACKETS: [&[u8]; 2] = [b"wasm/\x11", b"wasm/\x26"];

    /// `11 ‖ port ‖ len (4 bytes) ‖ channel ‖ sequence` -> packet that waits for its acknowledgement.
    pub(crate) fn async_packet(port: &str, channel: &str, sequence: u64) -> Vec<u8> {
        join(&[
            b"wasm/\x11",
            port.as_bytes(),
            &(channel.len() as u32).to_be_bytes(),
            channel.as_bytes(),
            &sequence.to_be_bytes(),
        ])
    }

    /// `26 ‖ len (4 bytes) ‖ client ‖ sequence` -> port that an IBC v2 packet waits at for its acknowledgement.
    pub(crate) fn async_packet_v2(client: &str, sequence: u64) -> Vec<u8> {
        join(&[
            b"wasm/\x26",
            &(client.len() as u32).to_be_bytes(),
            client.as_bytes(),
            &sequence.to_be_bytes(),
        ])
    }

    pub(crate) fn migrate_version(checksum: &[u8]) -> Vec<u8> {
        join(&[MIGRATE_VERSION, checksum])
    }
}

pub(crate) mod gov {
    use super::{Address, join};

    /// Next proposal id, big endian.
    pub(crate) const NEXT_ID: &[u8] = b"gov/\x01";
    /// `02 ‖ id` -> `Proposal`.
    pub(crate) const PROPOSALS: &[u8] = b"gov/\x02";
    /// `03 ‖ time ‖ id` -> nothing: voting ends at that time (nanoseconds, big endian).
    pub(crate) const VOTING: &[u8] = b"gov/\x03";
    /// `04 ‖ time ‖ id` -> nothing: passed, runs at that time.
    pub(crate) const TIMELOCKED: &[u8] = b"gov/\x04";
    /// `06 ‖ len ‖ address` -> weight, big endian.
    pub(crate) const COUNCIL: &[u8] = b"gov/\x06";

    /// `07` -> parameters as JSON.
    pub(crate) const PARAMS: &[u8] = b"gov/\x07";
    /// `09 ‖ time ‖ id` -> nothing: the deposit must suffice by that time.
    pub(crate) const DEPOSITING: &[u8] = b"gov/\x09";

    /// `08 ‖ id ‖ len ‖ address` -> `Deposit`.
    pub(crate) const DEPOSITS: &[u8] = b"gov/\x08";

    pub(crate) fn deposits(id: u64) -> Vec<u8> {
        join(&[DEPOSITS, &id.to_be_bytes()])
    }

    pub(crate) fn deposit(id: u64, depositor: &Address) -> Vec<u8> {
        join(&[&deposits(id), &depositor.length_prefixed()])
    }

    pub(crate) fn proposal(id: u64) -> Vec<u8> {
        join(&[PROPOSALS, &id.to_be_bytes()])
    }

    pub(crate) fn due(queue: &[u8], time_nanos: u64, id: u64) -> Vec<u8> {
        join(&[queue, &time_nanos.to_be_bytes(), &id.to_be_bytes()])
    }

    /// `05 ‖ id ‖ len ‖ address` -> `Vote`.
    pub(crate) const VOTES: &[u8] = b"gov/\x05";

    pub(crate) fn votes(id: u64) -> Vec<u8> {
        join(&[VOTES, &id.to_be_bytes()])
    }

    pub(crate) fn vote(id: u64, voter: &Address) -> Vec<u8> {
        join(&[&votes(id), &voter.length_prefixed()])
    }

    pub(crate) fn voter(address: &Address) -> Vec<u8> {
        join(&[COUNCIL, &address.length_prefixed()])
    }
}

pub(crate) mod authz {
    use super::{Address, GrantId, join};

    /// `01 ‖ len ‖ granter ‖ len ‖ grantee ‖ message type` -> `Grant`.
    pub(crate) const GRANTS: &[u8] = b"authz/\x01";
    /// `02 ‖ time ‖ len ‖ granter ‖ len ‖ grantee ‖ message type` -> nothing: over at that time (nanoseconds, big
    /// endian).
    pub(crate) const EXPIRING: &[u8] = b"authz/\x02";
    /// `03 ‖ len ‖ grantee ‖ len ‖ granter ‖ message type` -> nothing: the grants of a grantee.
    const BY_GRANTEE: &[u8] = b"authz/\x03";

    pub(crate) fn of_granter(granter: &Address) -> Vec<u8> {
        join(&[GRANTS, &granter.length_prefixed()])
    }

    pub(crate) fn grants(granter: &Address, grantee: &Address) -> Vec<u8> {
        join(&[GRANTS, &granter.length_prefixed(), &grantee.length_prefixed()])
    }

    fn suffix(id: &GrantId) -> Vec<u8> {
        let (granter, grantee) = (id.granter.length_prefixed(), id.grantee.length_prefixed());
        join(&[&granter, &grantee, id.type_url.as_bytes()])
    }

    pub(crate) fn grant(id: &GrantId) -> Vec<u8> {
        join(&[GRANTS, &suffix(id)])
    }

    pub(crate) fn expiring(time_nanos: u64, id: &GrantId) -> Vec<u8> {
        join(&[EXPIRING, &time_nanos.to_be_bytes(), &suffix(id)])
    }

    pub(crate) fn all_of_grantee(grantee: &Address) -> Vec<u8> {
        join(&[BY_GRANTEE, &grantee.length_prefixed()])
    }

    pub(crate) fn of_grantee(id: &GrantId) -> Vec<u8> {
        let (granter, grantee) = (id.granter.length_prefixed(), id.grantee.length_prefixed());
        join(&[BY_GRANTEE, &grantee, &granter, id.type_url.as_bytes()])
    }
}

pub(crate) mod fees {
    /// `01` -> `Params` of supercloud.fees.v1.
    pub(crate) const PARAMS: &[u8] = b"fees/\x01";
    /// `02` -> multiplier of the least gas prices in millionths, 8 bytes big-endian.
    pub(crate) const MULTIPLIER: &[u8] = b"fees/\x02";
}

pub(crate) mod consensus {
    /// `01` -> `ConsensusParams`.
    pub(crate) const PARAMS: &[u8] = b"consensus/\x01";
}

pub(crate) mod cron {
    use super::join;

    /// `01 ‖ name` -> `ScheduleStatus`.
    pub(crate) const SCHEDULES: &[u8] = b"cron/\x01";

    pub(crate) fn schedule(name: &str) -> Vec<u8> {
        join(&[SCHEDULES, name.as_bytes()])
    }
}

pub(crate) mod feegrant {
    use super::{Address, join};

    /// `00 ‖ len ‖ grantee ‖ len ‖ granter` -> `Grant`.
    pub(crate) const GRANTS: &[u8] = b"feegrant/\x00";
    /// `01 ‖ time ‖ len ‖ grantee ‖ len ‖ granter` -> nothing: over after that time (nanoseconds, big endian).
    pub(crate) const EXPIRING: &[u8] = b"feegrant/\x01";
    /// `02 ‖ len ‖ granter ‖ len ‖ grantee` -> nothing: the allowances of a granter.
    const BY_GRANTER: &[u8] = b"feegrant/\x02";

    pub(crate) fn grants(grantee: &Address) -> Vec<u8> {
        join(&[GRANTS, &grantee.length_prefixed()])
    }

    pub(crate) fn grant(granter: &Address, grantee: &Address) -> Vec<u8> {
        join(&[GRANTS, &grantee.length_prefixed(), &granter.length_prefixed()])
    }

    pub(crate) fn expiring(time_nanos: u64, granter: &Address, grantee: &Address) -> Vec<u8> {
        let time = time_nanos.to_be_bytes();
        join(&[EXPIRING, &time, &grantee.length_prefixed(), &granter.length_prefixed()])
    }

    pub(crate) fn by_granter(granter: &Address) -> Vec<u8> {
        join(&[BY_GRANTER, &granter.length_prefixed()])
    }

    pub(crate) fn granted(granter: &Address, grantee: &Address) -> Vec<u8> {
        join(&[BY_GRANTER, &granter.length_prefixed(), &grantee.length_prefixed()])
    }
}

pub(crate) mod tokenfactory {
    use super::{Address, join};

    /// `05` -> `Params`.
    pub(crate) const PARAMS: &[u8] = b"tokenfactory/\x05";

    /// `04 ‖ len ‖ creator ‖ denom` -> nothing: the denoms of a creator.
    pub(crate) const BY_CREATOR: &[u8] = b"tokenfactory/\x04";
    /// `01 ‖ denom` -> admin's bytes.
    pub(crate) const ADMINS: &[u8] = b"tokenfactory/\x01";
    /// `02 ‖ denom` -> most that may be minted in a day, 16 bytes big endian.
    pub(crate) const MINT_CAPS: &[u8] = b"tokenfactory/\x02";
    /// `03 ‖ denom` -> day (8 bytes) and what was minted in it (16 bytes), big endian.
    pub(crate) const MINTED: &[u8] = b"tokenfactory/\x03";

    pub(crate) fn all_by_creator(creator: &Address) -> Vec<u8> {
        join(&[BY_CREATOR, &creator.length_prefixed()])
    }

    pub(crate) fn by_creator(creator: &Address, denom: &str) -> Vec<u8> {
        join(&[&all_by_creator(creator), denom.as_bytes()])
    }

    pub(crate) fn admin(denom: &str) -> Vec<u8> {
        join(&[ADMINS, denom.as_bytes()])
    }

    pub(crate) fn mint_cap(denom: &str) -> Vec<u8> {
        join(&[MINT_CAPS, denom.as_bytes()])
    }

    pub(crate) fn minted(denom: &str) -> Vec<u8> {
        join(&[MINTED, denom.as_bytes()])
    }
}
