//! BLS12-381: adding points, hashing to the curve, comparing pairings. Points are compressed, concatenated.

use cosmwasm_crypto::{CryptoResult, HashFunction};
use supercloud_chain::vm::VmError;

use crate::gas::{self, LinearFee};
use crate::guest::Guest;

const G1_POINT: usize = 48;
const G2_POINT: usize = 96;
/// 2 MiB of points.
const MAX_POINTS: usize = 2 * 1024 * 1024;
/// 5 MiB of message.
const MAX_MESSAGE: usize = 5 * 1024 * 1024;
/// 5 KiB of domain separation tag.
const MAX_DST: usize = 5 * 1024;

const SUCCESS: u32 = 0;

pub(super) fn aggregate_g1(guest: &mut Guest<'_>, points: u32, out: u32) -> Result<u32, VmError> {
    let points = read_points(guest, points, gas::BLS_AGGREGATE_G1, G1_POINT)?;
    write_point(guest, out, cosmwasm_crypto::bls12_381_aggregate_g1(&points))
}

pub(super) fn aggregate_g2(guest: &mut Guest<'_>, points: u32, out: u32) -> Result<u32, VmError> {
    let points = read_points(guest, points, gas::BLS_AGGREGATE_G2, G2_POINT)?;
    write_point(guest, out, cosmwasm_crypto::bls12_381_aggregate_g2(&points))
}

/// Whether `e(p1, q1) * .. * e(pn, qn) = e(r, s)`: 0 yes, 1 no.
pub(super) fn pairing_equality(guest: &mut Guest<'_>, ps: u32, qs: u32, r: u32, s: u32) -> Result<u32, VmError> {
    let ps = guest.read(ps, MAX_POINTS)?;
    let qs = guest.read(qs, MAX_POINTS)?;
    let r = guest.read(r, G1_POINT)?;
    let s = guest.read(s, G2_POINT)?;
    guest.charge(gas::BLS_PAIRING.cost(ps.len() / G1_POINT + 1))?;
    Ok(match cosmwasm_crypto::bls12_381_pairing_equality(&ps, &qs, &r, &s) {
        Ok(equal) => u32::from(!equal),
        Err(error) => error.code(),
    })
}

pub(super) fn hash_to_g1(
    guest: &mut Guest<'_>,
    function: u32,
    message: u32,
    dst: u32,
    out: u32,
) -> Result<u32, VmError> {
    let (message, dst) = read_hash_input(guest, message, dst, gas::BLS_HASH_TO_G1)?;
    let point = HashFunction::from_u32(function)
        .map(|function| cosmwasm_crypto::bls12_381_hash_to_g1(function, &message, &dst));
    write_point(guest, out, point)
}

pub(super) fn hash_to_g2(
    guest: &mut Guest<'_>,
    function: u32,
    message: u32,
    dst: u32,
    out: u32,
) -> Result<u32, VmError> {
    let (message, dst) = read_hash_input(guest, message, dst, gas::BLS_HASH_TO_G2)?;
    let point = HashFunction::from_u32(function)
        .map(|function| cosmwasm_crypto::bls12_381_hash_to_g2(function, &message, &dst));
    write_point(guest, out, point)
}

fn read_points(guest: &mut Guest<'_>, points: u32, fee: LinearFee, size: usize) -> Result<Vec<u8>, VmError> {
    let points = guest.read(points, MAX_POINTS)?;
    guest.charge(fee.cost(points.len() / size))?;
    Ok(points)
}

fn read_hash_input(guest: &mut Guest<'_>, message: u32, dst: u32, fee: u64) -> Result<(Vec<u8>, Vec<u8>), VmError> {
    let message = guest.read(message, MAX_MESSAGE)?;
    let dst = guest.read(dst, MAX_DST)?;
    guest.charge(fee)?;
    Ok((message, dst))
}

fn write_point<const SIZE: usize>(
    guest: &mut Guest<'_>,
    out: u32,
    point: CryptoResult<[u8; SIZE]>,
) -> Result<u32, VmError> {
    match point {
        Ok(point) => {
            guest.write(out, &point)?;
            Ok(SUCCESS)
        }
        Err(error) => Ok(error.code()),
    }
}
