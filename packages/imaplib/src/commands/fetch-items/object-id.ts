import * as response from '../../responses/fetch-items/object-id.ts'
import { extensionItem, type RequestItem } from './request-item.ts'

/** EMAILID: the same for the same content, in whatever mailbox (RFC 8474 §5.1). */
export const emailId: RequestItem<true, string | null> = extensionItem(response.emailId, { needs: 'OBJECTID' })

/** THREADID: the conversation; null when the server has none for the message (RFC 8474 §5.2). */
export const threadId: RequestItem<true, string | null> = extensionItem(response.threadId, { needs: 'OBJECTID' })
