import type { EmailAddress } from './email.notification.js';

/** An address that nothing can be read into: the mailer takes it as it is. */
export interface ParsedAddress {
  readonly name: string;
  readonly address: string;
}

const ADDRESS = /^[^\s\p{Cc}@<>()[\]\\,;:"]{1,64}@[^\s\p{Cc}@<>()[\]\\,;:"]{1,255}$/u;
const QUOTED_NAME = /^"[^"\\]*"$/;
const PLAIN_NAME = /^[^<>@,;:"]*$/;
const CONTROL = /\p{Cc}/u;

/**
 * Reads one address. Text that could be read as two is refused, so that an address from a form
 * cannot add recipients.
 *
 * @internal
 */
export function parseAddress(given: EmailAddress): ParsedAddress | undefined {
  if (typeof given !== 'string') return checked(given.name, given.address);
  const text = given.trim();
  if (!text.endsWith('>')) return checked('', text);
  const start = text.lastIndexOf('<');
  const name = text.slice(0, Math.max(0, start)).trim();
  const address = text.slice(start + 1, -1).trim();
  if (QUOTED_NAME.test(name)) return checked(name.slice(1, -1), address);
  return PLAIN_NAME.test(name) ? checked(name, address) : undefined;
}

/** Several addresses, which have been checked before. */
export function parseAddresses(
  given: EmailAddress | readonly EmailAddress[] | undefined,
): ParsedAddress[] {
  if (given === undefined) return [];
  const list: readonly EmailAddress[] = isList(given) ? given : [given];
  return list.flatMap((address) => parseAddress(address) ?? []);
}

function isList(given: EmailAddress | readonly EmailAddress[]): given is readonly EmailAddress[] {
  return Array.isArray(given);
}

function checked(name: string, address: string): ParsedAddress | undefined {
  return ADDRESS.test(address) && !CONTROL.test(name) ? { name, address } : undefined;
}
