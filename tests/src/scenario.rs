//! The scenarios, and a macro that makes a test of each for a world.

pub mod credit;
pub mod exhaustion;
pub mod funding;
pub mod lifecycle;
pub mod placement;
pub mod reclamation;
pub mod settlement;
pub mod upgrade;

/// Makes a `#[test]` of every scenario. The argument is an expression that gives a fresh [`World`](crate::World).
#[macro_export]
macro_rules! scenario_tests {
    ($world:expr) => {
        $crate::scenario_tests! { @modules $world,
            settlement {
                balances_after_five_seconds_leave_the_rest
                money_that_ends_with_a_second_leaves_the_account_open
                accrual_stops_at_the_last_second_that_is_paid_in_full
                longer_runs_follow_the_same_line
                second_lease_leaves_the_first_ones_earnings
                idle_time_is_not_billed
                fractions_are_carried_however_often_anybody_settles
                second_withdrawal_in_a_second_pays_nothing_and_succeeds
                withdrawal_and_close_in_one_second_close_the_payment
                deployments_one_and_ten_do_not_touch_each_other
            }
            funding {
                two_sources_are_spent_in_order_and_refunded_exactly
                later_depositors_are_refunded_first
                undrawn_credit_goes_back_at_any_time
            }
            lifecycle {
                whole_life_of_a_deployment
                losers_deposits_go_back_in_the_same_transaction
                tenant_that_closes_a_lease_gets_a_new_order
                provider_that_leaves_within_the_grace_keeps_its_deposit
                provider_that_leaves_after_the_grace_forfeits_its_deposit
                paused_group_starts_again_with_another_provider
                siblings_of_a_closed_group_run_on
            }
            exhaustion {
                sweep_ends_leases_at_the_exact_second
                money_in_the_last_second_saves_the_lease
                one_sweep_ends_several_deployments_and_no_other
                late_close_by_the_provider_of_a_dry_deployment_costs_nothing
            }
            reclamation {
                provider_gives_notice_waits_and_leaves_without_loss
                tenant_may_leave_during_notice
                demanded_window_binds_every_bid
            }
            placement {
                gpu_order_goes_to_an_audited_provider_only
                provider_that_no_longer_matches_gets_no_lease
            }
            credit {
                akt_becomes_credit_pays_a_lease_and_becomes_akt_again
            }
            upgrade {
                lease_accrues_through_a_migration_of_the_market
            }
        }
    };
    (@modules $world:expr, $($module:ident { $($name:ident)+ })+) => {
        $(mod $module {
            $(#[test]
            fn $name() {
                $crate::scenario::$module::$name($world);
            })+
        })+
    };
}
