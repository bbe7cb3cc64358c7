-- MySQL dump 10.19  Distrib 10.5.29-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: asterisk
-- ------------------------------------------------------

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;

--
-- Table structure for table `users`
--

DROP TABLE IF EXISTS `users`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `users` (
  `extension` varchar(255) DEFAULT NULL,
  `password` varchar(255) DEFAULT NULL,
  `name` varchar(255) DEFAULT NULL,
  `voicemail` varchar(255) DEFAULT NULL,
  `ringtimer` varchar(255) DEFAULT NULL,
  `noanswer` varchar(255) DEFAULT NULL,
  `recording` varchar(255) DEFAULT NULL,
  `outboundcid` varchar(255) DEFAULT NULL,
  `sipname` varchar(255) DEFAULT NULL,
  `noanswer_cid` varchar(255) DEFAULT NULL,
  `busy_cid` varchar(255) DEFAULT NULL,
  `chanunavail_cid` varchar(255) DEFAULT NULL,
  `noanswer_dest` varchar(255) DEFAULT NULL,
  `busy_dest` varchar(255) DEFAULT NULL,
  `chanunavail_dest` varchar(255) DEFAULT NULL,
  `mohclass` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`extension`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `users` WRITE;
/*!40000 ALTER TABLE `users` DISABLE KEYS */;
INSERT INTO `users` VALUES ('101','','Іван Петренко','default',25,'','','','','','','','','','','default'),
('102','','Olena O\'Shea \"Lena\"','default',0,'','','','','','','','','','','default'),
('103','','Taras','novm',0,'','','','','','','','ext-group,600,1','app-blackhole,busy,1','','default'),
('104','','Склад','novm',0,'','','','','','','','','','','default'),
('105','','Fax machine','novm',0,'','','','','','','','','','','default');
/*!40000 ALTER TABLE `users` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `devices`
--

DROP TABLE IF EXISTS `devices`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `devices` (
  `id` varchar(255) DEFAULT NULL,
  `tech` varchar(255) DEFAULT NULL,
  `dial` varchar(255) DEFAULT NULL,
  `devicetype` varchar(255) DEFAULT NULL,
  `user` varchar(255) DEFAULT NULL,
  `description` varchar(255) DEFAULT NULL,
  `emergency_cid` varchar(255) DEFAULT NULL,
  `hint_override` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `devices` WRITE;
/*!40000 ALTER TABLE `devices` DISABLE KEYS */;
INSERT INTO `devices` VALUES ('101','pjsip','PJSIP/101','fixed','101','101','',NULL),
('102','pjsip','PJSIP/102','fixed','102','102','',NULL),
('90102','pjsip','PJSIP/90102','fixed','102','102','',NULL),
('103','pjsip','PJSIP/103','fixed','103','103','',NULL),
('104','sip','SIP/104','fixed','104','104','',NULL),
('105','dahdi','DAHDI/105','fixed','105','105','',NULL);
/*!40000 ALTER TABLE `devices` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `userman_users`
--

DROP TABLE IF EXISTS `userman_users`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `userman_users` (
  `id` varchar(255) DEFAULT NULL,
  `auth` varchar(255) DEFAULT NULL,
  `authid` varchar(255) DEFAULT NULL,
  `username` varchar(255) DEFAULT NULL,
  `description` varchar(255) DEFAULT NULL,
  `password` varchar(255) DEFAULT NULL,
  `default_extension` varchar(255) DEFAULT NULL,
  `primary_group` varchar(255) DEFAULT NULL,
  `permissions` varchar(255) DEFAULT NULL,
  `fname` varchar(255) DEFAULT NULL,
  `lname` varchar(255) DEFAULT NULL,
  `displayname` varchar(255) DEFAULT NULL,
  `title` varchar(255) DEFAULT NULL,
  `company` varchar(255) DEFAULT NULL,
  `department` varchar(255) DEFAULT NULL,
  `language` varchar(255) DEFAULT NULL,
  `timezone` varchar(255) DEFAULT NULL,
  `dateformat` varchar(255) DEFAULT NULL,
  `timeformat` varchar(255) DEFAULT NULL,
  `datetimeformat` varchar(255) DEFAULT NULL,
  `email` varchar(255) DEFAULT NULL,
  `cell` varchar(255) DEFAULT NULL,
  `work` varchar(255) DEFAULT NULL,
  `home` varchar(255) DEFAULT NULL,
  `fax` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `userman_users` WRITE;
/*!40000 ALTER TABLE `userman_users` DISABLE KEYS */;
INSERT INTO `userman_users` VALUES (1,'1',NULL,'101','','$2y$hash','101',NULL,NULL,'','','Ivan','','','','','','','','','ivan@acme.example','','','',''),
(2,'1',NULL,'102','','$2y$hash','102',NULL,NULL,'','','Olena','','','','','','','','','olena@acme.example','0501110102','','','');
/*!40000 ALTER TABLE `userman_users` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `freepbx_settings`
--

DROP TABLE IF EXISTS `freepbx_settings`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `freepbx_settings` (
  `keyword` varchar(255) DEFAULT NULL,
  `value` varchar(255) DEFAULT NULL,
  `name` varchar(255) DEFAULT NULL,
  `level` varchar(255) DEFAULT NULL,
  `description` varchar(255) DEFAULT NULL,
  `type` varchar(255) DEFAULT NULL,
  `options` varchar(255) DEFAULT NULL,
  `defaultval` varchar(255) DEFAULT NULL,
  `readonly` varchar(255) DEFAULT NULL,
  `hidden` varchar(255) DEFAULT NULL,
  `category` varchar(255) DEFAULT NULL,
  `module` varchar(255) DEFAULT NULL,
  `emptyok` varchar(255) DEFAULT NULL,
  `sortorder` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`keyword`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `freepbx_settings` WRITE;
/*!40000 ALTER TABLE `freepbx_settings` DISABLE KEYS */;
INSERT INTO `freepbx_settings` VALUES ('PHPTIMEZONE','Europe/Kyiv','PHP Timezone',0,'','text','','',0,0,'','',1,0),
('FREEPBX_SYSTEM_IDENT','Acme PBX','System Identity',0,'','text','','',0,0,'','',1,0);
/*!40000 ALTER TABLE `freepbx_settings` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `recordings`
--

DROP TABLE IF EXISTS `recordings`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `recordings` (
  `id` varchar(255) DEFAULT NULL,
  `displayname` varchar(255) DEFAULT NULL,
  `filename` varchar(255) DEFAULT NULL,
  `description` varchar(255) DEFAULT NULL,
  `fcode` varchar(255) DEFAULT NULL,
  `fcode_pass` varchar(255) DEFAULT NULL,
  `fcode_lang` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `recordings` WRITE;
/*!40000 ALTER TABLE `recordings` DISABLE KEYS */;
INSERT INTO `recordings` VALUES (1,'welcome','custom/welcome','',0,NULL,''),
(2,'closed','custom/closed&custom/address','',0,NULL,''),
(3,'whisper','custom/support-call','',0,NULL,'');
/*!40000 ALTER TABLE `recordings` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `findmefollow`
--

DROP TABLE IF EXISTS `findmefollow`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `findmefollow` (
  `grpnum` varchar(255) DEFAULT NULL,
  `strategy` varchar(255) DEFAULT NULL,
  `grptime` varchar(255) DEFAULT NULL,
  `grppre` varchar(255) DEFAULT NULL,
  `grplist` varchar(255) DEFAULT NULL,
  `annmsg_id` varchar(255) DEFAULT NULL,
  `postdest` varchar(255) DEFAULT NULL,
  `dring` varchar(255) DEFAULT NULL,
  `rvolume` varchar(255) DEFAULT NULL,
  `remotealert_id` varchar(255) DEFAULT NULL,
  `needsconf` varchar(255) DEFAULT NULL,
  `toolate_id` varchar(255) DEFAULT NULL,
  `pre_ring` varchar(255) DEFAULT NULL,
  `ringing` varchar(255) DEFAULT NULL,
  `calendar_enable` varchar(255) DEFAULT NULL,
  `calendar_id` varchar(255) DEFAULT NULL,
  `calendar_group_id` varchar(255) DEFAULT NULL,
  `calendar_match` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`grpnum`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `findmefollow` WRITE;
/*!40000 ALTER TABLE `findmefollow` DISABLE KEYS */;
INSERT INTO `findmefollow` VALUES ('101','ringallv2-prim',20,'','101-0501110101#',NULL,'ext-local,101,dest','','',NULL,'CHECKED',NULL,10,'Ring',0,'','','yes'),
('102','ringallv2',20,'','102',NULL,'ext-local,102,dest','','',NULL,'',NULL,7,'Ring',0,'','','yes'),
('104','hunt',15,'','0501110104#-90501110105#',NULL,'ext-local,104,dest','','',NULL,'',NULL,0,'Ring',0,'','','yes');
/*!40000 ALTER TABLE `findmefollow` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `ringgroups`
--

DROP TABLE IF EXISTS `ringgroups`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `ringgroups` (
  `grpnum` varchar(255) DEFAULT NULL,
  `strategy` varchar(255) DEFAULT NULL,
  `grptime` varchar(255) DEFAULT NULL,
  `grppre` varchar(255) DEFAULT NULL,
  `grplist` varchar(255) DEFAULT NULL,
  `annmsg_id` varchar(255) DEFAULT NULL,
  `postdest` varchar(255) DEFAULT NULL,
  `description` varchar(255) DEFAULT NULL,
  `alertinfo` varchar(255) DEFAULT NULL,
  `remotealert_id` varchar(255) DEFAULT NULL,
  `needsconf` varchar(255) DEFAULT NULL,
  `toolate_id` varchar(255) DEFAULT NULL,
  `ringing` varchar(255) DEFAULT NULL,
  `cwignore` varchar(255) DEFAULT NULL,
  `cfignore` varchar(255) DEFAULT NULL,
  `cpickup` varchar(255) DEFAULT NULL,
  `recording` varchar(255) DEFAULT NULL,
  `progress` varchar(255) DEFAULT NULL,
  `elsewhere` varchar(255) DEFAULT NULL,
  `rvolume` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`grpnum`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `ringgroups` WRITE;
/*!40000 ALTER TABLE `ringgroups` DISABLE KEYS */;
INSERT INTO `ringgroups` VALUES ('600','ringall',25,'Sales: ','101-102#',0,'ext-local,vmu101,1','Sales','',0,'',0,'Ring','CHECKED','','','dontcare','yes','',''),
('601','hunt',15,'','103-0501110103#-999',0,'app-blackhole,busy,1','Night duty','<http://info>;info=ring2',0,'CHECKED',0,'Ring','','','','dontcare','yes','',''),
('602','memoryhunt-prim',10,'','101-102-103',1,'ext-group,600,1','Memory','',0,'',0,'default','','','','dontcare','yes','',''),
('603','firstnotonphone',10,'','101-104',0,'app-blackhole,hangup,1','First','',0,'',0,'Ring','','','','force','yes','','');
/*!40000 ALTER TABLE `ringgroups` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `ivr_details`
--

DROP TABLE IF EXISTS `ivr_details`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `ivr_details` (
  `id` varchar(255) DEFAULT NULL,
  `name` varchar(255) DEFAULT NULL,
  `description` varchar(255) DEFAULT NULL,
  `announcement` varchar(255) DEFAULT NULL,
  `directdial` varchar(255) DEFAULT NULL,
  `invalid_loops` varchar(255) DEFAULT NULL,
  `invalid_retry_recording` varchar(255) DEFAULT NULL,
  `invalid_destination` varchar(255) DEFAULT NULL,
  `timeout_enabled` varchar(255) DEFAULT NULL,
  `invalid_recording` varchar(255) DEFAULT NULL,
  `retvm` varchar(255) DEFAULT NULL,
  `timeout_time` varchar(255) DEFAULT NULL,
  `timeout_recording` varchar(255) DEFAULT NULL,
  `timeout_retry_recording` varchar(255) DEFAULT NULL,
  `timeout_destination` varchar(255) DEFAULT NULL,
  `timeout_loops` varchar(255) DEFAULT NULL,
  `timeout_append_announce` varchar(255) DEFAULT NULL,
  `invalid_append_announce` varchar(255) DEFAULT NULL,
  `timeout_ivr_ret` varchar(255) DEFAULT NULL,
  `invalid_ivr_ret` varchar(255) DEFAULT NULL,
  `alertinfo` varchar(255) DEFAULT NULL,
  `rvolume` varchar(255) DEFAULT NULL,
  `strict_dial_timeout` varchar(255) DEFAULT NULL,
  `accept_pound_key` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `ivr_details` WRITE;
/*!40000 ALTER TABLE `ivr_details` DISABLE KEYS */;
INSERT INTO `ivr_details` VALUES (1,'Main menu','',1,'ext-local','2','default','app-announcement-1,s,1',NULL,'default','',5,'default','default','ext-group,600,1','2',0,0,0,0,'','',0,0),
(2,'Second','',1,'','0','default','ivr-1,s,1',NULL,'default','',10,'default','default','ivr-1,s,1','0',0,0,0,0,'','',0,0);
/*!40000 ALTER TABLE `ivr_details` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `ivr_entries`
--

DROP TABLE IF EXISTS `ivr_entries`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `ivr_entries` (
  `ivr_id` varchar(255) DEFAULT NULL,
  `selection` varchar(255) DEFAULT NULL,
  `dest` varchar(255) DEFAULT NULL,
  `ivr_ret` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`selection`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `ivr_entries` WRITE;
/*!40000 ALTER TABLE `ivr_entries` DISABLE KEYS */;
INSERT INTO `ivr_entries` VALUES (1,'1','ext-group,600,1',0),
(1,'2','ivr-2,s,1',0),
(1,'3','ext-miscdests,1,1',0),
(1,'77','from-did-direct,103,1',0),
(1,'9','app-announcement-1,s,1',1),
(2,'1','from-did-direct,101,1',0),
(2,'0','ext-meetme,850,1',0);
/*!40000 ALTER TABLE `ivr_entries` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `timegroups_groups`
--

DROP TABLE IF EXISTS `timegroups_groups`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `timegroups_groups` (
  `id` varchar(255) DEFAULT NULL,
  `description` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `timegroups_groups` WRITE;
/*!40000 ALTER TABLE `timegroups_groups` DISABLE KEYS */;
INSERT INTO `timegroups_groups` VALUES (1,'Office'),
(2,'Holidays');
/*!40000 ALTER TABLE `timegroups_groups` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `timegroups_details`
--

DROP TABLE IF EXISTS `timegroups_details`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `timegroups_details` (
  `id` varchar(255) DEFAULT NULL,
  `timegroupid` varchar(255) DEFAULT NULL,
  `time` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `timegroups_details` WRITE;
/*!40000 ALTER TABLE `timegroups_details` DISABLE KEYS */;
INSERT INTO `timegroups_details` VALUES (1,1,'09:00-17:59|mon-fri|*|*'),
(2,1,'10:00-15:00|sat|*|*'),
(3,2,'*|*|25|dec'),
(4,2,'*|*|1-2|jan'),
(5,2,'09:00-14:00|*|31|dec');
/*!40000 ALTER TABLE `timegroups_details` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `timeconditions`
--

DROP TABLE IF EXISTS `timeconditions`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `timeconditions` (
  `timeconditions_id` varchar(255) DEFAULT NULL,
  `displayname` varchar(255) DEFAULT NULL,
  `time` varchar(255) DEFAULT NULL,
  `truegoto` varchar(255) DEFAULT NULL,
  `falsegoto` varchar(255) DEFAULT NULL,
  `deptname` varchar(255) DEFAULT NULL,
  `generate_hint` varchar(255) DEFAULT NULL,
  `invert_hint` varchar(255) DEFAULT NULL,
  `fcc_password` varchar(255) DEFAULT NULL,
  `priority` varchar(255) DEFAULT NULL,
  `timezone` varchar(255) DEFAULT NULL,
  `mode` varchar(255) DEFAULT NULL,
  `calendar_id` varchar(255) DEFAULT NULL,
  `calendar_group_id` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`timeconditions_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `timeconditions` WRITE;
/*!40000 ALTER TABLE `timeconditions` DISABLE KEYS */;
INSERT INTO `timeconditions` VALUES (1,'Office hours',1,'ivr-1,s,1','app-announcement-1,s,1','',0,'0','','','default','time-group',NULL,NULL),
(2,'Holidays',2,'app-announcement-1,s,1','timeconditions,1,1','',0,'0','','','default','time-group',NULL,NULL),
(3,'Warsaw desk',1,'ext-queues,400,1','ext-local,vms101,1','',0,'0','','','Europe/Warsaw','time-group',NULL,NULL),
(4,'By calendar',0,'ext-group,600,1','ext-local,vmb102,1','',0,'0','','','default','calendar-group',NULL,NULL);
/*!40000 ALTER TABLE `timeconditions` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `daynight`
--

DROP TABLE IF EXISTS `daynight`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `daynight` (
  `ext` varchar(255) DEFAULT NULL,
  `dmode` varchar(255) DEFAULT NULL,
  `dest` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`dmode`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `daynight` WRITE;
/*!40000 ALTER TABLE `daynight` DISABLE KEYS */;
INSERT INTO `daynight` VALUES ('0','day','timeconditions,2,1'),
('0','fc_description','Lunch break'),
('0','night','ext-group,601,1'),
('0','password','');
/*!40000 ALTER TABLE `daynight` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `queues_config`
--

DROP TABLE IF EXISTS `queues_config`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `queues_config` (
  `extension` varchar(255) DEFAULT NULL,
  `descr` varchar(255) DEFAULT NULL,
  `grppre` varchar(255) DEFAULT NULL,
  `alertinfo` varchar(255) DEFAULT NULL,
  `ringing` varchar(255) DEFAULT NULL,
  `maxwait` varchar(255) DEFAULT NULL,
  `password` varchar(255) DEFAULT NULL,
  `ivr_id` varchar(255) DEFAULT NULL,
  `dest` varchar(255) DEFAULT NULL,
  `cwignore` varchar(255) DEFAULT NULL,
  `queuewait` varchar(255) DEFAULT NULL,
  `use_queue_context` varchar(255) DEFAULT NULL,
  `togglehint` varchar(255) DEFAULT NULL,
  `qnoanswer` varchar(255) DEFAULT NULL,
  `callconfirm` varchar(255) DEFAULT NULL,
  `callconfirm_id` varchar(255) DEFAULT NULL,
  `qregex` varchar(255) DEFAULT NULL,
  `agentannounce_id` varchar(255) DEFAULT NULL,
  `joinannounce_id` varchar(255) DEFAULT NULL,
  `monitor_type` varchar(255) DEFAULT NULL,
  `monitor_heard` varchar(255) DEFAULT NULL,
  `monitor_spoken` varchar(255) DEFAULT NULL,
  `callback_id` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`extension`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `queues_config` WRITE;
/*!40000 ALTER TABLE `queues_config` DISABLE KEYS */;
INSERT INTO `queues_config` VALUES ('400','Support','Support','','','300','','none','ext-group,600,1','0','0','0','','0','','0','','3','1','','0','0',''),
('401','Empty','','','','','','none','','0','0','0','','0','','0','','0','0','','0','0','');
/*!40000 ALTER TABLE `queues_config` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `queues_details`
--

DROP TABLE IF EXISTS `queues_details`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `queues_details` (
  `id` varchar(255) DEFAULT NULL,
  `keyword` varchar(255) DEFAULT NULL,
  `data` varchar(255) DEFAULT NULL,
  `flags` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`keyword`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `queues_details` WRITE;
/*!40000 ALTER TABLE `queues_details` DISABLE KEYS */;
INSERT INTO `queues_details` VALUES ('400','member','Local/102@from-queue/n,1',1),
('400','member','Local/101@from-queue/n,0',0),
('400','member','Local/0501110109@from-queue/n,0',2),
('400','strategy','rrmemory',0),
('400','timeout','15',0),
('400','wrapuptime','30',0),
('400','maxlen','12',0),
('400','announce-position','yes',0),
('401','strategy','linear',0);
/*!40000 ALTER TABLE `queues_details` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `announcement`
--

DROP TABLE IF EXISTS `announcement`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `announcement` (
  `announcement_id` varchar(255) DEFAULT NULL,
  `description` varchar(255) DEFAULT NULL,
  `recording_id` varchar(255) DEFAULT NULL,
  `allow_skip` varchar(255) DEFAULT NULL,
  `post_dest` varchar(255) DEFAULT NULL,
  `return_ivr` varchar(255) DEFAULT NULL,
  `noanswer` varchar(255) DEFAULT NULL,
  `repeat_msg` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`announcement_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `announcement` WRITE;
/*!40000 ALTER TABLE `announcement` DISABLE KEYS */;
INSERT INTO `announcement` VALUES (1,'We are closed',2,0,'ext-local,vmu102,1',0,0,'');
/*!40000 ALTER TABLE `announcement` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `miscdests`
--

DROP TABLE IF EXISTS `miscdests`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `miscdests` (
  `id` varchar(255) DEFAULT NULL,
  `description` varchar(255) DEFAULT NULL,
  `destdial` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `miscdests` WRITE;
/*!40000 ALTER TABLE `miscdests` DISABLE KEYS */;
INSERT INTO `miscdests` VALUES (1,'Kyiv office','90441234500');
/*!40000 ALTER TABLE `miscdests` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `meetme`
--

DROP TABLE IF EXISTS `meetme`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `meetme` (
  `exten` varchar(255) DEFAULT NULL,
  `options` varchar(255) DEFAULT NULL,
  `userpin` varchar(255) DEFAULT NULL,
  `adminpin` varchar(255) DEFAULT NULL,
  `description` varchar(255) DEFAULT NULL,
  `joinmsg_id` varchar(255) DEFAULT NULL,
  `music` varchar(255) DEFAULT NULL,
  `users` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`exten`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `meetme` WRITE;
/*!40000 ALTER TABLE `meetme` DISABLE KEYS */;
INSERT INTO `meetme` VALUES ('850','','1234','','Board',0,'',0);
/*!40000 ALTER TABLE `meetme` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `outbound_route_patterns`
--

DROP TABLE IF EXISTS `outbound_route_patterns`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `outbound_route_patterns` (
  `route_id` varchar(255) DEFAULT NULL,
  `match_pattern_prefix` varchar(255) DEFAULT NULL,
  `match_pattern_pass` varchar(255) DEFAULT NULL,
  `match_cid` varchar(255) DEFAULT NULL,
  `prepend_digits` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`route_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `outbound_route_patterns` WRITE;
/*!40000 ALTER TABLE `outbound_route_patterns` DISABLE KEYS */;
INSERT INTO `outbound_route_patterns` VALUES (1,'9','0XXXXXXXXX','','38'),
(1,'','112','','');
/*!40000 ALTER TABLE `outbound_route_patterns` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `trunks`
--

DROP TABLE IF EXISTS `trunks`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `trunks` (
  `trunkid` varchar(255) DEFAULT NULL,
  `name` varchar(255) DEFAULT NULL,
  `tech` varchar(255) DEFAULT NULL,
  `outcid` varchar(255) DEFAULT NULL,
  `keepcid` varchar(255) DEFAULT NULL,
  `maxchans` varchar(255) DEFAULT NULL,
  `failscript` varchar(255) DEFAULT NULL,
  `dialoutprefix` varchar(255) DEFAULT NULL,
  `channelid` varchar(255) DEFAULT NULL,
  `usercontext` varchar(255) DEFAULT NULL,
  `provider` varchar(255) DEFAULT NULL,
  `disabled` varchar(255) DEFAULT NULL,
  `continue` varchar(255) DEFAULT NULL,
  `routedisplay` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`trunkid`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `trunks` WRITE;
/*!40000 ALTER TABLE `trunks` DISABLE KEYS */;
INSERT INTO `trunks` VALUES (1,'kyivtel','pjsip','','off','','','','kyivtel','','','off','off','on'),
(2,'legacy','sip','','off','','','','legacy','legacy-in','','off','off','on'),
(3,'dead','pjsip','','off','','','','dead','','','on','off','on'),
(4,'pri','dahdi','','off','','','','g0','','','off','off','on');
/*!40000 ALTER TABLE `trunks` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `pjsip`
--

DROP TABLE IF EXISTS `pjsip`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `pjsip` (
  `id` varchar(255) DEFAULT NULL,
  `keyword` varchar(255) DEFAULT NULL,
  `data` varchar(255) DEFAULT NULL,
  `flags` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`keyword`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `pjsip` WRITE;
/*!40000 ALTER TABLE `pjsip` DISABLE KEYS */;
INSERT INTO `pjsip` VALUES ('1','sip_server','sip.kyivtel.example',1),
('1','sip_server_port','5060',2),
('1','username','acme01',3),
('1','secret','s3cr3t-never-shown',4),
('1','registration','send',5),
('1','transport','0.0.0.0-udp',6);
/*!40000 ALTER TABLE `pjsip` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `sip`
--

DROP TABLE IF EXISTS `sip`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `sip` (
  `id` varchar(255) DEFAULT NULL,
  `keyword` varchar(255) DEFAULT NULL,
  `data` varchar(255) DEFAULT NULL,
  `flags` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`keyword`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `sip` WRITE;
/*!40000 ALTER TABLE `sip` DISABLE KEYS */;
INSERT INTO `sip` VALUES ('tr-peer-2','host','10.0.0.5',1),
('tr-peer-2','type','friend',2),
('101','secret','pw-never-shown',1);
/*!40000 ALTER TABLE `sip` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `incoming`
--

DROP TABLE IF EXISTS `incoming`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `incoming` (
  `cidnum` varchar(255) DEFAULT NULL,
  `extension` varchar(255) DEFAULT NULL,
  `destination` varchar(255) DEFAULT NULL,
  `privacyman` varchar(255) DEFAULT NULL,
  `alertinfo` varchar(255) DEFAULT NULL,
  `ringing` varchar(255) DEFAULT NULL,
  `fanswer` varchar(255) DEFAULT NULL,
  `mohclass` varchar(255) DEFAULT NULL,
  `description` varchar(255) DEFAULT NULL,
  `grppre` varchar(255) DEFAULT NULL,
  `delay_answer` varchar(255) DEFAULT NULL,
  `pricid` varchar(255) DEFAULT NULL,
  `pmmaxretries` varchar(255) DEFAULT NULL,
  `pmminlength` varchar(255) DEFAULT NULL,
  `reversal` varchar(255) DEFAULT NULL,
  `rvolume` varchar(255) DEFAULT NULL,
  `indication_zone` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`extension`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `incoming` WRITE;
/*!40000 ALTER TABLE `incoming` DISABLE KEYS */;
INSERT INTO `incoming` VALUES ('','0441234567','app-daynight,0,1',0,'','',NULL,'default','Main number','',0,NULL,'3','10','','','default'),
('','380441234568','timeconditions,3,1',0,'','',NULL,'default','Warsaw line','PL ',0,NULL,'3','10','','','default'),
('','+380800500500','ext-queues,400,1',0,'','',NULL,'default','Support','',0,NULL,'3','10','','','default'),
('','0441234571','from-did-direct,101,1',0,'','',NULL,'default','Ivan','',0,NULL,'3','10','','','default'),
('0501112233','0441234571','ext-group,601,1',0,'','',NULL,'default','Ivan for the partner','',0,NULL,'3','10','','','default'),
('','','app-blackhole,hangup,1',0,'','',NULL,'default','any','',0,NULL,'3','10','','','default'),
('','_044765XXXX','ext-group,602,1',0,'','',NULL,'default','range','',0,NULL,'3','10','','','default'),
('','0441234572','ext-group,602,1',1,'','',NULL,'default','Memory','',0,NULL,'3','10','','','default'),
('','0441234573','disa,1,1',0,'','',NULL,'default','','',0,NULL,'3','10','','','default');
/*!40000 ALTER TABLE `incoming` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `cdr`
--

DROP TABLE IF EXISTS `cdr`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `cdr` (
  `calldate` varchar(255) DEFAULT NULL,
  `clid` varchar(255) DEFAULT NULL,
  `src` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`calldate`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `cdr` WRITE;
/*!40000 ALTER TABLE `cdr` DISABLE KEYS */;
INSERT INTO `cdr` VALUES ('2026-01-01','\"A;B\" <101>\n\'','101');
/*!40000 ALTER TABLE `cdr` ENABLE KEYS */;
UNLOCK TABLES;

-- Dump completed on 2026-11-20 10:00:00
