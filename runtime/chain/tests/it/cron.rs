use supercloud_chain::{BlockOutput, Event};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Any;
use supercloud_proto::supercloud::cron::v1::{
    MsgCancel, MsgSchedule, QueryScheduleRequest, QueryScheduleResponse, QuerySchedulesRequest, QuerySchedulesResponse,
    Schedule, ScheduleStatus, Stage,
};

use crate::gov::{execute, pass, proposal, submission};
use crate::world::{World, execute_msg, kinds, send};

fn schedule(name: &str, contract: &str, msg: &str) -> Schedule {
    Schedule {
        name: name.into(),
        contract: contract.into(),
        msg: msg.into(),
        stage: Stage::BeginBlock.into(),
        gas_limit: 1_000_000,
        interval_seconds: 0,
    }
}

fn schedule_msg(world: &World, schedule: Schedule) -> Any {
    pack(&MsgSchedule {
        authority: world.gov.clone(),
        schedule: Some(schedule),
    })
}

/// Governance lists a schedule.
fn listed(world: &mut World, schedule: Schedule) {
    let message = schedule_msg(world, schedule);
    execute(world, vec![message]);
}

fn status(world: &World, name: &str) -> Option<ScheduleStatus> {
    let request = QueryScheduleRequest { name: name.into() };
    let result = world.query("/supercloud.cron.v1.Query/Schedule", &request.encode_to_vec());
    if result.code == 22 {
        return None;
    }
    QueryScheduleResponse::decode(&*result.value).unwrap().status
}

fn calls(output: &BlockOutput) -> Vec<&Event> {
    output.events.iter().filter(|event| event.kind == "cron_call").collect()
}

