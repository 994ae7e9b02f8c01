import type { Flags } from '../responses/flags.ts'

/** What a mailbox is for (RFC 6154 §2, RFC 8457 §3, RFC 9979). */
export type Role =
  | 'inbox'
  | 'all'
  | 'archive'
  | 'drafts'
  | 'flagged'
  | 'important'
  | 'junk'
  | 'memos'
  | 'scheduled'
  | 'sent'
  | 'snoozed'
  | 'trash'

/** How a role is known: the server says so, or the name is one that people and programs give such mailboxes. */
export type RoleSource = 'attribute' | 'name'

const attributes: readonly (readonly [string, Role])[] = [
  ['\\All', 'all'],
  ['\\Archive', 'archive'],
  ['\\Drafts', 'drafts'],
  ['\\Flagged', 'flagged'],
  ['\\Important', 'important'],
  ['\\Junk', 'junk'],
  ['\\Memos', 'memos'],
  ['\\Scheduled', 'scheduled'],
  ['\\Snoozed', 'snoozed'],
  ['\\Sent', 'sent'],
  ['\\Trash', 'trash'],
  // Gmail's XLIST, before RFC 6154.
  ['\\Inbox', 'inbox'],
  ['\\AllMail', 'all'],
  ['\\Starred', 'flagged'],
  ['\\Spam', 'junk'],
]

