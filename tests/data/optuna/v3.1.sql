PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE studies (
	study_id INTEGER NOT NULL, 
	study_name VARCHAR(512) NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO studies VALUES(1,'resnet');
INSERT INTO studies VALUES(2,'other');
INSERT INTO studies VALUES(3,'two goals');
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO version_info VALUES(1,12,'3.1.0');
CREATE TABLE study_directions (
	study_direction_id INTEGER NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	study_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	PRIMARY KEY (study_direction_id), 
	UNIQUE (study_id, objective), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO study_directions VALUES(1,'MAXIMIZE',1,0);
INSERT INTO study_directions VALUES(2,'MINIMIZE',2,0);
INSERT INTO study_directions VALUES(3,'MINIMIZE',3,0);
INSERT INTO study_directions VALUES(4,'MAXIMIZE',3,1);
CREATE TABLE study_user_attributes (
	study_user_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_user_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE study_system_attributes (
	study_system_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_system_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE trials (
	trial_id INTEGER NOT NULL, 
	number INTEGER, 
	study_id INTEGER, 
	state VARCHAR(8) NOT NULL, 
	datetime_start DATETIME, 
	datetime_complete DATETIME, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO trials VALUES(1,0,1,'COMPLETE','2026-11-26 03:59:21.614992','2026-11-26 03:59:21.975019');
INSERT INTO trials VALUES(2,1,1,'COMPLETE','2026-11-26 03:59:22.025391','2026-11-26 03:59:22.405883');
INSERT INTO trials VALUES(3,2,1,'PRUNED','2026-11-26 03:59:22.451439','2026-11-26 03:59:22.777991');
INSERT INTO trials VALUES(4,3,1,'FAIL','2026-11-26 03:59:22.817218','2026-11-26 03:59:23.203425');
INSERT INTO trials VALUES(5,4,1,'COMPLETE','2026-11-26 03:59:23.249239','2026-11-26 03:59:23.566259');
INSERT INTO trials VALUES(6,5,1,'COMPLETE','2026-11-26 03:59:23.607047','2026-11-26 03:59:23.977983');
INSERT INTO trials VALUES(7,6,1,'COMPLETE','2026-11-26 03:59:24.020926','2026-11-26 03:59:24.337934');
INSERT INTO trials VALUES(8,7,1,'WAITING',NULL,NULL);
CREATE TABLE trial_user_attributes (
	trial_user_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_user_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO trial_user_attributes VALUES(1,1,'who','{"a": 1}');
INSERT INTO trial_user_attributes VALUES(2,2,'who','{"a": 1}');
INSERT INTO trial_user_attributes VALUES(3,3,'who','{"a": 1}');
INSERT INTO trial_user_attributes VALUES(4,4,'who','{"a": 1}');
INSERT INTO trial_user_attributes VALUES(5,5,'who','{"a": 1}');
INSERT INTO trial_user_attributes VALUES(6,6,'who','{"a": 1}');
INSERT INTO trial_user_attributes VALUES(7,7,'who','{"a": 1}');
CREATE TABLE trial_system_attributes (
	trial_system_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_system_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO trial_system_attributes VALUES(1,8,'fixed_params','{"lr": 0.01}');
CREATE TABLE trial_params (
	param_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	param_name VARCHAR(512), 
	param_value FLOAT, 
	distribution_json TEXT, 
	PRIMARY KEY (param_id), 
	UNIQUE (trial_id, param_name), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO trial_params VALUES(1,1,'lr',0.00046568046379195655436,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO trial_params VALUES(2,1,'n',7.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO trial_params VALUES(3,1,'k',1.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 100}}');
INSERT INTO trial_params VALUES(4,1,'u',0.25,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO trial_params VALUES(5,1,'o',4.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "a, \"b\"", 3, true, null]}}');
INSERT INTO trial_params VALUES(6,2,'lr',0.0014297724879798392062,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO trial_params VALUES(7,2,'n',5.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO trial_params VALUES(8,2,'k',19.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 100}}');
INSERT INTO trial_params VALUES(9,2,'u',0.25,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO trial_params VALUES(10,2,'o',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "a, \"b\"", 3, true, null]}}');
INSERT INTO trial_params VALUES(11,2,'b',0.14038693859523376783,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO trial_params VALUES(12,3,'lr',6.2002036771647162788e-05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO trial_params VALUES(13,3,'n',9.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO trial_params VALUES(14,3,'k',85.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 100}}');
INSERT INTO trial_params VALUES(15,3,'u',0.25,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO trial_params VALUES(16,3,'o',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "a, \"b\"", 3, true, null]}}');
INSERT INTO trial_params VALUES(17,4,'lr',4.7788310658576985123e-05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO trial_params VALUES(18,4,'n',9.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO trial_params VALUES(19,4,'k',1.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 100}}');
INSERT INTO trial_params VALUES(20,4,'u',0.5,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO trial_params VALUES(21,4,'o',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "a, \"b\"", 3, true, null]}}');
INSERT INTO trial_params VALUES(22,4,'b',0.83462567189737291162,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO trial_params VALUES(23,5,'lr',1.1834587074410610725e-05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO trial_params VALUES(24,5,'n',7.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO trial_params VALUES(25,5,'k',95.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 100}}');
INSERT INTO trial_params VALUES(26,5,'u',0.75,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO trial_params VALUES(27,5,'o',4.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "a, \"b\"", 3, true, null]}}');
INSERT INTO trial_params VALUES(28,6,'lr',0.00014943646773788360525,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO trial_params VALUES(29,6,'n',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO trial_params VALUES(30,6,'k',1.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 100}}');
INSERT INTO trial_params VALUES(31,6,'u',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO trial_params VALUES(32,6,'o',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "a, \"b\"", 3, true, null]}}');
INSERT INTO trial_params VALUES(33,6,'b',0.57411760549201307224,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO trial_params VALUES(34,7,'lr',3.8629074184943221551e-05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO trial_params VALUES(35,7,'n',5.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO trial_params VALUES(36,7,'k',20.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 100}}');
INSERT INTO trial_params VALUES(37,7,'u',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO trial_params VALUES(38,7,'o',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "a, \"b\"", 3, true, null]}}');
CREATE TABLE trial_values (
	trial_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	value FLOAT, 
	value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO trial_values VALUES(1,1,0,0.5,'FINITE');
INSERT INTO trial_values VALUES(2,2,0,0.75,'FINITE');
INSERT INTO trial_values VALUES(3,3,0,1.0,'FINITE');
INSERT INTO trial_values VALUES(4,5,0,NULL,'INF_POS');
INSERT INTO trial_values VALUES(5,6,0,0.125,'FINITE');
INSERT INTO trial_values VALUES(6,7,0,2.0,'FINITE');
CREATE TABLE trial_intermediate_values (
	trial_intermediate_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	intermediate_value FLOAT, 
	intermediate_value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO trial_intermediate_values VALUES(1,1,0,0.0,'FINITE');
INSERT INTO trial_intermediate_values VALUES(2,1,1,NULL,'NAN');
INSERT INTO trial_intermediate_values VALUES(3,1,5,0.5,'FINITE');
INSERT INTO trial_intermediate_values VALUES(4,2,0,0.10000000000000000555,'FINITE');
INSERT INTO trial_intermediate_values VALUES(5,2,1,NULL,'NAN');
INSERT INTO trial_intermediate_values VALUES(6,2,5,0.75,'FINITE');
INSERT INTO trial_intermediate_values VALUES(7,3,0,0.2000000000000000111,'FINITE');
INSERT INTO trial_intermediate_values VALUES(8,3,1,NULL,'NAN');
INSERT INTO trial_intermediate_values VALUES(9,3,5,1.0,'FINITE');
INSERT INTO trial_intermediate_values VALUES(10,4,0,0.3000000000000000444,'FINITE');
INSERT INTO trial_intermediate_values VALUES(11,4,1,NULL,'NAN');
INSERT INTO trial_intermediate_values VALUES(12,4,5,1.25,'FINITE');
INSERT INTO trial_intermediate_values VALUES(13,5,0,0.4000000000000000222,'FINITE');
INSERT INTO trial_intermediate_values VALUES(14,5,1,NULL,'NAN');
INSERT INTO trial_intermediate_values VALUES(15,5,5,1.5,'FINITE');
INSERT INTO trial_intermediate_values VALUES(16,6,0,0.5,'FINITE');
INSERT INTO trial_intermediate_values VALUES(17,6,1,NULL,'NAN');
INSERT INTO trial_intermediate_values VALUES(18,6,5,1.75,'FINITE');
INSERT INTO trial_intermediate_values VALUES(19,7,0,0.60000000000000008881,'FINITE');
INSERT INTO trial_intermediate_values VALUES(20,7,1,NULL,'NAN');
INSERT INTO trial_intermediate_values VALUES(21,7,5,2.0,'FINITE');
CREATE TABLE trial_heartbeats (
	trial_heartbeat_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	PRIMARY KEY (trial_heartbeat_id), 
	UNIQUE (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO alembic_version VALUES('v3.0.0.d');
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
COMMIT;
