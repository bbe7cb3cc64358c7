--
-- PostgreSQL database dump
--

\restrict 4kQy0Qk0

-- Dumped from database version 15.8
-- Dumped by pg_dump version 15.8

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

COPY public.v_domains (domain_uuid, domain_parent_uuid, domain_name, domain_enabled, domain_description) FROM stdin;
0f6a1c52-0000-4000-8000-000000000001	\N	acme.pbx.example	t	Acme
0f6a1c52-0000-4000-8000-000000000002	\N	empty.pbx.example	t	\N
\.

COPY public.v_domain_settings (domain_uuid, domain_setting_uuid, app_uuid, domain_setting_category, domain_setting_subcategory, domain_setting_name, domain_setting_value, domain_setting_order, domain_setting_enabled, domain_setting_description) FROM stdin;
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000003	\N	domain	time_zone	name	Europe/Kyiv	\N	t	\N
\.

COPY public.v_gateways (gateway_uuid, domain_uuid, gateway, username, password, distinct_to, auth_username, realm, from_user, from_domain, proxy, register_proxy, outbound_proxy, expire_seconds, register, register_transport, contact_params, retry_seconds, extension, ping, caller_id_in_from, context, profile, hostname, enabled, description) FROM stdin;
0f6a1c52-0000-4000-8000-000000000010	0f6a1c52-0000-4000-8000-000000000001	kyivtel	acme01	s3cr3t-never-shown	\N	\N	\N	\N	\N	sip.kyivtel.example:5060	\N	\N	800	true	udp	\N	30	\N	\N	false	public	external	\N	true	main
0f6a1c52-0000-4000-8000-000000000011	0f6a1c52-0000-4000-8000-000000000001	old	old	x	\N	\N	\N	\N	\N	sip.old.example	\N	\N	800	true	udp	\N	30	\N	\N	false	public	external	\N	false	switched off
\.

COPY public.v_extensions (extension_uuid, domain_uuid, extension, number_alias, password, accountcode, effective_caller_id_name, effective_caller_id_number, outbound_caller_id_number, directory_first_name, directory_last_name, call_timeout, toll_allow, user_record, do_not_disturb, forward_all_destination, forward_all_enabled, forward_no_answer_destination, forward_no_answer_enabled, follow_me_uuid, follow_me_enabled, enabled, description) FROM stdin;
0f6a1c52-0000-4000-8000-000000000101	0f6a1c52-0000-4000-8000-000000000001	101	\N	pw-never-shown	acme	Іван Петренко	101	\N	\N	\N	30	\N	\N	false	\N	false	\N	false	0f6a1c52-0000-4000-8000-000000000201	true	t	sales
0f6a1c52-0000-4000-8000-000000000102	0f6a1c52-0000-4000-8000-000000000001	102	\N	pw-never-shown	acme	Olena "Lena" O'Shea	102	\N	\N	\N	25	international	\N	false	\N	false	\N	false	\N	false	t	sales
0f6a1c52-0000-4000-8000-000000000103	0f6a1c52-0000-4000-8000-000000000001	103	133	pw-never-shown	acme	Taras	103	\N	Taras	Melnyk	20	\N	all	true	380501110103	true	\N	false	\N	false	t	road
0f6a1c52-0000-4000-8000-000000000104	0f6a1c52-0000-4000-8000-000000000001	104	\N	pw-never-shown	acme	Warehouse	104	\N	\N	\N	20	\N	\N	false	\N	false	102	true	\N	false	t	\N
0f6a1c52-0000-4000-8000-000000000105	0f6a1c52-0000-4000-8000-000000000001	105	\N	pw-never-shown	acme	Gone	105	\N	\N	\N	20	\N	\N	false	\N	false	\N	false	\N	false	f	\N
\.

COPY public.v_voicemails (domain_uuid, voicemail_uuid, voicemail_id, voicemail_password, greeting_id, voicemail_mail_to, voicemail_attach_file, voicemail_enabled, voicemail_description) FROM stdin;
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000301	101	1234	\N	ivan@acme.example	true	t	\N
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000302	102	1234	1	olena@acme.example,sales@acme.example	true	t	\N
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000303	600	1234	\N	office@acme.example	true	t	office
\.

COPY public.v_follow_me (domain_uuid, follow_me_uuid, cid_name_prefix, cid_number_prefix, call_prompt, dial_string, follow_me_enabled, follow_me_ignore_busy) FROM stdin;
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000201	\N	\N	\N	\N	true	false
\.

