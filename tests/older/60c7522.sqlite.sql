BEGIN TRANSACTION;
CREATE TABLE dossiers (
	conversation VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	updated_at VARCHAR(40) NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (conversation)
);
INSERT INTO "dossiers" VALUES('05af247d7a3aa4370a2dc06017af3456733e50b404d2ea957910bc2e459e955a',2,'2026-11-21T12:00:00+00:00','{"facts": {"organisation_type": "ggz", "partner_types": ["gemeente", "uwv"]}, "notes": {"criteria.6": "26 per fte 🙂"}, "skipped": [], "active": true, "greeted": false, "advised": false, "pending": "criteria.4", "proposal": null, "history": [], "last_card": null}');
INSERT INTO "dossiers" VALUES('1062a09c083c23319e14cb7a6366a1c9866d26ad2e1e58ee8e74c30671d8ecd5',1,'2026-11-21T12:00:00+00:00','{"facts": {}, "notes": {}, "skipped": [], "active": false, "greeted": false, "advised": false, "pending": null, "proposal": null, "history": [], "last_card": null}');
COMMIT;
