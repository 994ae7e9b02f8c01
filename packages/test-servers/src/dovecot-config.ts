import type { Account } from './account.ts'
import type { Certificate } from './certificates.ts'

/** What a Dovecot 2.3 is to be told. */
export interface DovecotSettings {
  readonly folder: string
  readonly account: Account
  readonly port: number
  readonly tlsPort: number
  /** A folder with a passwd-file for each user. */
  readonly usersFolder: string
  readonly certificate: Certificate
  readonly caFile: string
  readonly oauthFile: string
  readonly mailbox: 'maildir' | 'sdbox' | 'mdbox'
  readonly maxConnections: number
  readonly sharedProcesses: boolean
  readonly capability: string | undefined
  readonly rawlog: boolean
  readonly extraConfig: string
}

const passwordMechanisms = 'plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256'

/** dovecot.conf of a Dovecot 2.3 that runs as one ordinary user, with every mechanism and extension it has. */
export const dovecotConfig = (settings: DovecotSettings): string =>
  [
    base(settings),
    tls(settings),
    authentication(settings),
    mail(settings),
    services(settings),
    settings.extraConfig,
  ].join('\n')

const base = ({ folder, account }: DovecotSettings): string => `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log/dovecot.log
auth_verbose = yes
default_internal_user = ${account.name}
default_internal_group = ${account.group}
default_login_user = ${account.name}
first_valid_uid = ${account.uid}
last_valid_uid = ${account.uid}
first_valid_gid = ${account.gid}
mail_uid = ${account.uid}
mail_gid = ${account.gid}
mail_fsync = never
shutdown_clients = yes
protocols = imap
# A client that dials 127.0.0.2 comes from 127.0.0.1. As the two differ, Dovecot takes the connection for insecure and announces
# LOGINDISABLED; from 127.0.0.1 to itself always counts as secure.
listen = 127.0.0.1, 127.0.0.2
login_greeting = Dovecot for tests ready.
disable_plaintext_auth = yes
imap_id_send = name * version * support-url *
`

const tls = ({ certificate, caFile }: DovecotSettings): string => `
# A client certificate is asked for and never required: SASL EXTERNAL needs one.
ssl = yes
ssl_cert = <${certificate.certFile}
ssl_key = <${certificate.keyFile}
ssl_ca = <${caFile}
ssl_verify_client_cert = yes
ssl_require_crl = no
auth_ssl_username_from_cert = yes
`

const authentication = ({ usersFolder, oauthFile }: DovecotSettings): string => `
auth_mechanisms = ${passwordMechanisms} external anonymous oauthbearer xoauth2
auth_realms = localhost
auth_anonymous_username = carol
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = username_format=%n ${usersFolder}/%n
  mechanisms = ${passwordMechanisms}
}
passdb {
  driver = oauth2
  args = ${oauthFile}
  mechanisms = oauthbearer xoauth2
}
passdb {
  driver = static
  args = nopassword=y
  mechanisms = external
}
userdb {
  driver = passwd-file
  args = username_format=%n ${usersFolder}/%n
}
`

const mail = ({ folder, mailbox, capability, rawlog }: DovecotSettings): string => {
  const own = { maildir: 'maildir:~/Maildir', sdbox: 'sdbox:~/sdbox', mdbox: 'mdbox:~/mdbox' }[mailbox]
  return `
mail_location = ${own}
mail_attribute_dict = file:%h/dovecot-attributes
mailbox_list_index = yes
namespace inbox {
  type = private
  separator = /
  prefix =
  inbox = yes
${specialUse('Drafts', 'subscribe')}${specialUse('Sent', 'subscribe')}${specialUse('Trash', 'subscribe')}
${specialUse('Junk', 'create')}${specialUse('Archive', 'no')}
}
namespace virtual {
  type = private
  separator = /
  prefix = Virtual/
  location = virtual:${folder}/virtual:INDEX=~/virtual
  subscriptions = no
  list = children
${specialUse('All', 'no')}${specialUse('Flagged', 'no')}
}
namespace shared {
  type = shared
  separator = /
  prefix = Other/%%u/
  location = ${own.replace('~', '%%h')}:INDEXPVT=~/shared/%%u
  subscriptions = no
  list = children
}
namespace public {
  type = public
  separator = /
  prefix = Public/
  location = ${mailbox}:${folder}/public:INDEXPVT=~/public
  subscriptions = no
  list = children
}
mail_plugins = acl quota notify mail_log virtual zlib
protocol imap {
  mail_plugins = $mail_plugins imap_acl imap_quota imap_zlib
  imap_metadata = yes
  mail_max_userip_connections = 0
  ${capability === undefined ? '' : `imap_capability = ${capability}`}
  ${rawlog ? `rawlog_dir = ${folder}/rawlog/%u` : ''}
}
plugin {
  acl = vfile
  acl_shared_dict = file:${folder}/shared-mailboxes
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=4G
  quota_max_mail_size = 100M
  mail_log_events = delete undelete expunge save copy mailbox_create mailbox_delete mailbox_rename flag_change
}
`
}

const specialUse = (name: string, auto: 'subscribe' | 'create' | 'no'): string => `
  mailbox ${name} {
    special_use = \\${name}
    auto = ${auto}
  }`

const services = ({ account, port, tlsPort, maxConnections, sharedProcesses }: DovecotSettings): string => {
  const clientsPerProcess = sharedProcesses ? 50 : 1
  const processes = Math.ceil(maxConnections / clientsPerProcess) + 50
  return `
imap_urlauth_host = localhost
imap_urlauth_port = ${port}
# How often IDLE looks by itself where inotify does not serve it, as in a process that many connections share.
mailbox_idle_check_interval = ${sharedProcesses ? 1 : 30} secs
default_client_limit = ${maxConnections + 1000}
default_process_limit = ${processes + 100}
default_vsz_limit = 1G
# chroot = nothing, everywhere: only root may chroot.
service imap-login {
  chroot =
  service_count = 0
  process_min_avail = 2
  process_limit = 4
  client_limit = ${maxConnections + 100}
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort}
    ssl = yes
  }
}
service imap {
  process_limit = ${processes}
  client_limit = ${clientsPerProcess}
  service_count = ${sharedProcesses ? 0 : 1}
}
service imap-urlauth-login {
  chroot =
}
# Without the penalty: otherwise each failed login makes the next ones from that address wait, up to 15 seconds.
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service auth-worker {
  user = ${account.name}
}
`
}