COPY public.v_follow_me_destinations (domain_uuid, follow_me_uuid, follow_me_destination_uuid, follow_me_destination, follow_me_delay, follow_me_timeout, follow_me_prompt, follow_me_order) FROM stdin;
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000201	0f6a1c52-0000-4000-8000-000000000202	101	0	30	\N	0
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000201	0f6a1c52-0000-4000-8000-000000000203	0501110101	10	20	1	1
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000201	0f6a1c52-0000-4000-8000-000000000204	102	0	20	\N	2
\.

COPY public.v_ring_groups (domain_uuid, ring_group_uuid, ring_group_name, ring_group_extension, ring_group_greeting, ring_group_exit_key, ring_group_call_timeout, ring_group_forward_destination, ring_group_forward_enabled, ring_group_caller_id_name, ring_group_caller_id_number, ring_group_cid_name_prefix, ring_group_cid_number_prefix, ring_group_strategy, ring_group_timeout_app, ring_group_timeout_data, ring_group_distinctive_ring, ring_group_ringback, ring_group_follow_me_enabled, ring_group_missed_call_app, ring_group_missed_call_data, ring_group_context, ring_group_enabled, ring_group_description, dialplan_uuid) FROM stdin;
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000400	Sales	600	\N	\N	40	\N	false	\N	\N	Sales: 	\N	simultaneous	transfer	*99600 XML acme.pbx.example	\N	${us-ring}	true	email	sales@acme.example	acme.pbx.example	t	\N	0f6a1c52-0000-4000-8000-000000000401
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000402	Night duty	601	night.wav	\N	60	\N	false	\N	\N	\N	\N	sequence	hangup	USER_BUSY	<http://127.0.0.1>;info=x	local_stream://default	false	\N	\N	acme.pbx.example	t	\N	0f6a1c52-0000-4000-8000-000000000403
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000404	Nested	602	\N	\N	30	\N	false	\N	\N	\N	\N	random	transfer	600 XML acme.pbx.example	\N	\N	false	\N	\N	acme.pbx.example	t	\N	0f6a1c52-0000-4000-8000-000000000405
\.

COPY public.v_ring_group_destinations (ring_group_destination_uuid, domain_uuid, ring_group_uuid, destination_number, destination_delay, destination_timeout, destination_prompt, destination_enabled) FROM stdin;
0f6a1c52-0000-4000-8000-000000000410	0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000400	101	0	25	\N	t
0f6a1c52-0000-4000-8000-000000000411	0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000400	102	5	20	\N	t
0f6a1c52-0000-4000-8000-000000000412	0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000400	105	0	20	\N	f
0f6a1c52-0000-4000-8000-000000000413	0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000402	0501110103	10	20	1	t
0f6a1c52-0000-4000-8000-000000000414	0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000402	104	0	15	\N	t
0f6a1c52-0000-4000-8000-000000000415	0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000404	101	0	15	\N	t
0f6a1c52-0000-4000-8000-000000000416	0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000404	104	0	15	\N	t
0f6a1c52-0000-4000-8000-000000000417	0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000404	600	0	15	\N	t
\.

COPY public.v_ivr_menus (domain_uuid, ivr_menu_uuid, dialplan_uuid, ivr_menu_name, ivr_menu_extension, ivr_menu_parent_uuid, ivr_menu_language, ivr_menu_greet_long, ivr_menu_greet_short, ivr_menu_invalid_sound, ivr_menu_exit_sound, ivr_menu_pin_number, ivr_menu_confirm_attempts, ivr_menu_timeout, ivr_menu_exit_app, ivr_menu_exit_data, ivr_menu_inter_digit_timeout, ivr_menu_max_failures, ivr_menu_max_timeouts, ivr_menu_digit_len, ivr_menu_direct_dial, ivr_menu_ringback, ivr_menu_cid_prefix, ivr_menu_context, ivr_menu_enabled, ivr_menu_description) FROM stdin;
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000500	0f6a1c52-0000-4000-8000-000000000501	Main menu	500	\N	\N	greeting.wav	\N	ivr/ivr-that_was_an_invalid_entry.wav	\N	\N	1	3000	transfer	600 XML acme.pbx.example	2000	3	3	5	true	\N	\N	acme.pbx.example	t	\N
\.

