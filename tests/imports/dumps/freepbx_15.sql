-- MySQL dump 10.19  Distrib 5.5.65-MariaDB, for debian-linux-gnu (x86_64)
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
INSERT INTO `users` VALUES ('201','','Reception','default',15,'','','','','','','','','','','default'),
('202','','Manager','novm',0,'','','','','','','','','','','default');
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
INSERT INTO `devices` VALUES ('201','sip','SIP/201','fixed','201','201','',NULL),
('202','sip','SIP/202','fixed','202','202','',NULL);
/*!40000 ALTER TABLE `devices` ENABLE KEYS */;
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
INSERT INTO `ringgroups` VALUES ('600','hunt-prim',12,'','201-202',0,'ext-local,vmu201,1','Front','',0,'',0,'Ring','','','','dontcare','yes','','');
/*!40000 ALTER TABLE `ringgroups` ENABLE KEYS */;
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
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `recordings` WRITE;
/*!40000 ALTER TABLE `recordings` DISABLE KEYS */;
INSERT INTO `recordings` VALUES (1,'hello','custom/hello','',0,NULL);
/*!40000 ALTER TABLE `recordings` ENABLE KEYS */;
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
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `ivr_details` WRITE;
/*!40000 ALTER TABLE `ivr_details` DISABLE KEYS */;
INSERT INTO `ivr_details` VALUES (1,'Welcome','',1,'','0','default','ext-group,600,1',NULL,'default','',5,'default','default','ext-group,600,1','0',0,0,0,0,'','',0);
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
(1,'i','app-blackhole,hangup,1',0);
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
INSERT INTO `timegroups_groups` VALUES (1,'Always but nights');
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
INSERT INTO `timegroups_details` VALUES (1,1,'22:00-06:00|*|*|*');
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
INSERT INTO `timeconditions` VALUES (1,'Night',1,'app-blackhole,busy,1','ivr-1,s,1','',0,'0','','','default','time-group',NULL,NULL);
/*!40000 ALTER TABLE `timeconditions` ENABLE KEYS */;
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
  PRIMARY KEY (`trunkid`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `trunks` WRITE;
/*!40000 ALTER TABLE `trunks` DISABLE KEYS */;
INSERT INTO `trunks` VALUES (1,'carrier','sip','','off','','','','carrier','','','off','off');
/*!40000 ALTER TABLE `trunks` ENABLE KEYS */;
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
INSERT INTO `sip` VALUES ('tr-peer-1','host','sip.provider.example',1),
('tr-peer-1','username','u15',2),
('tr-peer-1','secret','never-shown',3),
('201','secret','never-shown',1);
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
INSERT INTO `incoming` VALUES ('','0441230015','timeconditions,1,1',0,'','',NULL,'default','Front','',0,NULL,'3','10','','','default');
/*!40000 ALTER TABLE `incoming` ENABLE KEYS */;
UNLOCK TABLES;

-- Dump completed on 2026-11-20 10:00:00
