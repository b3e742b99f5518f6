CREATE TABLE public.deliveries (
    conversation character varying(80) NOT NULL,
    channel character varying(20) NOT NULL,
    seq integer NOT NULL,
    part integer NOT NULL,
    address text NOT NULL
);
CREATE TABLE public.dossiers (
    conversation character varying(64) NOT NULL,
    version integer NOT NULL,
    updated_at character varying(40) NOT NULL,
    body text NOT NULL
);
CREATE TABLE public.plan_tokens (
    token character varying(64) NOT NULL,
    plan_id character varying(64) NOT NULL,
    until character varying(40) NOT NULL
);
CREATE TABLE public.plans (
    id character varying(64) NOT NULL,
    code character varying(64) NOT NULL,
    version integer NOT NULL,
    created_at character varying(40) NOT NULL,
    updated_at character varying(40) NOT NULL,
    body text NOT NULL
);
CREATE TABLE public.questions (
    id integer NOT NULL,
    day character varying(10) NOT NULL,
    miss character varying(20) NOT NULL,
    text text NOT NULL,
    card character varying(200)
);
CREATE SEQUENCE public.questions_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.questions_id_seq OWNED BY public.questions.id;
CREATE TABLE public.widget_conversations (
    id character varying(80) NOT NULL,
    head integer NOT NULL,
    gone boolean NOT NULL,
    active_at character varying(40) NOT NULL
);
CREATE TABLE public.widget_entries (
    conversation character varying(80) NOT NULL,
    seq integer NOT NULL,
    at character varying(40) NOT NULL,
    who character varying(10) NOT NULL,
    message character varying(64),
    state character varying(10),
    says text,
    body text NOT NULL
);
ALTER TABLE ONLY public.questions ALTER COLUMN id SET DEFAULT nextval('public.questions_id_seq'::regclass);
INSERT INTO public.deliveries VALUES ('widget~66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0', 'slack', 1, 1, '{"channel": "C1", "thread": "1.2"}');
INSERT INTO public.dossiers VALUES ('05af247d7a3aa4370a2dc06017af3456733e50b404d2ea957910bc2e459e955a', 2, '2026-11-21T12:00:00.000000+00:00', '{"facts": {"organisation_type": "ggz", "partner_types": ["gemeente", "uwv"]}, "notes": {"criteria.6": "26 per fte \ud83d\ude42"}, "skipped": [], "active": true, "greeted": false, "advised": false, "pending": "criteria.4", "proposal": null, "history": [], "last_card": null, "figures": null, "plan": null, "codes": {}, "answered": [], "misses": 0}');
INSERT INTO public.dossiers VALUES ('1062a09c083c23319e14cb7a6366a1c9866d26ad2e1e58ee8e74c30671d8ecd5', 1, '2026-11-21T12:00:00.000000+00:00', '{"facts": {}, "notes": {}, "skipped": [], "active": false, "greeted": false, "advised": false, "pending": null, "proposal": null, "history": [], "last_card": null, "figures": null, "plan": null, "codes": {}, "answered": [], "misses": 0}');
INSERT INTO public.plan_tokens VALUES ('80383f974f22964fd6b7ae851b6ccc9180ed4e6fcb2e415bafcab6d822139238', 'plan-1', '2026-11-21T12:30:00.000000+00:00');
INSERT INTO public.plans VALUES ('plan-1', 'd5d90d4dec4ab37d7b778ce6d20bbdf5a921e2b7d8dc995e2264e9cc6cabcb88', 1, '2026-11-21T12:00:00.000000+00:00', '2026-11-21T12:00:00.000000+00:00', '{"answers": [{"question": "k6.aantal", "text": "Wij hebben \"30\" cli\u00ebnten per fte \ud83d\ude42", "at": "2026-11-21T12:00:00+00:00", "by": "AB", "remarks": [], "value": ""}], "facts": {"organisation_type": "ggz"}, "notes": {}, "skipped": [], "changes": []}');
INSERT INTO public.questions VALUES (1, '2026-11-20', 'NIET_IN_BRONNEN', 'wat verdient een coach?', NULL);
INSERT INTO public.questions VALUES (2, '2026-11-21', 'BETWIJFELD', 'klopt dat?', 'c6-wat-vraagt-het');
INSERT INTO public.widget_conversations VALUES ('widget~66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0', 4, false, '2026-11-21T12:00:00.000000+00:00');
INSERT INTO public.widget_conversations VALUES ('widget~f01b57226261ae3756b93936e1c4e6b849f9a5b0933fa3b91843bf4195b9d964', 0, true, '2026-11-21T12:00:00.000000+00:00');
INSERT INTO public.widget_entries VALUES ('widget~66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0', 1, '2026-11-21T12:00:00.000000+00:00', 'user', 'mmmmmmmmmmmmmmmm', 'done', NULL, '{"masked": [], "text": "wat is ips?"}');
INSERT INTO public.widget_entries VALUES ('widget~66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0', 2, '2026-11-21T12:00:00.000000+00:00', 'bot', NULL, NULL, NULL, '{"buttons": [{"title": "x", "payload": "y"}], "text": "IPS is hulp bij werk.", "answers": "mmmmmmmmmmmmmmmm", "last": true}');
INSERT INTO public.widget_entries VALUES ('widget~66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0', 3, '2026-11-21T12:00:00.000000+00:00', 'user', 'nnnnnnnnnnnnnnnn', 'waiting', 'en verder?', '{"masked": ["bsn"], "text": "en verder?"}');
INSERT INTO public.widget_entries VALUES ('widget~66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0', 4, '2026-11-21T12:00:00.000000+00:00', 'feedback', NULL, NULL, NULL, '{"of": 2, "value": "up", "word": ""}');
SELECT pg_catalog.setval('public.questions_id_seq', 2, true);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (conversation);
ALTER TABLE ONLY public.dossiers
    ADD CONSTRAINT dossiers_pkey PRIMARY KEY (conversation);
ALTER TABLE ONLY public.plan_tokens
    ADD CONSTRAINT plan_tokens_pkey PRIMARY KEY (token);
ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_code_key UNIQUE (code);
ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.questions
    ADD CONSTRAINT questions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.widget_conversations
    ADD CONSTRAINT widget_conversations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.widget_entries
    ADD CONSTRAINT widget_entries_conversation_message_key UNIQUE (conversation, message);
ALTER TABLE ONLY public.widget_entries
    ADD CONSTRAINT widget_entries_pkey PRIMARY KEY (conversation, seq);
CREATE INDEX ix_deliveries_channel ON public.deliveries USING btree (channel);
CREATE INDEX ix_plan_tokens_plan_id ON public.plan_tokens USING btree (plan_id);
CREATE INDEX ix_plans_updated_at ON public.plans USING btree (updated_at);
CREATE INDEX ix_questions_day ON public.questions USING btree (day);
CREATE INDEX ix_widget_conversations_active_at ON public.widget_conversations USING btree (active_at);
CREATE INDEX ix_widget_entries_state ON public.widget_entries USING btree (state);
CREATE INDEX ix_widget_entries_who_at ON public.widget_entries USING btree (who, at);
