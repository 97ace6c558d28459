//! Rows 1 to 7 on contracts whose messages are known.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use supercloud_vm_bench::engine::{Call, Engine};
use supercloud_vm_bench::ours::Ours;
use supercloud_vm_bench::peer::Peer;
use supercloud_vm_bench::script::assert_good;
use supercloud_vm_bench::table;

use crate::{Bench, Subject};

const THREADS: usize = 8;

/// All of them, row by row.
pub(crate) fn run(bench: &Bench, subjects: &[Subject]) {
    for row in [instance, smallest, bank_send, cpu, load, threads, upload] {
        for subject in subjects {
            row(bench, subject);
        }
    }
}

/// How long `times` runs of `body` take.
pub(crate) fn time(times: u64, mut body: impl FnMut()) -> Duration {
    let begin = Instant::now();
    for _ in 0..times {
        body();
    }
    begin.elapsed()
}

/// Calls in a fresh instance each.
fn time_calls<E: Engine>(engine: &E, subject: &Subject, call: &Call, times: u64) -> Duration {
    let world = subject.world();
    time(times, || {
        assert_good(&engine.call(&subject.checksum, call, &world).result)
    })
}

/// Calls of one instance.
fn time_warm_calls<E: Engine>(engine: &E, subject: &Subject, call: &Call, times: u64) -> Duration {
    let world = subject.world();
    engine.with_warm(&subject.checksum, &world, |warm| {
        assert_good(&warm(call));
        time(times, || assert_good(&warm(call)))
    })
}

fn instance(bench: &Bench, subject: &Subject) {
    let world = subject.world();
    bench.compare(
        table::INSTANCE,
        subject,
        |times| time(times, || bench.peer.instantiate(&subject.checksum, &world)),
        |times| time(times, || bench.ours.instantiate(&subject.checksum, &world)),
    );
}

fn smallest(bench: &Bench, subject: &Subject) {
    let call = &subject.script.smallest;
    bench.compare(
        table::SMALLEST,
        subject,
        |times| time_calls(&bench.peer, subject, call, times),
        |times| time_calls(&bench.ours, subject, call, times),
    );
}

/// Three ways to compare: both engines call one instance again and again; both make an instance for each call, as a
/// chain does; the peer reuses its instance and ours makes one.
fn bank_send(bench: &Bench, subject: &Subject) {
    let Some(call) = &subject.script.bank_send else { return };
    bench.compare(
        table::BANK_SEND,
        subject,
        |times| time_warm_calls(&bench.peer, subject, call, times),
        |times| time_warm_calls(&bench.ours, subject, call, times),
    );
    bench.compare(
        table::BANK_SEND_FRESH,
        subject,
        |times| time_calls(&bench.peer, subject, call, times),
        |times| time_calls(&bench.ours, subject, call, times),
    );
    bench.compare(
        table::BANK_SEND_UNEQUAL,
        subject,
        |times| time_warm_calls(&bench.peer, subject, call, times),
        |times| time_calls(&bench.ours, subject, call, times),
    );
}

fn cpu(bench: &Bench, subject: &Subject) {
    let call = &subject.script.cpu;
    bench.compare(
        table::CPU,
        subject,
        |times| time_warm_calls(&bench.peer, subject, call, times),
        |times| time_warm_calls(&bench.ours, subject, call, times),
    );
}

fn load(bench: &Bench, subject: &Subject) {
    bench.compare(
        table::LOAD,
        subject,
        |times| bench.peer.time_load(&subject.checksum, times),
        |times| bench.ours.time_load(&subject.checksum, times),
    );
}

fn threads(bench: &Bench, subject: &Subject) {
    bench.compare(
        table::THREADS,
        subject,
        |times| time_threads(&bench.peer, subject, times),
        |times| time_threads(&bench.ours, subject, times),
    );
}

/// `times` queries, shared out among the threads, which are as a runtime makes them: with 2 MiB of stack.
fn time_threads<E: Engine>(engine: &E, subject: &Subject, times: u64) -> Duration {
    let start = Barrier::new(THREADS + 1);
    let each = times.div_ceil(THREADS as u64);
    let elapsed = thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS)
            .map(|_| {
                let work = || {
                    start.wait();
                    time_calls(engine, subject, &subject.script.query, each);
                };
                // As our node's threads, see `THREAD_STACK`; the peer does not care.
                let thread = thread::Builder::new().stack_size(supercloud_vm::THREAD_STACK);
                thread.spawn_scoped(scope, work).unwrap()
            })
            .collect();
        start.wait();
        let begin = Instant::now();
        for worker in workers {
            worker.join().unwrap();
        }
        begin.elapsed()
    });
    // Rounding up made the threads do more than was asked for.
    elapsed.mul_f64(times as f64 / (each * THREADS as u64) as f64)
}

fn upload(bench: &Bench, subject: &Subject) {
    bench.compare(
        table::UPLOAD,
        subject,
        |times| time_upload::<Peer>(subject, times),
        |times| time_upload::<Ours>(subject, times),
    );
}

/// Upload to an engine that knows nothing, and the first call.
fn time_upload<E: Engine>(subject: &Subject, times: u64) -> Duration {
    let mut total = Duration::ZERO;
    for _ in 0..times {
        let folder = tempfile::tempdir().unwrap();
        let engine = E::open(folder.path());
        let world = subject.world();
        let begin = Instant::now();
        engine.upload(&subject.wasm);
        assert_good(&engine.call(&subject.checksum, &subject.script.smallest, &world).result);
        total += begin.elapsed();
    }
    total
}
