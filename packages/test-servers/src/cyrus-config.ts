import type { Account } from './account.ts'
import type { Certificate } from './certificates.ts'

/** What a Cyrus is to be told. */
export interface CyrusSettings {
  readonly folder: string
  readonly account: Account
  readonly port: number
  readonly tlsPort: number
  readonly certificate: Certificate
  readonly caFile: string
  /** Newer than 3.6: has settings that 3.6 does not know. */
  readonly newer: boolean
  readonly extraConfig: string
}

/** Folders that Cyrus expects to be there. Without `lib/socket` no IDLE is ever told of a change. */
export const cyrusFolders = ['lib', 'lib/socket', 'lib/db', 'lib/log', 'spool', 'log', 'proc', 'lock', 'search']

/** Where the users' passwords are. */
export const passwordFile = (folder: string): string => `${folder}/sasldb2`

/** imapd.conf with every extension and mechanism on. */
export const imapdConfig = (settings: CyrusSettings): string => {
  const { folder, account, certificate, caFile, newer, extraConfig } = settings
  return `
configdirectory: ${folder}/lib
defaultpartition: default
partition-default: ${folder}/spool
defaultsearchtier: t1
t1searchpartition-default: ${folder}/search
proc_path: ${folder}/proc
mboxname_lockpath: ${folder}/lock
cyrus_user: ${account.name}
cyrus_group: ${account.group}
admins: cyrus
servername: localhost
hashimapspool: no
unixhierarchysep: yes
altnamespace: yes
virtdomains: off
username_tolower: yes
autocreate_quota: 1048576
autocreate_inbox_folders: Drafts | Sent | Trash | Junk | Archive
autosubscribe_inbox_folders: Drafts | Sent | Trash
xlist-drafts: Drafts
xlist-sent: Sent
xlist-trash: Trash
xlist-junk: Junk
xlist-archive: Archive
annotation_allow_undefined: yes
conversations: yes
conversations_expire_days: 90
search_engine: none
imapidresponse: yes
imapidlepoll: 60
delete_mode: immediate
expunge_mode: immediate
maxmessagesize: 104857600
skiplist_unsafe: yes
timeout: 60
allowplaintext: yes
allowanonymouslogin: yes
sasl_minimum_layer: 0
sasl_mech_list: PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512 ANONYMOUS EXTERNAL
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: ${passwordFile(folder)}
tls_server_cert: ${certificate.certFile}
tls_server_key: ${certificate.keyFile}
tls_client_ca_file: ${caFile}
lmtpsocket: ${folder}/lib/socket/lmtp
idlesocket: ${folder}/lib/socket/idle
notifysocket: ${folder}/lib/socket/notify
${newer ? 'allowstarttls: yes\njmapaccess_url: https://localhost/jmap\nimap_inprogress_interval: 1s' : ''}
${extraConfig}
`
}

/** cyrus.conf: which processes run. */
export const processConfig = ({ folder, port, tlsPort }: CyrusSettings): string => {
  const bin = '/usr/lib/cyrus/bin'
  const config = `-C ${folder}/imapd.conf`
  return `
START {
  recover cmd="${bin}/ctl_cyrusdb ${config} -r"
  idled cmd="${bin}/idled ${config}"
}
SERVICES {
  imap cmd="${bin}/imapd ${config} -U 30" listen="127.0.0.1:${port}" prefork=1 maxchild=500
  imaps cmd="${bin}/imapd ${config} -s -U 30" listen="127.0.0.1:${tlsPort}" prefork=0 maxchild=500
}
EVENTS {
  checkpoint cmd="${bin}/ctl_cyrusdb ${config} -c" period=30
}
`
}