#[test]
fn block_begins_or_ends_with_the_calls_in_the_order_of_their_names() {
    let mut world = World::new();
    let contract = world.puppet();
    listed(&mut world, schedule("b", &contract, r#"{"set":{"last":"b"}}"#));
    listed(&mut world, schedule("a", &contract, r#"{"set":{"last":"a"}}"#));
    let mut end = schedule(
        "end",
        &contract,
        r#"{"set":{"end":"1"},"attributes":[{"key":"k","value":"v"}]}"#,
    );
    end.stage = Stage::EndBlock.into();
    listed(&mut world, end);

    let alice = world.alice.clone();
    // What a transaction reads in between.
    let script = r#"{"remove":["end"],"set":{"between":"1"}}"#;
    let raw = world.signed(&alice, vec![pack(&execute_msg(&alice.address, &contract, script))]);
    let output = world.block(vec![raw]);
    let names: Vec<_> = calls(&output).iter().map(|event| event.get("name").unwrap()).collect();
    assert_eq!(names, ["a", "b", "end"]);
    let modes: Vec<_> = calls(&output).iter().map(|event| event.get("mode").unwrap()).collect();
    assert_eq!(modes, ["BeginBlock", "BeginBlock", "EndBlock"]);
    assert_eq!(
        (world.stored(&contract, "last"), world.stored(&contract, "end")),
        ("b".into(), "1".into())
    );
    assert_eq!(world.stored(&contract, "sudo"), "yes");
    let ending: Vec<_> = output
        .events
        .iter()
        .filter(|event| event.get("mode") == Some("EndBlock"))
        .cloned()
        .collect();
    assert_eq!(kinds(&ending), ["sudo", "wasm", "cron_call"]);
}

#[test]
fn failing_call_is_recorded_leaves_no_trace_and_stops_nobody() {
    let mut world = World::new();
    let contract = world.puppet();
    listed(
        &mut world,
        schedule("a", &contract, r#"{"set":{"a":"1"},"fail":"not today"}"#),
    );
    listed(&mut world, schedule("b", &contract, r#"{"set":{"b":"1"}}"#));
    let mut gas = schedule("gas", &contract, r#"{"set":{"c":"1"},"run_out":true}"#);
    gas.gas_limit = 500_000;
    listed(&mut world, gas);
    listed(
        &mut world,
        schedule("trap", &contract, r#"{"set":{"d":"1"},"trap":true}"#),
    );
    let before = status(&world, "a").unwrap();
    let output = world.block(vec![]);
    let results: Vec<_> = calls(&output)
        .iter()
        .map(|event| event.get("result").unwrap())
        .collect();
    assert_eq!(results, ["failure", "success", "failure", "failure"]);
    let stored = ["a", "b", "c", "d"].map(|key| world.stored(&contract, key));
    assert_eq!(stored, ["", "1", "", ""]);

    let failed = status(&world, "a").unwrap();
    assert_eq!(
        (failed.runs, failed.failures, failed.failures_in_a_row),
        (before.runs + 1, before.failures + 1, before.failures_in_a_row + 1)
    );
    assert_eq!(failed.last_error, "not today: execute wasm contract failed");
    assert_eq!(failed.last_failure_height, world.chain.height());
    let gas = status(&world, "gas").unwrap();
    assert!(gas.last_error.contains("out of gas"), "{}", gas.last_error);
    assert_eq!(gas.last_gas_used, 500_000);
    // Not what the engine said: nodes need not agree on it.
    assert_eq!(status(&world, "trap").unwrap().last_error, "codespace: wasm, code: 29");
    let fine = status(&world, "b").unwrap();
    assert_eq!((fine.failures, fine.last_error.as_str()), (0, ""));

    // Replaced by one that works: the count in a row ends, the sum stays.
    listed(&mut world, schedule("a", &contract, "{}"));
    world.block(vec![]);
    let healed = status(&world, "a").unwrap();
    assert_eq!(healed.failures_in_a_row, 0);
    assert!(healed.failures >= failed.failures && healed.runs > failed.runs);
}

#[test]
fn interval_is_kept_to_the_second_and_wakes_a_node_on_demand() {
    let mut world = World::new();
    let contract = world.puppet();
    let mut hourly = schedule("hourly", &contract, "{}");
    hourly.interval_seconds = 3_600;
    // Already the block that lists it makes the call.
    listed(&mut world, hourly);
    let first = status(&world, "hourly").unwrap();
    assert_eq!(first.runs, 1);
    let due = world.time_nanos + 3_600_000_000_000;
    assert_eq!(world.chain.next_scheduled_nanos(), Some(due));
    world.block_after(3_599, vec![]);
    assert_eq!(status(&world, "hourly").unwrap().runs, 1);
    world.block_after(1, vec![]);
    assert_eq!(status(&world, "hourly").unwrap().runs, 2);
    // Blocks that were late are not made up for.
    world.block_after(10 * 3_600, vec![]);
    world.block(vec![]);
    assert_eq!(status(&world, "hourly").unwrap().runs, 3);
}

#[test]
fn cancelled_call_is_not_made() {
    let mut world = World::new();
    let contract = world.puppet();
    listed(&mut world, schedule("a", &contract, "{}"));
    let cancel = pack(&MsgCancel {
        authority: world.gov.clone(),
        name: "a".into(),
    });
    execute(&mut world, vec![cancel.clone()]);
    assert_eq!(status(&world, "a"), None);
    assert!(calls(&world.block(vec![])).is_empty());
    let (id, _) = pass(&mut world, vec![cancel]);
    let reason = proposal(&world, id).failed_reason;
    assert_eq!(
        reason,
        "message 0 (/supercloud.cron.v1.MsgCancel): a: schedule not found"
    );
}

#[test]
fn only_governance_lists_calls() {
    let mut world = World::new();
    let contract = world.puppet();
    let alice = world.alice.clone();
    let message = MsgSchedule {
        authority: alice.address.clone(),
        schedule: Some(schedule("a", &contract, "{}")),
    };
    let result = world.deliver(&alice, vec![pack(&message)]);
    assert_eq!((result.codespace.as_str(), result.code), ("sdk", 4));
    assert_eq!(status(&world, "a"), None);
}

#[test]
fn schedules_that_could_not_run_are_refused_when_they_are_proposed() {
    let mut world = World::new();
    let contract = world.puppet();
    let alice = world.alice.clone();
    let bent = |bend: fn(&mut Schedule)| {
        let mut schedule = schedule("a", &contract, "{}");
        bend(&mut schedule);
        schedule
    };
    for (schedule, text) in [
        (bent(|it| it.name = String::new()), "name"),
        (bent(|it| it.name = "A".into()), "name"),
        (bent(|it| it.name = "a".repeat(65)), "name"),
        (bent(|it| it.contract = "x".into()), "bech32"),
        (bent(|it| it.msg = b"{".to_vec()), "payload msg"),
        (bent(|it| it.msg = vec![b' '; 10_001]), "msg: 10001 bytes"),
        (bent(|it| it.stage = 0), "stage"),
        (bent(|it| it.stage = 3), "stage"),
        (bent(|it| it.gas_limit = 99_999), "gas_limit"),
        (bent(|it| it.gas_limit = 1_000_000_001), "gas_limit"),
        (bent(|it| it.interval_seconds = u64::MAX), "interval_seconds"),
    ] {
        let message = schedule_msg(&world, schedule);
        let result = world.deliver(&alice, vec![pack(&submission(&alice.address, vec![message]))]);
        assert_eq!((result.codespace.as_str(), result.code), ("gov", 12), "{text}");
        assert!(result.log.contains(text), "{}", result.log);
    }
    let message = schedule_msg(&world, bent(|it| it.name = "a-z_0.9".repeat(9)));
    assert_eq!(
        world
            .deliver(&alice, vec![pack(&submission(&alice.address, vec![message]))])
            .log,
        ""
    );
    // A contract that is not there.
    let message = schedule_msg(&world, schedule("a", &world.bob.address.clone(), "{}"));
    let (id, _) = pass(&mut world, vec![message]);
    assert!(proposal(&world, id).failed_reason.contains("no such contract"));
}

#[test]
fn number_of_schedules_has_a_limit() {
    let mut world = World::new();
    let contract = world.puppet();
    for chunk in [0..40, 40..64] {
        let messages = chunk.map(|number| schedule_msg(&world, schedule(&format!("s{number}"), &contract, "{}")));
        let messages = messages.collect();
        execute(&mut world, messages);
    }
    let all: QuerySchedulesResponse =
        world.ask("/supercloud.cron.v1.Query/Schedules", &QuerySchedulesRequest::default());
    assert_eq!(all.schedules.len(), 64);
    let again = schedule_msg(&world, schedule("s0", &contract, r#"{"set":{"a":"1"}}"#));
    execute(&mut world, vec![again]);
    let message = schedule_msg(&world, schedule("one-more", &contract, "{}"));
    let (id, _) = pass(&mut world, vec![message]);
    assert!(proposal(&world, id).failed_reason.ends_with("too many schedules"));
}

#[test]
fn cron_sends_messages_of_the_contract_with_its_own_rights_only() {
    let mut world = World::new();
    let contract = world.puppet();
    let alice = world.alice.clone();
    world.succeed(&alice, vec![send(&alice.address, &contract, 10, "uakt")]);
    let pay = format!(
        r#"{{"messages":[{{"id":0,"reply_on":"never","msg":{{"bank":{{"send":{{"to_address":"{}","amount":[{{"denom":"uakt","amount":"6"}}]}}}}}}}}]}}"#,
        world.carol.address
    );
    let before = world.balance(&world.carol.address, "uakt");
    listed(&mut world, schedule("pay", &contract, &pay));
    world.block(vec![]);
    world.block(vec![]);
    assert_eq!(world.balance(&world.carol.address, "uakt"), before + 6);
    assert_eq!(world.balance(&contract, "uakt"), 4);
    assert!(status(&world, "pay").unwrap().last_error.contains("insufficient funds"));
}