COPY public.v_ivr_menu_options (ivr_menu_option_uuid, ivr_menu_uuid, domain_uuid, ivr_menu_option_digits, ivr_menu_option_action, ivr_menu_option_param, ivr_menu_option_order, ivr_menu_option_description, ivr_menu_option_enabled) FROM stdin;
0f6a1c52-0000-4000-8000-000000000510	0f6a1c52-0000-4000-8000-000000000500	0f6a1c52-0000-4000-8000-000000000001	1	menu-exec-app	transfer 600 XML acme.pbx.example	10	Sales	t
0f6a1c52-0000-4000-8000-000000000511	0f6a1c52-0000-4000-8000-000000000500	0f6a1c52-0000-4000-8000-000000000001	2	menu-exec-app	transfer 104 XML acme.pbx.example	20	Warehouse	t
0f6a1c52-0000-4000-8000-000000000512	0f6a1c52-0000-4000-8000-000000000500	0f6a1c52-0000-4000-8000-000000000001	3	menu-exec-app	transfer 0441234500 XML acme.pbx.example	30	Outside office	t
0f6a1c52-0000-4000-8000-000000000513	0f6a1c52-0000-4000-8000-000000000500	0f6a1c52-0000-4000-8000-000000000001	*	menu-top	\N	40	Again	t
0f6a1c52-0000-4000-8000-000000000514	0f6a1c52-0000-4000-8000-000000000500	0f6a1c52-0000-4000-8000-000000000001	/^(10[1-9])$/	menu-exec-app	transfer $1 XML acme.pbx.example	50	Direct	t
0f6a1c52-0000-4000-8000-000000000515	0f6a1c52-0000-4000-8000-000000000500	0f6a1c52-0000-4000-8000-000000000001	9	menu-exec-app	lua streamfile.lua address.wav	60	Address	t
\.

COPY public.v_dialplans (domain_uuid, dialplan_uuid, app_uuid, hostname, dialplan_context, dialplan_name, dialplan_number, dialplan_destination, dialplan_continue, dialplan_xml, dialplan_order, dialplan_enabled, dialplan_description) FROM stdin;
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	4b821450-926b-175a-af93-a03c441818b1	\N	acme.pbx.example	Office hours	700	false	false	<extension/>	300	t	Hours
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000701	1d61fb65-1eec-bc73-a6ee-a6203b4fe6f2	\N	acme.pbx.example	Sales	600	\N	false	<extension/>	101	t	\N
\.

COPY public.v_dialplan_details (domain_uuid, dialplan_uuid, dialplan_detail_uuid, dialplan_detail_tag, dialplan_detail_type, dialplan_detail_data, dialplan_detail_break, dialplan_detail_inline, dialplan_detail_group, dialplan_detail_order, dialplan_detail_enabled) FROM stdin;
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000801	condition	destination_number	^700$	\N	\N	0	10	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000802	action	set	timezone=Europe/Kyiv	\N	\N	0	20	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000803	condition	destination_number	^700$	\N	\N	400	10	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000804	condition	mday	25	never	\N	400	20	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000805	condition	mon	12	never	\N	400	30	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000806	action	set	preset=christmas_day	\N	\N	400	40	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000807	action	transfer	601 XML acme.pbx.example	\N	\N	400	50	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000808	condition	destination_number	^700$	\N	\N	500	10	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000809	condition	wday	2-6	never	\N	500	20	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000810	condition	minute-of-day	541-1080	never	\N	500	30	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000811	action	transfer	500 XML acme.pbx.example	\N	\N	500	40	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000812	condition	destination_number	^700$	\N	\N	501	10	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000813	condition	wday	7	never	\N	501	20	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000814	condition	minute-of-day	601-900	never	\N	501	30	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000815	action	transfer	500 XML acme.pbx.example	\N	\N	501	40	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000816	condition	destination_number	^700$	\N	\N	999	10	t
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000700	0f6a1c52-0000-4000-8000-000000000817	action	transfer	*99600 XML acme.pbx.example	\N	\N	999	20	t
\.

COPY public.v_call_flows (domain_uuid, call_flow_uuid, dialplan_uuid, call_flow_name, call_flow_extension, call_flow_feature_code, call_flow_context, call_flow_status, call_flow_pin_number, call_flow_label, call_flow_sound, call_flow_app, call_flow_data, call_flow_alternate_label, call_flow_alternate_sound, call_flow_alternate_app, call_flow_alternate_data, call_flow_enabled, call_flow_description) FROM stdin;
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000900	0f6a1c52-0000-4000-8000-000000000901	Lunch	30	*30	acme.pbx.example	false	\N	Day	\N	transfer	700 XML acme.pbx.example	Night	\N	transfer	601 XML acme.pbx.example	t	\N
\.

