--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET default_with_oids = false;

--
-- Name: v_domains; Type: TABLE; Schema: public; Owner: fusionpbx
--

CREATE TABLE public.v_domains (
    domain_uuid uuid NOT NULL,
    domain_parent_uuid text,
    domain_name text,
    domain_enabled text,
    domain_description text
);


ALTER TABLE public.v_domains OWNER TO fusionpbx;

INSERT INTO public.v_domains VALUES ('7d5b3c10-0000-4000-8000-000000000001', NULL, 'old.pbx.example', 'true', '');

--
-- Name: v_extensions; Type: TABLE; Schema: public; Owner: fusionpbx
--

CREATE TABLE public.v_extensions (
    extension_uuid uuid NOT NULL,
    domain_uuid text,
    extension text,
    number_alias text,
    password text,
    effective_caller_id_name text,
    directory_full_name text,
    call_timeout text,
    call_group text,
    follow_me_uuid text,
    forward_all_destination text,
    forward_all_enabled text,
    enabled text,
    description text
);


ALTER TABLE public.v_extensions OWNER TO fusionpbx;

INSERT INTO public.v_extensions VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000001', '21', NULL, 'never-shown', 'Front desk', NULL, '30', NULL, '7d5b3c10-0000-4000-8000-000000000040', NULL, NULL, 'true', 'it''s the front
with two lines');
INSERT INTO public.v_extensions VALUES ('7d5b3c10-0000-4000-8000-000000000002', '7d5b3c10-0000-4000-8000-000000000001', '22', NULL, 'never-shown', 'C:\Boss', NULL, '15', NULL, NULL, NULL, NULL, 'true', NULL);

--
-- Name: v_follow_me; Type: TABLE; Schema: public; Owner: fusionpbx
--

CREATE TABLE public.v_follow_me (
    domain_uuid uuid NOT NULL,
    follow_me_uuid text,
    cid_name_prefix text,
    cid_number_prefix text,
    call_prompt text,
    dial_string text,
    follow_me_enabled text,
    follow_me_caller_id_uuid text,
    follow_me_ignore_busy text
);


ALTER TABLE public.v_follow_me OWNER TO fusionpbx;

INSERT INTO public.v_follow_me VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000040', NULL, NULL, NULL, NULL, 'true', NULL, NULL);

--
-- Name: v_follow_me_destinations; Type: TABLE; Schema: public; Owner: fusionpbx
--

CREATE TABLE public.v_follow_me_destinations (
    domain_uuid uuid NOT NULL,
    follow_me_uuid text,
    follow_me_destination_uuid text,
    follow_me_destination text,
    follow_me_delay text,
    follow_me_timeout text,
    follow_me_prompt text,
    follow_me_order numeric(10,2)
);


ALTER TABLE public.v_follow_me_destinations OWNER TO fusionpbx;

INSERT INTO public.v_follow_me_destinations VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000040', '7d5b3c10-0000-4000-8000-000000000041', '00380501110021', '0', '25', 'true', '0');

--
-- Name: v_ring_groups; Type: TABLE; Schema: public; Owner: fusionpbx
--

CREATE TABLE public.v_ring_groups (
    domain_uuid uuid NOT NULL,
    ring_group_uuid text,
    ring_group_name text,
    ring_group_extension text,
    ring_group_greeting text,
    ring_group_context text,
    ring_group_call_timeout text,
    ring_group_forward_destination text,
    ring_group_forward_enabled text,
    ring_group_strategy text,
    ring_group_timeout_app text,
    ring_group_timeout_data text,
    ring_group_cid_name_prefix text,
    ring_group_distinctive_ring text,
    ring_group_ringback text,
    ring_group_missed_call_app text,
    ring_group_missed_call_data text,
    ring_group_enabled text,
    ring_group_description text,
    dialplan_uuid text
);


ALTER TABLE public.v_ring_groups OWNER TO fusionpbx;

INSERT INTO public.v_ring_groups (domain_uuid, ring_group_uuid, ring_group_name, ring_group_extension, ring_group_greeting, ring_group_context, ring_group_call_timeout, ring_group_forward_destination, ring_group_forward_enabled, ring_group_strategy, ring_group_timeout_app, ring_group_timeout_data, ring_group_cid_name_prefix, ring_group_distinctive_ring, ring_group_ringback, ring_group_missed_call_app, ring_group_missed_call_data, ring_group_enabled, ring_group_description, dialplan_uuid) VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000050', 'All', '60', NULL, 'old.pbx.example', '30', NULL, 'false', 'rollover', 'hangup', '', NULL, NULL, '${us-ring}', NULL, NULL, 'true', NULL, '7d5b3c10-0000-4000-8000-000000000051');
INSERT INTO public.v_ring_groups (domain_uuid, ring_group_uuid, ring_group_name, ring_group_extension, ring_group_greeting, ring_group_context, ring_group_call_timeout, ring_group_forward_destination, ring_group_forward_enabled, ring_group_strategy, ring_group_timeout_app, ring_group_timeout_data, ring_group_cid_name_prefix, ring_group_distinctive_ring, ring_group_ringback, ring_group_missed_call_app, ring_group_missed_call_data, ring_group_enabled, ring_group_description, dialplan_uuid) VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000052', 'Moved', '61', NULL, 'old.pbx.example', '30', '0501110099', 'true', 'simultaneous', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'true', NULL, '7d5b3c10-0000-4000-8000-000000000053');

