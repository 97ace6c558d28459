//! The peer's entry points, one function each.

use cosmwasm_vm as vm;
use cosmwasm_vm::{BackendApi, Instance, Querier, Storage, VmResult};
use supercloud_chain::vm::EntryPoint;

use crate::engine::Call;

/// Calls an entry point of a live instance of the peer. `migrate` gets its third argument if the call has one.
///
/// # Errors
///
/// The peer's.
pub fn enter<A, S, Q>(instance: &mut Instance<A, S, Q>, call: &Call) -> VmResult<Vec<u8>>
where
    A: BackendApi + 'static,
    S: Storage + 'static,
    Q: Querier + 'static,
{
    let arg = |index: usize| call.args.get(index).map_or(&[][..], Vec::as_slice);
    let (env, second, third) = (arg(0), arg(1), arg(2));
    let two_arguments = match call.entry_point {
        EntryPoint::Instantiate => return vm::call_instantiate_raw(instance, env, second, third),
        EntryPoint::Execute => return vm::call_execute_raw(instance, env, second, third),
        EntryPoint::Migrate if call.args.len() == 3 => {
            return vm::call_migrate_with_info_raw(instance, env, second, third);
        }
        EntryPoint::Migrate => vm::call_migrate_raw,
        EntryPoint::Query => vm::call_query_raw,
        EntryPoint::Sudo => vm::call_sudo_raw,
        EntryPoint::Reply => vm::call_reply_raw,
        EntryPoint::IbcChannelOpen => vm::call_ibc_channel_open_raw,
        EntryPoint::IbcChannelConnect => vm::call_ibc_channel_connect_raw,
        EntryPoint::IbcChannelClose => vm::call_ibc_channel_close_raw,
        EntryPoint::IbcPacketReceive => vm::call_ibc_packet_receive_raw,
        EntryPoint::IbcPacketAck => vm::call_ibc_packet_ack_raw,
        EntryPoint::IbcPacketTimeout => vm::call_ibc_packet_timeout_raw,
        EntryPoint::IbcSourceCallback => vm::call_ibc_source_callback_raw,
        EntryPoint::IbcDestinationCallback => vm::call_ibc_destination_callback_raw,
        EntryPoint::Ibc2PacketReceive => vm::call_ibc2_packet_receive_raw,
        EntryPoint::Ibc2PacketAck => vm::call_ibc2_packet_ack_raw,
        EntryPoint::Ibc2PacketTimeout => vm::call_ibc2_packet_timeout_raw,
        EntryPoint::Ibc2PacketSend => vm::call_ibc2_packet_send_raw,
    };
    two_arguments(instance, env, second)
}