COPY public.v_call_center_queues (call_center_queue_uuid, domain_uuid, dialplan_uuid, queue_name, queue_extension, queue_greeting, queue_strategy, queue_moh_sound, queue_record_template, queue_max_wait_time, queue_timeout_action, queue_cid_prefix, queue_announce_position, queue_announce_sound, queue_announce_frequency, queue_cc_exit_keys, queue_description) FROM stdin;
0f6a1c52-0000-4000-8000-000000000950	0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000951	Support	800	\N	longest-idle-agent	local_stream://default	\N	300	transfer:600 XML acme.pbx.example	Support	\N	hold.wav	10	9	\N
\.

COPY public.v_call_center_agents (call_center_agent_uuid, domain_uuid, agent_name, agent_type, agent_call_timeout, agent_id, agent_contact, agent_status, agent_wrap_up_time) FROM stdin;
0f6a1c52-0000-4000-8000-000000000960	0f6a1c52-0000-4000-8000-000000000001	Ivan	callback	20	101	user/101@acme.pbx.example	Available	10
0f6a1c52-0000-4000-8000-000000000961	0f6a1c52-0000-4000-8000-000000000001	Olena	callback	20	102	{call_timeout=20}user/102@acme.pbx.example	Logged Out	30
\.

COPY public.v_call_center_tiers (call_center_tier_uuid, domain_uuid, call_center_queue_uuid, call_center_agent_uuid, agent_name, queue_name, tier_level, tier_position) FROM stdin;
0f6a1c52-0000-4000-8000-000000000970	0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000950	0f6a1c52-0000-4000-8000-000000000961	Olena	800	2	1
0f6a1c52-0000-4000-8000-000000000971	0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000950	0f6a1c52-0000-4000-8000-000000000960	Ivan	800	1	1
\.

COPY public.v_destinations (domain_uuid, destination_uuid, dialplan_uuid, fax_uuid, destination_type, destination_number, destination_prefix, destination_area_code, destination_number_regex, destination_caller_id_name, destination_cid_name_prefix, destination_context, destination_record, destination_conditions, destination_actions, destination_app, destination_data, destination_enabled, destination_description) FROM stdin;
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000980	\N	\N	inbound	0441234567	\N	\N	^0441234567$	\N	\N	public	false	\N	[{"destination_app":"transfer","destination_data":"700 XML acme.pbx.example"}]	\N	\N	t	Main number
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000981	\N	\N	inbound	441234568	380	\N	^441234568$	\N	\N	public	false	\N	[{"destination_app":"transfer","destination_data":"700 XML acme.pbx.example"}]	\N	\N	t	Main number too
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000982	\N	\N	inbound	0800500500	\N	\N	^(0800500500)$	\N	VIP 	public	true	\N	[{"destination_app":"transfer","destination_data":"800 XML acme.pbx.example"}]	\N	\N	t	Support
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000983	\N	\N	inbound	0441234570	\N	\N	\N	\N	\N	public	false	\N	[{"destination_app":"transfer","destination_data":"30 XML acme.pbx.example"}]	\N	\N	t	Lunch line
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000984	\N	\N	inbound	12	\N	\N	\N	\N	\N	public	false	\N	[{"destination_app":"transfer","destination_data":"602 XML acme.pbx.example"}]	\N	\N	t	short
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000985	\N	\N	inbound	0441234571	\N	\N	\N	\N	\N	public	false	\N	[{"destination_app":"transfer","destination_data":"101 XML acme.pbx.example"}]	\N	\N	t	Ivan
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000986	\N	\N	outbound	0441234599	\N	\N	\N	\N	\N	public	false	\N	\N	\N	\N	t	caller id
\.

COPY public.v_conferences (domain_uuid, conference_uuid, dialplan_uuid, conference_name, conference_extension, conference_pin_number, conference_enabled) FROM stdin;
0f6a1c52-0000-4000-8000-000000000001	0f6a1c52-0000-4000-8000-000000000990	\N	Room	850	1111	t
\.

COPY public.v_xml_cdr (xml_cdr_uuid, domain_uuid, caller_id_name, json) FROM stdin;
0f6a1c52-0000-4000-8000-000000001000	0f6a1c52-0000-4000-8000-000000000001	a;b'c	{"x":"\\n;"}
0f6a1c52-0000-4000-8000-000000001001	0f6a1c52-0000-4000-8000-000000000001	a;b'c	{"x":"\\n;"}
0f6a1c52-0000-4000-8000-000000001002	0f6a1c52-0000-4000-8000-000000000001	a;b'c	{"x":"\\n;"}
\.

--
-- PostgreSQL database dump complete
--

\unrestrict 4kQy0Qk0
