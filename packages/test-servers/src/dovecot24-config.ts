import type { Account } from './account.ts'
import type { Certificate } from './certificates.ts'

/** What a Dovecot 2.4 is to be told. */
export interface Dovecot24Settings {
  readonly folder: string
  readonly account: Account
  readonly port: number
  readonly tlsPort: number
  /** A folder with a passwd-file for each user. */
  readonly usersFolder: string
  readonly certificate: Certificate
  readonly caFile: string
  readonly capability: string | undefined
  readonly extraConfig: string
}

const passwordMechanisms =
  'plain login cram-md5 digest-md5 scram-sha-1 scram-sha-1-plus scram-sha-256 scram-sha-256-plus'

/** dovecot.conf of a Dovecot 2.4, whose settings have other names and forms than those of 2.3. */
export const dovecot24Config = (settings: Dovecot24Settings): string =>
  [base(settings), authentication(settings), mail(settings), services(settings), settings.extraConfig].join('\n')

const base = ({ folder, account, certificate, caFile, capability }: Dovecot24Settings): string => `
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log/dovecot.log
default_internal_user = ${account.name}
default_internal_group = ${account.group}
default_login_user = ${account.name}
first_valid_uid = ${account.uid}
last_valid_uid = ${account.uid}
mail_uid = ${account.uid}
mail_gid = ${account.gid}
mail_fsync = never
protocols {
  imap = yes
}
# 127.0.0.2: see the configuration of 2.3.
listen = 127.0.0.1, 127.0.0.2
login_greeting = Dovecot for tests ready.
mail_utf8_extensions = yes
imap_metadata = yes
imap_id_send {
  name = Dovecot
  version = 2.4
}
${capability === undefined ? '' : `imap_capability = ${capability}`}
ssl = yes
ssl_server_cert_file = ${certificate.certFile}
ssl_server_key_file = ${certificate.keyFile}
ssl_server_ca_file = ${caFile}
ssl_server_request_client_cert = yes
ssl_server_require_crl = no
auth_ssl_username_from_cert = yes
`

const authentication = ({ usersFolder }: Dovecot24Settings): string => `
auth_allow_weak_schemes = yes
auth_mechanisms = ${passwordMechanisms} external anonymous
auth_anonymous_username = carol
auth_failure_delay = 0
passdb passwd-file {
  passwd_file_path = ${usersFolder}/%{user | username | lower}
  auth_username_format = %{user | username | lower}
  passdb_mechanisms_filter = ${passwordMechanisms}
}
passdb static {
  passdb_static_password =
  passdb_mechanisms_filter = external
  fields {
    nopassword = yes
  }
}
userdb passwd-file {
  passwd_file_path = ${usersFolder}/%{user | username | lower}
  auth_username_format = %{user | username | lower}
}
`

const mail = ({ folder }: Dovecot24Settings): string => `
mail_driver = maildir
mail_home = ${folder}/mail/%{user}
mail_path = ~/Maildir
mail_attribute {
  dict file {
    path = %{home}/dovecot-attributes
  }
}
mail_plugins {
  acl = yes
  quota = yes
  notify = yes
  mail_log = yes
  mail_compress = yes
}
protocol imap {
  mail_max_userip_connections = 0
  mail_plugins {
    imap_acl = yes
    imap_quota = yes
  }
}
acl_driver = vfile
acl_sharing_map {
  dict file {
    path = ${folder}/shared-mailboxes
  }
}
quota "User quota" {
  quota_storage_size = 4G
}
namespace inbox {
  inbox = yes
  separator = /
${specialUse('Drafts', 'subscribe')}${specialUse('Sent', 'subscribe')}${specialUse('Trash', 'subscribe')}${specialUse('Junk', 'create')}
}
namespace shared {
  type = shared
  separator = /
  prefix = Other/$user/
  mail_driver = maildir
  mail_path = %{owner_home}/Maildir
  subscriptions = no
  list = children
}
`

const specialUse = (name: string, auto: 'subscribe' | 'create'): string => `
  mailbox ${name} {
    special_use = \\${name}
    auto = ${auto}
  }`

const services = ({ account, port, tlsPort }: Dovecot24Settings): string => `
service imap-login {
  chroot =
  service_restart_request_count = unlimited
  process_min_avail = 1
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort}
    ssl = yes
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service imap-urlauth-login {
  chroot =
}
service auth-worker {
  user = ${account.name}
}
`
