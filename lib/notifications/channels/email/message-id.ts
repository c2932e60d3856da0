import { domainToASCII } from 'node:url';
import type { EmailAddress } from './email.notification.js';

/** Where the sender is not known; reserved, so that no mail server can have the name. */
const FALLBACK_DOMAIN = 'hookline.invalid';

/**
 * The Message-ID of a notification's e-mail: the same in every attempt and process, so that mail
 * servers and readers can tell a repeat.
 *
 * @param id of the notification
 * @param from the sender, whose domain mail servers expect to find in it
 * @internal
 */
export function messageIdOf(id: string, from: EmailAddress | undefined): string {
  const address = typeof from === 'object' ? from.address : (from ?? '');
  const [, domain = ''] = /@([^\s@<>]+)>?\s*$/.exec(address) ?? [];
  return `<${id}@${domainToASCII(domain) || FALLBACK_DOMAIN}>`;
}
