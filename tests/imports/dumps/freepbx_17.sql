/*!999999\- enable the sandbox mode */ 
-- MySQL dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)
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
INSERT INTO `users` VALUES ('301','','Anna','default',20,'','','','','','','','','','','default'),
('302','','Boris','novm',0,'','','','','','','','','','','default');
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
INSERT INTO `devices` VALUES ('301','pjsip','PJSIP/301','fixed','301','301','',NULL),
('302','pjsip','PJSIP/302','fixed','302','302','',NULL);
/*!40000 ALTER TABLE `devices` ENABLE KEYS */;
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
INSERT INTO `queues_config` VALUES ('700','Orders','Ord:','','','','','none','ext-local,vmb301,1','0','0','0','','0','','0','','0','0','','0','0','');
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
INSERT INTO `queues_details` VALUES ('700','member','Local/301@from-queue/n,0',0),
('700','member','Local/302@from-queue/n,0',1),
('700','strategy','linear',0);
/*!40000 ALTER TABLE `queues_details` ENABLE KEYS */;
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
INSERT INTO `pjsip` VALUES ('1','sip_server','sip.provider.example',1),
('1','sip_server_port','5070',2),
('1','registration','none',3),
('1','username','',4);
/*!40000 ALTER TABLE `pjsip` ENABLE KEYS */;
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
INSERT INTO `trunks` VALUES (1,'carrier','pjsip','','off','','','','carrier','','','off','off','on');
/*!40000 ALTER TABLE `trunks` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `setcid`
--

DROP TABLE IF EXISTS `setcid`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `setcid` (
  `cid_id` varchar(255) DEFAULT NULL,
  `description` varchar(255) DEFAULT NULL,
  `cid_name` varchar(255) DEFAULT NULL,
  `cid_num` varchar(255) DEFAULT NULL,
  `dest` varchar(255) DEFAULT NULL,
  `variables` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`cid_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

LOCK TABLES `setcid` WRITE;
/*!40000 ALTER TABLE `setcid` DISABLE KEYS */;
INSERT INTO `setcid` VALUES (1,'VIP','VIP ${CALLERID(name)}','${CALLERID(num)}','ext-queues,700,1','');
/*!40000 ALTER TABLE `setcid` ENABLE KEYS */;
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
INSERT INTO `incoming` VALUES ('','0441230017','app-setcid,1,1',0,'','',NULL,'default','Orders','',0,NULL,'3','10','','','default'),
('','0441230018','ext-findmefollow,FM302,1',0,'','',NULL,'default','Boris','',0,NULL,'3','10','','','default');
/*!40000 ALTER TABLE `incoming` ENABLE KEYS */;
UNLOCK TABLES;

-- Dump completed on 2026-11-20 10:00:00
