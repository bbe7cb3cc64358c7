BEGIN TRANSACTION;
CREATE TABLE callback_attempts (
	uuid TEXT NOT NULL, 
	callback TEXT DEFAULT '' NOT NULL, 
	number SMALLINT DEFAULT '0' NOT NULL, 
	began_s DOUBLE DEFAULT '0' NOT NULL, 
	ended_s DOUBLE DEFAULT '0' NOT NULL, 
	cause TEXT DEFAULT '' NOT NULL, 
	talked_s DOUBLE DEFAULT '0' NOT NULL, 
	PRIMARY KEY (uuid)
);
INSERT INTO "callback_attempts" VALUES('uuid1','callback1',1,1795000001.0,1795000001.0,'cause1',1795000001.0);
INSERT INTO "callback_attempts" VALUES('uuid2','callback2',2,1795000002.0,1795000002.0,'cause2',1795000002.0);
CREATE TABLE callback_events (
	callback TEXT NOT NULL, 
	n SMALLINT NOT NULL, 
	event TEXT DEFAULT '' NOT NULL, 
	at_s DOUBLE DEFAULT '0' NOT NULL, 
	sent BOOLEAN DEFAULT false NOT NULL, 
	send_after DOUBLE DEFAULT '0' NOT NULL, reached TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (callback, n)
)
 WITHOUT ROWID

;
INSERT INTO "callback_events" VALUES('callback1',1,'event1',1795000001.0,1,1795000001.0,'reached1');
INSERT INTO "callback_events" VALUES('callback2',2,'event2',1795000002.0,0,1795000002.0,'reached2');
CREATE TABLE callback_keys (
	project TEXT NOT NULL, 
	"key" TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (project)
)
 WITHOUT ROWID

;
INSERT INTO "callback_keys" VALUES('project1','key1');
INSERT INTO "callback_keys" VALUES('project2','key2');
CREATE TABLE callback_leases (
	project TEXT NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	token BIGINT DEFAULT '0' NOT NULL, 
	until_s DOUBLE DEFAULT '0' NOT NULL, 
	PRIMARY KEY (project)
)
 WITHOUT ROWID

;
INSERT INTO "callback_leases" VALUES('project1','owner1',1,1795000001.0);
INSERT INTO "callback_leases" VALUES('project2','owner2',2,1795000002.0);
CREATE TABLE callback_proofs (
	challenge TEXT NOT NULL, 
	expires_s DOUBLE DEFAULT '0' NOT NULL, 
	PRIMARY KEY (challenge)
)
 WITHOUT ROWID

;
INSERT INTO "callback_proofs" VALUES('challenge1',1795000001.0);
INSERT INTO "callback_proofs" VALUES('challenge2',1795000002.0);
CREATE TABLE callback_refusals (
	project TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	at_s DOUBLE DEFAULT '0' NOT NULL, 
	PRIMARY KEY (project, digest)
)
 WITHOUT ROWID

