import * as response from '../../responses/fetch-items/save-date.ts'
import { extensionItem, type RequestItem } from './request-item.ts'

/** SAVEDATE: when the message came into this mailbox; null where the mailbox does not keep it (RFC 8514 §4.1). */
export const saveDate: RequestItem<true, Date | null> = extensionItem(response.saveDate, { needs: 'SAVEDATE' })
