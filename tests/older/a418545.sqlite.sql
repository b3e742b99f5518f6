BEGIN TRANSACTION;
CREATE TABLE deliveries (
	conversation VARCHAR(80) NOT NULL, 
	channel VARCHAR(20) NOT NULL, 
	seq INTEGER NOT NULL, 
	part INTEGER NOT NULL, 
	address TEXT NOT NULL, 
	PRIMARY KEY (conversation)
);
INSERT INTO "deliveries" VALUES('widget~66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0','slack',1,1,'{"channel": "C1", "thread": "1.2"}');
CREATE TABLE dossiers (
	conversation VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	updated_at VARCHAR(40) NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (conversation)
);
INSERT INTO "dossiers" VALUES('05af247d7a3aa4370a2dc06017af3456733e50b404d2ea957910bc2e459e955a',2,'2026-11-21T12:00:00.000000+00:00','{"facts": {"organisation_type": "ggz", "partner_types": ["gemeente", "uwv"]}, "notes": {"criteria.6": "26 per fte \ud83d\ude42"}, "skipped": [], "active": true, "greeted": false, "advised": false, "pending": "criteria.4", "proposal": null, "history": [], "last_card": null, "figures": null, "plan": null, "codes": {}, "answered": [], "misses": 0}');
INSERT INTO "dossiers" VALUES('1062a09c083c23319e14cb7a6366a1c9866d26ad2e1e58ee8e74c30671d8ecd5',1,'2026-11-21T12:00:00.000000+00:00','{"facts": {}, "notes": {}, "skipped": [], "active": false, "greeted": false, "advised": false, "pending": null, "proposal": null, "history": [], "last_card": null, "figures": null, "plan": null, "codes": {}, "answered": [], "misses": 0}');
CREATE TABLE plan_tokens (
	token VARCHAR(64) NOT NULL, 
	plan_id VARCHAR(64) NOT NULL, 
	until VARCHAR(40) NOT NULL, 
	PRIMARY KEY (token)
);
INSERT INTO "plan_tokens" VALUES('80383f974f22964fd6b7ae851b6ccc9180ed4e6fcb2e415bafcab6d822139238','plan-1','2026-11-21T12:30:00.000000+00:00');
CREATE TABLE plans (
	id VARCHAR(64) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	created_at VARCHAR(40) NOT NULL, 
	updated_at VARCHAR(40) NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (code)
);
INSERT INTO "plans" VALUES('plan-1','d5d90d4dec4ab37d7b778ce6d20bbdf5a921e2b7d8dc995e2264e9cc6cabcb88',1,'2026-11-21T12:00:00.000000+00:00','2026-11-21T12:00:00.000000+00:00','{"answers": [{"question": "k6.aantal", "text": "Wij hebben \"30\" cli\u00ebnten per fte \ud83d\ude42", "at": "2026-11-21T12:00:00+00:00", "by": "AB", "remarks": [], "value": ""}], "facts": {"organisation_type": "ggz"}, "notes": {}, "skipped": [], "changes": []}');
CREATE TABLE questions (
	id INTEGER NOT NULL, 
	day VARCHAR(10) NOT NULL, 
	miss VARCHAR(20) NOT NULL, 
	text TEXT NOT NULL, 
	card VARCHAR(200), 
	PRIMARY KEY (id)
);
INSERT INTO "questions" VALUES(1,'2026-11-20','NIET_IN_BRONNEN','wat verdient een coach?',NULL);
INSERT INTO "questions" VALUES(2,'2026-11-21','BETWIJFELD','klopt dat?','c6-wat-vraagt-het');
CREATE TABLE widget_conversations (
	id VARCHAR(80) NOT NULL, 
	head INTEGER NOT NULL, 
	gone BOOLEAN NOT NULL, 
	active_at VARCHAR(40) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "widget_conversations" VALUES('widget~66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0',4,0,'2026-11-21T12:00:00.000000+00:00');
INSERT INTO "widget_conversations" VALUES('widget~f01b57226261ae3756b93936e1c4e6b849f9a5b0933fa3b91843bf4195b9d964',0,1,'2026-11-21T12:00:00.000000+00:00');
CREATE TABLE widget_entries (
	conversation VARCHAR(80) NOT NULL, 
	seq INTEGER NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	who VARCHAR(10) NOT NULL, 
	message VARCHAR(64), 
	state VARCHAR(10), 
	says TEXT, 
	body TEXT NOT NULL, 
	PRIMARY KEY (conversation, seq), 
	UNIQUE (conversation, message)
);
INSERT INTO "widget_entries" VALUES('widget~66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0',1,'2026-11-21T12:00:00.000000+00:00','user','mmmmmmmmmmmmmmmm','done',NULL,'{"masked": [], "text": "wat is ips?"}');
INSERT INTO "widget_entries" VALUES('widget~66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0',2,'2026-11-21T12:00:00.000000+00:00','bot',NULL,NULL,NULL,'{"buttons": [{"title": "x", "payload": "y"}], "text": "IPS is hulp bij werk.", "answers": "mmmmmmmmmmmmmmmm", "last": true}');
INSERT INTO "widget_entries" VALUES('widget~66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0',3,'2026-11-21T12:00:00.000000+00:00','user','nnnnnnnnnnnnnnnn','waiting','en verder?','{"masked": ["bsn"], "text": "en verder?"}');
INSERT INTO "widget_entries" VALUES('widget~66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0',4,'2026-11-21T12:00:00.000000+00:00','feedback',NULL,NULL,NULL,'{"of": 2, "value": "up", "word": ""}');
CREATE INDEX ix_plans_updated_at ON plans (updated_at);
CREATE INDEX ix_plan_tokens_plan_id ON plan_tokens (plan_id);
CREATE INDEX ix_widget_conversations_active_at ON widget_conversations (active_at);
CREATE INDEX ix_widget_entries_who_at ON widget_entries (who, at);
CREATE INDEX ix_widget_entries_state ON widget_entries (state);
CREATE INDEX ix_questions_day ON questions (day);
CREATE INDEX ix_deliveries_channel ON deliveries (channel);
COMMIT;