--
-- Name: v_ring_group_destinations; Type: TABLE; Schema: public; Owner: fusionpbx
--

CREATE TABLE public.v_ring_group_destinations (
    ring_group_destination_uuid uuid NOT NULL,
    domain_uuid text,
    ring_group_uuid text,
    destination_number text,
    destination_delay text,
    destination_timeout text,
    destination_prompt text
);


ALTER TABLE public.v_ring_group_destinations OWNER TO fusionpbx;

INSERT INTO public.v_ring_group_destinations VALUES ('7d5b3c10-0000-4000-8000-000000000060', '7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000050', '22', '10', '15', NULL);
INSERT INTO public.v_ring_group_destinations VALUES ('7d5b3c10-0000-4000-8000-000000000061', '7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000050', '21', '0', '15', NULL);

--
-- Name: v_dialplans; Type: TABLE; Schema: public; Owner: fusionpbx
--

CREATE TABLE public.v_dialplans (
    domain_uuid uuid NOT NULL,
    dialplan_uuid text,
    app_uuid text,
    hostname text,
    dialplan_context text,
    dialplan_name text,
    dialplan_number text,
    dialplan_continue text,
    dialplan_order numeric(10,2),
    dialplan_enabled text,
    dialplan_description text,
    dialplan_xml text
);


ALTER TABLE public.v_dialplans OWNER TO fusionpbx;

INSERT INTO public.v_dialplans VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000070', '4b821450-926b-175a-af93-a03c441818b1', NULL, 'old.pbx.example', 'Weekend', '70', 'false', '300', 'true', NULL, NULL);

--
-- Name: v_dialplan_details; Type: TABLE; Schema: public; Owner: fusionpbx
--

CREATE TABLE public.v_dialplan_details (
    domain_uuid uuid NOT NULL,
    dialplan_uuid text,
    dialplan_detail_uuid text,
    dialplan_detail_tag text,
    dialplan_detail_type text,
    dialplan_detail_data text,
    dialplan_detail_break text,
    dialplan_detail_inline text,
    dialplan_detail_group text,
    dialplan_detail_order numeric(10,2)
);


ALTER TABLE public.v_dialplan_details OWNER TO fusionpbx;

INSERT INTO public.v_dialplan_details VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000070', '7d5b3c10-0000-4000-8000-000000000080', 'condition', 'destination_number', '^70$', NULL, NULL, '500', '10');
INSERT INTO public.v_dialplan_details VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000070', '7d5b3c10-0000-4000-8000-000000000081', 'condition', 'wday', '7-1', 'never', NULL, '500', '20');
INSERT INTO public.v_dialplan_details VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000070', '7d5b3c10-0000-4000-8000-000000000082', 'action', 'transfer', '61 XML old.pbx.example', NULL, NULL, '500', '30');
INSERT INTO public.v_dialplan_details VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000070', '7d5b3c10-0000-4000-8000-000000000083', 'condition', 'destination_number', '^70$', NULL, NULL, '501', '10');
INSERT INTO public.v_dialplan_details VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000070', '7d5b3c10-0000-4000-8000-000000000084', 'condition', 'minute-of-day', '540-1080', 'never', NULL, '501', '20');
INSERT INTO public.v_dialplan_details VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000070', '7d5b3c10-0000-4000-8000-000000000085', 'condition', 'wday', '2-6', 'never', NULL, '501', '30');
INSERT INTO public.v_dialplan_details VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000070', '7d5b3c10-0000-4000-8000-000000000086', 'action', 'transfer', '60 XML old.pbx.example', NULL, NULL, '501', '40');
INSERT INTO public.v_dialplan_details VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000070', '7d5b3c10-0000-4000-8000-000000000087', 'condition', 'destination_number', '^70$', NULL, NULL, '999', '10');
INSERT INTO public.v_dialplan_details VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000070', '7d5b3c10-0000-4000-8000-000000000088', 'action', 'hangup', '', NULL, NULL, '999', '20');

--
-- Name: v_destinations; Type: TABLE; Schema: public; Owner: fusionpbx
--

CREATE TABLE public.v_destinations (
    domain_uuid uuid NOT NULL,
    destination_uuid text,
    dialplan_uuid text,
    fax_uuid text,
    destination_type text,
    destination_number text,
    destination_prefix text,
    destination_number_regex text,
    destination_caller_id_name text,
    destination_caller_id_number text,
    destination_cid_name_prefix text,
    destination_context text,
    destination_record text,
    destination_accountcode text,
    destination_app text,
    destination_data text,
    destination_alternate_app text,
    destination_alternate_data text,
    destination_enabled text,
    destination_description text
);


ALTER TABLE public.v_destinations OWNER TO fusionpbx;

INSERT INTO public.v_destinations VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000090', '7d5b3c10-0000-4000-8000-000000000091', NULL, 'inbound', '0441230044', NULL, '^(0441230044)$', NULL, NULL, NULL, 'public', NULL, NULL, 'transfer', '70 XML old.pbx.example', NULL, NULL, 'true', 'Front');
INSERT INTO public.v_destinations VALUES ('7d5b3c10-0000-4000-8000-000000000001', '7d5b3c10-0000-4000-8000-000000000092', '7d5b3c10-0000-4000-8000-000000000093', NULL, 'inbound', '+380441230045', NULL, '^\+380441230045$', NULL, NULL, NULL, 'public', NULL, NULL, 'transfer', '21 XML old.pbx.example', NULL, NULL, 'true', 'Desk');

--
-- PostgreSQL database dump complete
--
