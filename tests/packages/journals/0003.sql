BEGIN TRANSACTION;
CREATE TABLE calls (
	id TEXT NOT NULL, 
	project TEXT DEFAULT '' NOT NULL, 
	direction TEXT DEFAULT '' NOT NULL, 
	number TEXT DEFAULT '' NOT NULL, 
	dialled TEXT DEFAULT '' NOT NULL, 
	caller TEXT DEFAULT '' NOT NULL, 
	client TEXT DEFAULT '' NOT NULL, 
	scheme TEXT DEFAULT '' NOT NULL, 
	schemes TEXT DEFAULT '' NOT NULL, 
	release TEXT DEFAULT '' NOT NULL, 
	started DOUBLE DEFAULT '0' NOT NULL, 
	answered DOUBLE DEFAULT '0' NOT NULL, 
	bridged DOUBLE DEFAULT '0' NOT NULL, 
	ended DOUBLE DEFAULT '0' NOT NULL, 
	status TEXT DEFAULT '' NOT NULL, 
	cause TEXT DEFAULT '' NOT NULL, 
	ended_by TEXT DEFAULT '' NOT NULL, 
	person TEXT DEFAULT '' NOT NULL, 
	target TEXT DEFAULT '' NOT NULL, 
	wait_s DOUBLE DEFAULT '0' NOT NULL, 
	talk_s DOUBLE DEFAULT '0' NOT NULL, 
	recording TEXT DEFAULT '' NOT NULL, 
	voicemail TEXT DEFAULT '' NOT NULL, 
	box TEXT DEFAULT '' NOT NULL, 
	decision TEXT DEFAULT '' NOT NULL, 
	verdict TEXT DEFAULT '' NOT NULL, 
	asked_ms REAL DEFAULT '-1' NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	entities TEXT DEFAULT '' NOT NULL, 
	remembered BOOLEAN DEFAULT false NOT NULL, notify TEXT DEFAULT '' NOT NULL, notified BOOLEAN DEFAULT false NOT NULL, notify_after DOUBLE DEFAULT '0' NOT NULL, told TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "calls" VALUES('5f16cbc3-101d-4be6-a675-4f11553be000','','in','+380800330008','380800330008','+380671230034','+380671230034','webhook','webhook','a24363fbad8a',1.79531823665002107613e+09,1.79531823957000899322e+09,1.79531823957000899322e+09,1.79531824059001088138e+09,'answered','NORMAL_CLEARING','person','danylo','danylo.desk',2.92,1.02,'','','','ring:person:oksana','',21.8,'','',0,'',0,0.0,'');
INSERT INTO "calls" VALUES('81024b33-4458-47d3-8d8e-c40480a7eb5f','','in','+380800330001','380800330001','+380671230017','+380671230017','desk','desk','a24363fbad8a',1.79531819143001699452e+09,1.79531819245000791545e+09,1.79531819245000791545e+09,1795318194.47001,'answered','NORMAL_CLEARING','person','ivan','ivan.desk',1.02,2.02,'','','','','',-1.0,'','',0,'',0,0.0,'');
INSERT INTO "calls" VALUES('a1054335-5480-4517-957b-ff5b7da1512b','','in','+380800330007','380800330007','+380671230005','+380671230005','menu','menu','a24363fbad8a',1.79531818689004588128e+09,1.79531818691001200669e+09,1.79531818919002199175e+09,1.79531819021000409123e+09,'answered','NORMAL_CLEARING','person','yulia','yulia.desk',2.3,1.02,'','','','','',-1.0,'','',0,'',0,0.0,'');
INSERT INTO "calls" VALUES('a45a1840-5292-4fa4-a921-0e4570b0153b','','in','+380800330508','2.case','+380671230237','+380671230237','tagged','tagged','1043f949f69e',1.79591888540219688421e+09,1.79591888598227906225e+09,1.79591888598227906225e+09,1.79591888700211405752e+09,'answered','NORMAL_CLEARING','person','danylo','danylo.desk',0.58,1.02,'','','','ring:person:danylo','decided',3.0,'','',0,'',0,0.0,'');
INSERT INTO "calls" VALUES('c7045af3-e9f8-4063-8347-a38166f136ee','','in','+380800330005','380800330005','+380671230001','+380671230001','hours','hours','a24363fbad8a',1.79531818945005488393e+09,0.0,0.0,1.79531818945005488393e+09,'busy','USER_BUSY','switch','','',0.0,0.0,'','','','','',-1.0,'','',0,'',0,0.0,'');
INSERT INTO "calls" VALUES('f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e','','in','+380800330004','380800330004','+380671230026','+380671230026','escalation','escalation','a24363fbad8a',1.79531820451001501086e+09,1.79531821403000497821e+09,0.0,1.79531822501001405711e+09,'no answer','NORMAL_CLEARING','switch','','',20.5,0.0,'','','office','','',-1.0,'','',0,'',0,0.0,'');
CREATE TABLE journal_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT journal_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "journal_version" VALUES('0003');
CREATE TABLE legs (
	call TEXT NOT NULL, 
	id TEXT NOT NULL, 
	n SMALLINT DEFAULT '0' NOT NULL, 
	step TEXT DEFAULT '' NOT NULL, 
	target TEXT DEFAULT '' NOT NULL, 
	person TEXT DEFAULT '' NOT NULL, 
	started DOUBLE DEFAULT '0' NOT NULL, 
	rang_s DOUBLE DEFAULT '0' NOT NULL, 
	picked_up BOOLEAN DEFAULT false NOT NULL, 
	talk_s DOUBLE DEFAULT '0' NOT NULL, 
	cause TEXT DEFAULT '' NOT NULL, 
	why TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (call, id)
)
 WITHOUT ROWID

;
INSERT INTO "legs" VALUES('5f16cbc3-101d-4be6-a675-4f11553be000','49e8e73e-c5c9-4ea7-adcb-fd82d60c5a2b',1,'2','danylo.desk','danylo',1.79531823903002309798e+09,0.52,1,1.0,'NORMAL_CLEARING','');
INSERT INTO "legs" VALUES('5f16cbc3-101d-4be6-a675-4f11553be000','c2d823f0-77bc-4d46-ae22-a99a4fe2484f',0,'1','oksana.desk','oksana',1.79531823677002191539e+09,2.24,0,0.0,'ALLOTTED_TIMEOUT','did not answer');
INSERT INTO "legs" VALUES('81024b33-4458-47d3-8d8e-c40480a7eb5f','02a8166e-1aee-4607-95a6-41876508e515',0,'1','ivan.desk','ivan',1.79531819143001699452e+09,0.98,1,2.0,'NORMAL_CLEARING','');
INSERT INTO "legs" VALUES('a1054335-5480-4517-957b-ff5b7da1512b','c6922015-0ed8-45f8-a200-ef297104f283',0,'1','yulia.desk','yulia',1.79531818867002701759e+09,0.5,1,1.0,'NORMAL_CLEARING','');
INSERT INTO "legs" VALUES('a45a1840-5292-4fa4-a921-0e4570b0153b','78a8d632-2348-4143-872e-d88ad273319e',0,'3','danylo.desk','danylo',1.795918885442027092e+09,0.52,1,1.0,'NORMAL_CLEARING','');
INSERT INTO "legs" VALUES('f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e','307dc458-f128-48b0-aefa-2868d466b2c1',0,'1','ivan.desk','ivan',1.79531820453001093864e+09,0.1,0,0.0,'CALL_REJECTED','declined');
INSERT INTO "legs" VALUES('f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e','b7a8a8e9-3b6c-4c04-b5dc-7d6c5ce12aa8',1,'1','olena.desk','olena',1.79531820453001093864e+09,0.1,0,0.0,'USER_BUSY','busy');
INSERT INTO "legs" VALUES('f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e','bcee6cfc-ef4d-48ea-aee6-29d834f9ed2b',2,'2','ivan.mobile','ivan',1.79531820465000510212e+09,0.501,1,0.0,'ALLOTTED_TIMEOUT','picked up and did not press 1');
INSERT INTO "legs" VALUES('f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e','f13fef66-89cd-4c1a-bbb6-b720653e5a52',3,'2','olena.mobile','olena',1.79531820465000510212e+09,0.1,0,0.0,'USER_BUSY','busy');
CREATE TABLE steps (
	call TEXT NOT NULL, 
	n SMALLINT NOT NULL, 
	scheme TEXT DEFAULT '' NOT NULL, 
	path TEXT DEFAULT '' NOT NULL, 
	kind TEXT DEFAULT '' NOT NULL, 
	started DOUBLE DEFAULT '0' NOT NULL, 
	took_s DOUBLE DEFAULT '0' NOT NULL, 
	inputs TEXT DEFAULT '' NOT NULL, 
	outcome TEXT DEFAULT '' NOT NULL, 
	decision TEXT DEFAULT '' NOT NULL, 
	verdict TEXT DEFAULT '' NOT NULL, 
	asked_ms REAL DEFAULT '-1' NOT NULL, 
	PRIMARY KEY (call, n)
)
 WITHOUT ROWID

;
INSERT INTO "steps" VALUES('5f16cbc3-101d-4be6-a675-4f11553be000',0,'webhook','1','engine',1.79531823666057395935e+09,2.386,'caller +380671230034, number +380800330008','ring person oksana; oksana.desk did not answer','ring:person:oksana','',21.8);
INSERT INTO "steps" VALUES('5f16cbc3-101d-4be6-a675-4f11553be000',1,'webhook','2','ring',1.79531823904658603663e+09,0.523,'','danylo.desk talked','','',-1.0);
INSERT INTO "steps" VALUES('81024b33-4458-47d3-8d8e-c40480a7eb5f',0,'desk','1','ring',1.7953181914356129169e+09,1.014,'','ivan.desk talked','','',-1.0);
INSERT INTO "steps" VALUES('a1054335-5480-4517-957b-ff5b7da1512b',0,'menu','1','menu',1.79531818691032695771e+09,2.28,'a key','extension 105; yulia.desk talked','','',-1.0);
INSERT INTO "steps" VALUES('a45a1840-5292-4fa4-a921-0e4570b0153b',0,'tagged','1','step',1.79591888542238211634e+09,0.0,'','','','',-1.0);
INSERT INTO "steps" VALUES('a45a1840-5292-4fa4-a921-0e4570b0153b',1,'tagged','2','match',1.79591888542253303524e+09,0.0,'caller +380671230237, number +380800330508','case 1 fits','','',-1.0);
INSERT INTO "steps" VALUES('a45a1840-5292-4fa4-a921-0e4570b0153b',2,'tagged','2.1.1','step',1.7959188854230248928e+09,0.001,'','','','',-1.0);
INSERT INTO "steps" VALUES('a45a1840-5292-4fa4-a921-0e4570b0153b',3,'tagged','3','engine',1.79591888542405104635e+09,0.558,'caller +380671230237, number +380800330508','ring person danylo; danylo.desk talked','ring:person:danylo','decided',3.0);
INSERT INTO "steps" VALUES('c7045af3-e9f8-4063-8347-a38166f136ee',0,'hours','1','hours',1.79531818945925402642e+09,0.001,'calendar manual, Europe/Kyiv','closed','','',-1.0);
INSERT INTO "steps" VALUES('c7045af3-e9f8-4063-8347-a38166f136ee',1,'hours','1.closed.1','hangup',1.7953181894604110718e+09,0.0,'','USER_BUSY','','',-1.0);
INSERT INTO "steps" VALUES('f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e',0,'escalation','1','ring',1.79531820453253793722e+09,0.123,'','ivan.desk declined, olena.desk busy','','',-1.0);
INSERT INTO "steps" VALUES('f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e',1,'escalation','2','ring',1.79531820465598607062e+09,9.382,'','ivan.mobile picked up and did not press 1, olena.mobile busy','','',-1.0);
INSERT INTO "steps" VALUES('f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e',2,'escalation','3','voicemail',1.79531821403793692584e+09,10.972,'box office','recorded','','',-1.0);
CREATE INDEX calls_started ON calls (started);
CREATE INDEX calls_client ON calls (client, bridged);
CREATE INDEX calls_person ON calls (person, started);
CREATE INDEX calls_to_remember ON calls (ended) WHERE NOT remembered;
CREATE INDEX calls_to_notify ON calls (ended) WHERE NOT notified AND notify <> '';
COMMIT;