/** Names in use, lower case, by role. The languages are those in which clients and servers name mailboxes by default. */
const names: readonly (readonly [Role, string])[] = [
  [
    'sent',
    'sent|sent items|sent messages|sent mail|sent-mail|outbox sent|gesendet|gesendete objekte|gesendete elemente|gesendete nachrichten|envoyés|éléments envoyés|messages envoyés|courrier envoyé|enviados|elementos enviados|mensajes enviados|correo enviado|itens enviados|e-mails enviados|enviadas|mensagens enviadas|posta inviata|inviati|inviata|elementi inviati|messaggi inviati|verzonden|verzonden items|verzonden berichten|verzonden objecten|skickat|skickade objekt|skickade|sendt|sendt post|sendte elementer|lähetetyt|lähetetyt viestit|wysłane|elementy wysłane|odeslané|odeslaná pošta|odoslané|odoslaná pošta|elküldött elemek|elküldött|elküldött üzenetek|poslano|poslane|poslane poruke|trimise|elemente trimise|изпратени|отправленные|отправлено|надіслані|відправлені|απεσταλμένα|gönderilmiş öğeler|gönderilenler|gönderilmiş|נשלח|פריטים שנשלחו|العناصر المرسلة|المرسلة|已发送|已发送邮件|已发邮件|发件箱|寄件備份|已傳送的郵件|寄件備份匣|送信済み|送信済みアイテム|送信済みメール|보낸 편지함|보낸편지함|보낸 메일함|đã gửi|thư đã gửi|ส่งแล้ว|terkirim|saadetud|nosūtītie|išsiųsta|išsiųsti laiškai|enviats|elements enviats|bidalita',
  ],
  [
    'drafts',
    'drafts|draft|entwürfe|entwurf|brouillons|brouillon|borradores|borrador|rascunhos|rascunho|bozze|bozza|concepten|concept|utkast|kladder|kladde|luonnokset|szkice|kopie robocze|wersje robocze|koncepty|rozpracované|piszkozatok|skice|ciorne|schițe|чернови|черновики|чернетки|πρόχειρα|taslaklar|טיוטות|المسودات|مسودات|草稿|草稿箱|草稿匣|下書き|임시 보관함|임시보관함|thư nháp|bản nháp|ร่างจดหมาย|draf|konsep|mustandid|melnraksti|juodraščiai|esborranys|zirriborroak',
  ],
  [
    'trash',
    'trash|deleted|deleted items|deleted messages|bin|papierkorb|gelöscht|gelöschte objekte|gelöschte elemente|gelöschte nachrichten|corbeille|éléments supprimés|messages supprimés|supprimés|papelera|elementos eliminados|mensajes eliminados|eliminados|lixeira|itens excluídos|itens eliminados|lixo eletrónico eliminado|cestino|posta eliminata|elementi eliminati|eliminati|prullenbak|verwijderde items|verwijderde objecten|verwijderd|papperskorgen|papperskorg|borttaget|borttagna objekt|slettet post|slettede elementer|papirkurv|papirkurven|slettet|roskakori|poistetut|poistetut viestit|kosz|elementy usunięte|usunięte|koš|odstraněná pošta|smazané|odstránená pošta|kuka|törölt elemek|lomtár|törölt|smeće|otpad|koš za smeće|obrisane|coș de gunoi|elemente șterse|кошче|изтрити|корзина|удаленные|удалённые|кошик|видалені|κάδος απορριμμάτων|διαγραμμένα|çöp kutusu|silinmiş öğeler|silinenler|אשפה|פריטים שנמחקו|العناصر المحذوفة|المهملات|已删除|已删除邮件|垃圾桶|废件箱|刪除的郵件|垃圾桶匣|ゴミ箱|ごみ箱|削除済みアイテム|휴지통|지운 편지함|삭제된 편지함|thùng rác|đã xóa|ถังขยะ|sampah|prügikast|miskaste|atkritne|šiukšliadėžė|paperera|zakarrontzia',
  ],
  [
    'junk',
    'junk|junk email|junk e-mail|junk mail|spam|bulk|bulk mail|spamverdacht|unerwünscht|unerwünschte werbung|courrier indésirable|indésirables|pourriel|pourriels|correo no deseado|no deseado|correo basura|lixo eletrônico|lixo eletrónico|lixo electrónico|spam-verdacht|posta indesiderata|indesiderata|ongewenste e-mail|ongewenst|skräppost|søppelpost|uønsket e-post|uønsket mail|uønsket post|roskaposti|wiadomości-śmieci|niechciane|nevyžádaná pošta|nevyžiadaná pošta|levélszemét|neželena pošta|neželjena pošta|neželjeno|mesaje nesolicitate|nesolicitate|нежелана поща|спам|нежелательная почта|небажана пошта|ανεπιθύμητα|ανεπιθύμητη αλληλογραφία|istenmeyen|istenmeyen posta|gereksiz e-posta|önemsiz e-posta|דואר זבל|spam de correo|البريد غير الهام|بريد غير مرغوب فيه|垃圾邮件|广告邮件|垃圾郵件|迷惑メール|스팸|스팸 메일함|정크 메일|thư rác|จดหมายขยะ|สแปม|rämpspost|mēstules|šlamštas|correu brossa|spama',
  ],
  [
    'archive',
    'archive|archives|archived|archiv|archivierte|archivo|archivos|arquivo|arquivos|arquivo morto|archivio|archief|arkiv|arkisto|archiwum|archív|archivum|archívum|arhiv|arhiva|arhivă|архив|архіви|архів|αρχειοθήκη|arşiv|ארכיון|أرشيف|الأرشيف|存档|归档|封存|アーカイブ|보관|보관함|lưu trữ|ที่เก็บถาวร|arsip|arhiiv|arhīvs|archyvas|arxiu|artxiboa',
  ],
]

const byName: ReadonlyMap<string, Role> = new Map(
  names.flatMap(([role, list]) => list.split('|').map((name): [string, Role] => [name.normalize('NFC'), role])),
)

/** The role that the server gives the mailbox (SPECIAL-USE), if it gives one. */
export const roleByAttribute = (flags: Flags): Role | null => attributes.find(([name]) => flags.has(name))?.[1] ?? null

/**
 * The role that the name suggests: its last level only, and only at the top or right below INBOX or the namespace, where
 * such mailboxes are made.
 */
export const roleByName = (name: string, delimiter: string | null, prefix: string): Role | null => {
  if (name.toUpperCase() === 'INBOX') return 'inbox'
  const local = prefix !== '' && name.startsWith(prefix) ? name.slice(prefix.length) : name
  const levels = delimiter === null ? [local] : local.split(delimiter)
  const own = levels[0]?.toUpperCase() === 'INBOX' || levels[0] === '[Gmail]' || levels[0] === '[Google Mail]' ? 1 : 0
  if (levels.length !== own + 1) return null
  return byName.get((levels[own] as string).toLowerCase().normalize('NFC')) ?? null
}
