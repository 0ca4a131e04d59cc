//! The conformance suite on each adapter.

/// One test for each check of the suite. `$stage` is an async function that calls back with a stage of its own.
macro_rules! conformance {
    ($on: path: $($check: ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                $on(stringify!($check), async |stage| heimdall::messaging::conformance::$check(stage).await).await;
            }
        )+
    };
    ($on: path) => {
        crate::messaging::conformance::conformance! { $on:
            order_is_kept_per_key, results_are_per_record, keys_are_placed_by_murmur2, keyless_records_are_spread,
            large_payloads_are_kept, bytes_are_kept, groups_are_independent, positions_survive,
            uncommitted_is_delivered_again, latest_starts_after_what_is_there, next_is_cancel_safe,
            members_share_and_hand_over, spare_members_are_healthy, new_topics_are_noticed, a_closed_member_says_so,
            topics_become_as_wanted, nothing_creates_a_topic_in_passing,
        }
    };
}

pub(crate) use conformance;
