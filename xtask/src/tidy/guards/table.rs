//! The list of faults that others had, each with the tests that would have caught it here.

/// One kind of fault.
pub(crate) struct Guard {
    /// What holds here.
    pub(crate) rule: &'static str,
    /// Where it did not hold: advisories, by their public names.
    pub(crate) seen: &'static str,
    pub(crate) held_by: HeldBy,
}

/// Why the rule holds.
pub(crate) enum HeldBy {
    /// Tests, as `CRATE::MODULE::…::FUNCTION`.
    Tests(&'static [&'static str]),
    /// There is nothing here that could break it; what would have to come first.
    Nothing(&'static str),
}

use HeldBy::{Nothing, Tests};

pub(crate) const GUARDS: &[Guard] = &[
    Guard {
        rule: "A redirect URI counts when it is equal byte for byte; only the port of a loopback address may vary",
        seen: "CVE-2020-15233, CVE-2020-15234, CVE-2023-6291, CVE-2024-1132, CVE-2024-8883, CVE-2026-3872",
        held_by: Tests(&[
            "server::rfc6749::redirect_uri::only_a_byte_equal_redirect_uri_passes",
            "server::rfc6749::redirect_uri::of_a_loopback_address_only_the_port_may_vary",
            "types::redirect_uri::tests::only_byte_equality_and_the_loopback_port_match",
            "server::oidc_logout::no_open_redirect::the_address_after_logout_is_byte_equal_to_a_registered_one",
        ]),
    },
    Guard {
        rule: "No registered address is a pattern",
        seen: "CVE-2024-52289, CVE-2023-6927",
        held_by: Tests(&[
            "server::rfc6749::redirect_uri::a_registered_address_is_no_pattern",
            "server::jarm::errors::no_mode_changes_which_address_is_answered",
            "types::redirect_uri::tests::no_wildcards_in_registered_uris",
        ]),
    },
    Guard {
        rule: "Schemes that run something are never registered",
        seen: "CVE-2024-21637, CVE-2020-10776",
        held_by: Tests(&[
            "server::rfc6749::redirect_uri::dangerous_schemes_are_never_registered",
            "server::oidc_registration::refusals::dangerous_schemes_are_never_registered",
            "types::redirect_uri::tests::dangerous_schemes_are_never_registered_nor_matched",
        ]),
    },
    Guard {
        rule: "A parameter that comes twice is invalid_request",
        seen: "CVE-2026-9689",
        held_by: Tests(&[
            "server::rfc6749::authorization_request::a_parameter_given_twice_is_refused_before_anything_is_redirected",
            "server::rfc6749::token_request::a_parameter_given_twice_is_refused_and_uses_nothing_up",
            "server::rfc9110::field_lines::a_field_that_comes_once_is_refused_when_it_comes_twice_whatever_it_says",
        ]),
    },
    Guard {
        rule: "A code is bound to its client, its redirect URI, its code challenge and the browser of its flow",
        seen: "CVE-2026-55672, CVE-2022-39222",
        held_by: Tests(&[
            "server::rfc6749::authorization_code::code_is_bound_to_its_client",
            "server::rfc6749::authorization_code::code_is_bound_to_its_redirect_uri",
            "server::rfc7636::truth_table::a_challenge_belongs_to_its_own_code",
            "server::oidc_core::session::a_verifier_counts_in_the_browser_where_the_flow_began_and_a_stranger_does_not_use_it_up",
        ]),
    },
    Guard {
        rule: "A code is used up by one request, even by one that fails",
        seen: "CVE-2026-68079, CVE-2026-41213",
        held_by: Tests(&[
            "server::rfc6749::authorization_code::a_failed_redemption_burns_the_code",
            "server::rfc6749::authorization_code::of_many_redemptions_at_once_exactly_one_succeeds",
            "server::worker::nodes::of_many_redemptions_on_both_nodes_exactly_one_succeeds",
        ]),
    },
    Guard {
        rule: "No kind of artefact passes for another",
        seen: "CVE-2026-4282",
        held_by: Tests(&[
            "server::rfc9700::artefact_kinds::the_token_endpoint_takes_each_kind_only_where_it_belongs",
            "server::rfc9700::artefact_kinds::userinfo_and_introspection_take_tokens_only",
            "server::rfc9700::artefact_kinds::challenges_cannot_stand_for_each_other",
            "server::rfc9700::artefact_kinds::verifiers_cannot_stand_for_each_other",
            "jose::seal::tests::kinds_do_not_open_each_other",
        ]),
    },
    Guard {
        rule: "A request_uri counts once on every path",
        seen: "CVE-2026-96446",
        held_by: Tests(&[
            "server::rfc9126::once::of_many_that_are_answered_at_once_one_is",
            "server::rfc9126::once::of_many_flows_at_once_one_is_answered",
            "server::rfc9126::once::it_is_used_up_by_the_answer_and_not_by_a_visit",
        ]),
    },
    Guard {
        rule: "The jti of an assertion counts once",
        seen: "CVE-2020-15222, CVE-2020-5300",
        held_by: Tests(&[
            "server::rfc7523::claims::jti_counts_once_and_for_each_client_by_itself",
            "server::rfc7523::races::of_many_uses_of_a_jti_at_once_exactly_one_succeeds",
        ]),
    },
    Guard {
        rule: "PKCE is neither dropped nor weakened on the way",
        seen: "CVE-2023-48228, CVE-2024-23647, CVE-2025-4144, CVE-2026-63687",
        held_by: Tests(&[
            "server::rfc7636::truth_table::pkce_cannot_be_dropped_or_downgraded",
            "server::rfc7636::truth_table::after_a_wrong_verifier_none_is_not_good_enough_either",
        ]),
    },
    Guard {
        rule: "A refresh token is rotated once, at the same moment and after a restart",
        seen: "CVE-2026-1035, CVE-2026-9802",
        held_by: Tests(&[
            "server::rfc9700::rotation_races::strict_of_many_refreshes_at_once_one_succeeds_and_its_tokens_live",
            "server::rfc9700::model::random_lives_of_grants_agree_with_the_oracle_on_each_database",
            "server::worker::restart::what_was_used_up_before_the_restart_stays_used_up",
        ]),
    },
    Guard {
        rule: "A refresh token is bound to its client",
        seen: "Rauthy 0.36.1",
        held_by: Tests(&[
            "server::rfc6749::refresh_token::a_refresh_token_is_bound_to_its_client",
            "server::rfc9700::tabs::a_token_of_a_side_branch_is_bound_to_its_client",
        ]),
    },
    Guard {
        rule: "What is locked, disabled or deleted gets nothing by any grant",
        seen: "CVE-2023-22492, CVE-2025-64521, CVE-2026-1609",
        held_by: Tests(&[
            "server::rfc9700::epochs::each_end_of_a_subject_counts_at_once_and_for_nobody_else",
            "server::rfc9700::epochs::an_account_that_is_enabled_again_has_nothing_of_what_it_had",
            "server::rfc9700::epochs::a_deleted_client_takes_everything_with_it",
        ]),
    },
    Guard {
        rule: "A revocation that failed is an error",
        seen: "CVE-2020-15223",
        held_by: Tests(&[
            "server::rfc7009::revocation::a_database_that_does_not_answer_is_never_a_success",
            "server::rfc9700::failures::without_a_database_nothing_succeeds_that_needs_one",
        ]),
    },
    Guard {
        rule: "Introspection knows everything that ended a token",
        seen: "CVE-2026-8922",
        held_by: Tests(&[
            "server::rfc7662::introspection::whatever_does_not_count_is_inactive_and_nothing_else",
            "server::rfc9700::epochs::what_one_node_ends_is_over_on_the_other",
        ]),
    },
    Guard {
        rule: "Introspection answers only those who may know",
        seen: "CVE-2026-58425",
        held_by: Tests(&[
            "server::rfc7662::introspection::nobody_but_an_administrator_is_told_about_a_token",
            "server::rfc9701::callers::only_resource_servers_that_authenticate_ask",
            "server::rfc9701::answers::a_token_that_is_not_for_it_is_not_active",
        ]),
    },
    Guard {
        rule: "Token exchange only narrows",
        seen: "CVE-2022-1245, CVE-2026-56668, GHSA-7qjx-gp9h-65qj",
        held_by: Tests(&[
            "server::rfc8693::property::what_is_issued_is_within_all_three_and_what_they_allow_is_issued",
            "server::rfc8693::advisories::cve_2022_1245_a_client_names_no_target_that_no_row_gives_it",
            "server::rfc8693::advisories::cve_2026_56668_neither_another_clients_token_nor_a_wider_scope",
            "server::rfc8693::narrowing::a_row_is_about_tokens_of_some_clients_or_for_some_audience",
            "server::rfc8693::endings::an_exchanged_token_ends_with_everything_that_it_was_made_of",
        ]),
    },
    Guard {
        rule: "A JWT counts for what its typ and aud say",
        seen: "GHSA-7fpj-9hr8-28vh",
        held_by: Tests(&[
            "server::rfc9700::artefact_kinds::only_an_id_token_is_a_hint",
            "server::oidc_logout::back_channel::a_logout_token_is_no_token_of_another_kind",
            "server::oidc_userinfo::signed::a_signed_answer_is_no_token_of_another_kind",
            "server::jarm::answers::the_answer_is_no_other_kind_of_token",
            "server::rfc9701::answers::whoever_asks_for_a_jwt_gets_one_for_itself",
            "server::rfc6749::jwt_access_token::a_jwt_of_a_server_with_another_issuer_counts_for_nothing",
            "server::rfc8693::advisories::ghsa_7fpj_9hr8_28vh_a_logout_token_is_no_subject_token",
            "server::rfc8693::kinds::every_artefact_is_taken_as_what_it_is_and_as_nothing_else",
            "server::rfc8693::kinds::an_assertion_of_this_server_is_no_token_here",
            "server::rfc7523_id_jag::kinds::other_kinds_are_no_ordinary_assertions_either",
            "server::global_token_revocation::jwt::no_other_kind_of_token_passes_for_it",
        ]),
    },
    Guard {
        rule: "What is there and bad is never taken as absent",
        seen: "CVE-2026-9704",
        held_by: Tests(&[
            "server::rfc6749::authorization_request::a_bad_value_never_counts_as_none",
            "server::rfc6749::token_request::values_of_the_wrong_kind_are_refused",
            "server::rfc9110::field_lines::right_credentials_do_not_help_beside_others",
            "server::rfc8693::advisories::cve_2026_9704_an_over_long_subject_token_is_refused",
            "server::rfc8693::requests::what_is_there_and_bad_is_never_taken_as_absent",
        ]),
    },
    Guard {
        rule: "An assertion is for this server and for nobody else",
        seen: "CVE-2025-27370, CVE-2025-27371",
        held_by: Tests(&[
            "server::rfc7523::audience::the_audience_is_the_issuer_or_the_token_endpoint_and_nobody_beside_it",
            "server::rfc7523_id_jag::claims::whatever_is_wrong_is_an_invalid_grant",
        ]),
    },
    Guard {
        rule: "A key has one algorithm, and none is none",
        seen: "CVE-2026-11800",
        held_by: Tests(&[
            "jose::tests::messages::the_algorithm_is_the_keys_own",
            "jose::tests::messages::a_public_key_is_no_hmac_secret",
            "jose::tests::messages::unsigned_messages_are_refused",
            "server::rfc7523::signatures::each_algorithm_works_when_it_is_registered_and_only_then",
        ]),
    },
    Guard {
        rule: "A trusted issuer that was disabled is refused",
        seen: "CVE-2026-1486",
        held_by: Tests(&[
            "server::rfc7523::grants::keys::a_trust_that_has_ended_or_was_deleted_issues_nothing",
            "server::rfc8693::advisories::cve_2026_1486_an_issuer_that_is_trusted_no_more_is_not_believed",
            "server::rfc7523_id_jag::ends::an_issuer_that_is_taken_out_ends_what_it_vouched_for",
        ]),
    },
    Guard {
        rule: "Secrets are compared in constant time",
        seen: "Rauthy #1167, Kanidm 1.10",
        held_by: Tests(&["jose::secret::a_secret_has_no_comparison_but_the_one_in_constant_time"]),
    },
    Guard {
        rule: "The server calls no address inside for a stranger",
        seen: "CVE-2020-10770, CVE-2026-1180, CVE-2026-56739",
        held_by: Tests(&[
            "server::outbound::guard::private_addresses_are_known_in_every_disguise",
            "server::outbound::resolver::a_name_that_resolves_to_loopback_is_refused",
            "server::oidc_registration::named_addresses::nobody_who_registers_themselves_names_an_address_inside",
            "server::oidc_registration::named_addresses::an_address_inside_is_called_for_an_administrators_client_and_for_no_stranger",
            "server::oidc_registration::named_addresses::an_administrator_vouches_for_no_address_that_a_client_put_in_itself",
            "server::oidc_registration::named_addresses::keys_that_cannot_be_fetched_look_the_same_whatever_the_reason",
            "server::oidc_logout::delivery::a_receiver_inside_is_called_for_an_administrators_client_and_for_no_stranger",
            "server::oidc_registration::address_guard::a_name_is_judged_again_when_it_is_called",
            "server::oidc_logout::delivery::a_receiver_inside_is_not_called",
            "server::oidc_registration::client_keys::hostile_key_addresses_fail_the_client_and_nobody_else",
            "server::cimd::hosts::a_document_inside_is_not_called_for_unless_its_network_is_open",
            "server::cimd::documents::what_makes_this_server_call_or_trust_somebody_does_not_count",
        ]),
    },
    Guard {
        rule: "Switches and lockouts hold on every path",
        seen: "CVE-2026-9792, CVE-2026-7571, CVE-2026-9798",
        held_by: Tests(&[
            "server::rfc9700::epochs::a_flow_under_way_does_not_outlive_the_end_of_its_login",
            "server::challenge_api::client_changed::a_verifier_leads_no_further_than_the_client_may_still_go",
            "server::rfc6749::refresh_token::what_the_client_may_no_longer_ask_for_is_not_refreshed",
        ]),
    },
    Guard {
        rule: "A change of a client loses no setting",
        seen: "CVE-2026-107623",
        held_by: Tests(&[
            "server::oidc_registration::races::a_client_and_its_administrator_lose_no_setting_to_each_other",
            "server::admin::races::replacements_at_once_lose_no_update",
            "server::oidc_registration::manage::what_an_administrator_set_survives_a_replacement_and_cannot_be_taken",
        ]),
    },
    Guard {
        rule: "A token that was cut, lengthened or changed is none",
        seen: "CVE-2026-27840",
        held_by: Tests(&[
            "jose::seal::tests::every_flipped_bit_truncation_and_extension_is_refused",
            "server::rfc6750::bearer::an_altered_token_is_refused",
            "server::rfc6749::refresh_token::an_altered_refresh_token_is_refused_and_changes_nothing",
        ]),
    },
    Guard {
        rule: "Cookies are authentic and unreadable",
        seen: "CVE-2026-109373",
        held_by: Tests(&[
            "server::oidc_logout::op_initiated::an_altered_session_cookie_is_no_session",
            "server::rfc9700::artefact_kinds::a_cookie_counts_only_as_what_it_was_made_for_and_for_its_own_flow",
        ]),
    },
    Guard {
        rule: "Page tokens are sealed, and of their own list",
        seen: "GHSA-r9w3-57w2-gch2",
        held_by: Tests(&[
            "server::admin::pagination::a_page_token_cannot_be_forged_kept_or_used_elsewhere",
            "server::rfc9700::artefact_kinds::a_page_token_is_sealed_and_of_its_own_list",
        ]),
    },
    Guard {
        rule: "Issuer and links never come from a request",
        seen: "GHSA-2wmj-46rj-qm2w, CVE-2026-29067",
        held_by: Tests(&[
            "server::oidc_discovery::members::addresses_come_from_the_configuration_and_never_from_headers",
            "server::ui::headers::a_hostile_host_reaches_no_output",
        ]),
    },
    Guard {
        rule: "What is kept for one client is not told another",
        seen: "GHSA-84rm-mhfq-f476, CVE-2021-32701",
        held_by: Tests(&[
            "server::worker::nodes::a_changed_client_is_seen_by_every_node_at_once",
            "server::oidc_userinfo::claims::each_client_sees_itself_as_the_audience_and_its_own_subject",
            "server::rfc9700::crowds::whole_flows_of_many_users_at_once_all_succeed_and_are_kept_apart",
        ]),
    },
    Guard {
        rule: "What comes back on a page is text, and pages run nothing of others",
        seen: "CVE-2019-8400, CVE-2026-42849",
        held_by: Tests(&[
            "server::ui::escaping::parameters_of_the_request_are_text",
            "server::ui::escaping::names_links_and_scopes_of_a_client_are_text",
            "server::ui::view::tests::pages_have_no_script_and_no_inline_style",
            "server::ui::headers::every_page_is_locked_down",
        ]),
    },
    Guard {
        rule: "A planted session is not taken over, and a cancelled login falls back to none",
        seen: "CVE-2024-7341, CVE-2023-6787",
        held_by: Tests(&[
            "server::oidc_core::session::a_planted_session_is_never_taken_over",
            "server::oidc_core::prompt::a_cancelled_re_authentication_does_not_fall_back_to_the_old_session",
        ]),
    },
    Guard {
        rule: "A logout needs an ID token of the session, or the session's own browser",
        seen: "CVE-2020-10734",
        held_by: Tests(&[
            "server::oidc_logout::built_in_page::the_form_of_another_browser_ends_nothing",
            "server::oidc_logout::op_initiated::another_browser_cannot_end_it",
        ]),
    },
    Guard {
        rule: "Input has limits in length, number and depth, and no input is a crash",
        seen: "CVE-2026-4634, CVE-2024-1249, Kanidm, Rauthy 0.36.2",
        held_by: Tests(&[
            "server::rfc6749::token_request::huge_parameters_and_bodies_are_refused",
            "server::oidc_registration::limits::a_body_has_a_size_and_a_depth",
            "server::admin::secrets::json_nested_without_end_is_refused_and_harms_nobody",
            "fuzz::targets::no_bytes_break_a_parser",
            "fuzz::http::main::no_request_breaks_the_provider",
        ]),
    },
    Guard {
        rule: "Guesses are counted by whom they are about, however it is spelt",
        seen: "CVE-2025-64102, CVE-2018-14657, CVE-2026-47203",
        held_by: Tests(&[
            "server::ui::throttling::the_case_of_a_name_and_whether_it_exists_make_no_difference",
            "server::ui::throttling::an_account_waits_whatever_address_tries",
            "server::rfc8628::guessing::guesses_are_bounded_by_challenge_and_by_address",
        ]),
    },
    Guard {
        rule: "A device is connected by its person only, in one browser, after a question",
        seen: "CVE-2024-38371, CVE-2026-123542",
        held_by: Tests(&[
            "server::rfc8628::built_in_pages::a_link_connects_nothing_by_itself",
            "server::rfc8628::verification::verifiers_work_in_their_browser_only",
            "server::rfc8628::verification::a_code_entered_in_two_browsers_mixes_no_sessions",
            "server::rfc8628::polling::a_device_that_asked_with_a_challenge_has_to_prove_itself",
        ]),
    },
    Guard {
        rule: "Accounts are linked by a proof on both sides",
        seen: "CVE-2026-9087, CVE-2026-15611",
        held_by: Nothing("logins with accounts of other providers"),
    },
    Guard {
        rule: "Stored secrets are never readable",
        seen: "CVE-2024-42490, CVE-2026-107604",
        held_by: Tests(&[
            "server::admin::secrets::stored_secrets_are_never_readable",
            "server::admin::secrets::wrong_secrets_are_not_repeated_in_errors",
            "server::oidc_registration::secret::no_later_answer_shows_a_secret",
        ]),
    },
    Guard {
        rule: "Policies and hooks cannot reach what they were not given",
        seen: "CVE-2026-25227",
        held_by: Tests(&[
            "server::hooks::claims::they_replace_nothing_that_the_server_says",
            "server::hooks::told::no_secret_of_the_request_is_told",
        ]),
    },
    Guard {
        rule: "A relying party wants the nonce, state and issuer that it expects",
        seen: "CVE-2026-15612",
        held_by: Tests(&[
            "client::flow::id_token_that_does_not_fit_is_refused",
            "client::flow::callback_of_another_issuer_sends_nothing",
        ]),
    },
    Guard {
        rule: "A subject never follows from a name that somebody else may get",
        seen: "a class of faults in comparing names",
        held_by: Tests(&[
            "server::accounts::api::an_account_gets_a_random_subject_that_is_not_its_name",
            "server::accounts::change::a_name_that_is_used_again_is_another_subject",
            "server::rfc9700::ids_used_again::an_account_created_again_with_the_same_subject_gets_nothing_of_the_former_one",
        ]),
    },
];
