//! Block time and protobuf's times: nanoseconds since 1970 inside, seconds and nanoseconds outside.

use supercloud_proto::prost_types::{Duration, Timestamp};

use crate::error::SdkError;

const NANOS_PER_SECOND: u64 = 1_000_000_000;
/// The last time that clients can read: they count nanoseconds since 1970 in 64 bits with a sign.
pub(crate) const LAST_NANOS: u64 = i64::MAX as u64;

pub(crate) fn to_timestamp(nanos: u64) -> Timestamp {
    Timestamp {
        seconds: (nanos / NANOS_PER_SECOND) as i64,
        nanos: (nanos % NANOS_PER_SECOND) as i32,
    }
}

/// A time from 1970 until 2262 in nanoseconds.
pub(crate) fn to_nanos(field: &str, time: &Timestamp) -> Result<u64, SdkError> {
    from_parts(time.seconds, time.nanos).ok_or_else(|| {
        SdkError::InvalidRequest(format!(
            "{field}: {} s and {} ns are not a time between 1970 and 2262",
            time.seconds, time.nanos
        ))
    })
}

/// A span of time that is not negative, in nanoseconds.
pub(crate) fn to_span_nanos(field: &str, span: &Duration) -> Result<u64, SdkError> {
    from_parts(span.seconds, span.nanos).ok_or_else(|| {
        SdkError::InvalidRequest(format!(
            "{field}: {} s and {} ns are not a span between 0 and 292 years",
            span.seconds, span.nanos
        ))
    })
}

fn from_parts(seconds: i64, nanos: i32) -> Option<u64> {
    let nanos = u64::try_from(nanos).ok().filter(|nanos| *nanos < NANOS_PER_SECOND)?;
    let all = u64::try_from(seconds)
        .ok()?
        .checked_mul(NANOS_PER_SECOND)?
        .checked_add(nanos)?;
    (all <= LAST_NANOS).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_survive_a_round_trip_and_others_are_refused() {
        for nanos in [0, 1, 1_700_000_000_123_456_789, i64::MAX as u64] {
            assert_eq!(to_nanos("t", &to_timestamp(nanos)), Ok(nanos));
        }
        for (seconds, nanos) in [(-1, 0), (0, -1), (0, 1_000_000_000), (9_223_372_037, 0), (i64::MAX, 0)] {
            let refused = to_nanos("t", &Timestamp { seconds, nanos });
            assert_eq!(refused.map_err(|error| error.code()), Err(18), "{seconds} {nanos}");
        }
    }
}