;
INSERT INTO "callback_refusals" VALUES('project1','digest1',1795000001.0);
INSERT INTO "callback_refusals" VALUES('project2','digest2',1795000002.0);
CREATE TABLE callback_requests (
	id TEXT NOT NULL, 
	callback TEXT DEFAULT '' NOT NULL, 
	wish TEXT DEFAULT '' NOT NULL, 
	expires_s DOUBLE DEFAULT '0' NOT NULL, 
	cancelled_s DOUBLE DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID

;
INSERT INTO "callback_requests" VALUES('id1','callback1','wish1',1795000001.0,1795000001.0);
INSERT INTO "callback_requests" VALUES('id2','callback2','wish2',1795000002.0,1795000002.0);
CREATE TABLE callbacks (
	id TEXT NOT NULL, 
	project TEXT DEFAULT '' NOT NULL, 
	number TEXT DEFAULT '' NOT NULL, 
	scheme TEXT DEFAULT '' NOT NULL, 
	dialled TEXT DEFAULT '' NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	person TEXT DEFAULT '' NOT NULL, 
	first TEXT DEFAULT '' NOT NULL, 
	created_s DOUBLE DEFAULT '0' NOT NULL, 
	not_before_s DOUBLE DEFAULT '0' NOT NULL, 
	expires_s DOUBLE DEFAULT '0' NOT NULL, 
	tries_left SMALLINT DEFAULT '0' NOT NULL, 
	status TEXT DEFAULT '' NOT NULL, 
	entities TEXT DEFAULT '' NOT NULL, 
	source_facts TEXT DEFAULT '' NOT NULL, 
	consent TEXT DEFAULT '' NOT NULL, 
	call_id TEXT DEFAULT '' NOT NULL, 
	place_s DOUBLE, 
	closed_s DOUBLE DEFAULT '0' NOT NULL, awaits TEXT DEFAULT '' NOT NULL, held TEXT DEFAULT '' NOT NULL, visitor TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "callbacks" VALUES('id1','project1','number1','scheme1','dialled1','source1','person1','first1',1795000001.0,1795000001.0,1795000001.0,1,'status1','entities1','source_facts1','consent1','call_id1',1795000001.0,1795000001.0,'awaits1','held1','visitor1');
INSERT INTO "callbacks" VALUES('id2','project2','number2','scheme2','dialled2','source2','person2','first2',1795000002.0,1795000002.0,1795000002.0,2,'status2','entities2','source_facts2','consent2','call_id2',1795000002.0,1795000002.0,'awaits2','held2','visitor2');
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
	remembered BOOLEAN DEFAULT false NOT NULL, notify TEXT DEFAULT '' NOT NULL, notified BOOLEAN DEFAULT false NOT NULL, notify_after DOUBLE DEFAULT '0' NOT NULL, told TEXT DEFAULT '' NOT NULL, tags TEXT DEFAULT '' NOT NULL, node TEXT DEFAULT '' NOT NULL, to_settle BOOLEAN DEFAULT false NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "calls" VALUES('5f16cbc3-101d-4be6-a675-4f11553be000','','in','+380800330008','+380800330008','+380671230034','+380671230034','webhook','webhook','a24363fbad8a',1.79531823665002107613e+09,1.79531823957000899322e+09,1.79531823957000899322e+09,1.79531824059001088138e+09,'answered','NORMAL_CLEARING','person','danylo','danylo.desk',2.92,1.02,'','','','ring:person:oksana','',21.8,'','',0,'',0,0.0,'','','routing',0);
INSERT INTO "calls" VALUES('81024b33-4458-47d3-8d8e-c40480a7eb5f','','in','+380800330001','+380800330001','+380671230017','+380671230017','desk','desk','a24363fbad8a',1.79531819143001699452e+09,1.79531819245000791545e+09,1.79531819245000791545e+09,1795318194.47001,'answered','NORMAL_CLEARING','person','ivan','ivan.desk',1.02,2.02,'','','','','',-1.0,'','',0,'',0,0.0,'','','routing',0);
INSERT INTO "calls" VALUES('a1054335-5480-4517-957b-ff5b7da1512b','','in','+380800330007','+380800330007','+380671230005','+380671230005','menu','menu','a24363fbad8a',1.79531818689004588128e+09,1.79531818691001200669e+09,1.79531818919002199175e+09,1.79531819021000409123e+09,'answered','NORMAL_CLEARING','person','yulia','yulia.desk',2.3,1.02,'','','','','',-1.0,'','',0,'',0,0.0,'','','routing',0);
INSERT INTO "calls" VALUES('a45a1840-5292-4fa4-a921-0e4570b0153b','','in','+380800330508','+380800330508','+380671230237','+380671230237','tagged','tagged','1043f949f69e',1.79591888540219688421e+09,1.79591888598227906225e+09,1.79591888598227906225e+09,1.79591888700211405752e+09,'answered','NORMAL_CLEARING','person','danylo','danylo.desk',0.58,1.02,'','','','ring:person:danylo','decided',3.0,'','',0,'',0,0.0,'','shop from_ads mobile','routing',0);
INSERT INTO "calls" VALUES('c7045af3-e9f8-4063-8347-a38166f136ee','','in','+380800330005','+380800330005','+380671230001','+380671230001','hours','hours','a24363fbad8a',1.79531818945005488393e+09,0.0,0.0,1.79531818945005488393e+09,'busy','USER_BUSY','switch','','',0.0,0.0,'','','','','',-1.0,'','',0,'',0,0.0,'','','routing',0);
INSERT INTO "calls" VALUES('f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e','','in','+380800330004','+380800330004','+380671230026','+380671230026','escalation','escalation','a24363fbad8a',1.79531820451001501086e+09,1.79531821403000497821e+09,0.0,1.79531822501001405711e+09,'no answer','NORMAL_CLEARING','switch','','',20.5,0.0,'','','office','','',-1.0,'','',0,'',0,0.0,'','','routing',0);
CREATE TABLE desk_accounts (
	project TEXT NOT NULL, 
	name TEXT NOT NULL, 
	password TEXT DEFAULT '' NOT NULL, 
	totp TEXT DEFAULT '' NOT NULL, 
	totp_step BIGINT DEFAULT '0' NOT NULL, 
	failures SMALLINT DEFAULT '0' NOT NULL, 
	locked_until_s DOUBLE DEFAULT '0' NOT NULL, 
	changed_s DOUBLE DEFAULT '0' NOT NULL, 
	PRIMARY KEY (project, name)
);
INSERT INTO "desk_accounts" VALUES('project1','name1','password1','totp1',1,1,1795000001.0,1795000001.0);
INSERT INTO "desk_accounts" VALUES('project2','name2','password2','totp2',2,2,1795000002.0,1795000002.0);
CREATE TABLE desk_audit (
	n INTEGER NOT NULL, 
	project TEXT DEFAULT '' NOT NULL, 
	at_s DOUBLE DEFAULT '0' NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	role TEXT DEFAULT '' NOT NULL, 
	action TEXT DEFAULT '' NOT NULL, 
	subject TEXT DEFAULT '' NOT NULL, 
	detail TEXT DEFAULT '' NOT NULL, 
	address TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (n)
);
INSERT INTO "desk_audit" VALUES(1,'project1',1795000001.0,'name1','role1','action1','subject1','detail1','address1');
INSERT INTO "desk_audit" VALUES(2,'project2',1795000002.0,'name2','role2','action2','subject2','detail2','address2');
CREATE TABLE desk_links (
	id TEXT NOT NULL, 
	project TEXT DEFAULT '' NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	purpose TEXT DEFAULT '' NOT NULL, 
	expires_s DOUBLE DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "desk_links" VALUES('id1','project1','name1','purpose1',1795000001.0);
INSERT INTO "desk_links" VALUES('id2','project2','name2','purpose2',1795000002.0);
CREATE TABLE desk_mails (
	id TEXT NOT NULL, 
	until_s DOUBLE DEFAULT '0' NOT NULL, 
	sent_s DOUBLE DEFAULT '0' NOT NULL, 
	attempts SMALLINT DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "desk_mails" VALUES('id1',1795000001.0,1795000001.0,1);
INSERT INTO "desk_mails" VALUES('id2',1795000002.0,1795000002.0,2);
CREATE TABLE desk_sessions (
	id TEXT NOT NULL, 
	project TEXT DEFAULT '' NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	began_s DOUBLE DEFAULT '0' NOT NULL, 
	seen_s DOUBLE DEFAULT '0' NOT NULL, 
	address TEXT DEFAULT '' NOT NULL, 
	agent TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "desk_sessions" VALUES('id1','project1','name1',1795000001.0,1795000001.0,'address1','agent1');
INSERT INTO "desk_sessions" VALUES('id2','project2','name2',1795000002.0,1795000002.0,'address2','agent2');
CREATE TABLE figure_days (
	project TEXT NOT NULL, 
	"view" TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	incoming INTEGER DEFAULT '0' NOT NULL, 
	answered INTEGER DEFAULT '0' NOT NULL, 
	missed INTEGER DEFAULT '0' NOT NULL, 
	in_time INTEGER DEFAULT '0' NOT NULL, 
	wait_s DOUBLE DEFAULT '0' NOT NULL, 
	longest_s DOUBLE DEFAULT '0' NOT NULL, 
	talk_s DOUBLE DEFAULT '0' NOT NULL, 
	reached INTEGER DEFAULT '0' NOT NULL, 
	reached_s DOUBLE DEFAULT '0' NOT NULL, 
	repeats INTEGER DEFAULT '0' NOT NULL, 
	proper INTEGER DEFAULT '0' NOT NULL, 
	outgoing INTEGER DEFAULT '0' NOT NULL, 
	connected INTEGER DEFAULT '0' NOT NULL, 
	out_talk_s DOUBLE DEFAULT '0' NOT NULL, 
	short INTEGER DEFAULT '0' NOT NULL, 
	went_on INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (project, "view", kind, at, name)
)
 WITHOUT ROWID

;
INSERT INTO "figure_days" VALUES('default','','all',1795305600,'',5,3,2,3,6.24,2.92,4.06000000000000049737e+00,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','all',1795910400,'',1,1,0,1,0.58,0.58,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','number',1795305600,'+380800330001',1,1,0,1,1.02,1.02,2.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','number',1795305600,'+380800330004',1,0,1,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','number',1795305600,'+380800330005',1,0,1,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','number',1795305600,'+380800330007',1,1,0,1,2.3,2.3,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','number',1795305600,'+380800330008',1,1,0,1,2.92,2.92,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','number',1795910400,'+380800330508',1,1,0,1,0.58,0.58,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','person',1795305600,'danylo',1,1,0,1,2.92,2.92,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','person',1795305600,'ivan',2,1,1,1,1.02,1.02,2.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','person',1795305600,'oksana',1,0,0,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','person',1795305600,'olena',1,0,1,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','person',1795305600,'yulia',1,1,0,1,2.3,2.3,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','person',1795910400,'danylo',1,1,0,1,0.58,0.58,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','scheme',1795305600,'desk',1,1,0,1,1.02,1.02,2.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','scheme',1795305600,'escalation',1,0,1,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','scheme',1795305600,'hours',1,0,1,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','scheme',1795305600,'menu',1,1,0,1,2.3,2.3,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','scheme',1795305600,'webhook',1,1,0,1,2.92,2.92,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','scheme',1795910400,'tagged',1,1,0,1,0.58,0.58,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','status',1795305600,'answered',3,3,0,3,6.24,2.92,4.06000000000000049737e+00,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','status',1795305600,'busy',1,0,1,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','status',1795305600,'no answer',1,0,1,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_days" VALUES('default','','status',1795910400,'answered',1,1,0,1,0.58,0.58,1.02,0,0.0,0,0,0,0,0.0,0,0);
CREATE TABLE figure_hours (
	project TEXT NOT NULL, 
	"view" TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	incoming INTEGER DEFAULT '0' NOT NULL, 
	answered INTEGER DEFAULT '0' NOT NULL, 
	missed INTEGER DEFAULT '0' NOT NULL, 
	in_time INTEGER DEFAULT '0' NOT NULL, 
	wait_s DOUBLE DEFAULT '0' NOT NULL, 
	longest_s DOUBLE DEFAULT '0' NOT NULL, 
	talk_s DOUBLE DEFAULT '0' NOT NULL, 
	reached INTEGER DEFAULT '0' NOT NULL, 
	reached_s DOUBLE DEFAULT '0' NOT NULL, 
	repeats INTEGER DEFAULT '0' NOT NULL, 
	proper INTEGER DEFAULT '0' NOT NULL, 
	outgoing INTEGER DEFAULT '0' NOT NULL, 
	connected INTEGER DEFAULT '0' NOT NULL, 
	out_talk_s DOUBLE DEFAULT '0' NOT NULL, 
	short INTEGER DEFAULT '0' NOT NULL, 
	went_on INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (project, "view", kind, at, name)
)
 WITHOUT ROWID

;
INSERT INTO "figure_hours" VALUES('default','','all',1795316400,'',5,3,2,3,6.24,2.92,4.06000000000000049737e+00,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','all',1795917600,'',1,1,0,1,0.58,0.58,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','number',1795316400,'+380800330001',1,1,0,1,1.02,1.02,2.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','number',1795316400,'+380800330004',1,0,1,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','number',1795316400,'+380800330005',1,0,1,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','number',1795316400,'+380800330007',1,1,0,1,2.3,2.3,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','number',1795316400,'+380800330008',1,1,0,1,2.92,2.92,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','number',1795917600,'+380800330508',1,1,0,1,0.58,0.58,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','person',1795316400,'danylo',1,1,0,1,2.92,2.92,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','person',1795316400,'ivan',2,1,1,1,1.02,1.02,2.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','person',1795316400,'oksana',1,0,0,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','person',1795316400,'olena',1,0,1,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','person',1795316400,'yulia',1,1,0,1,2.3,2.3,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','person',1795917600,'danylo',1,1,0,1,0.58,0.58,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','scheme',1795316400,'desk',1,1,0,1,1.02,1.02,2.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','scheme',1795316400,'escalation',1,0,1,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','scheme',1795316400,'hours',1,0,1,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','scheme',1795316400,'menu',1,1,0,1,2.3,2.3,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','scheme',1795316400,'webhook',1,1,0,1,2.92,2.92,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','scheme',1795917600,'tagged',1,1,0,1,0.58,0.58,1.02,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','status',1795316400,'answered',3,3,0,3,6.24,2.92,4.06000000000000049737e+00,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','status',1795316400,'busy',1,0,1,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','status',1795316400,'no answer',1,0,1,0,0.0,0.0,0.0,0,0.0,0,0,0,0,0.0,0,0);
INSERT INTO "figure_hours" VALUES('default','','status',1795917600,'answered',1,1,0,1,0.58,0.58,1.02,0,0.0,0,0,0,0,0.0,0,0);
CREATE TABLE figure_marks (
	n INTEGER NOT NULL, 
	project TEXT DEFAULT '' NOT NULL, 
	at_s DOUBLE DEFAULT '0' NOT NULL, 
	client TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (n)
);
CREATE TABLE figure_views (
	project TEXT NOT NULL, 
	"view" TEXT NOT NULL, 
	people TEXT DEFAULT '' NOT NULL, 
	schemes TEXT DEFAULT '' NOT NULL, 
	zone TEXT DEFAULT '' NOT NULL, 
	kept_from_s DOUBLE DEFAULT '0' NOT NULL, 
	PRIMARY KEY (project, "view")
);
INSERT INTO "figure_views" VALUES('default','','','','UTC',0.0);
CREATE TABLE involved (
	person TEXT NOT NULL, 
	started DOUBLE NOT NULL, 
	call TEXT NOT NULL, 
	status TEXT DEFAULT '' NOT NULL, 
	direction TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (person, started, call)
)
 WITHOUT ROWID

;
INSERT INTO "involved" VALUES('danylo',1.79531823665002107613e+09,'5f16cbc3-101d-4be6-a675-4f11553be000','answered','in');
INSERT INTO "involved" VALUES('danylo',1.79591888540219688421e+09,'a45a1840-5292-4fa4-a921-0e4570b0153b','answered','in');
INSERT INTO "involved" VALUES('ivan',1.79531819143001699452e+09,'81024b33-4458-47d3-8d8e-c40480a7eb5f','answered','in');
INSERT INTO "involved" VALUES('ivan',1.79531820451001501086e+09,'f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e','no answer','in');
INSERT INTO "involved" VALUES('oksana',1.79531823665002107613e+09,'5f16cbc3-101d-4be6-a675-4f11553be000','answered','in');
INSERT INTO "involved" VALUES('olena',1.79531820451001501086e+09,'f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e','no answer','in');
INSERT INTO "involved" VALUES('yulia',1.79531818689004588128e+09,'a1054335-5480-4517-957b-ff5b7da1512b','answered','in');
CREATE TABLE journal_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT journal_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "journal_version" VALUES('0018');
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
CREATE TABLE marks (
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	started DOUBLE NOT NULL, 
	call TEXT NOT NULL, 
	PRIMARY KEY (kind, name, started, call)
)
 WITHOUT ROWID

;
INSERT INTO "marks" VALUES('scheme','webhook',1.79531823665002107613e+09,'5f16cbc3-101d-4be6-a675-4f11553be000');
INSERT INTO "marks" VALUES('scheme','desk',1.79531819143001699452e+09,'81024b33-4458-47d3-8d8e-c40480a7eb5f');
INSERT INTO "marks" VALUES('scheme','menu',1.79531818689004588128e+09,'a1054335-5480-4517-957b-ff5b7da1512b');
INSERT INTO "marks" VALUES('scheme','tagged',1.79591888540219688421e+09,'a45a1840-5292-4fa4-a921-0e4570b0153b');
INSERT INTO "marks" VALUES('tag','from_ads',1.79591888540219688421e+09,'a45a1840-5292-4fa4-a921-0e4570b0153b');
INSERT INTO "marks" VALUES('tag','mobile',1.79591888540219688421e+09,'a45a1840-5292-4fa4-a921-0e4570b0153b');
INSERT INTO "marks" VALUES('tag','shop',1.79591888540219688421e+09,'a45a1840-5292-4fa4-a921-0e4570b0153b');
INSERT INTO "marks" VALUES('scheme','hours',1.79531818945005488393e+09,'c7045af3-e9f8-4063-8347-a38166f136ee');
INSERT INTO "marks" VALUES('scheme','escalation',1.79531820451001501086e+09,'f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e');
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
	asked_ms REAL DEFAULT '-1' NOT NULL, result TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (call, n)
)
 WITHOUT ROWID

;
INSERT INTO "steps" VALUES('5f16cbc3-101d-4be6-a675-4f11553be000',0,'webhook','1','webhook',1.79531823666057395935e+09,2.386,'caller +380671230034, number +380800330008','ring person oksana; oksana.desk did not answer','ring:person:oksana','',21.8,'decided');
INSERT INTO "steps" VALUES('5f16cbc3-101d-4be6-a675-4f11553be000',1,'webhook','2','ring',1.79531823904658603663e+09,0.523,'','danylo.desk talked','','',-1.0,'talked');
INSERT INTO "steps" VALUES('81024b33-4458-47d3-8d8e-c40480a7eb5f',0,'desk','1','ring',1.7953181914356129169e+09,1.014,'','ivan.desk talked','','',-1.0,'talked');
INSERT INTO "steps" VALUES('a1054335-5480-4517-957b-ff5b7da1512b',0,'menu','1','menu',1.79531818691032695771e+09,2.28,'a key','extension 105; yulia.desk talked','','',-1.0,'chosen');
INSERT INTO "steps" VALUES('a45a1840-5292-4fa4-a921-0e4570b0153b',0,'tagged','1','tag',1.79591888542238211634e+09,0.0,'','labels shop, from_ads','','',-1.0,'done');
INSERT INTO "steps" VALUES('a45a1840-5292-4fa4-a921-0e4570b0153b',1,'tagged','2','match',1.79591888542253303524e+09,0.0,'caller +380671230237, number +380800330508','case 1 fits','','',-1.0,'found');
INSERT INTO "steps" VALUES('a45a1840-5292-4fa4-a921-0e4570b0153b',2,'tagged','2.1.1','tag',1.7959188854230248928e+09,0.001,'','labels shop, from_ads, mobile','','',-1.0,'done');
INSERT INTO "steps" VALUES('a45a1840-5292-4fa4-a921-0e4570b0153b',3,'tagged','3','webhook',1.79591888542405104635e+09,0.558,'caller +380671230237, number +380800330508','ring person danylo; danylo.desk talked','ring:person:danylo','decided',3.0,'decided');
INSERT INTO "steps" VALUES('c7045af3-e9f8-4063-8347-a38166f136ee',0,'hours','1','hours',1.79531818945925402642e+09,0.001,'calendar manual, Europe/Kyiv','closed','','',-1.0,'found');
INSERT INTO "steps" VALUES('c7045af3-e9f8-4063-8347-a38166f136ee',1,'hours','1.closed.1','hangup',1.7953181894604110718e+09,0.0,'','USER_BUSY','','',-1.0,'ended');
INSERT INTO "steps" VALUES('f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e',0,'escalation','1','ring',1.79531820453253793722e+09,0.123,'','ivan.desk declined, olena.desk busy','','',-1.0,'no_talk');
INSERT INTO "steps" VALUES('f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e',1,'escalation','2','ring',1.79531820465598607062e+09,9.382,'','ivan.mobile picked up and did not press 1, olena.mobile busy','','',-1.0,'no_talk');
INSERT INTO "steps" VALUES('f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e',2,'escalation','3','voicemail',1.79531821403793692584e+09,10.972,'box office','no message left','','',-1.0,'no_message');
CREATE INDEX calls_started ON calls (started);
CREATE INDEX calls_client ON calls (client, bridged);
CREATE INDEX calls_person ON calls (person, started);
CREATE INDEX calls_to_remember ON calls (ended) WHERE NOT remembered;
CREATE INDEX calls_to_notify ON calls (ended) WHERE NOT notified AND notify <> '';
CREATE INDEX callbacks_due ON callbacks (project, not_before_s) WHERE status IN ('ordered', 'dialling');
CREATE INDEX callbacks_created ON callbacks (created_s);
CREATE INDEX callbacks_number ON callbacks (number);
CREATE INDEX callbacks_call ON callbacks (call_id);
CREATE INDEX callback_attempts_callback ON callback_attempts (callback);
CREATE INDEX callback_attempts_began ON callback_attempts (began_s);
CREATE INDEX callback_events_unsent ON callback_events (at_s) WHERE NOT sent;
CREATE INDEX calls_to_settle ON calls (ended) WHERE to_settle;
CREATE INDEX callback_proofs_expires ON callback_proofs (expires_s);
CREATE INDEX desk_sessions_name ON desk_sessions (project, name);
CREATE INDEX desk_audit_at ON desk_audit (project, at_s);
CREATE UNIQUE INDEX callbacks_open ON callbacks (project, number, person, awaits) WHERE status IN ('ordered', 'dialling');
CREATE INDEX figure_marks_at ON figure_marks (at_s);
CREATE INDEX figure_marks_client ON figure_marks (n) WHERE client <> '';
CREATE INDEX involved_call ON involved (call);
CREATE INDEX marks_call ON marks (call);
CREATE INDEX calls_number ON calls (number, started);
CREATE INDEX calls_status ON calls (status, started);
CREATE INDEX calls_direction ON calls (direction, started);
CREATE INDEX callback_requests_callback ON callback_requests (callback);
COMMIT;
