import type { Quirk } from './quirk.ts'

/** Deviations in responses that speak of mailboxes, of the server, and of searches. */
export const mailboxQuirks = [
  {
    id: 'name-unquoted',
    server: 'Exchange, strato.de, Gmail',
    symptom: 'a mailbox name with spaces, parentheses or control characters that is not quoted',
    sample: '* LIST (\\HasNoChildren) "/" Sent Items (old)',
    repair: 'the name reaches up to the extended data of LIST, the items of STATUS, or the end',
    reference: 'RFC 9051 §9 mailbox; MailKit #945, jakarta mail StratoImapBugfixTest, imapflow #204',
  },
  {
    id: 'code-arguments',
    server: 'Exchange Online, any',
    symptom: 'the arguments of a response code make no sense',
    sample: '* OK [UIDNEXT soon] Predicted next UID',
    repair: 'the status counts, and the code is given as `unknown` with its text',
    reference: 'RFC 9051 §9 resp-text-code; net-imap #597',
  },
  {
    id: 'code-without-status',
    server: 'Exchange, home.pl',
    symptom: 'a response code without OK before it',
    sample: '* [COPYUID 1443 5 12] moved',
    repair: 'taken as untagged OK',
    reference: 'RFC 9051 §7.1; MailKit #115, net-imap #250',
  },
  {
    id: 'id-commas',
    server: 'RockLiffe',
    symptom: 'commas between the fields of ID',
    sample: '* ID ("name", "MailSite", "version", "10")',
    repair: 'read as spaces',
    reference: 'RFC 2971 §3.2; libetpan',
  },
  {
    id: 'esearch-parentheses',
    server: 'any',
    symptom: 'an item of ESEARCH in parentheses, as SEARCH has it',
    sample: '* ESEARCH (TAG "A1") UID ALL 1:3 (MODSEQ 12)',
    repair: 'read as the item',
    reference: 'RFC 4731 §3.2, RFC 7162 §3.1.5; MailKit #323',
  },
] as const satisfies readonly Quirk[]
